"""float-digits: A float with digits."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import Hazard, Level


def inspect(schema: Schema) -> Iterator[Hazard]:
    """A float with digits."""
    for column in schema.columns():
        if column.type.startswith(("float(", "double(")):
            yield RULE.hazard(column.key, f"{column.key} is {column.type}")


RULE = Rule(
    code="float-digits",
    group=Group.DESIGN,
    level=Level.INFO,
    title="A float with digits",
    why="FLOAT(m, d) and DOUBLE(m, d) are deprecated, and round in binary all the same.",
    instead="use DECIMAL(m, d)",
    examples=(
        Example(
            on=("mysql",),
            bad="CREATE TABLE t (id int PRIMARY KEY, a float(7, 2))",
            good="CREATE TABLE t (id int PRIMARY KEY, a decimal(7, 2))",
        ),
    ),
    inspect=inspect,
)
