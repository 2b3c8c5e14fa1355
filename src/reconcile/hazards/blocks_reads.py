"""blocks-reads: nobody can read or write a filled table while its rows are read."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.hazards.facts import Blocks
from reconcile.state import Hazard, Level


def look(view: View) -> Iterator[Hazard]:
    """The step scans a filled table under a lock that blocks reads and writes."""
    if not view.step.scans or view.step.rewrites or view.blocks is not Blocks.READS:
        return
    for table in view.tables():
        yield RULE.hazard(
            table,
            f"nobody can read or write {table} while its rows are read{view.size(table)}",
            advice=view.facts.advice.get(RULE.code),
        )


RULE = Rule(
    code="blocks-reads",
    group=Group.LOCKS,
    level=Level.WARNING,
    title="Nobody can read or write a filled table while its rows are read",
    why=(
        "The step reads every row under a lock that shuts others out: they wait until it is done, and so does"
        " everything behind them."
    ),
    instead="run it when nobody uses the table",
    examples=(
        Example(
            on=("postgresql",),
            before="CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t VALUES (1, 1)",
            bad="CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL)",
            good="CREATE TABLE t (id int PRIMARY KEY, a int); CREATE INDEX i ON t (a)",
        ),
    ),
    look=look,
)
