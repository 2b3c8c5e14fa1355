"""new-constraint: A new rule about rows is set on a table in use."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.state import Constraint, Hazard, Index, Kind, Level, PrimaryKey


def look(view: View) -> Iterator[Hazard]:
    """A constraint or unique index is made on a filled table."""
    for item in (*view.created(Constraint), *view.created(Index)):
        if isinstance(item, PrimaryKey) or (isinstance(item, Index) and not item.unique):
            continue
        if view.holds_rows(item.key) and item.key.root.kind is Kind.TABLE:
            yield RULE.hazard(item.key, f"{item.key} is new: writers that break it will fail")


RULE = Rule(
    code="new-constraint",
    group=Group.RUNNING,
    level=Level.INFO,
    title="A new rule about rows is set on a table in use",
    why=("Rows that break it stand in the way, and running code that writes such rows fails from then on."),
    instead="deploy code that keeps to it first",
    examples=(
        Example(
            on=("postgresql", "mysql"),
            before="CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t (id) VALUES (1)",
            bad="CREATE TABLE t (id int PRIMARY KEY, a int, CONSTRAINT c CHECK (a > 0))",
            good="CREATE TABLE t (id int PRIMARY KEY, a int)",
        ),
        Example(
            on=("sqlite",),
            before="CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t (id) VALUES (1)",
            bad="CREATE TABLE t (id int PRIMARY KEY, a int UNIQUE)",
            good="CREATE TABLE t (id int PRIMARY KEY, a int)",
        ),
    ),
    look=look,
)
