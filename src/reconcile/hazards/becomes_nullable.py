"""becomes-nullable: A column begins to take NULL."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.state import Column, Hazard, Level


def look(view: View) -> Iterator[Hazard]:
    """NOT NULL is taken from a column of a filled table."""
    for old, new in view.changed(Column):
        if not old.nullable and new.nullable and view.holds_rows(old.key):
            yield RULE.hazard(new.key, f"{new.key} may be NULL from now on")


RULE = Rule(
    code="becomes-nullable",
    group=Group.RUNNING,
    level=Level.INFO,
    title="A column begins to take NULL",
    why="Readers that have never met NULL there meet it.",
    instead="make readers safe against NULL first",
    examples=(
        Example(
            on=("postgresql", "mysql", "sqlite"),
            before="CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL); INSERT INTO t VALUES (1, 1)",
            bad="CREATE TABLE t (id int PRIMARY KEY, a int)",
            good="CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL)",
        ),
    ),
    look=look,
)
