"""hash-index: A hash index."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import Hazard, Index, Level


def inspect(schema: Schema) -> Iterator[Hazard]:
    """USING hash."""
    for item in schema.each(Index):
        if item.method == "hash":
            yield RULE.hazard(item.key, f"{item.key} is a hash index")


RULE = Rule(
    code="hash-index",
    group=Group.DESIGN,
    level=Level.INFO,
    title="A hash index",
    why=("It serves only =, can be neither unique nor of several columns, and is seldom smaller than a B-tree."),
    instead="use a B-tree, the default",
    examples=(
        Example(
            on=("postgresql",),
            bad="CREATE TABLE t (id int PRIMARY KEY, a int); CREATE INDEX i ON t USING hash (a)",
            good="CREATE TABLE t (id int PRIMARY KEY, a int); CREATE INDEX i ON t (a)",
        ),
    ),
    inspect=inspect,
)
