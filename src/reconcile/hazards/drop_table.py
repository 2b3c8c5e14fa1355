"""drop-table: A table goes."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.state import Hazard, Kind, Level


def look(view: View) -> Iterator[Hazard]:
    """A table is dropped: danger if it holds rows."""
    for item in view.dropped():
        if item.key.kind is not Kind.TABLE:
            continue
        filled = view.holds_rows(item.key)
        rows = "; its rows are kept in the attic" if view.keeps(item.key) else " with the rows it holds"
        used = view.evidence(item.key)
        yield RULE.hazard(
            item.key,
            f"{item.key} is dropped" + (f"{rows}{used}" if filled else "; it holds no rows"),
            level=Level.DANGER if filled else Level.INFO,
            advice=None if filled else "",
        )


RULE = Rule(
    code="drop-table",
    group=Group.LOSS,
    level=Level.DANGER,
    title="A table goes",
    why=(
        "Its rows are gone. It is danger even where they could be kept: a plan against the wrong database "
        "must be no quiet one."
    ),
    instead=("make sure that this is the right database; to keep the table, ignore it or rename it with a hint"),
    examples=(
        Example(
            on=("postgresql", "mysql", "sqlite"),
            before=(
                "CREATE TABLE t (id int PRIMARY KEY, a int); "
                "INSERT INTO t (id) VALUES (1); "
                "CREATE TABLE u (id int PRIMARY KEY)"
            ),
            bad="CREATE TABLE u (id int PRIMARY KEY)",
            good="CREATE TABLE t (id int PRIMARY KEY, a int); CREATE TABLE u (id int PRIMARY KEY)",
        ),
    ),
    look=look,
)
