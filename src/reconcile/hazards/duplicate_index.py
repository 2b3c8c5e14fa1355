"""duplicate-index: two indexes serve the same."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.hazards.keys import is_unique, keys_of, shape_of
from reconcile.state import Hazard, Index, Level, Object


def inspect(schema: Schema) -> Iterator[Hazard]:
    """An index that is the same as another key or index of the table but for its name and uniqueness."""
    for table in schema.tables():
        seen: dict[object, Object] = {}
        for item in keys_of(schema, table.key):
            first = seen.setdefault(shape_of(item), item)
            if first is not item and isinstance(item, Index) and not (item.unique and not is_unique(first)):
                yield RULE.hazard(item.key, f"{item.key} does no more than {first.key}")


RULE = Rule(
    code="duplicate-index",
    group=Group.DESIGN,
    level=Level.WARNING,
    title="Two indexes serve the same",
    why="Each write keeps both, and no query needs the second.",
    instead="drop one of them",
    examples=(
        Example(
            on=("postgresql", "mysql", "sqlite"),
            bad=("CREATE TABLE t (id int PRIMARY KEY, a int); CREATE INDEX i ON t (a); CREATE INDEX j ON t (a)"),
            good=(
                "CREATE TABLE t (id int PRIMARY KEY, a int, b int); CREATE INDEX i ON t (a); CREATE INDEX j ON t (b)"
            ),
        ),
    ),
    inspect=inspect,
)
