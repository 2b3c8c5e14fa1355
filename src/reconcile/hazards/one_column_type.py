"""one-column-type: A column of one name has several types."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import Column, Hazard, Level


def inspect(schema: Schema) -> Iterator[Hazard]:
    """A column called …_id that is of another type than the first of its name."""
    first: dict[str, Column] = {}
    for column in schema.columns():
        if column.key.name.endswith("_id"):
            other = first.setdefault(column.key.name, column)
            if other.type != column.type:
                yield RULE.hazard(column.key, f"{column.key} is {column.type}, and {other.key} is {other.type}")


RULE = Rule(
    code="one-column-type",
    group=Group.DESIGN,
    level=Level.INFO,
    title="A column of one name has several types",
    why=(
        "Columns of one name are joined and copied; different types convert at every turn, and one may not "
        "hold what another does."
    ),
    instead="give columns that mean the same the same type",
    examples=(
        Example(
            on=("postgresql", "mysql"),
            bad=(
                "CREATE TABLE a (id int PRIMARY KEY, user_id int); CREATE TABLE b (id int PRIMARY KEY, user_id bigint)"
            ),
            good=(
                "CREATE TABLE a (id int PRIMARY KEY, user_id bigint); "
                "CREATE TABLE b (id int PRIMARY KEY, user_id bigint)"
            ),
        ),
    ),
    inspect=inspect,
)
