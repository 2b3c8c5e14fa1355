"""char-n: A column of fixed length."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import Hazard, Level


def inspect(schema: Schema) -> Iterator[Hazard]:
    """A column of fixed length."""
    for column in schema.columns():
        info = schema.facts.type_of(column.type)
        if info.family == "char" and column.type != '"char"':
            yield RULE.hazard(column.key, f"{column.key} is {column.type}: blanks are added to what is shorter")


RULE = Rule(
    code="char-n",
    group=Group.DESIGN,
    level=Level.WARNING,
    title="A column of fixed length",
    why="char(n) pads with blanks, which count in some comparisons and not in others, and is no faster.",
    instead="use text, with a CHECK where the length matters",
    examples=(
        Example(
            on=("postgresql",),
            bad="CREATE TABLE t (id int PRIMARY KEY, a char(2))",
            good="CREATE TABLE t (id int PRIMARY KEY, a text)",
        ),
    ),
    inspect=inspect,
)
