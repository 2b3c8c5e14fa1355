"""mixed-collations: keys that are compared by different collations."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import Column, Hazard, Level


def inspect(schema: Schema) -> Iterator[Hazard]:
    """Columns of one name and different collations."""
    first: dict[str, Column] = {}
    for column in schema.columns():
        if schema.facts.type_of(column.type).family not in ("char", "varchar", "text"):
            continue
        other = first.setdefault(column.key.name, column)
        if other.collation != column.collation:
            yield RULE.hazard(
                column.key,
                f"{column.key} is compared by {column.collation or 'the default'}, "
                f"and {other.key} by {other.collation or 'the default'}",
            )


RULE = Rule(
    code="mixed-collations",
    group=Group.DESIGN,
    level=Level.WARNING,
    title="Keys that are compared by different collations",
    why="A join of the two uses no index, or fails with 'Illegal mix of collations'.",
    instead="give both columns one collation",
    examples=(
        Example(
            on=("mysql",),
            bad=(
                "CREATE TABLE a (id int PRIMARY KEY, code varchar(9)); "
                "CREATE TABLE b (id int PRIMARY KEY, code varchar(9) COLLATE utf8mb4_bin)"
            ),
            good=(
                "CREATE TABLE a (id int PRIMARY KEY, code varchar(9)); "
                "CREATE TABLE b (id int PRIMARY KEY, code varchar(9))"
            ),
        ),
    ),
    inspect=inspect,
)
