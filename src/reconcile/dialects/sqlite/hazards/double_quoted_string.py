"""double-quoted-string: text in double quotes."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import Hazard, Level


def inspect(schema: Schema) -> Iterator[Hazard]:
    """A default that is in double quotes: a default can name no column."""
    for column in schema.columns():
        default = schema.default(column.key)
        if default.startswith('"'):
            yield RULE.hazard(column.key, f"the default {default} of {column.key} is in double quotes")


RULE = Rule(
    code="double-quoted-string",
    group=Group.DESIGN,
    level=Level.WARNING,
    title="Text in double quotes",
    why=('SQLite takes "x" for text where there is no column x: a misspelled column becomes a text, without an error.'),
    instead="put text in single quotes",
    examples=(
        Example(
            on=("sqlite",),
            bad='CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT DEFAULT "none")',
            good="CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT DEFAULT 'none')",
        ),
    ),
    inspect=inspect,
)
