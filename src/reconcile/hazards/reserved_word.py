"""reserved-word: A name that is a word of SQL."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import Hazard, Level


def inspect(schema: Schema) -> Iterator[Hazard]:
    """A table, view or column whose name is reserved."""
    for item in schema.named():
        if item.key.name.lower() in schema.facts.reserved:
            yield RULE.hazard(item.key, f"the name of {item.key} is a word of SQL and needs quotes")


RULE = Rule(
    code="reserved-word",
    group=Group.DESIGN,
    level=Level.INFO,
    title="A name that is a word of SQL",
    why="It has to be quoted wherever it is used.",
    instead="choose another name: users for user, position for order",
    examples=(
        Example(
            on=("postgresql", "sqlite"),
            bad='CREATE TABLE "order" (id int PRIMARY KEY)',
            good="CREATE TABLE orders (id int PRIMARY KEY)",
        ),
        Example(
            on=("mysql",),
            bad="CREATE TABLE `order` (id int PRIMARY KEY)",
            good="CREATE TABLE orders (id int PRIMARY KEY)",
        ),
    ),
    inspect=inspect,
)
