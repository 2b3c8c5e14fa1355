"""no-primary-key: A table has no primary key."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import Hazard, Level, PrimaryKey


def inspect(schema: Schema) -> Iterator[Hazard]:
    """A table without a primary key."""
    for table in schema.tables():
        if not any(schema.of(table.key, PrimaryKey)):
            yield RULE.hazard(table.key, f"{table.key} has no primary key")


RULE = Rule(
    code="no-primary-key",
    group=Group.DESIGN,
    level=Level.WARNING,
    title="A table has no primary key",
    why=(
        "Rows cannot be told apart or named: replication, backfills in batches and every tool that works row "
        "by row suffer."
    ),
    instead="add a primary key",
    examples=(
        Example(
            on=("postgresql", "mysql", "sqlite"),
            bad="CREATE TABLE t (a int)",
            good="CREATE TABLE t (a int PRIMARY KEY)",
        ),
    ),
    inspect=inspect,
)
