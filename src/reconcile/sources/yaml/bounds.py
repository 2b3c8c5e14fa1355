"""What a sequence's numbers are where nobody said: the rules of CREATE SEQUENCE, the same on every server."""

from __future__ import annotations

from typing import Any

_BITS = {"smallint": 16, "integer": 32, "int": 32, "bigint": 64}


def sequence_bounds(said: dict[str, Any]) -> dict[str, Any]:
    """All numbers of a sequence of which some were said: ascending 1 … largest, descending -1 … smallest.

    PostgreSQL manual, CREATE SEQUENCE; the SQL standard leaves these to the implementation.
    """
    bits = _BITS.get(str(said.get("type", "bigint")).lower(), 64)
    descending = said.get("increment", 1) < 0
    minimum = said.get("minimum", -(1 << (bits - 1)) if descending else 1)
    maximum = said.get("maximum", -1 if descending else (1 << (bits - 1)) - 1)
    start = said.get("start", maximum if descending else minimum)
    return {**said, "minimum": minimum, "maximum": maximum, "start": start}


def without_bounds(plain: dict[str, Any], full: dict[str, Any]) -> dict[str, Any]:
    """The words that need to be said so that ``sequence_bounds`` gives ``full`` again."""
    said = {word: value for word, value in plain.items() if word not in ("minimum", "maximum", "start")}
    for word in ("minimum", "maximum", "start"):
        if sequence_bounds({w: v for w, v in full.items() if w in said})[word] != full[word]:
            said[word] = full[word]
    return said
