"""Expressions of the server's that do not print the same after they are printed and read again.

``v IN ('a', 'b')`` with v varchar is stored with a coercion of the whole array, printed as
``(ARRAY['a'::character varying, 'b'::character varying])::text[]``. Read back, the cast is explicit and goes
to each element: ``ARRAY[('a'::character varying)::text, …]``. So after a dump and a restore, or after ALTER TYPE, one
and the same check prints in another way. Both mean the same; we know only the first.
"""

from __future__ import annotations

import re

_TEXT = r"E?'(?:[^']|'')*'::character varying"
_EACH = re.compile(rf"ARRAY\[\({_TEXT}\)::text(?:, \({_TEXT}\)::text)*\]")
_ITEM = re.compile(rf"\(({_TEXT})\)::text")
_WHOLE = re.compile(rf"\b(ANY|ALL) \(\((ARRAY\[{_TEXT}(?:, {_TEXT})*\])\)::text\[\]\)")


def canonical(expression: str) -> str:
    """What the server printed, in the first of the two spellings."""
    if "ARRAY[(" not in expression:
        return expression
    return _EACH.sub(lambda match: f"({_ITEM.sub(lambda item: item[1], match[0])})::text[]", expression)


def for_reading(expression: str) -> str:
    """What to send, so that the server stores what prints as ``expression``: it finds the coercion by itself."""
    return _WHOLE.sub(r"\1 (\2)", expression) if "::text[]" in expression else expression
