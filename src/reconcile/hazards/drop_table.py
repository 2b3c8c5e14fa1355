"""drop-table: a table goes."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import View
from reconcile.state import Hazard, Kind, Level

CODE = "drop-table"


def look(view: View) -> Iterator[Hazard]:
    """A table that holds rows is dropped: always danger, a plan against the wrong database must be no quiet one."""
    for item in view.dropped():
        if item.key.kind is not Kind.TABLE:
            continue
        filled = view.holds_rows(item.key)
        yield Hazard(
            code=CODE,
            level=Level.DANGER if filled else Level.INFO,
            key=item.key,
            message=f"{item.key} is dropped" + (" with the rows it holds" if filled else "; it holds no rows"),
            advice="make sure that this is the right database; to keep the table, ignore it or rename it with a hint"
            if filled
            else "",
        )
