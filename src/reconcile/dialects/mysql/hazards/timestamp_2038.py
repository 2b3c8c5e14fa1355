"""timestamp-2038: A moment that ends in 2038."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import Hazard, Level


def inspect(schema: Schema) -> Iterator[Hazard]:
    """A moment that ends in 2038."""
    for column in schema.columns():
        info = schema.facts.type_of(column.type)
        if info.family == "timestamptz":
            yield RULE.hazard(column.key, f"{column.key} is {column.type}")


RULE = Rule(
    code="timestamp-2038",
    group=Group.DESIGN,
    level=Level.INFO,
    title="A moment that ends in 2038",
    why="TIMESTAMP ends at 2038-01-19 (MariaDB 11.5: 2106).",
    instead="use DATETIME, in UTC",
    examples=(
        Example(
            on=("mysql",),
            bad="CREATE TABLE t (id int PRIMARY KEY, a timestamp NULL)",
            good="CREATE TABLE t (id int PRIMARY KEY, a datetime)",
        ),
    ),
    inspect=inspect,
)
