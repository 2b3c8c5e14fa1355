"""key-running-out: A numbered key has come near its end."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import Hazard, Level


def inspect(schema: Schema) -> Iterator[Hazard]:
    """What has been given out is more than half of what there is: danger from four fifths on."""
    for column in schema.columns():
        most, last = schema.facts.type_of(column.type).most, schema.numbers.get(column.key)
        if most is None or last is None or last * 2 < most:
            continue
        yield RULE.hazard(
            column.key,
            f"{column.key} has come to {last:,} of {most:,} ({last * 100 // most} %)",
            level=Level.DANGER if last * 5 > most * 4 else Level.WARNING,
        )


RULE = Rule(
    code="key-running-out",
    group=Group.DESIGN,
    level=Level.DANGER,
    title="A numbered key has come near its end",
    why="When the numbers are used up every INSERT fails.",
    instead="change it to bigint before that",
    examples=(
        Example(
            on=("postgresql",),
            bad=(
                "CREATE TABLE t (id smallint PRIMARY KEY GENERATED ALWAYS AS IDENTITY); "
                "SELECT setval('t_id_seq', 30000)"
            ),
            good=(
                "CREATE TABLE t (id smallint PRIMARY KEY GENERATED ALWAYS AS IDENTITY); SELECT setval('t_id_seq', 300)"
            ),
        ),
        Example(
            on=("mysql",),
            bad="CREATE TABLE t (id smallint PRIMARY KEY AUTO_INCREMENT); INSERT INTO t VALUES (30000)",
            good="CREATE TABLE t (id smallint PRIMARY KEY AUTO_INCREMENT); INSERT INTO t VALUES (300)",
        ),
    ),
    inspect=inspect,
)
