"""The JSON Schema of desired states: saying in plain words where a document departs from it."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from reconcile.errors import SourceError
from reconcile.schemafiles import departures
from reconcile.sources.yaml.document import Document
from reconcile.sources.yaml.types import QUOTE

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_WORDS = {
    "object": "a mapping (key: value)",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "nothing",
}


def check_form(document: Document) -> None:
    """Raise SourceError for the first departure, by place in the file; say how many more there are."""
    if document.data is None:
        return
    # Of two at one place the unknown key says more: what is missing is most often what was misspelt.
    errors = sorted(departures("desired", document.data), key=lambda error: error.validator == "required")
    found = [_explain(error, document) for error in errors]
    if not found:
        return
    found.sort(key=lambda error: error.place.line if error.place else 0)
    more = len(found) - 1
    if more:
        others = "; ".join(f"line {error.place.line}" for error in found[1:6] if error.place)
        found[0].hint = f"{found[0].hint + '; ' if found[0].hint else ''}{more} more: {others}"
    raise found[0]


def _explain(error: ValidationError, document: Document) -> SourceError:
    path = tuple(error.absolute_path)
    where = f"{_shown(path)}: " if path else ""
    rule: Any = error.validator_value
    schema: Any = error.schema
    instance: Any = error.instance
    match error.validator:
        case "additionalProperties":
            known = schema["properties"]
            name = next(name for name in instance if name not in known)
            near = get_close_matches(name, known, n=1)
            meant = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
            return SourceError(
                f"{where}unknown key {name!r}",
                place=document.key_place((*path, name)),
                hint=QUOTE if name.endswith(")") else meant,
            )
        case "required":
            missing = next(name for name in rule if name not in instance)
            return SourceError(f"{where}{missing!r} is missing", place=document.key_place(path))
        case "type":
            options = [rule] if isinstance(rule, str) else [w for w in rule if w != "null"]
            expected = " or ".join(_WORDS[option] for option in options)
            return SourceError(
                f"{where}expected {expected}, found {_found(error.instance)}", place=document.place(path)
            )
        case "enum":
            near = get_close_matches(str(error.instance), [str(v) for v in rule], n=1)
            return SourceError(
                f"{where}{error.instance!r} is not one of {', '.join(map(str, rule))}",
                place=document.place(path),
                hint=f"did you mean {near[0]}?" if near else "",
            )
        case "minItems" | "minProperties" | "minLength":
            return SourceError(f"{where}this must not be empty", place=document.place(path))
        case _:
            return SourceError(f"{where}{error.message}", place=document.place(path))


def _shown(path: Iterable[Any]) -> str:
    return ".".join(str(part) for part in path)


def _found(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return f"{'true' if value else 'false'}" if isinstance(value, bool) else repr(value)
