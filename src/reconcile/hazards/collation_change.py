"""collation-change: text is compared in another way."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.state import Column, Hazard, Index, Level, PrimaryKey, Unique


def look(view: View) -> Iterator[Hazard]:
    """A column gets another collation or character set."""
    for old, new in view.changed(Column):
        if (old.collation, old.charset) == (new.collation, new.charset):
            continue
        keyed = any(
            isinstance(item, PrimaryKey | Unique | Index)
            and getattr(item, "unique", True)
            and any(part.column == new.key.name for part in item.parts)
            for item in view.after.children(new.key.root)
        )
        yield RULE.hazard(
            new.key,
            f"{new.key} is compared by {new.collation or 'the default collation'}"
            + (": values of a unique key may be equal now" if keyed else ""),
            level=Level.WARNING if view.holds_rows(new.key) else Level.INFO,
        )


RULE = Rule(
    code="collation-change",
    group=Group.ROWS,
    level=Level.WARNING,
    title="Text is compared in another way",
    why=(
        "Another collation decides anew what is equal and what comes first: duplicates under a unique key, "
        "other results of = and ORDER BY, and indexes built again."
    ),
    instead="look for values that the new collation calls equal first",
    examples=(
        Example(
            on=("postgresql",),
            before="CREATE TABLE t (id int PRIMARY KEY, s text); INSERT INTO t VALUES (1, 'a')",
            bad='CREATE TABLE t (id int PRIMARY KEY, s text COLLATE "C")',
            good="CREATE TABLE t (id int PRIMARY KEY, s varchar(9))",
        ),
        Example(
            on=("mysql",),
            before="CREATE TABLE t (id int PRIMARY KEY, s varchar(9)); INSERT INTO t VALUES (1, 'a')",
            bad="CREATE TABLE t (id int PRIMARY KEY, s varchar(9) COLLATE utf8mb4_bin)",
            good="CREATE TABLE t (id int PRIMARY KEY, s varchar(12))",
        ),
    ),
    look=look,
)
