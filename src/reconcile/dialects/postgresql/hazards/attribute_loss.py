"""attribute-loss: an attribute of a composite type goes."""

from __future__ import annotations

from reconcile.hazards.base import Example, Group, Rule
from reconcile.state import Level

RULE = Rule(
    code="attribute-loss",
    group=Group.LOSS,
    level=Level.DANGER,
    title="An attribute of a composite type goes",
    why="Columns of the type lose what their values have in it.",
    instead="copy those values first",
    examples=(
        Example(
            on=("postgresql",),
            before="CREATE TYPE c AS (x int, y int); CREATE TABLE t (id int PRIMARY KEY, a c)",
            bad="CREATE TYPE c AS (x int); CREATE TABLE t (id int PRIMARY KEY, a c)",
            good="CREATE TYPE c AS (x int, y int, z int); CREATE TABLE t (id int PRIMARY KEY, a c)",
        ),
    ),
)
