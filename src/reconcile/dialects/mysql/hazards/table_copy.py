"""table-copy: A filled table is copied, and nobody can write to it."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.dialects.mysql.rules.locks import HOW, Algorithm
from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.state import ForeignKey, Hazard, Level


def look(view: View) -> Iterator[Hazard]:
    """The server would choose COPY for a filled table."""
    if (view.step.lock or "").endswith(f"({HOW[Algorithm.COPY]})"):
        referring = {item.key.root for item in view.created(ForeignKey)}
        for table in view.tables():
            # In place it is added only with foreign_key_checks off, and then no row is looked at.
            reason = ", since its rows are checked against a foreign key" if table in referring else ""
            yield RULE.hazard(table, f"{table} is copied{view.size(table)}{reason}")


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
        Example(
            on=("mysql",),
            before="CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, a int, KEY (a)); "
            "INSERT INTO t (id) VALUES (1)",
            bad="CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, a int, KEY (a), "
            "FOREIGN KEY (a) REFERENCES p (id))",
            good="CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, a int, KEY (a))",
        ),
    ),
    look=look,
)
