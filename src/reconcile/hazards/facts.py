"""Facts: what a dialect tells the rules about its types, names and locks. Must not know any dialect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum


class Blocks(IntEnum):
    """Whom a lock shuts out while it is held."""

    NOBODY = 0  # those who read and write go on
    WRITES = 1
    READS = 2  # and writes


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeFacts:
    """A column's type as far as rules care. ``family``: int, decimal, float, char, varchar, text, binary, varbinary,
    timestamp, timestamptz, time, date, bool, json, jsonb, money, enum, uuid …, or the type's own name."""

    family: str
    length: int | None = None  # char, varchar: characters
    precision: int | None = None  # decimal: digits; float: binary digits; timestamp: digits of a second
    scale: int | None = None  # decimal
    least: int | None = None  # int: the least value
    most: int | None = None  # int: the greatest
    labels: tuple[str, ...] = ()  # enum, set


UNKNOWN = TypeFacts(family="")

STRINGS = frozenset({"char", "varchar", "text"})
NUMBERS = frozenset({"int", "decimal", "float"})
MOMENTS = frozenset({"timestamp", "timestamptz", "date", "time"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What rules ask a dialect. What it does not tell makes the rules silent."""

    type_of: Callable[[str], TypeFacts] = field(default=lambda _: UNKNOWN)
    blocks: Callable[[str], Blocks] = field(default=lambda _: Blocks.NOBODY)  # by the text of Step.lock
    reserved: frozenset[str] = frozenset()  # words that are no names without quotes, in lower case
    folds_case: bool = False  # whether a name with capitals has to be quoted for ever
    name_limit: int | None = None  # bytes
    enforces_types: bool = True  # whether a column's type holds its values (SQLite: only in STRICT tables)
    indexes_foreign_keys: bool = False  # whether the server makes the index itself (InnoDB)
    rounds: bool = True  # whether digits too many are rounded away without an error
    advice: Mapping[str, str] = field(default_factory=dict, hash=False)  # by a rule's code: the way here


SILENT = Facts()


def narrower(old: TypeFacts, new: TypeFacts) -> str:
    """What the new type has less room for, "" where it has room for all that the old one holds or cannot be told."""
    if old.family in STRINGS and new.family in STRINGS and new.length is not None:
        return f"text longer than {new.length}" if old.length is None or new.length < old.length else ""
    if old.family == new.family == "int" and old.most is not None and new.most is not None:
        least, had = new.least or 0, old.least or 0
        return f"numbers outside of {least} to {new.most}" if new.most < old.most or least > had else ""
    if old.family in NUMBERS and new.family == "decimal" and new.precision is not None:
        room = new.precision - (new.scale or 0)
        known = old.family == "decimal" and old.precision is not None
        filled = (old.precision or 0) - (old.scale or 0) if known else None
        return f"numbers of more than {room} digits before the point" if filled is None or filled > room else ""
    if old.family in ("decimal", "float") and new.family == "int":
        return "numbers out of its range"
    return ""


def _digits(number: TypeFacts) -> float:
    """How many binary digits a number of the type can have."""
    if number.family == "float":
        return number.precision or 53
    if number.family == "int":
        return (number.most or 0).bit_length()
    return float("inf") if number.family == "decimal" else 0


def coarser(old: TypeFacts, new: TypeFacts) -> str:
    """What of each value the new type rounds or cuts off without an error; "" where nothing, or it cannot be told."""
    if old.family in ("decimal", "float") and new.family == "int":
        return "what stands after the point"
    if new.family == "float" and _digits(old) > (new.precision or 53):
        return "digits beyond those of the new type"
    if old.family in ("decimal", "float") and new.family == "decimal" and new.precision is not None:
        had = None if old.family == "float" else old.scale
        return f"digits beyond {new.scale or 0} after the point" if had is None or had > (new.scale or 0) else ""
    if old.family in ("timestamp", "timestamptz") and new.family == "date":
        return "the time of day"
    if old.family in ("timestamp", "timestamptz") and new.family == "time":
        return "the date"
    if old.family == "timestamptz" and new.family == "timestamp":
        return "the time zone they were meant in"
    if old.family == new.family and old.family in MOMENTS:
        was, has = (6 if each.precision is None else each.precision for each in (old, new))
        if has < was:
            return f"digits of a second beyond {has}"
    return ""
