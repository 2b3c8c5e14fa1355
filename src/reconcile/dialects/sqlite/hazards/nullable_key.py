"""nullable-key: A primary key that takes NULL."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import Column, Hazard, Level, PrimaryKey, Table


def inspect(schema: Schema) -> Iterator[Hazard]:
    """A primary key that takes NULL."""
    for column in schema.columns():
        if column.nullable and _takes_null(schema, column):
            yield RULE.hazard(column.key, f"{column.key} is of the primary key and takes NULL")


def _takes_null(schema: Schema, column: Column) -> bool:
    table = column.key.parent
    assert table is not None
    owner = schema.state.get(table)
    options = dict(owner.options) if isinstance(owner, Table) else {}
    if "without_rowid" in options or "strict" in options:
        return False  # there NOT NULL is enforced
    keys = [key for key in schema.of(table, PrimaryKey) if column.key.name in key.columns]
    rowid = column.type.upper() == "INTEGER" and any(len(key.columns) == 1 for key in keys)
    return bool(keys) and not rowid


RULE = Rule(
    code="nullable-key",
    group=Group.DESIGN,
    level=Level.WARNING,
    title="A primary key that takes NULL",
    why="SQLite lets NULL into a primary key (a bug it keeps), any number of times.",
    instead="add NOT NULL",
    examples=(
        Example(
            on=("sqlite",),
            bad="CREATE TABLE t (id TEXT PRIMARY KEY)",
            good="CREATE TABLE t (id TEXT PRIMARY KEY NOT NULL)",
        ),
    ),
    inspect=inspect,
)
