"""autoincrement: AUTOINCREMENT."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import Hazard, Level


def inspect(schema: Schema) -> Iterator[Hazard]:
    """AUTOINCREMENT."""
    for column in schema.columns():
        if column.auto_increment:
            yield RULE.hazard(column.key, f"{column.key} is AUTOINCREMENT")


RULE = Rule(
    code="autoincrement",
    group=Group.DESIGN,
    level=Level.INFO,
    title="AUTOINCREMENT",
    why=(
        "INTEGER PRIMARY KEY is numbered by itself already; AUTOINCREMENT only sees to it that numbers of "
        "deleted rows never come again, and costs a write to another table at each INSERT."
    ),
    instead="leave it out, unless numbers must never come again",
    examples=(
        Example(
            on=("sqlite",),
            bad="CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT)",
            good="CREATE TABLE t (id INTEGER PRIMARY KEY)",
        ),
    ),
    inspect=inspect,
)
