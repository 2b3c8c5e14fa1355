"""default-changed: A default changes."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.state import Default, Hazard, Level


def look(view: View) -> Iterator[Hazard]:
    """The default of a column of a filled table becomes another one."""
    for old, new in view.changed(Default):
        if view.holds_rows(old.key):
            yield RULE.hazard(
                new.key, f"{new.key.parent} is {new.expression} instead of {old.expression} where it is left out"
            )


RULE = Rule(
    code="default-changed",
    group=Group.RUNNING,
    level=Level.INFO,
    title="A default changes",
    why="Code that leaves the column out writes something else from now on, beside the rows of before.",
    instead="make sure that every version of the code that runs meanwhile can do with both",
    examples=(
        Example(
            on=("postgresql", "mysql", "sqlite"),
            before="CREATE TABLE t (id int PRIMARY KEY, a int DEFAULT 1); INSERT INTO t (id) VALUES (1)",
            bad="CREATE TABLE t (id int PRIMARY KEY, a int DEFAULT 2)",
            good="CREATE TABLE t (id int PRIMARY KEY, a int DEFAULT 1)",
        ),
    ),
    look=look,
)
