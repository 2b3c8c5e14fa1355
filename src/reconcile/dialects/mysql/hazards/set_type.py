"""set-type: A column of type SET."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import Hazard, Level


def inspect(schema: Schema) -> Iterator[Hazard]:
    """A column of type SET."""
    for column in schema.columns():
        info = schema.facts.type_of(column.type)
        if info.family == "set":
            yield RULE.hazard(column.key, f"{column.key} is a SET")


RULE = Rule(
    code="set-type",
    group=Group.DESIGN,
    level=Level.INFO,
    title="A column of type SET",
    why="It is a list in a column: no foreign key, no index for its members, and 64 of them at most.",
    instead="use a table of its own",
    examples=(
        Example(
            on=("mysql",),
            bad="CREATE TABLE t (id int PRIMARY KEY, a set('a', 'b'))",
            good="CREATE TABLE t (id int PRIMARY KEY, a enum('a', 'b'))",
        ),
    ),
    inspect=inspect,
)
