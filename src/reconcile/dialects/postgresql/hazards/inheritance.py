"""inheritance: A table INHERITS."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import Hazard, Level


def inspect(schema: Schema) -> Iterator[Hazard]:
    """Tables made with INHERITS."""
    for table in schema.tables():
        if table.inherits:
            yield RULE.hazard(table.key, f"{table.key} inherits {', '.join(key.dotted for key in table.inherits)}")


RULE = Rule(
    code="inheritance",
    group=Group.DESIGN,
    level=Level.INFO,
    title="A table INHERITS",
    why=(
        "Keys, foreign keys and unique constraints do not reach the tables below, and queries on the table "
        "above read them all."
    ),
    instead="use partitions, or plain tables with a foreign key",
    examples=(
        Example(
            on=("postgresql",),
            bad="CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (PRIMARY KEY (id)) INHERITS (p)",
            good="CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY REFERENCES p)",
        ),
    ),
    inspect=inspect,
)
