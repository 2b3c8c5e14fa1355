"""name-too-long: A name has reached the server's limit."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import Hazard, Level


def inspect(schema: Schema) -> Iterator[Hazard]:
    """A name as long as names can be: it was probably longer."""
    for item in schema.named():
        if schema.facts.name_limit is not None and len(item.key.name.encode()) >= schema.facts.name_limit:
            yield RULE.hazard(
                item.key, f"the name of {item.key} has {schema.facts.name_limit} bytes, the most that the server keeps"
            )


RULE = Rule(
    code="name-too-long",
    group=Group.DESIGN,
    level=Level.WARNING,
    title="A name has reached the server's limit",
    why=("Longer names are cut off without an error: two may become one, and code asks for a name that is not there."),
    instead="choose a shorter name",
    examples=(
        Example(
            on=("postgresql",),
            bad=(
                "CREATE TABLE t (id int PRIMARY KEY, "
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa int)"
            ),
            good="CREATE TABLE t (id int PRIMARY KEY, aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa int)",
        ),
        Example(
            on=("mysql",),
            bad=(
                "CREATE TABLE t (id int PRIMARY KEY, "
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa int)"
            ),
            good="CREATE TABLE t (id int PRIMARY KEY, aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa int)",
        ),
    ),
    inspect=inspect,
)
