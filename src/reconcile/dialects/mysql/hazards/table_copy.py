"""table-copy: A filled table is copied, and nobody can write to it."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.dialects.mysql.rules.locks import HOW, Algorithm
from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.state import Hazard, Level


def look(view: View) -> Iterator[Hazard]:
    """The server would choose COPY for a filled table."""
    if (view.step.lock or "").endswith(f"({HOW[Algorithm.COPY]})"):
        for table in view.tables():
            yield RULE.hazard(table, f"{table} is copied{view.size(table)}")


RULE = Rule(
    code="table-copy",
    group=Group.LOCKS,
    level=Level.WARNING,
    title="A filled table is copied, and nobody can write to it",
    why="ALGORITHM=COPY reads and writes every row under MDL_SHARED_NO_WRITE.",
    instead=("use a tool that copies the table aside (gh-ost, pt-online-schema-change), or run it when nobody writes"),
    examples=(
        Example(
            on=("mysql",),
            before="CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t (id) VALUES (1)",
            bad="CREATE TABLE t (id int PRIMARY KEY, a bigint)",
            good="CREATE TABLE t (id int PRIMARY KEY, a int, b int)",
        ),
    ),
    look=look,
)
