"""not-strict: A table whose types are only wishes."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import Hazard, Level


def inspect(schema: Schema) -> Iterator[Hazard]:
    """Not STRICT."""
    for table in schema.tables():
        if "strict" not in dict(table.options):
            yield RULE.hazard(table.key, f"{table.key} is not STRICT: its columns take values of any type")


RULE = Rule(
    code="not-strict",
    group=Group.DESIGN,
    level=Level.INFO,
    title="A table whose types are only wishes",
    why="A column of type INTEGER takes 'abc' there.",
    instead="CREATE TABLE … STRICT",
    examples=(
        Example(
            on=("sqlite",),
            bad="CREATE TABLE t (id INTEGER PRIMARY KEY)",
            good="CREATE TABLE t (id INTEGER PRIMARY KEY) STRICT",
        ),
    ),
    inspect=inspect,
)
