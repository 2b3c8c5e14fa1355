"""foreign-key-type: A foreign key and what it points at are of different types."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import Column, ForeignKey, Hazard, Kind, Level, child_key


def inspect(schema: Schema) -> Iterator[Hazard]:
    """The types of a pair of columns differ in family, or in range."""
    for table in schema.tables():
        for item in schema.of(table.key, ForeignKey):
            for mine, theirs in zip(item.columns, item.target_columns, strict=False):
                here = schema.state.get(child_key(Kind.COLUMN, table.key, mine))
                there = schema.state.get(child_key(Kind.COLUMN, item.target, theirs))
                if not isinstance(here, Column) or not isinstance(there, Column):
                    continue
                one, other = schema.facts.type_of(here.type), schema.facts.type_of(there.type)
                if one.family != other.family or one.most != other.most:
                    yield RULE.hazard(
                        item.key, f"{here.key} is {here.type} and refers to {there.key}, which is {there.type}"
                    )


RULE = Rule(
    code="foreign-key-type",
    group=Group.DESIGN,
    level=Level.WARNING,
    title="A foreign key and what it points at are of different types",
    why="Every comparison converts, indexes may not serve, and one side may hold what the other cannot.",
    instead="give both columns one type",
    examples=(
        Example(
            on=("postgresql",),
            bad=(
                "CREATE TABLE p (id bigint PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, p int REFERENCES p (id))"
            ),
            good=(
                "CREATE TABLE p (id bigint PRIMARY KEY); "
                "CREATE TABLE t (id int PRIMARY KEY, p bigint REFERENCES p (id))"
            ),
        ),
    ),
    inspect=inspect,
)
