"""drop-partition: A partition goes with its rows."""

from __future__ import annotations

from reconcile.hazards.base import Example, Group, Rule
from reconcile.state import Level

RULE = Rule(
    code="drop-partition",
    group=Group.LOSS,
    level=Level.DANGER,
    title="A partition goes with its rows",
    why="DROP PARTITION deletes the rows that are in it.",
    instead="move the rows to another partition first",
    examples=(
        Example(
            on=("mysql",),
            before=(
                "CREATE TABLE t (id int PRIMARY KEY) PARTITION BY LIST (id) (PARTITION a VALUES IN (1), PARTITION "
                "b VALUES IN (2)); "
                "INSERT INTO t VALUES (2)"
            ),
            bad="CREATE TABLE t (id int PRIMARY KEY) PARTITION BY LIST (id) (PARTITION a VALUES IN (1))",
            good=(
                "CREATE TABLE t (id int PRIMARY KEY) PARTITION BY LIST (id) (PARTITION a VALUES IN (1), PARTITION "
                "b VALUES IN (2), PARTITION c VALUES IN (3))"
            ),
        ),
    ),
)
