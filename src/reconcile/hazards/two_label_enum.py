"""two-label-enum: an enum of yes and no."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import Enum, Hazard, Level

_PAIRS = ({"yes", "no"}, {"y", "n"}, {"true", "false"}, {"t", "f"}, {"on", "off"}, {"0", "1"})


def inspect(schema: Schema) -> Iterator[Hazard]:
    """An enum type, or a column's own labels, that say true and false."""
    found = [(item.key, item.labels) for item in schema.each(Enum)]
    found += [(column.key, schema.facts.type_of(column.type).labels) for column in schema.columns()]
    for key, labels in found:
        if {label.lower() for label in labels} in _PAIRS:
            yield RULE.hazard(key, f"{key} says {' or '.join(labels)}: a boolean says the same")


RULE = Rule(
    code="two-label-enum",
    group=Group.DESIGN,
    level=Level.INFO,
    title="An enum of yes and no",
    why="It is a boolean, and every program has to know the words.",
    instead="use boolean",
    examples=(
        Example(
            on=("postgresql",),
            bad="CREATE TYPE answer AS ENUM ('yes', 'no')",
            good="CREATE TYPE answer AS ENUM ('yes', 'no', 'unknown')",
        ),
        Example(
            on=("mysql",),
            bad="CREATE TABLE t (id int PRIMARY KEY, a enum('Y', 'N'))",
            good="CREATE TABLE t (id int PRIMARY KEY, a boolean)",
        ),
    ),
    inspect=inspect,
)
