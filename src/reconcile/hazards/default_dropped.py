"""default-dropped: A default goes."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.state import Column, Default, Hazard, Level


def look(view: View) -> Iterator[Hazard]:
    """The default of a column that stays is dropped."""
    for item in view.gone(Default):
        column = view.after.get(item.key.parent) if item.key.parent is not None else None
        if not isinstance(column, Column) or not view.holds_rows(item.key) or column.identity or column.generated:
            continue
        fails = "inserts that leave it out fail" if not column.nullable else "it is NULL where it is left out"
        yield RULE.hazard(column.key, f"{column.key} loses its default {item.expression}: {fails}")


RULE = Rule(
    code="default-dropped",
    group=Group.RUNNING,
    level=Level.WARNING,
    title="A default goes",
    why=("Code that leaves the column out writes NULL from now on, or fails where the column is NOT NULL."),
    instead="deploy code that writes the column first",
    examples=(
        Example(
            on=("postgresql", "mysql", "sqlite"),
            before=("CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL DEFAULT 1); INSERT INTO t (id) VALUES (1)"),
            bad="CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL)",
            good="CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL DEFAULT 1)",
        ),
    ),
    look=look,
)
