"""What the server chooses by itself (names, sequence bounds), so that a person's choice can be told from it."""

from __future__ import annotations

_LONGEST = 63  # NAMEDATALEN - 1, in bytes

_RANGES = {"smallint": 2**15, "integer": 2**31, "bigint": 2**63}


def chosen_name(first: str, second: str, label: str) -> str:
    """What the server's makeObjectName gives: ``first_second_label``, the longer of the two cut to fit."""
    a, b = first.encode(), second.encode()
    room = _LONGEST - len(label.encode()) - 2
    if len(a) + len(b) > room:
        # The server takes a byte off the longer one until both fit.
        length_a, length_b = len(a), len(b)
        while length_a + length_b > room:
            if length_a > length_b:
                length_a -= 1
            else:
                length_b -= 1
        a, b = a[:length_a], b[:length_b]
    # Cut between characters, as pg_mbcliplen does.
    return f"{a.decode(errors='ignore')}_{b.decode(errors='ignore')}_{label}"


def limits(type_: str, increment: int) -> tuple[int, int]:
    """The bounds a sequence of this type and direction has by itself."""
    top = _RANGES[type_]
    return (1, top - 1) if increment > 0 else (-top, -1)


# The comment that initdb gives the schema public; a state without a comment on it means this one, as for pg_dump.
PUBLIC_COMMENT = "standard public schema"
