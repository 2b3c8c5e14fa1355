"""required-column: A new column has to be written, and running code does not know it."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.state import Column, Hazard, Kind, Level, child_key


def look(view: View) -> Iterator[Hazard]:
    """A NOT NULL column without a default is added to a table that was there."""
    for item in view.created(Column):
        fills = item.identity or item.generated or item.auto_increment or item.inherited
        if not item.nullable and not fills and child_key(Kind.DEFAULT, item.key) not in view.after:
            yield RULE.hazard(
                item.key,
                f"{item.key} is NOT NULL without a default: running code that inserts rows does not write it",
                level=Level.WARNING if view.holds_rows(item.key) else Level.INFO,
            )


RULE = Rule(
    code="required-column",
    group=Group.RUNNING,
    level=Level.WARNING,
    title="A new column has to be written, and running code does not know it",
    why="It is NOT NULL and has no default: every INSERT of code that does not name it fails.",
    instead="give it a default, or add it as nullable, deploy code that writes it, and set NOT NULL then",
    examples=(
        Example(
            on=("postgresql", "mysql"),
            before="CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t (id) VALUES (1)",
            bad="CREATE TABLE t (id int PRIMARY KEY, a int, b int NOT NULL)",
            good="CREATE TABLE t (id int PRIMARY KEY, a int, b int NOT NULL DEFAULT 0)",
        ),
    ),
    look=look,
)
