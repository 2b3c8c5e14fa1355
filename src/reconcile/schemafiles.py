"""The JSON Schemas of the user's files: beside the package in a wheel, in the checkout's schemas/ otherwise."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_PACKAGE = Path(__file__).resolve().parent


def schema_path(name: str) -> Path:
    """The file of a schema, "config" for ``config.schema.json``. Raises FileNotFoundError for an unknown name."""
    places = (_PACKAGE / "schemas", _PACKAGE.parents[1] / "schemas")
    for place in places:
        path = place / f"{name}.schema.json"
        if path.is_file():
            return path
    raise FileNotFoundError(f"no JSON Schema named {name!r} in {' or '.join(str(place) for place in places)}")


@cache
def load_schema(name: str) -> dict[str, Any]:
    """The parsed schema. It is shared between callers: do not change it."""
    schema: dict[str, Any] = json.loads(schema_path(name).read_text(encoding="utf-8"))
    return schema


def departures(name: str, document: Any) -> list[ValidationError]:
    """Where a parsed file departs from the schema of this name, in no particular order."""
    return list(_validator(name).iter_errors(document))


@cache
def _validator(name: str) -> Any:
    from jsonschema import Draft202012Validator  # a third of what this package takes to import

    return Draft202012Validator(load_schema(name))
