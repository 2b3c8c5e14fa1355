"""wide-index: an index has many columns."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import Hazard, Index, Level

_MOST = 3


def inspect(schema: Schema) -> Iterator[Hazard]:
    """A plain index over more than three columns. A unique one is as wide as its rule."""
    for table in schema.tables():
        for item in schema.of(table.key, Index):
            if not item.unique and len(item.parts) > _MOST:
                yield RULE.hazard(item.key, f"{item.key} has {len(item.parts)} columns")


RULE = Rule(
    code="wide-index",
    group=Group.DESIGN,
    level=Level.INFO,
    title="An index has many columns",
    why="It is big, each write pays for it, and the columns after the third seldom help to find rows.",
    instead="keep the columns that find rows; let the others be included where the server can",
    examples=(
        Example(
            on=("postgresql", "mysql", "sqlite"),
            bad=("CREATE TABLE t (id int PRIMARY KEY, a int, b int, c int, d int); CREATE INDEX i ON t (a, b, c, d)"),
            good=("CREATE TABLE t (id int PRIMARY KEY, a int, b int, c int, d int); CREATE INDEX i ON t (a, b, c)"),
        ),
    ),
    inspect=inspect,
)
