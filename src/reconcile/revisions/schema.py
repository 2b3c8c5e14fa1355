"""Holding a parsed file against its JSON Schema: errors in a person's words, with the place and a guess at what was meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from reconcile.errors import RevisionError
from reconcile.revisions.yamltext import Document
from reconcile.schemafiles import load_schema

_WORDS = {
    "string": "text", "integer": "a whole number", "boolean": "true or false", "array": "a list",
    "object": "a mapping", "null": "nothing",
}  # fmt: skip


@cache
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(load_schema(name))


def validate(document: Document, name: str) -> None:
    """Raises RevisionError for the first thing (by place) that the schema ``name`` does not allow."""
    errors = list(_validator(name).iter_errors(document.data))
    if errors:
        found = [_told(error, document) for error in errors]
        raise min(found, key=lambda e: (e.place.line, e.place.column) if e.place else (0, 0))


def _told(error: ValidationError, document: Document) -> RevisionError:
    path = tuple(error.absolute_path)
    hint = ""
    match error.validator:
        case "additionalProperties":
            known = error.schema.get("properties", {})
            unknown = [key for key in error.instance if key not in known]
            path = (*path, unknown[0])
            message, hint = f"there is no {unknown[0]!r} here", did_you_mean(unknown[0], known)
        case "required":
            missing = [key for key in error.validator_value if key not in error.instance]
            message, hint = f"{missing[0]!r} is missing", "is the file whole?" if len(path) == 0 else ""
        case "type":
            wanted = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
            message = f"{_name(path)} must be {' or '.join(_WORDS[word] for word in wanted)}, not {_kind(error.instance)}"
        case "enum":
            known = [str(value) for value in error.validator_value]
            message, hint = f"{_name(path)} must be one of {', '.join(known)}", did_you_mean(str(error.instance), known)
        case "pattern":
            message = f"{_name(path)} is {error.instance!r}, which does not look like one"
        case _:
            message = f"{_name(path)}: {error.message}"
    return RevisionError(message, place=document.place(path), hint=hint)


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
