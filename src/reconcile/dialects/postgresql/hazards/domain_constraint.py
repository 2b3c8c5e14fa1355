"""domain-constraint: A domain gets a constraint."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.state import CheckConstraint, Hazard, Kind, Level


def look(view: View) -> Iterator[Hazard]:
    """A CHECK is added to a domain that was there."""
    for item in view.created(CheckConstraint):
        users = {key.root for key in view.before.dependents(item.key.root)} & view.filled
        if item.key.root.kind is Kind.DOMAIN and item.validated and users:
            yield RULE.hazard(item.key, f"every table that uses {item.key.root} is read while {item.key} is added")


RULE = Rule(
    code="domain-constraint",
    group=Group.LOCKS,
    level=Level.WARNING,
    title="A domain gets a constraint",
    why="Every table with a column of the domain is locked and read while it is added.",
    instead="add it NOT VALID, and VALIDATE it later",
    examples=(
        Example(
            on=("postgresql",),
            before=("CREATE DOMAIN d AS int; CREATE TABLE t (id int PRIMARY KEY, a d); INSERT INTO t (id) VALUES (1)"),
            bad="CREATE DOMAIN d AS int CHECK (VALUE > 0); CREATE TABLE t (id int PRIMARY KEY, a d)",
            good="CREATE DOMAIN d AS int; CREATE TABLE t (id int PRIMARY KEY, a d, b int)",
        ),
    ),
    look=look,
)
