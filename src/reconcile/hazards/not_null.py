"""stricter-constraint: a column no longer takes NULL."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import View
from reconcile.state import Column, Hazard, Level

CODE = "stricter-constraint"


def look(view: View) -> Iterator[Hazard]:
    """NOT NULL is set on a column of a table that is there already."""
    for old, new in view.altered():
        if isinstance(old, Column) and isinstance(new, Column) and old.nullable and not new.nullable:
            yield Hazard(
                code=CODE,
                level=Level.WARNING if view.holds_rows(old.key) else Level.INFO,
                key=new.key,
                message=f"{new.key} becomes NOT NULL: writers that leave it out will fail",
                advice="deploy code that always writes it first",
            )
