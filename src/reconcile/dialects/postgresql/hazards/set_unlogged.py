"""set-unlogged: A filled table will no longer be written to the log."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.state import Hazard, Level, Table


def look(view: View) -> Iterator[Hazard]:
    """SET UNLOGGED on a table that holds rows."""
    for old, new in view.changed(Table):
        unlogged = [dict(item.options).get("persistence") == "unlogged" for item in (old, new)]
        if unlogged == [False, True] and view.holds_rows(new.key):
            yield RULE.hazard(new.key, f"{new.key} will be empty after a crash")


RULE = Rule(
    code="set-unlogged",
    group=Group.LOSS,
    level=Level.WARNING,
    title="A filled table will no longer be written to the log",
    why="After a crash it is empty, and replicas lose it at once.",
    instead="keep it logged, unless its rows can be made again",
    examples=(
        Example(
            on=("postgresql",),
            before="CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t (id) VALUES (1)",
            bad="CREATE UNLOGGED TABLE t (id int PRIMARY KEY, a int)",
            good="CREATE TABLE t (id int PRIMARY KEY, a int, b int)",
        ),
    ),
    look=look,
)
