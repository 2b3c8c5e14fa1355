"""mixed-case-name: A name that has to be quoted for ever."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import Hazard, Level


def inspect(schema: Schema) -> Iterator[Hazard]:
    """A name with capitals, on a server that folds names."""
    for item in schema.named():
        if schema.facts.folds_case and item.key.name != item.key.name.lower():
            yield RULE.hazard(item.key, f"the name of {item.key} needs quotes wherever it is used")


RULE = Rule(
    code="mixed-case-name",
    group=Group.DESIGN,
    level=Level.INFO,
    title="A name that has to be quoted for ever",
    why="Without quotes the server reads it in lower case and does not find it.",
    instead="use lower case and underscores",
    examples=(
        Example(
            on=("postgresql",),
            bad='CREATE TABLE "Users" (id int PRIMARY KEY)',
            good="CREATE TABLE users (id int PRIMARY KEY)",
        ),
    ),
    inspect=inspect,
)
