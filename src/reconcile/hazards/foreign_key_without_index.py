"""foreign-key-without-index: A foreign key's own columns have no index."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.hazards.keys import columns_of, keys_of
from reconcile.state import ForeignKey, Hazard, Level


def inspect(schema: Schema) -> Iterator[Hazard]:
    """No index, unique or primary key begins with the columns, in any order, and covers all rows."""
    if schema.facts.indexes_foreign_keys:
        return
    for table in schema.tables():
        leads = [columns_of(item) for item in keys_of(schema, table.key) if getattr(item, "where", None) is None]
        for item in schema.of(table.key, ForeignKey):
            wanted = set(item.columns)
            if not any(set(lead[: len(wanted)]) == wanted for lead in leads):
                yield RULE.hazard(item.key, f"{item.key} on ({', '.join(item.columns)}) of {table.key} has no index")


RULE = Rule(
    code="foreign-key-without-index",
    group=Group.DESIGN,
    level=Level.WARNING,
    title="A foreign key's own columns have no index",
    why="Every DELETE and UPDATE of a key above reads this whole table, and so does every join.",
    instead="add an index that begins with the columns of the foreign key",
    examples=(
        Example(
            on=("postgresql", "sqlite"),
            bad=("CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, p int REFERENCES p (id))"),
            good=(
                "CREATE TABLE p (id int PRIMARY KEY); "
                "CREATE TABLE t (id int PRIMARY KEY, p int REFERENCES p (id)); "
                "CREATE INDEX i ON t (p)"
            ),
        ),
    ),
    inspect=inspect,
)
