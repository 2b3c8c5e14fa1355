"""Column types as people write them: the database's own words, or SQLAlchemy's portable names."""

from __future__ import annotations

import ast
import re
from difflib import get_close_matches
from functools import cache
from typing import Any

import sqlalchemy
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.types import TypeEngine

from reconcile.errors import Place, SourceError

_CALL = re.compile(r"([A-Z][A-Za-z]*[a-z][A-Za-z]*)\s*(\(.*\))?", re.S)
_QUOTED = re.compile(r"""'[^']*'|"[^"]*"|`[^`]*`""")
_NOT_NULL = re.compile(r"(.*\S)\s+not\s+null", re.I | re.S)
QUOTE = "inside of { } text that holds a comma stands in quotes: 'numeric(10, 2)'"
_REFUSED = {
    "Enum": "write the type under 'enums:' and its name here, or on MySQL the database's own enum('a', 'b')",
    "PickleType": "write LargeBinary",
}


def split_null(text: str) -> tuple[str, bool]:
    """``varchar(80) not null`` → the type, and whether it was there."""
    match = _NOT_NULL.fullmatch(text.strip())
    return (match[1], True) if match else (text.strip(), False)


def server_type(text: str, dialect: Dialect, place: Place) -> str:
    """The type in the database's words. SQLAlchemy's names are the ones in mixed case: ``String(80)``, ``DateTime``.

    Raises SourceError for a portable type with arguments it does not take, or that the database lacks.
    """
    outside = _QUOTED.sub("", text)
    if outside.count("(") != outside.count(")"):
        raise SourceError(f"{text}: a parenthesis is missing", place=place, hint=QUOTE)
    match = _CALL.fullmatch(text)
    names = _portable()
    if match is None or match[1] not in names:
        if match is not None and match[2] and (near := get_close_matches(match[1], names, n=1)):
            raise SourceError(f"{match[1]} is not a type", place=place, hint=f"did you mean {near[0]}?")
        return text
    if match[1] in _REFUSED:
        raise SourceError(f"{match[1]} cannot be used here", place=place, hint=_REFUSED[match[1]])
    try:
        values, named = _arguments(match[2] or "()")
        return str(names[match[1]](*values, **named).compile(dialect=dialect))
    except (ValueError, TypeError, AttributeError, SyntaxError, SQLAlchemyError) as error:
        raise SourceError(f"{text}: {str(error).splitlines()[0]}", place=place) from None


@cache
def _portable() -> dict[str, type[TypeEngine[Any]]]:
    found = vars(sqlalchemy.types).items()
    return {
        name: cls
        for name, cls in found
        if isinstance(cls, type) and issubclass(cls, TypeEngine) and _CALL.fullmatch(name) and name != "TypeEngine"
    }


def _arguments(text: str) -> tuple[list[Any], dict[str, Any]]:
    """Literal arguments only; nothing is evaluated."""
    call = ast.parse(f"f{text}", mode="eval").body
    if not isinstance(call, ast.Call):
        raise ValueError("expected arguments in parentheses")
    named = {word.arg: ast.literal_eval(word.value) for word in call.keywords if word.arg is not None}
    return [ast.literal_eval(value) for value in call.args], named
