"""utf8mb3: text of three bytes a character."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import Hazard, Level


def inspect(schema: Schema) -> Iterator[Hazard]:
    """A table or column whose character set or collation is of utf8mb3."""
    for table in schema.tables():
        if _is_short(dict(table.options).get("charset"), dict(table.options).get("collation")):
            yield RULE.hazard(table.key, f"{table.key} is utf8mb3")
    for column in schema.columns():
        if _is_short(column.charset, column.collation):
            yield RULE.hazard(column.key, f"{column.key} is utf8mb3")


def _is_short(*names: str | None) -> bool:
    return any(name == "utf8" or (name or "").startswith(("utf8mb3", "utf8_")) for name in names)


RULE = Rule(
    code="utf8mb3",
    group=Group.DESIGN,
    level=Level.WARNING,
    title="Text of three bytes a character",
    why=(
        "utf8mb3 (once called utf8) has no room for emoji and many Chinese characters: such text is refused or cut off."
    ),
    instead="use utf8mb4",
    examples=(
        Example(
            on=("mysql",),
            bad="CREATE TABLE t (id int PRIMARY KEY, a varchar(9)) CHARACTER SET utf8mb3",
            good="CREATE TABLE t (id int PRIMARY KEY, a varchar(9)) CHARACTER SET utf8mb4",
        ),
    ),
    inspect=inspect,
)
