"""no-columns: A table holds nothing but its key."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.hazards.keys import is_numbered
from reconcile.state import Column, Hazard, Level


def inspect(schema: Schema) -> Iterator[Hazard]:
    """A table with one column, which is numbered by itself, or with none."""
    for table in schema.tables():
        columns = list(schema.of(table.key, Column))
        if not columns or (len(columns) == 1 and is_numbered(schema, columns[0])):
            yield RULE.hazard(table.key, f"{table.key} has no columns beside its key")


RULE = Rule(
    code="no-columns",
    group=Group.DESIGN,
    level=Level.WARNING,
    title="A table holds nothing but its key",
    why="A table whose only column is a numbered key says nothing; columns were probably forgotten.",
    instead="add what a row is about, or drop the table",
    examples=(
        Example(
            on=("postgresql",),
            bad="CREATE TABLE t (id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY)",
            good="CREATE TABLE t (id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, a int)",
        ),
        Example(
            on=("mysql",),
            bad="CREATE TABLE t (id bigint PRIMARY KEY AUTO_INCREMENT)",
            good="CREATE TABLE t (id bigint PRIMARY KEY AUTO_INCREMENT, a int)",
        ),
    ),
    inspect=inspect,
)
