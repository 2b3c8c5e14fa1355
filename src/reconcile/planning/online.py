"""Which tables are changed without keeping others out. Knows no database: rules know how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reconcile.hazards.evidence import Size
from reconcile.state import Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Online:
    """The user's choice. ``rows``: from how many rows on "auto" prefers forms that block nobody to atomic ones."""

    mode: str = "auto"  # auto, always, never
    rows: int = 100_000

    def tables(self, sizes: Mapping[Key, Size]) -> frozenset[Key]:
        """The tables to treat so, of those that hold rows: atomicity is worth more than concurrency on a small one."""
        if self.mode == "never":
            return frozenset()
        least = 1 if self.mode == "always" else self.rows
        return frozenset(key for key, size in sizes.items() if size.rows >= least)
