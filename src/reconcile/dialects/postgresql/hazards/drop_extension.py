"""drop-extension: an extension goes."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.state import Hazard, Kind, Level


def look(view: View) -> Iterator[Hazard]:
    """DROP EXTENSION."""
    for item in view.dropped():
        if item.key.kind is Kind.EXTENSION:
            yield RULE.hazard(item.key, f"{item.key} is dropped with all that it brought")


RULE = Rule(
    code="drop-extension",
    group=Group.LOSS,
    level=Level.WARNING,
    title="An extension goes",
    why="With it go its functions, types and operators, and what programs call of them.",
    instead="make sure that no program uses it",
    examples=(
        Example(
            on=("postgresql",),
            before="CREATE TABLE t (id int PRIMARY KEY, a int); CREATE EXTENSION pgcrypto",
            bad="CREATE TABLE t (id int PRIMARY KEY, a int)",
            good="CREATE TABLE t (id int PRIMARY KEY, a int); CREATE EXTENSION pgcrypto",
        ),
    ),
    look=look,
)
