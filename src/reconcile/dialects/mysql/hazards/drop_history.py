"""drop-history: the history of a table goes."""

from __future__ import annotations

from reconcile.hazards.base import Example, Group, Rule
from reconcile.state import Level

RULE = Rule(
    code="drop-history",
    group=Group.LOSS,
    level=Level.DANGER,
    title="The history of a table goes",
    why="What rows were before is gone with system versioning.",
    instead="copy it first: SELECT … FOR SYSTEM_TIME ALL",
    examples=(
        Example(
            on=("mysql",),
            before="CREATE TABLE t (id int PRIMARY KEY) WITH SYSTEM VERSIONING; INSERT INTO t VALUES (1)",
            bad="CREATE TABLE t (id int PRIMARY KEY)",
            good="CREATE TABLE t (id int PRIMARY KEY, b int) WITH SYSTEM VERSIONING",
        ),
    ),
)
