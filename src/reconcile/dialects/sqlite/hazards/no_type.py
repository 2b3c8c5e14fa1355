"""no-type: A column without a type."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import Hazard, Level


def inspect(schema: Schema) -> Iterator[Hazard]:
    """A column without a type."""
    for column in schema.columns():
        if not column.type and column.generated is None:
            yield RULE.hazard(column.key, f"{column.key} has no type")


RULE = Rule(
    code="no-type",
    group=Group.DESIGN,
    level=Level.WARNING,
    title="A column without a type",
    why="It keeps whatever is written, as it is written: the text '1' is not the number 1.",
    instead="say a type; ANY in a STRICT table where it is meant",
    examples=(
        Example(
            on=("sqlite",),
            bad="CREATE TABLE t (id INTEGER PRIMARY KEY, a)",
            good="CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)",
        ),
    ),
    inspect=inspect,
)
