"""not-validated: A constraint that does not speak for all rows."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import CheckConstraint, ForeignKey, Hazard, Level


def inspect(schema: Schema) -> Iterator[Hazard]:
    """Checks and foreign keys that are NOT VALID."""
    found: list[CheckConstraint | ForeignKey] = [*schema.each(CheckConstraint), *schema.each(ForeignKey)]
    for item in found:
        if not item.validated:
            yield RULE.hazard(item.key, f"{item.key} is NOT VALID: rows of before may break it")


RULE = Rule(
    code="not-validated",
    group=Group.DESIGN,
    level=Level.INFO,
    title="A constraint that does not speak for all rows",
    why="It was added NOT VALID: old rows may break it, and the planner cannot rely on it.",
    instead="clean the rows and VALIDATE it",
    examples=(
        Example(
            on=("postgresql",),
            bad=("CREATE TABLE t (id int PRIMARY KEY, a int); ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID"),
            good=("CREATE TABLE t (id int PRIMARY KEY, a int); ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)"),
        ),
    ),
    inspect=inspect,
)
