"""zerofill: A number with zeros in front."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import Hazard, Level


def inspect(schema: Schema) -> Iterator[Hazard]:
    """A number with zeros in front."""
    for column in schema.columns():
        if "zerofill" in column.type:
            yield RULE.hazard(column.key, f"{column.key} is {column.type}")


RULE = Rule(
    code="zerofill",
    group=Group.DESIGN,
    level=Level.INFO,
    title="A number with zeros in front",
    why="ZEROFILL is deprecated, makes the number unsigned, and is for showing only.",
    instead="show it with LPAD()",
    examples=(
        Example(
            on=("mysql",),
            bad="CREATE TABLE t (id int PRIMARY KEY, a int(5) zerofill)",
            good="CREATE TABLE t (id int PRIMARY KEY, a int)",
        ),
    ),
    inspect=inspect,
)
