"""engine-change: A table's engine changes."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.state import Hazard, Level, Table


def look(view: View) -> Iterator[Hazard]:
    """Another ENGINE."""
    for old, new in view.changed(Table):
        before, after = (dict(item.options).get("engine", "InnoDB") for item in (old, new))
        if before != after and view.holds_rows(new.key):
            yield RULE.hazard(new.key, f"{new.key} is kept by {after} instead of {before}")


RULE = Rule(
    code="engine-change",
    group=Group.LOCKS,
    level=Level.WARNING,
    title="A table's engine changes",
    why="The table is copied; foreign keys, transactions and crash safety come or go.",
    instead="check what relies on them",
    examples=(
        Example(
            on=("mysql",),
            before="CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t (id) VALUES (1)",
            bad="CREATE TABLE t (id int PRIMARY KEY, a int) ENGINE=MyISAM",
            good="CREATE TABLE t (id int PRIMARY KEY, a int, b int)",
        ),
    ),
    look=look,
)
