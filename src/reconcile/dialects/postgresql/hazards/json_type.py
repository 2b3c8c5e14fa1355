"""json-type: A column of type json."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import Hazard, Level


def inspect(schema: Schema) -> Iterator[Hazard]:
    """A column of type json."""
    for column in schema.columns():
        info = schema.facts.type_of(column.type)
        if info.family == "json":
            yield RULE.hazard(column.key, f"{column.key} is json: it has no equality, and no index serves it")


RULE = Rule(
    code="json-type",
    group=Group.DESIGN,
    level=Level.WARNING,
    title="A column of type json",
    why=(
        "It keeps the text: it cannot be compared (SELECT DISTINCT fails), hardly be indexed, and is parsed "
        "at each use."
    ),
    instead="use jsonb",
    examples=(
        Example(
            on=("postgresql",),
            bad="CREATE TABLE t (id int PRIMARY KEY, a json)",
            good="CREATE TABLE t (id int PRIMARY KEY, a jsonb)",
        ),
    ),
    inspect=inspect,
)
