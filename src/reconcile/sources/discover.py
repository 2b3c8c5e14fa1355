"""Where a project's models are, and which database they are for, as far as its files tell. Nothing of it is run."""

from __future__ import annotations

import ast
import configparser
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

_SKIPPED = frozenset({"node_modules", "site-packages", "build", "dist", "tests", "test", "migrations", "alembic"})
_BASES = frozenset({"DeclarativeBase", "DeclarativeBaseNoMeta"})
_MAKERS = frozenset({"declarative_base", "automap_base", "generate_base"})
_FILES = 5000  # enough for any project; a home folder should not keep anybody waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a project says of itself: source specs, a database URL without a password, and where each was found."""

    models: tuple[str, ...] = ()
    url: str = ""
    where: tuple[str, ...] = ()  # files, relative to the project's folder


def discover(folder: Path) -> Found:
    """Alembic's own configuration where there is one, else the declarative bases (or MetaData) of the modules."""
    ini = folder / "alembic.ini"
    settings = _settings(ini)
    script = settings.get("script_location", "").replace("%(here)s", str(folder))
    env = folder / script / "env.py"
    models = tuple(_targets(env)) if script else ()
    url = _harmless(settings.get("sqlalchemy.url", ""))
    where = [path for path, used in ((env, models), (ini, url)) if used]
    if not models:
        places = sorted(_declared(folder))
        models = tuple(spec for _, spec in places)
        where += [path for path, _ in places]
    return Found(models=models, url=url, where=tuple(dict.fromkeys(str(path.relative_to(folder)) for path in where)))


def _settings(ini: Path) -> Mapping[str, str]:
    parser = configparser.RawConfigParser()
    try:
        parser.read(ini, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError):
        return {}
    return dict(parser["alembic"]) if parser.has_section("alembic") else {}


def _harmless(url: str) -> str:
    """The URL, if it is one and nothing in it is secret or only an example."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        return ""
    return "" if parsed.password or parsed.query or parsed.drivername == "driver" else url


def _targets(env: Path) -> Iterator[str]:
    """What ``target_metadata`` is in Alembic's env.py, by the imports there."""
    tree = _parsed(env)
    imported = {
        alias.asname or alias.name: f"models:{node.module}:{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and not node.level
        for alias in node.names
    }
    modules = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    for name, value in _assignments(tree):
        if name != "target_metadata":
            continue
        for one in value.elts if isinstance(value, ast.List | ast.Tuple) else (value,):
            path = _dotted(one).removesuffix(".metadata")
            owner, _, last = path.rpartition(".")
            if path in imported:
                yield imported[path]
            elif owner in modules:
                yield f"models:{modules[owner]}:{last}"
            elif owner in imported:  # a module: from shop import models; models.Base.metadata
                package, _, module = imported[owner].removeprefix("models:").partition(":")
                yield f"models:{package}.{module}:{last}"


def _declared(folder: Path) -> Iterator[tuple[Path, str]]:
    """Modules that make a declarative base; those that make a MetaData only where there is none."""
    bases, plain = [], []
    for path in _modules(folder):
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        if "sqlalchemy" not in text:
            continue
        tree = _parsed(path)
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and any(_last(base) in _BASES for base in node.bases):
                bases.append((path, _spec(folder, path, node.name)))
        for name, value in _assignments(tree):
            if isinstance(value, ast.Call) and _last(value.func) in _MAKERS:
                bases.append((path, _spec(folder, path, name)))
            elif isinstance(value, ast.Call) and _last(value.func) == "MetaData":
                plain.append((path, _spec(folder, path, name)))
    yield from bases or plain


def _modules(folder: Path) -> Iterator[Path]:
    todo, seen = [folder] if folder.is_dir() else [], 0
    while todo and seen < _FILES:
        here = todo.pop()
        for entry in sorted(here.iterdir()):
            seen += 1
            if entry.is_dir():
                hidden = entry.name.startswith((".", "_")) or entry.name in _SKIPPED or (entry / "pyvenv.cfg").exists()
                if not hidden and not entry.is_symlink():
                    todo.append(entry)
            elif entry.suffix == ".py":
                yield entry


def _spec(folder: Path, path: Path, name: str) -> str:
    parts = path.relative_to(folder).with_suffix("").parts
    if parts[0] == "src" and not (folder / "src" / "__init__.py").exists():
        parts = parts[1:]
    return f"models:{'.'.join(part for part in parts if part != '__init__')}:{name}"


def _parsed(path: Path) -> ast.Module:
    try:
        return ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return ast.Module(body=[], type_ignores=[])


def _assignments(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            yield node.target.id, node.value


def _dotted(node: ast.expr) -> str:
    """``a.b.c`` as text; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (owner := _dotted(node.value)):
        return f"{owner}.{node.attr}"
    return ""


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
