"""Expressions and queries of the server's that do not print the same after they are printed and read again.

``v IN ('a', 'b')`` with v varchar is stored with a coercion of the whole array, printed as
``(ARRAY['a'::character varying, 'b'::character varying])::text[]``. Read back, the cast is explicit and goes
to each element: ``ARRAY[('a'::character varying)::text, …]``. So after a dump and a restore, or after ALTER TYPE, one
and the same check prints in another way. Both mean the same; we know only the first.

A bare NULL or literal in one arm of a UNION gets its type from the other and the name ``?column?``, and prints as
``NULL::integer``. Read back, the cast is explicit and gives the name: ``NULL::integer AS int4``. Where the name is the
one that the server chooses by itself, it is not compared.
"""

from __future__ import annotations

import re

_TEXT = r"E?'(?:[^']|'')*'::character varying"
_EACH = re.compile(rf"ARRAY\[\({_TEXT}\)::text(?:, \({_TEXT}\)::text)*\]")
_ITEM = re.compile(rf"\(({_TEXT})\)::text")
_WHOLE = re.compile(rf"\b(ANY|ALL) \(\((ARRAY\[{_TEXT}(?:, {_TEXT})*\])\)::text\[\]\)")


# A constant with its type, and the name it has; or what is passed over whole, since it may hold anything.
_PASSED_OVER = r"""'(?:[^']|'')*'|"(?:[^"]|"")*\""""
# A word is taken whole or not at all (?>…): tried letter by letter, a long line would take for ever.
_CONSTANT = r"""(?:NULL|-?\d[\d.]*|E?'(?:[^']|'')*')::(?>\w+|"(?:[^"]|"")*"|\.| (?!AS\b)|\(\d[\d,]*\))+(?:\[\])*"""
_NAMED = re.compile(rf"""({_CONSTANT}) AS (\w+|"(?:[^"]|"")*")(?=\s*(?:,|\n|\Z))|{_PASSED_OVER}""")
# What pg_type calls the types that SQL has words for.
_TYPES = {
    "bigint": "int8",
    "bit varying": "varbit",
    "boolean": "bool",
    "character": "bpchar",
    "character varying": "varchar",
    "double precision": "float8",
    "integer": "int4",
    "real": "float4",
    "smallint": "int2",
    "time with time zone": "timetz",
    "time without time zone": "time",
    "timestamp with time zone": "timestamptz",
    "timestamp without time zone": "timestamp",
}


def canonical_query(definition: str) -> str:
    """The same for a whole query."""
    definition = canonical(definition)
    return _NAMED.sub(_unnamed, definition) if "::" in definition else definition


def _unnamed(match: re.Match[str]) -> str:
    if match[1] is None:
        return match[0]
    words = re.sub(r"\([\d,]+\)|\[\]", "", match[1].rpartition("::")[2]).strip().replace('"', "")
    chosen = _TYPES.get(words) or words.rpartition(".")[2]
    return match[1] if match[2] in (chosen, f'"{chosen}"') else match[0]


# A line that is such a constant is an item of a SELECT list: whatever else can hold one is printed within a line.
_NAMELESS = re.compile(rf"((?:\A|(?<=\n))[ ]*(?:SELECT (?:DISTINCT )?)?{_CONSTANT})(?=,?(?:\n|\Z))|{_PASSED_OVER}")


def written_query(definition: str) -> str | None:
    """What to send, so that the server stores what prints as ``definition``, where that is not what is compared."""
    if "::" not in definition:
        return None
    named = _NAMELESS.sub(lambda match: match[0] if match[1] is None else f'{match[1]} AS "?column?"', definition)
    return None if named == canonical_query(definition) else named


def canonical(expression: str) -> str:
    """What the server printed, in the first of the two spellings."""
    if "ARRAY[(" not in expression:
        return expression
    return _EACH.sub(lambda match: f"({_ITEM.sub(lambda item: item[1], match[0])})::text[]", expression)


def for_reading(expression: str) -> str:
    """What to send, so that the server stores what prints as ``expression``: it finds the coercion by itself."""
    return _WHOLE.sub(r"\1 (\2)", expression) if "::text[]" in expression else expression
