"""unlogged: A table is not written to the log."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import Hazard, Level


def inspect(schema: Schema) -> Iterator[Hazard]:
    """UNLOGGED tables."""
    for table in schema.tables():
        if dict(table.options).get("persistence") == "unlogged":
            yield RULE.hazard(table.key, f"{table.key} is empty after a crash: it is UNLOGGED")


RULE = Rule(
    code="unlogged",
    group=Group.DESIGN,
    level=Level.WARNING,
    title="A table is not written to the log",
    why="After a crash it is empty, and no replica has it.",
    instead="SET LOGGED, unless its rows can be made again",
    examples=(
        Example(
            on=("postgresql",),
            bad="CREATE UNLOGGED TABLE t (id int PRIMARY KEY)",
            good="CREATE TABLE t (id int PRIMARY KEY)",
        ),
    ),
    inspect=inspect,
)
