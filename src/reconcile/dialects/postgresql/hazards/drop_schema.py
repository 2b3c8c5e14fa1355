"""drop-schema: A schema goes."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.state import Hazard, Kind, Level


def look(view: View) -> Iterator[Hazard]:
    """DROP SCHEMA."""
    for item in view.dropped():
        if item.key.kind is Kind.SCHEMA:
            yield RULE.hazard(item.key, f"{item.key} is dropped")


RULE = Rule(
    code="drop-schema",
    group=Group.LOSS,
    level=Level.WARNING,
    title="A schema goes",
    why="Everything that refers to its name fails, and search_path skips it without a word.",
    instead="make sure that nothing names it any more",
    examples=(
        Example(
            on=("postgresql",),
            before="CREATE TABLE t (id int PRIMARY KEY, a int); CREATE SCHEMA s",
            bad="CREATE TABLE t (id int PRIMARY KEY, a int)",
            good="CREATE TABLE t (id int PRIMARY KEY, a int); CREATE SCHEMA s",
        ),
    ),
    look=look,
)
