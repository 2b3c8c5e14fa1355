"""zero-date: A default that is no date."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import Hazard, Level


def inspect(schema: Schema) -> Iterator[Hazard]:
    """A default that is no date."""
    for column in schema.columns():
        if "0000-00-00" in schema.default(column.key):
            yield RULE.hazard(column.key, f"{column.key} is 0000-00-00 where it is left out")


RULE = Rule(
    code="zero-date",
    group=Group.DESIGN,
    level=Level.WARNING,
    title="A default that is no date",
    why="0000-00-00 is refused by the strict SQL mode, and by every other database.",
    instead="use NULL, or a real date",
    examples=(
        Example(
            on=("mysql",),
            bad=("SET SESSION sql_mode = ''; CREATE TABLE t (id int PRIMARY KEY, a date DEFAULT '0000-00-00')"),
            good="CREATE TABLE t (id int PRIMARY KEY, a date DEFAULT '2000-01-01')",
        ),
    ),
    inspect=inspect,
)
