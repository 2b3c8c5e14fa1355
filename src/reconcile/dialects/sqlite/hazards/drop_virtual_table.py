"""drop-virtual-table: A virtual table goes."""

from __future__ import annotations

from reconcile.hazards.base import Example, Group, Rule
from reconcile.state import Level

RULE = Rule(
    code="drop-virtual-table",
    group=Group.LOSS,
    level=Level.DANGER,
    title="A virtual table goes",
    why="What it holds goes with it; whether that is anything, only its module knows.",
    instead="fill it again afterwards (FTS5: INSERT INTO t (t) VALUES ('rebuild')), or ignore it",
    examples=(
        Example(
            on=("sqlite",),
            before="CREATE TABLE u (id INTEGER PRIMARY KEY); CREATE VIRTUAL TABLE t USING fts5 (a)",
            bad="CREATE TABLE u (id INTEGER PRIMARY KEY)",
            good=(
                "CREATE TABLE u (id INTEGER PRIMARY KEY); "
                "CREATE VIRTUAL TABLE t USING fts5 (a); "
                "CREATE TABLE w (id INTEGER PRIMARY KEY)"
            ),
        ),
    ),
)
