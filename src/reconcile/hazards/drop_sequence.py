"""drop-sequence: A sequence goes."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.state import Hazard, Level, Sequence


def look(view: View) -> Iterator[Hazard]:
    """A sequence is dropped by itself; of one that goes with the table that owns it, that table's hazard tells."""
    for item in view.dropped():
        if isinstance(item, Sequence) and view.before.home(item.key) == item.key:
            yield RULE.hazard(item.key, f"{item.key} is dropped, and where it had come to with it")


RULE = Rule(
    code="drop-sequence",
    group=Group.LOSS,
    level=Level.WARNING,
    title="A sequence goes",
    why=("Where it had come to is forgotten: made anew, it begins at its start and gives numbers out twice."),
    instead="note its last value before",
    examples=(
        Example(
            on=("postgresql",),
            before="CREATE SEQUENCE s",
            bad="SELECT 1",
            good="CREATE SEQUENCE s",
        ),
        Example(
            on=("postgresql",),
            before="CREATE SEQUENCE s; CREATE TABLE t (a serial)",
            bad="CREATE TABLE t (a serial)",
            good="CREATE SEQUENCE s",  # the table's hazard tells
        ),
    ),
    look=look,
)
