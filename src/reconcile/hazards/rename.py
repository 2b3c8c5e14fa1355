"""breaks-readers: code that is running still says the old name. Asked by planning, which knows what is a rename."""

from __future__ import annotations

from reconcile.hazards.base import BREAKS_READERS
from reconcile.state import Hazard, Level, Rename

CODE = BREAKS_READERS


def of_rename(rename: Rename) -> tuple[Hazard, ...]:
    """The hazard of renaming what others read by name: a table or column. Indexes and constraints: none."""
    if not rename.old.holds_data:
        return ()
    return (
        Hazard(
            code=CODE,
            level=Level.WARNING,
            key=rename.old.key,
            message=f"{rename.old.key} comes to be called {rename.key.name}: running code still uses the old name",
            advice="deploy code that can do with both names first",
        ),
    )
