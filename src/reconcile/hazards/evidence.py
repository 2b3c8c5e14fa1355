"""Evidence: what the live server has counted that rules may use. Must not know how it is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

from reconcile.state import Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How big a table is, by the server's own estimate."""

    rows: int
    bytes: int  # with its indexes

    def __str__(self) -> str:
        return f"about {self.rows:,} rows, {_bytes(self.bytes)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known of one database at one time; what is not known is left out."""

    used: Mapping[Key, str] = field(default_factory=dict)  # "scanned 7 times since 2026-11-01 03:00": ends a sentence
    numbers: Mapping[Key, int] = field(default_factory=dict)  # where the numbering of a column has come to
    sizes: Mapping[Key, Size] = field(default_factory=dict)  # of tables
    instants: Mapping[Key, int] = field(default_factory=dict)  # how many more instant changes a table takes (MySQL)
    nulls: Mapping[Key, float] = field(default_factory=dict)  # columns: the part of the rows in which they are NULL

    def instead(self, other: Evidence) -> Evidence:
        """This, with the sizes that ``other`` knows better."""
        return replace(self, sizes={**self.sizes, **other.sizes}, nulls={**self.nulls, **other.nulls})

    def renamed(self, old: Key, new: Key) -> Evidence:
        """The same of what came to be called otherwise."""
        return Evidence(**{name: {k.moved(old, new): v for k, v in getattr(self, name).items()} for name in _PARTS})


_PARTS = tuple(part.name for part in fields(Evidence))
NOTHING = Evidence()

# Bytes in a second, from a laptop's disk under load to a good server at rest: orders of magnitude, not promises.
_REWRITTEN = (20e6, 250e6)
_SCANNED = (100e6, 2e9)
_INDEXED = (30e6, 500e6)  # read (online: twice), sorted and written: 857 MB took 6 to 13 s on two busy processors


def seconds(size: Size, *, rewrites: bool, indexes: int = 0) -> tuple[float, float]:
    """How long reading, or writing anew, a table of this size may take, or making so many indexes: least and most."""
    slow, fast = _REWRITTEN if rewrites else _INDEXED if indexes else _SCANNED
    work = size.bytes * (1 if rewrites else max(1, indexes))
    return work / fast, work / slow


def span(least: float, most: float) -> str:
    """ "less than a second", "1 to 9 s", "2 to 30 min": an estimate in words."""
    if most < 1:
        return "less than a second"
    if most < 120:
        return f"{max(0, round(least))} to {round(most)} s"
    return f"{max(0, round(least / 60))} to {round(most / 60)} min"


def _bytes(number: float) -> str:
    for unit in ("bytes", "kB", "MB", "GB"):
        if number < 1000:
            return f"{number:.0f} {unit}"
        number /= 1000
    return f"{number:.1f} TB"
