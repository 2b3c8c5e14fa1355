"""instant-limit: a table was changed instantly so often that it takes no more of that."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.dialects.mysql.rules.locks import HOW, Algorithm
from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.state import Hazard, Kind, Level


def look(view: View) -> Iterator[Hazard]:
    """A column comes or goes by ALGORITHM=INSTANT, and the server has counted to its limit."""
    moved = {
        effect.key.root
        for effect in view.step.effects
        if effect.key.kind is Kind.COLUMN and (effect.before is None) != (effect.after is None)
    }
    if not (view.step.lock or "").endswith(f"({HOW[Algorithm.INSTANT]})"):
        return
    for table in sorted(moved):
        left = view.known.instants.get(table)
        if left is not None and left <= 0:
            yield RULE.hazard(table, f"{table} takes no more instant changes, and the step will be refused")


RULE = Rule(
    code="instant-limit",
    group=Group.LOCKS,
    level=Level.WARNING,
    title="A table takes no more instant changes",
    why="MySQL counts row versions, 64 (from 9.1.0 on: 255) at most, until the table is written anew (error 4092).",
    instead="write the table anew when there is time for it: ALTER TABLE … FORCE",
    examples=(
        Example(
            on=(),  # MariaDB does not count; tested on what MySQL answers
            before="CREATE TABLE t (id int PRIMARY KEY) -- and a column added and dropped 128 times, instantly",
            bad="CREATE TABLE t (id int PRIMARY KEY, a int) -- ALGORITHM=INSTANT",
            good="CREATE TABLE t (id int PRIMARY KEY, a int) -- after ALTER TABLE t FORCE",
        ),
    ),
    look=look,
)
