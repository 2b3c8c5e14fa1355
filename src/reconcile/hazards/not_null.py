"""stricter-constraint: A column no longer takes NULL."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.state import Column, Hazard, Level


def look(view: View) -> Iterator[Hazard]:
    """NOT NULL is set on a column of a table that is there already."""
    for old, new in view.altered():
        if isinstance(old, Column) and isinstance(new, Column) and old.nullable and not new.nullable:
            yield RULE.hazard(
                new.key,
                f"{new.key} becomes NOT NULL: writers that leave it out will fail",
                level=Level.WARNING if view.holds_rows(old.key) else Level.INFO,
            )


RULE = Rule(
    code="stricter-constraint",
    group=Group.RUNNING,
    level=Level.WARNING,
    title="A column no longer takes NULL",
    why="Writers that leave it out, or write NULL, fail from then on.",
    instead="deploy code that always writes it first",
    examples=(
        Example(
            on=("postgresql", "mysql", "sqlite"),
            before="CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t VALUES (1, 1)",
            bad="CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL)",
            good="CREATE TABLE t (id int PRIMARY KEY, a int)",
        ),
    ),
    look=look,
)
