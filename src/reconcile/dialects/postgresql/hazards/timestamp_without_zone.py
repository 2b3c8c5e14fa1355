"""timestamp-without-zone: A moment without its time zone."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import Hazard, Level


def inspect(schema: Schema) -> Iterator[Hazard]:
    """A moment without its time zone."""
    for column in schema.columns():
        info = schema.facts.type_of(column.type)
        if info.family == "timestamp":
            yield RULE.hazard(column.key, f"{column.key} is {column.type}")


RULE = Rule(
    code="timestamp-without-zone",
    group=Group.DESIGN,
    level=Level.WARNING,
    title="A moment without its time zone",
    why="Whoever reads it has to guess the zone; the hour that is there twice in autumn cannot be told.",
    instead="use timestamptz",
    examples=(
        Example(
            on=("postgresql",),
            bad="CREATE TABLE t (id int PRIMARY KEY, a timestamp)",
            good="CREATE TABLE t (id int PRIMARY KEY, a timestamptz)",
        ),
    ),
    inspect=inspect,
)
