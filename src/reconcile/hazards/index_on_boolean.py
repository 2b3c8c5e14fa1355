"""index-on-boolean: an index on nothing but a boolean."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import Column, Hazard, Index, Level


def inspect(schema: Schema) -> Iterator[Hazard]:
    """An index of all rows whose only column is boolean."""
    for table in schema.tables():
        types = {column.key.name: schema.facts.type_of(column.type).family for column in schema.of(table.key, Column)}
        for item in schema.of(table.key, Index):
            if len(item.parts) == 1 and item.where is None and types.get(item.parts[0].column or "") == "bool":
                yield RULE.hazard(item.key, f"{item.key} has only {item.parts[0].column}, which is true or false")


RULE = Rule(
    code="index-on-boolean",
    group=Group.DESIGN,
    level=Level.INFO,
    title="An index on nothing but a boolean",
    why="Half of the rows are found by it: the server will not use it.",
    instead="index the columns that are asked together with it, or only the rows with the rarer value",
    examples=(
        Example(
            on=("postgresql",),
            bad="CREATE TABLE t (id int PRIMARY KEY, a boolean); CREATE INDEX i ON t (a)",
            good="CREATE TABLE t (id int PRIMARY KEY, a boolean, b int); CREATE INDEX i ON t (b) WHERE a",
        ),
        Example(
            on=("mysql",),
            bad="CREATE TABLE t (id int PRIMARY KEY, a boolean, KEY i (a))",
            good="CREATE TABLE t (id int PRIMARY KEY, a boolean, b int, KEY i (b, a))",
        ),
    ),
    inspect=inspect,
)
