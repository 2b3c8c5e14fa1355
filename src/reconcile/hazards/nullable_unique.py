"""nullable-unique: A unique key over a column that may be NULL."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.hazards.keys import columns_of, is_unique, keys_of
from reconcile.state import Column, Hazard, Level, PrimaryKey


def inspect(schema: Schema) -> Iterator[Hazard]:
    """A unique key, of which a column is nullable."""
    for table in schema.tables():
        nullable = {column.key.name for column in schema.of(table.key, Column) if column.nullable}
        for item in keys_of(schema, table.key):
            if isinstance(item, PrimaryKey) or not is_unique(item) or getattr(item, "nulls_not_distinct", False):
                continue
            names = [name for name in columns_of(item) if name in nullable]
            if names and getattr(item, "where", None) is None:
                yield RULE.hazard(item.key, f"{item.key} lets any number of rows have NULL in {', '.join(names)}")


RULE = Rule(
    code="nullable-unique",
    group=Group.DESIGN,
    level=Level.INFO,
    title="A unique key over a column that may be NULL",
    why="NULL equals nothing: any number of rows with NULL there are let in.",
    instead="set NOT NULL, or say NULLS NOT DISTINCT where the server can",
    examples=(
        Example(
            on=("postgresql", "mysql", "sqlite"),
            bad="CREATE TABLE t (id int PRIMARY KEY, a int, b int UNIQUE)",
            good="CREATE TABLE t (id int PRIMARY KEY, a int, b int NOT NULL UNIQUE)",
        ),
    ),
    inspect=inspect,
)
