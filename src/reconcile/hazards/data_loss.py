"""data-loss: values of a column go."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import View
from reconcile.state import Column, Hazard, Level

CODE = "data-loss"


def look(view: View) -> Iterator[Hazard]:
    """A column of a table that stays and holds rows is dropped."""
    for item in view.dropped():
        if not isinstance(item, Column) or item.generated is not None or item.key.root not in view.after:
            continue
        filled = view.holds_rows(item.key)
        yield Hazard(
            code=CODE,
            level=Level.DANGER if filled else Level.INFO,
            key=item.key,
            message=f"{item.key} is dropped" + (" with its values" if filled else "; its table holds no rows"),
            advice="copy the values first, or rename the column with a hint" if filled else "",
        )
