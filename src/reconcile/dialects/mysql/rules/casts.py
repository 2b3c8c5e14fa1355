"""Values that a column's new type does not take.

An error of ALTER TABLE in strict mode, and silently another value without ("Server SQL Modes").
"""

from __future__ import annotations

import re

from reconcile.dialects.sqltext import MYSQL

_LENGTH = re.compile(r"(varchar|char|varbinary|binary)\((\d+)\)")
_INTEGER = re.compile(r"(tinyint|smallint|mediumint|int|bigint)(?:\(\d+\))?( unsigned)?(?: zerofill)?")
_DECIMAL = re.compile(r"decimal\((\d+),(\d+)\)( unsigned)?(?: zerofill)?")
_FLOAT = re.compile(r"(?:float|double)\b.*")
_LABELS = re.compile(r"enum\((.*)\)", re.DOTALL)
_MEMBERS = re.compile(r"set\((.*)\)", re.DOTALL)
_BIT = re.compile(r"bit\((\d+)\)")
_TIME = re.compile(r"(date|datetime|timestamp|time)(?:\(\d\))?")
_BITS = {"tinyint": 8, "smallint": 16, "mediumint": 24, "int": 32, "bigint": 64}
# Bytes that fit ("Data Type Storage Requirements").
_BYTES = {"tiny": 2**8 - 1, "": 2**16 - 1, "medium": 2**24 - 1, "long": 2**32 - 1}
_TEXT = re.compile(r"(tiny|medium|long|)(text|blob)")
_NUMBER = r"'^ *[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)? *$'"
_MOMENT = "'^[-0-9 :.T/]+$'"


def misfits(old: str, new: str, name: str) -> str | None:
    """The condition that a value of type ``old`` in column ``name`` does not fit ``new``; None: all fit, or unknown."""
    if old == new:
        return None
    if (length := _LENGTH.fullmatch(new)) is not None:
        measure = "OCTET_LENGTH" if "binary" in length[1] else "CHAR_LENGTH"
        before = _LENGTH.fullmatch(old)
        return None if before and int(before[2]) <= int(length[2]) else f"{measure}({name}) > {length[2]}"
    if (text := _TEXT.fullmatch(new)) is not None:
        most, longer = _BYTES[text[1]], _TEXT.fullmatch(old)
        return f"OCTET_LENGTH({name}) > {most}" if longer is not None and _BYTES[longer[1]] > most else None
    if (labels := _LABELS.fullmatch(new)) is not None:
        return f"{name} NOT IN ({labels[1]})" if _LABELS.fullmatch(old) or _is_string(old) else None
    if (members := _MEMBERS.fullmatch(new)) is not None:
        had = _MEMBERS.fullmatch(old)
        stay = _strings(members[1])
        gone = [text for text in _strings(had[1] if had else "") if text not in stay]
        return " OR ".join(f"FIND_IN_SET({text}, {name})" for text in gone) or None
    if new == "json":
        return f"NOT JSON_VALID({name})" if _is_string(old) else None
    if (moment := _TIME.fullmatch(new)) is not None:
        return _no_moment(old, moment[1], name)
    range_ = _numbers(new)
    return _out_of_range(old, *range_, name) if range_ is not None else None


def _numbers(type_: str) -> tuple[str | None, str | None, int] | None:
    """The least and the greatest number of a type (None: no bound to speak of), and its digits after the point."""
    if (integer := _INTEGER.fullmatch(type_)) is not None:
        bits = _BITS[integer[1]]
        low, high = (0, 2**bits - 1) if integer[2] else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
        return str(low), str(high), 0
    if (decimal := _DECIMAL.fullmatch(type_)) is not None:
        digits, scale = int(decimal[1]), int(decimal[2])
        high = "9" * (digits - scale) or "0"
        most = f"{high}.{'9' * scale}" if scale else high
        return "0" if decimal[3] else f"-{most}", most, scale
    if (bit := _BIT.fullmatch(type_)) is not None:
        return "0", str(2 ** int(bit[1]) - 1), 0
    return (None, None, 0) if _FLOAT.fullmatch(type_) else None


def _out_of_range(old: str, low: str | None, high: str | None, scale: int, name: str) -> str | None:
    found = []
    if _is_string(old):
        found.append(f"{name} NOT REGEXP {_NUMBER}")
    elif (before := _numbers(old)) is None or high is None:
        return None
    elif before[0] is not None and before[1] is not None and low is not None:
        inside = float(low) <= float(before[0]) and float(before[1]) <= float(high)
        if inside and (before[2] <= scale or float(before[1]) + 1 <= float(high)):
            return None
    if high is not None:
        whole = _INTEGER.fullmatch(old) is not None
        value = name if whole else f"ROUND({name}, {scale})"
        found.append(f"{value} NOT BETWEEN {low} AND {high}")
    return " OR ".join(found)


def _no_moment(old: str, new: str, name: str) -> str | None:
    if _is_string(old):
        as_ = "DATETIME" if new == "timestamp" else new.upper()
        return f"{name} IS NOT NULL AND (CAST({name} AS {as_}) IS NULL OR {name} NOT REGEXP {_MOMENT})"
    if new == "timestamp" and re.match("date", old):
        return f"{name} IS NOT NULL AND COALESCE(UNIX_TIMESTAMP({name}), 0) = 0"
    return None


def _is_string(type_: str) -> bool:
    return _LENGTH.fullmatch(type_) is not None or _TEXT.fullmatch(type_) is not None


def _strings(text: str) -> list[str]:
    return [token.text for token in MYSQL.words(text) if token.kind == "string"]
