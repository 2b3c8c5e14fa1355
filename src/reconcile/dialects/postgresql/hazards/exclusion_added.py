"""exclusion-added: an exclusion constraint is added to a filled table."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.state import Exclusion, Hazard, Level


def look(view: View) -> Iterator[Hazard]:
    """EXCLUDE on a table that holds rows."""
    for item in view.created(Exclusion):
        if view.holds_rows(item.key):
            yield RULE.hazard(item.key, f"{item.key.root} is shut while the index of {item.key} is built")


RULE = Rule(
    code="exclusion-added",
    group=Group.LOCKS,
    level=Level.WARNING,
    title="An exclusion constraint is added to a filled table",
    why=("Its index is built while nobody can read or write the table, and there is no other way to add it."),
    instead="run it when nobody uses the table",
    examples=(
        Example(
            on=("postgresql",),
            before="CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t (id) VALUES (1)",
            bad="CREATE TABLE t (id int PRIMARY KEY, a int, EXCLUDE USING btree (a WITH =))",
            good="CREATE TABLE t (id int PRIMARY KEY, a int, b int)",
        ),
    ),
    look=look,
)
