"""not-integer-key: A key that is not the row's own number."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import Column, Hazard, Level, PrimaryKey


def inspect(schema: Schema) -> Iterator[Hazard]:
    """A key that is not the row's own number."""
    for column in schema.columns():
        info = schema.facts.type_of(column.type)
        if info.family == "int" and column.type.upper() != "INTEGER" and _is_the_key(schema, column):
            yield RULE.hazard(column.key, f"{column.key} is {column.type}, not INTEGER")


def _is_the_key(schema: Schema, column: Column) -> bool:
    table = column.key.parent
    keys = schema.of(table, PrimaryKey) if table is not None else iter(())
    return any(key.columns == (column.key.name,) for key in keys)


RULE = Rule(
    code="not-integer-key",
    group=Group.DESIGN,
    level=Level.INFO,
    title="A key that is not the row's own number",
    why=(
        "Only INTEGER PRIMARY KEY, by that word, is the rowid: with INT or BIGINT the table has a second "
        "index, and the key is not numbered by itself."
    ),
    instead="INTEGER PRIMARY KEY",
    examples=(
        Example(
            on=("sqlite",),
            bad="CREATE TABLE t (id INT PRIMARY KEY)",
            good="CREATE TABLE t (id INTEGER PRIMARY KEY)",
        ),
    ),
    inspect=inspect,
)
