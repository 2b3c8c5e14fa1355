"""both-sides-locked: A foreign key locks the table it points at too."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.hazards.facts import Blocks
from reconcile.state import ForeignKey, Hazard, Level


def look(view: View) -> Iterator[Hazard]:
    """A foreign key to another, filled table is made."""
    for effect in view.step.effects:
        item = view.after.get(effect.key)
        if effect.after is None or effect.key in view.before or not isinstance(item, ForeignKey):
            continue
        if item.target != item.key.root and item.target in view.filled and view.blocks is not Blocks.NOBODY:
            yield RULE.hazard(item.key, f"{item.target} is locked against writes too while {item.key} is made")


RULE = Rule(
    code="both-sides-locked",
    group=Group.LOCKS,
    level=Level.INFO,
    title="A foreign key locks the table it points at too",
    why="While it is made, writes to both tables wait.",
    instead="make one foreign key at a time, and not in the busiest hour",
    examples=(
        Example(
            on=("postgresql",),
            before=(
                "CREATE TABLE p (id int PRIMARY KEY); "
                "INSERT INTO p VALUES (1); "
                "CREATE TABLE t (id int PRIMARY KEY, a int)"
            ),
            bad=("CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, a int REFERENCES p)"),
            good="CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, a int, b int)",
        ),
    ),
    look=look,
)
