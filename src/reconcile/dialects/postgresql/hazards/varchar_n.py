"""varchar-n: A column with a maximal length."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import Hazard, Level


def inspect(schema: Schema) -> Iterator[Hazard]:
    """A column with a maximal length."""
    for column in schema.columns():
        info = schema.facts.type_of(column.type)
        if info.family == "varchar" and info.length is not None:
            yield RULE.hazard(column.key, f"{column.key} is {column.type}")


RULE = Rule(
    code="varchar-n",
    group=Group.DESIGN,
    level=Level.INFO,
    title="A column with a maximal length",
    why=("To change the length is a change of the type; a CHECK can be added NOT VALID and changed at any time."),
    instead="use text, with a CHECK where the length matters",
    examples=(
        Example(
            on=("postgresql",),
            bad="CREATE TABLE t (id int PRIMARY KEY, a varchar(20))",
            good="CREATE TABLE t (id int PRIMARY KEY, a text)",
        ),
    ),
    inspect=inspect,
)
