"""Project: the configuration as a value, and the way to it: find the file, read it, check it, fill in variables.

Must not know: databases, SQLAlchemy, the command line.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from reconcile.errors import ConfigError, Place
from reconcile.schemafiles import departures

FILE_NAMES = ("reconcile.yaml", "reconcile.yml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast rows are filled in parts: a share of the time, or rows a second."""

    share: float = 0.5  # of the time in which it works; in the rest it waits
    rows: float | None = None  # a second

    def pause(self, spent: float, changed: int) -> float:
        """Seconds to wait after a part that took ``spent`` seconds and changed so many rows."""
        if self.rows is not None:
            return max(0.0, changed / self.rows - spent)
        return spent * (1 / self.share - 1)


def read_pace(text: str) -> Pace:
    """ "50%" or "2000/s". Raises ValueError."""
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)\s*(%|/s)", text.strip())
    number = float(match[1]) if match else 0.0
    if match is None or number <= 0 or (match[2] == "%" and number > 100):
        raise ValueError(f"{text!r} is no pace: write a share of the time (50%) or rows a second (2000/s)")
    return Pace(share=number / 100) if match[2] == "%" else Pace(rows=number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Milliseconds; 0 is for ever. ``retries``: how often a phase that got no lock is tried again."""

    lock_ms: int = 3000
    statement_ms: int = 0
    retries: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class LintRule:
    """What is to be made of one rule's findings: "deny", "warn" or "off"."""

    code: str
    action: str
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """Everything a use case needs to know, environment variables filled in. Never printed whole: holds URLs."""

    root: Path = field(default_factory=Path.cwd)  # relative paths are meant from here
    database: str | None = None  # the live database's URL
    desired: tuple[str, ...] = ()  # source specs, in the order of composition
    revisions: Path | None = None  # the folder of revision files; None: none are written
    schemas: tuple[str, ...] | None = None  # PostgreSQL: what is managed; None: see DESIGN §7
    ignore: tuple[str, ...] = ()
    manage: tuple[
        str, ...
    ] = ()  # what is managed only on request: "owners", "roles", "privileges" (see Dialect.on_request)
    python: tuple[str, ...] = ()  # modules whose functions revision files may call
    scratch: str = "auto"
    online: str = "auto"  # auto, always, never: whether tables are changed in forms that keep nobody out
    online_rows: int = 100_000  # "auto" does so from this size on
    statistics: Path | None = None  # sizes to plan for, instead of the live database's: `reconcile stats export`
    pace: Pace = Pace()  # of filling rows in parts
    preserve: bool = True
    skip_broken: bool = False  # whether models may go without what cannot be made of them
    timeouts: Timeouts = Timeouts()
    deny: tuple[str, ...] = ()  # hazard codes that are refused even when they are only warnings
    lint: tuple[LintRule, ...] = ()  # what is said about single rules; it goes before ``deny``
    environment: str | None = None
    cache: Path | None = None  # where canonical forms are remembered; None: the user's cache folder


def load_project(
    start: Path | None = None,
    *,
    env: str | None = None,
    url: str | None = None,
    to: Sequence[str] = (),
) -> Project:
    """The project at ``start`` (a folder or file), or found upward from the current folder.

    ``url`` and ``to`` replace ``database`` and ``desired``; relative paths in them are meant from the current folder.
    Given both, and neither ``start`` nor ``env``, no project is looked for: the command is about those two alone.
    Raises ConfigError with file:line:column.
    """
    here = Path.cwd()
    file = None if start is None and env is None and url and to else find_file(start)
    if file is not None:
        project = read_project(file, env=env)
    elif start is None and env is None and url:
        project = Project(root=here)
    else:
        raise ConfigError(
            f"no reconcile.yaml, and no [tool.reconcile] in a pyproject.toml, in {start or here}"
            + ("" if start else " or the folders above it"),
            hint="run `reconcile init` to start a project, or give --url DATABASE and --to SOURCE",
        )
    changes: dict[str, Any] = {}
    if url:
        changes["database"] = anchored(url, here)
    if to:
        changes["desired"] = tuple(source_from_shell(spec) for spec in to)
    return replace(project, **changes)


def find_file(start: Path | None = None) -> Path | None:
    """The configuration file: ``start`` itself or in it; from the current folder upward where none is given."""
    if start is not None and start.is_file():
        return start.resolve()
    if start is not None:
        return _file_in(start.resolve())
    here = Path.cwd()
    return next((file for folder in (here, *here.parents) if (file := _file_in(folder))), None)


def read_project(file: Path, *, env: str | None = None) -> Project:
    """The project a configuration file describes. Raises ConfigError with file:line:column."""
    document = _read_toml(file) if file.suffix == ".toml" else _read_yaml(file)
    _validate(document)
    settings = _for_environment(document, env)
    return _to_project(document, settings, env)


def anchored(url: str, root: Path) -> str:
    """The URL with a relative SQLite path made absolute; any other URL as it is.

    >>> anchored("sqlite:///shop.db?timeout=5", Path("/srv"))
    'sqlite:////srv/shop.db?timeout=5'
    """
    match = re.fullmatch(r"(sqlite(?:\+\w+)?:///)([^/?:][^?]*)(\?.*)?", url, re.DOTALL)
    if match is None or match[2].startswith("file:"):
        return url
    return f"{match[1]}{root / match[2]}{match[3] or ''}"


def source_from_shell(spec: str) -> str:
    """A source as given on the command line: paths in it are meant from the current folder."""
    if spec.startswith("models:"):
        return spec
    here = Path.cwd()
    return anchored(spec, here) if "://" in spec else str(here / spec)


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """ "did you mean 'x'?", or the list of what is known where nothing is near."""
    near = get_close_matches(word, known, n=1, cutoff=0.6)
    return f"did you mean {near[0]!r}?" if near else f"known are: {', '.join(known)}"


# -- reading


Path_ = tuple[str | int, ...]  # where in the document: ("environments", "production", "online")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Document:
    file: Path
    data: Mapping[str, Any]
    marks: Mapping[Path_, tuple[int, int]]  # of values
    key_marks: Mapping[Path_, tuple[int, int]]

    def place(self, path: Sequence[str | int] = (), *, key: bool = False) -> Place:
        """Where a value (or its key) stands; of the nearest known parent where the value itself is not known."""
        found = tuple(path)
        marks = {**self.marks, **self.key_marks} if key else {**self.key_marks, **self.marks}
        while found and found not in marks:
            found = found[:-1]
        return Place(_short(self.file), *marks.get(found, (0, 0)))


def _short(file: Path) -> str:
    """The file as a person in the current folder would call it."""
    here = Path.cwd()
    return str(file.relative_to(here)) if file.is_relative_to(here) else str(file)


def _file_in(folder: Path) -> Path | None:
    for name in FILE_NAMES:
        if (folder / name).is_file():
            return folder / name
    candidate = folder / "pyproject.toml"
    if candidate.is_file() and re.search(r"^\s*\[tool\.reconcile\b", _text(candidate), re.MULTILINE):
        return candidate
    return None


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"not UTF-8 text (byte {error.start})", place=Place(_short(file))) from None
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", place=Place(_short(file))) from None


def _read_yaml(file: Path) -> _Document:
    import yaml

    text = _text(file)
    marks: dict[Path_, tuple[int, int]] = {}
    key_marks: dict[Path_, tuple[int, int]] = {}
    try:
        loader = yaml.SafeLoader(text)
    except yaml.YAMLError as error:  # a character that YAML forbids
        raise ConfigError(f"not valid YAML: {error}", place=Place(_short(file))) from None

    last = (1, 1)

    def build(node: yaml.Node, path: Path_) -> Any:
        nonlocal last
        last = marks[path] = _mark(node)
        if isinstance(node, yaml.MappingNode):
            _refuse_duplicates(file, node)
            loader.flatten_mapping(node)
            result = {}
            for key_node, value_node in node.value:
                name = str(loader.construct_object(key_node, deep=True))
                key_marks[(*path, name)] = _mark(key_node)
                result[name] = build(value_node, (*path, name))
            return result
        if isinstance(node, yaml.SequenceNode):
            return [build(item, (*path, index)) for index, item in enumerate(node.value)]
        return loader.construct_object(node, deep=True)

    try:
        root = loader.get_single_node()
        data = {} if root is None else build(root, ())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(_short(file), mark.line + 1, mark.column + 1) if mark else Place(_short(file))
        raise ConfigError(
            f"not valid YAML: {error.problem or error.context}", place=place, hint=_yaml_hint(error)
        ) from None
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date that is none
        raise ConfigError(f"not valid YAML: {error}", place=Place(_short(file), *last)) from None
    except RecursionError:
        raise ConfigError("this is nested too deeply", place=Place(_short(file))) from None
    if not isinstance(data, dict):
        raise ConfigError(
            "settings are expected here, one a line, such as 'database: sqlite:///app.db'",
            place=Place(_short(file), 1, 1),
        )
    return _Document(file=file, data=data, marks=marks, key_marks=key_marks)


def _mark(node: Any) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _yaml_hint(error: Any) -> str:
    problem = str(error.problem or "")
    if "\\t" in problem:
        return "indent with spaces: YAML allows no tabs there"
    if "mapping values are not allowed" in problem:
        return "put quotes round a value that contains ': '"
    return ""


def _refuse_duplicates(file: Path, node: Any) -> None:
    first: dict[str, int] = {}
    for key_node, _ in node.value:
        name, (line, column) = str(key_node.value), _mark(key_node)
        if name in first:
            raise ConfigError(
                f"{name!r} is given twice; the first is on line {first[name]}",
                place=Place(_short(file), line, column),
                hint="keep one of the two",
            )
        first[name] = line


def _read_toml(file: Path) -> _Document:
    text = _text(file)
    try:
        whole = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        place = Place(_short(file), int(found[1]), int(found[2])) if found else Place(_short(file))
        message = re.sub(r" \(at .*\)$", "", str(error))
        raise ConfigError(f"not valid TOML: {message}", place=place) from None
    data = whole.get("tool", {}).get("reconcile")
    if not isinstance(data, dict):
        raise ConfigError("there is no [tool.reconcile] table", place=Place(_short(file)))
    marks = dict(_toml_marks(text))
    return _Document(file=file, data=data, marks=marks, key_marks=marks)


def _toml_marks(text: str) -> Iterator[tuple[Path_, tuple[int, int]]]:
    """Lines of the keys under [tool.reconcile]: tomllib itself keeps no places."""
    table: Path_ | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[([^\[\]]+)\]\s*(#.*)?$", line):
            names = tuple(part.strip().strip("\"'") for part in header[1].split("."))
            table = names[2:] if names[:2] == ("tool", "reconcile") else None
            if table is not None:
                yield table, (number, 1)
        elif table is not None and (key := re.match(r"(\s*)([\w.-]+|\"[^\"]*\")\s*=", line)):
            names = tuple(part.strip('"') for part in key[2].split("."))
            yield (*table, *names), (number, len(key[1]) + 1)


# -- checking


def _validate(document: _Document) -> None:
    errors = sorted(
        departures("config", document.data),
        key=lambda error: (document.place(list(error.absolute_path)).line, str(error.message)),
    )
    for error in errors:
        path = list(error.absolute_path)
        if error.validator == "additionalProperties":
            schema: Any = error.schema
            instance: Any = error.instance
            known = list(schema["properties"])
            unknown = next(str(name) for name in instance if name not in known)
            where = f" under {path[-1]!r}" if path else ""
            raise ConfigError(
                f"unknown setting {unknown!r}{where}",
                place=document.place([*path, unknown], key=True),
                hint=did_you_mean(unknown, known),
            )
        raise ConfigError(_in_words(error), place=document.place(path), hint=_values_hint(error))


_TYPES = {
    "string": "text", "array": "a list", "object": "settings with names", "integer": "a whole number",
    "boolean": "true or false", "null": "null",
}  # fmt: skip


def _in_words(error: Any) -> str:
    path = [str(part) for part in error.absolute_path if not isinstance(part, int)]
    name = repr(path[-1]) if path else "the file"
    shown = "nothing" if error.instance is None else repr(error.instance)
    if error.validator == "type":
        wanted = [error.validator_value] if isinstance(error.validator_value, str) else error.validator_value
        return f"{name} must be {' or '.join(_TYPES[item] for item in wanted)}, not {shown}"
    if error.validator in ("oneOf", "anyOf"):
        if "unit" in error.schema.get("description", ""):
            return f"{name} must be a time, not {shown}"
        return f"{name} must be text or a list of texts, not {shown}"
    if error.validator == "enum":
        return f"{name} cannot be {shown}"
    if error.validator == "minLength":
        return f"{name} is empty"
    if error.validator == "uniqueItems":
        return f"{name} lists something twice"
    return f"{name}: {error.message}"


def _values_hint(error: Any) -> str:
    if error.validator == "enum":
        return did_you_mean(str(error.instance), [str(value) for value in error.validator_value])
    if error.validator in ("oneOf", "anyOf") and "unit" in error.schema.get("description", ""):
        return "write 0 (for ever), or a number with its unit: 500ms, 3s, 2min"
    return ""


# -- from settings to the value


def _for_environment(document: _Document, env: str | None) -> dict[Path_, Any]:
    """The settings in force, keyed by where they stand (so that later errors still know the place)."""
    environments = document.data.get("environments") or {}
    if env is not None and env not in environments:
        raise ConfigError(
            f"there is no environment {env!r}",
            place=document.place(["environments"], key=True),
            hint=did_you_mean(env, list(environments)) if environments else "add it under 'environments:'",
        )
    found: dict[str, tuple[Path_, Any]] = {}
    layers: list[tuple[Path_, Mapping[str, Any]]] = [((), document.data)]
    if env is not None:
        layers.append((("environments", env), environments[env] or {}))
    for prefix, layer in layers:
        for name, value in layer.items():
            if name == "timeouts":
                for inner, time in value.items():
                    found[f"timeouts.{inner}"] = ((*prefix, name, inner), time)
            elif name == "lint":
                for code, action in (value.get("rules") or {}).items():
                    found[f"lint.rules.{code}"] = ((*prefix, name, "rules", code), action)
            elif name != "environments":
                found[name] = ((*prefix, name), value)
    return {path: _expand(document, path, value) for path, value in found.values()}


_VARIABLE = re.compile(r"\$(?:(\$)|\{([A-Za-z_]\w*)(:-([^}]*))?\}|\{)")


def _expand(document: _Document, path: Path_, value: Any) -> Any:
    """``${VAR}``, ``${VAR:-default}`` (used where VAR is unset or empty, as in the shell); ``$$`` is a dollar sign."""
    if isinstance(value, list):
        return [_expand(document, (*path, index), item) for index, item in enumerate(value)]
    if not isinstance(value, str):
        return value

    def fill(match: re.Match[str]) -> str:
        escaped, name, default, text = match.groups()
        if escaped:
            return "$"
        if name is None:
            raise ConfigError(
                f"cannot read the variable in {value!r}",
                place=document.place(path),
                hint="write ${NAME} or ${NAME:-default}; a dollar sign itself is $$",
            )
        found = os.environ.get(name)
        if default is not None:
            return found or str(text)
        if found is None:
            raise ConfigError(
                f"the environment variable {name} is not set",
                place=document.place(path),
                hint=f"set it, or give a default: ${{{name}:-…}}",
            )
        return found

    return _VARIABLE.sub(fill, value)


def _to_project(document: _Document, settings: Mapping[Path_, Any], env: str | None) -> Project:
    root = document.file.parent
    values: dict[str, Any] = {"root": root, "environment": env}
    timeouts: dict[str, int] = {}
    rules: list[LintRule] = []
    for path, value in settings.items():
        if path[-3:-1] == ("lint", "rules"):
            # YAML 1.1 reads a bare word off as false.
            action = "off" if value is False else str(value)
            rules.append(LintRule(code=str(path[-1]), action=action, place=document.place(path, key=True)))
            continue
        match path[-1]:
            case "database":
                values["database"] = anchored(value, root)
            case "desired":
                specs = [value] if isinstance(value, str) else value
                values["desired"] = tuple(anchored(spec, root) for spec in specs)
            case "revisions" | "cache" | "statistics" as name:
                values[name] = None if value is None else root / Path(value).expanduser()
            case "pace":
                try:
                    values["pace"] = read_pace(str(value))
                except ValueError as error:
                    raise ConfigError(str(error), place=document.place(path)) from None
            case "scratch":
                values["scratch"] = anchored(value, root)
            case "lock" | "statement" as name:
                timeouts[f"{name}_ms"] = _milliseconds(document, path, value)
            case "retries":
                timeouts["retries"] = value
            case str() as name:
                values[name] = tuple(value) if isinstance(value, list) else value
    return Project(**values, lint=tuple(rules), timeouts=Timeouts(**timeouts))


_UNITS = {"ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000}


def _milliseconds(document: _Document, path: Path_, value: str | int) -> int:
    if value in (0, "0"):
        return 0
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)\s*(ms|s|min|h)", str(value))
    if match is None:  # only what came out of a variable gets here: the schema has seen the rest
        raise ConfigError(
            f"{path[-1]!r} must be a time, not {value!r}",
            place=document.place(path),
            hint="write 0 (for ever), or a number with its unit: 500ms, 3s, 2min",
        )
    return round(float(match[1]) * _UNITS[match[2]])
