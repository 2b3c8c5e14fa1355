"""redundant-index: an index is the beginning of another one."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.hazards.keys import keys_of, shape_of
from reconcile.state import Hazard, Index, Level


def inspect(schema: Schema) -> Iterator[Hazard]:
    """A plain index whose parts another one begins with."""
    for table in schema.tables():
        items = keys_of(schema, table.key)
        for item in items:
            if not isinstance(item, Index) or item.unique or item.include:
                continue
            for other in items:
                longer = len(other.parts) > len(item.parts) and other.parts[: len(item.parts)] == item.parts
                if longer and shape_of(other)[1:] == shape_of(item)[1:]:
                    yield RULE.hazard(item.key, f"{item.key} is the beginning of {other.key}")
                    break


RULE = Rule(
    code="redundant-index",
    group=Group.DESIGN,
    level=Level.INFO,
    title="An index is the beginning of another one",
    why="The longer one serves the same queries; each write keeps both.",
    instead="drop the shorter one, unless it is much smaller and much used",
    examples=(
        Example(
            on=("postgresql", "mysql", "sqlite"),
            bad=(
                "CREATE TABLE t (id int PRIMARY KEY, a int, b int); CREATE INDEX i ON t (a); CREATE INDEX j ON t (a, b)"
            ),
            good=(
                "CREATE TABLE t (id int PRIMARY KEY, a int, b int); CREATE INDEX i ON t (b); CREATE INDEX j ON t (a, b)"
            ),
        ),
    ),
    inspect=inspect,
)
