"""odd-name: A name with blanks or signs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import Hazard, Level

_PLAIN = re.compile(r"[^\W\d]\w*")


def inspect(schema: Schema) -> Iterator[Hazard]:
    """A name that is no word."""
    for item in schema.named():
        if not _PLAIN.fullmatch(item.key.name):
            yield RULE.hazard(item.key, f"the name of {item.key} needs quotes wherever it is used")


RULE = Rule(
    code="odd-name",
    group=Group.DESIGN,
    level=Level.INFO,
    title="A name with blanks or signs",
    why="It has to be quoted wherever it is used, and many tools stumble over it.",
    instead="use letters, digits and underscores, and begin with a letter",
    examples=(
        Example(
            on=("postgresql", "sqlite"),
            bad='CREATE TABLE t (id int PRIMARY KEY, "e-mail" text)',
            good="CREATE TABLE t (id int PRIMARY KEY, e_mail text)",
        ),
        Example(
            on=("mysql",),
            bad="CREATE TABLE t (id int PRIMARY KEY, `e-mail` text)",
            good="CREATE TABLE t (id int PRIMARY KEY, e_mail text)",
        ),
    ),
    inspect=inspect,
)
