"""timestamp-precision: A moment rounded to whole units."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import Hazard, Level


def inspect(schema: Schema) -> Iterator[Hazard]:
    """A moment rounded to whole units."""
    for column in schema.columns():
        info = schema.facts.type_of(column.type)
        if info.family in ("timestamp", "timestamptz") and info.precision == 0:
            yield RULE.hazard(column.key, f"{column.key} is {column.type}: moments are rounded up too")


RULE = Rule(
    code="timestamp-precision",
    group=Group.DESIGN,
    level=Level.INFO,
    title="A moment rounded to whole units",
    why="timestamptz(0) rounds, it does not cut off: half a second before midnight becomes tomorrow.",
    instead="use timestamptz, and round when it is shown",
    examples=(
        Example(
            on=("postgresql",),
            bad="CREATE TABLE t (id int PRIMARY KEY, a timestamptz(0))",
            good="CREATE TABLE t (id int PRIMARY KEY, a timestamptz)",
        ),
    ),
    inspect=inspect,
)
