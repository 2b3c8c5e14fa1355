"""Holding a parsed file against its JSON Schema: errors in a person's words, with the place and a guess."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from reconcile.errors import RevisionError
from reconcile.revisions.yamltext import Document
from reconcile.schemafiles import departures

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_WORDS = {
    "string": "text", "integer": "a whole number", "boolean": "true or false", "array": "a list",
    "object": "a mapping", "null": "nothing",
}  # fmt: skip


def validate(document: Document, name: str, *, skip: Iterable[str] = ()) -> None:
    """Raises RevisionError for the first thing (by place) that the schema ``name`` does not allow.

    ``skip``: sections of which only is asked whether they are mappings: what reads them looks closely, and faster.
    """
    data = document.data
    if isinstance(data, dict):
        bulky = frozenset(skip)
        data = {key: {} if key in bulky and isinstance(value, dict) else value for key, value in data.items()}
    errors = departures(name, data)
    if errors:
        raise min((_told(error, document) for error in errors), key=_urgency)[1]


_Told = tuple[bool, RevisionError]  # whether something is missing, and the error


def _urgency(told: _Told) -> tuple[bool, int, int]:
    """What is there and wrong comes before what is missing: a misspelt key is both."""
    missing, error = told
    return (missing, error.place.line, error.place.column) if error.place else (missing, 0, 0)


def _told(error: ValidationError, document: Document) -> _Told:
    path, rule, schema = tuple(error.absolute_path), _any(error.validator_value), _any(error.schema)
    instance: Any = error.instance
    hint = ""
    match error.validator:
        case "additionalProperties":
            known = schema.get("properties", {})
            unknown = next(key for key in instance if key not in known)
            path = (*path, unknown)
            message, hint = f"there is no {unknown!r} here", did_you_mean(unknown, known)
        case "required":
            missing = next(key for key in rule if key not in instance)
            message, hint = f"{missing!r} is missing", "" if path else "is the file whole?"
        case "type":
            allowed = " or ".join(_WORDS[word] for word in ([rule] if isinstance(rule, str) else rule))
            message = f"{_name(path)} must be {allowed}, not {_kind(error.instance)}"
        case "enum":
            message = f"{_name(path)} must be one of {', '.join(map(str, rule))}"
            hint = did_you_mean(str(error.instance), map(str, rule))
        case "pattern":
            message = f"{_name(path)} is {error.instance!r}, which does not look like one"
            hint = schema.get("description", "")
        case _:
            message = f"{_name(path)}: {error.message}"
    return error.validator == "required", RevisionError(message, place=document.place(path), hint=hint)


def _any(value: Any) -> Any:
    """jsonschema's own types allow for parts of an error that are unset; in one from a validator none is."""
    return value


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """ "did you mean 'x'?", or what there is to choose from."""
    every = sorted(known)
    close = get_close_matches(word, every, n=1)
    return f"did you mean {close[0]!r}?" if close else f"known are: {', '.join(every)}" if every else ""


def _name(path: tuple[str | int, ...]) -> str:
    names = [part for part in path if isinstance(part, str)]
    return repr(names[-1]) if names else "the file"


def _kind(value: Any) -> str:
    for kind, words in ((bool, "boolean"), (str, "string"), (int, "integer"), (list, "array"), (dict, "object")):
        if isinstance(value, kind):
            return _WORDS[words]
    return _WORDS["null"]
