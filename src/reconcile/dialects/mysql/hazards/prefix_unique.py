"""prefix-unique: A unique index over the beginning of a column."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import Hazard, Index, Level


def inspect(schema: Schema) -> Iterator[Hazard]:
    """UNIQUE with a prefix length."""
    for item in schema.each(Index):
        for part in item.parts:
            if item.unique and part.length is not None:
                yield RULE.hazard(item.key, f"{item.key} looks at the first {part.length} of {part.column} only")


RULE = Rule(
    code="prefix-unique",
    group=Group.DESIGN,
    level=Level.WARNING,
    title="A unique index over the beginning of a column",
    why="Two values that begin alike are refused as duplicates.",
    instead="index the whole column, or a hash of it",
    examples=(
        Example(
            on=("mysql",),
            bad="CREATE TABLE t (id int PRIMARY KEY, a varchar(99) NOT NULL, UNIQUE KEY i (a(9)))",
            good="CREATE TABLE t (id int PRIMARY KEY, a varchar(99) NOT NULL, UNIQUE KEY i (a))",
        ),
    ),
    inspect=inspect,
)
