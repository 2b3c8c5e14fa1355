"""time-with-zone: A time of day with a time zone."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import Hazard, Level


def inspect(schema: Schema) -> Iterator[Hazard]:
    """A time of day with a time zone."""
    for column in schema.columns():
        info = schema.facts.type_of(column.type)
        if info.family == "timetz":
            yield RULE.hazard(column.key, f"{column.key} is {column.type}")


RULE = Rule(
    code="time-with-zone",
    group=Group.DESIGN,
    level=Level.INFO,
    title="A time of day with a time zone",
    why=(
        "Without a date nobody can tell whether summer time applies; the standard has it and PostgreSQL "
        "advises against it."
    ),
    instead="use timestamptz, or time",
    examples=(
        Example(
            on=("postgresql",),
            bad="CREATE TABLE t (id int PRIMARY KEY, a timetz)",
            good="CREATE TABLE t (id int PRIMARY KEY, a time)",
        ),
    ),
    inspect=inspect,
)
