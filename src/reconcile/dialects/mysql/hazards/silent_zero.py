"""silent-zero: old rows get a value that nobody chose."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.state import Column, Hazard, Kind, Level, child_key


def look(view: View) -> Iterator[Hazard]:
    """NOT NULL without a default is added to a filled table: the server does not refuse."""
    for item in view.created(Column):
        fills = item.generated or item.auto_increment
        if item.nullable or fills or child_key(Kind.DEFAULT, item.key) in view.after:
            continue
        if view.holds_rows(item.key):
            yield RULE.hazard(item.key, f"rows that are there get 0, '' or a zero date in {item.key}")


RULE = Rule(
    code="silent-zero",
    group=Group.RUNNING,
    level=Level.WARNING,
    title="Old rows get a value that nobody chose",
    why=("A NOT NULL column without a default is filled with 0, '' or a zero date in the rows that are there."),
    instead="give it a default, or add it as nullable and fill it",
    examples=(
        Example(
            on=("mysql",),
            before="CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t (id) VALUES (1)",
            bad="CREATE TABLE t (id int PRIMARY KEY, a int, b int NOT NULL)",
            good="CREATE TABLE t (id int PRIMARY KEY, a int, b int NOT NULL DEFAULT 5)",
        ),
    ),
    look=look,
)
