"""small-key: A numbered key has little room."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.hazards.keys import is_numbered
from reconcile.state import Hazard, Level


def inspect(schema: Schema) -> Iterator[Hazard]:
    """A column of 32 bits or fewer that is numbered by itself."""
    for column in schema.columns():
        most = schema.facts.type_of(column.type).most
        if most is not None and most < 2**32 and is_numbered(schema, column):
            yield RULE.hazard(column.key, f"{column.key} is {column.type}: it ends at {most:,}")


RULE = Rule(
    code="small-key",
    group=Group.DESIGN,
    level=Level.WARNING,
    title="A numbered key has little room",
    why=(
        "At 2,147,483,647 rows ever inserted (or fewer) every INSERT fails, and the change to bigint then "
        "rewrites the table while nobody can use it."
    ),
    instead="use bigint for keys that are numbered",
    examples=(
        Example(
            on=("postgresql",),
            bad="CREATE TABLE t (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY)",
            good="CREATE TABLE t (id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY)",
        ),
        Example(
            on=("mysql",),
            bad="CREATE TABLE t (id int PRIMARY KEY AUTO_INCREMENT)",
            good="CREATE TABLE t (id bigint PRIMARY KEY AUTO_INCREMENT)",
        ),
    ),
    inspect=inspect,
)
