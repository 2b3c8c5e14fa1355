"""Preflight: values that a column of another affinity would not keep as they are (datatype3.html, 3).

SQLite converts without a word: '007' in a TEXT column becomes 7 in an INTEGER one, and nothing brings the zeros back.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.dialects.sqlite.names import quoted
from reconcile.dialects.sqlite.rules.tables import columns_of, is_option
from reconcile.state import Check, Column, Key, State

_EXACT = 2**53  # from here on not every whole number is a REAL


def affinity_of(column: Column, state: State) -> str:
    """One of integer, text, blob, real, numeric (datatype3.html, 3.1).

    ANY in a STRICT table converts nothing (stricttables.html, 3).
    """
    upper = column.type.upper()
    if upper == "ANY" and is_option(state, column.key.root, "strict"):
        return "blob"
    if "INT" in upper:
        return "integer"
    if any(word in upper for word in ("CHAR", "CLOB", "TEXT")):
        return "text"
    if not upper or "BLOB" in upper:
        return "blob"
    return "real" if any(word in upper for word in ("REAL", "FLOA", "DOUB")) else "numeric"


def conversions(table: Key, base: State, target: State) -> Iterator[Check]:
    """A check for each column that stays and converts what it holds: the values that would not be the same after."""
    for column in columns_of(target, table):
        old = base.get(column.key)
        if not isinstance(old, Column) or old.generated is not None or column.generated is not None:
            continue
        before, after = affinity_of(old, base), affinity_of(column, target)
        lost = _lost(quoted(base, old.key), after)
        if before == after or lost is None:
            continue
        name, where = quoted(base, old.key), quoted(base, table)
        yield Check(
            key=column.key,
            query=f"SELECT * FROM {where} WHERE {lost}",
            message=f"{column.key} has values that would not be the same as {column.type or 'a column without a type'}",
            advice=_ADVICE[after].format(table=where, column=name),
        )


_CAST = "if that is meant, say so first: UPDATE {{table}} SET {{column}} = CAST({{column}} AS {type}) for these rows"
_ADVICE = {
    "integer": _CAST.format(type="NUMERIC"),
    "numeric": _CAST.format(type="NUMERIC"),
    "real": "change these values first, or choose numeric: "
    "a REAL holds whole numbers exactly up to 2^53, and no zeros at an end",
    "text": _CAST.format(type="TEXT"),
}


def _lost(name: str, after: str) -> str | None:
    """The condition under which a value changes for good. Text that is no number stays text, and is not meant."""
    # The comparison gives the text the affinity of the CAST, so that it holds for what is a number and nothing else.
    number = f"typeof({name}) = 'text' AND {name} = CAST({name} AS NUMERIC)"
    match after:
        case "integer" | "numeric":
            return f"{number} AND CAST(CAST({name} AS NUMERIC) AS TEXT) <> {name} COLLATE BINARY"
        case "real":
            written = f"CAST(CAST({name} AS REAL) AS TEXT)"
            whole = f"typeof({name}) = 'integer' AND {name} NOT BETWEEN -{_EXACT} AND {_EXACT}"
            return f"({number} AND {written} NOT IN ({name}, {name} || '.0')) OR ({whole})"
        case "text":  # 15 digits are written, and a REAL may have 17
            return f"typeof({name}) = 'real' AND CAST(CAST({name} AS TEXT) AS REAL) <> {name}"
        case _:
            return None
