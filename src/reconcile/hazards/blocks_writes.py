"""blocks-writes: nobody can write to a filled table while its rows are read."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.hazards.facts import Blocks
from reconcile.state import Hazard, Level


def look(view: View) -> Iterator[Hazard]:
    """The step scans a filled table under a lock that blocks writes."""
    if not view.step.scans or view.step.rewrites or view.blocks is not Blocks.WRITES:
        return
    for table in view.tables():
        yield RULE.hazard(
            table,
            f"nobody can write to {table} while its rows are read{view.size(table)}",
            advice=view.facts.advice.get(RULE.code),
        )


RULE = Rule(
    code="blocks-writes",
    group=Group.LOCKS,
    level=Level.WARNING,
    title="Nobody can write to a filled table while its rows are read",
    why=(
        "The step reads every row under a lock that shuts others out: they wait until it is done, and so does"
        " everything behind them."
    ),
    instead="run it when nobody writes to the table",
    examples=(
        Example(
            on=("postgresql",),
            before="CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t (id) VALUES (1)",
            bad="CREATE TABLE t (id int PRIMARY KEY, a int); CREATE INDEX i ON t (a)",
            good="CREATE TABLE t (id int PRIMARY KEY, a int, b int)",
        ),
        Example(
            on=("sqlite",),
            before="CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t (id) VALUES (1)",
            bad="CREATE TABLE t (id int PRIMARY KEY, a int); CREATE INDEX i ON t (a)",
            good="CREATE TABLE t (id int PRIMARY KEY, a int, b int)",
        ),
        Example(
            on=("mysql",),
            before="CREATE TABLE t (id int PRIMARY KEY, a point NOT NULL); INSERT INTO t VALUES (1, POINT(1, 1))",
            bad="CREATE TABLE t (id int PRIMARY KEY, a point NOT NULL, SPATIAL KEY i (a))",
            good="CREATE TABLE t (id int PRIMARY KEY, a point NOT NULL, b int)",
        ),
    ),
    look=look,
)
