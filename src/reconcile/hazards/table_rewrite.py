"""table-rewrite: A filled table is written anew."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.hazards.facts import Blocks
from reconcile.state import Hazard, Level


def look(view: View) -> Iterator[Hazard]:
    """The step rewrites, and its tables hold rows."""
    waits = {
        Blocks.NOBODY: "others go on meanwhile",
        Blocks.WRITES: "nobody can write to it meanwhile",
        Blocks.READS: "nobody can read or write it meanwhile",
    }
    for table in view.tables() if view.step.rewrites else ():
        yield RULE.hazard(
            table,
            f"{table} is written anew{view.size(table)}, and {waits[view.blocks]}",
            level=Level.INFO if view.blocks is Blocks.NOBODY else Level.WARNING,
            advice=view.facts.advice.get(RULE.code),
        )


RULE = Rule(
    code="table-rewrite",
    group=Group.LOCKS,
    level=Level.WARNING,
    title="A filled table is written anew",
    why=(
        "Every row is copied: it takes time and space for a second table, and whoever the lock shuts out "
        "waits that long."
    ),
    instead="run it when the table is not in use",
    examples=(
        Example(
            on=("postgresql",),
            before="CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t (id) VALUES (1)",
            bad="CREATE TABLE t (id int PRIMARY KEY, a bigint)",
            good="CREATE TABLE t (id int PRIMARY KEY, a int, b int DEFAULT 1)",
        ),
        Example(
            on=("mysql",),
            before="CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t (id) VALUES (1)",
            bad="CREATE TABLE t (id int PRIMARY KEY, a bigint)",
            good="CREATE TABLE t (id int PRIMARY KEY, a int, b int DEFAULT 1)",
        ),
        Example(
            on=("sqlite",),
            before="CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t (id) VALUES (1)",
            bad="CREATE TABLE t (id int PRIMARY KEY, a bigint)",
            good="CREATE TABLE t (id int PRIMARY KEY, a int, b int DEFAULT 1)",
        ),
    ),
    look=look,
)
