"""money-type: A column of type money."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import Hazard, Level


def inspect(schema: Schema) -> Iterator[Hazard]:
    """A column of type money."""
    for column in schema.columns():
        info = schema.facts.type_of(column.type)
        if info.family == "money":
            yield RULE.hazard(column.key, f"{column.key} is money, which lc_monetary decides about")


RULE = Rule(
    code="money-type",
    group=Group.DESIGN,
    level=Level.WARNING,
    title="A column of type money",
    why=(
        "Its digits after the point and its sign depend on a setting of the session (lc_monetary), and it has"
        " no currency."
    ),
    instead="use numeric(p, s)",
    examples=(
        Example(
            on=("postgresql",),
            bad="CREATE TABLE t (id int PRIMARY KEY, a money)",
            good="CREATE TABLE t (id int PRIMARY KEY, a numeric(12, 2))",
        ),
    ),
    inspect=inspect,
)
