"""domain-check: A domain with a constraint."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import CheckConstraint, Domain, Hazard, Level


def inspect(schema: Schema) -> Iterator[Hazard]:
    """A domain that is NOT NULL or has a CHECK."""
    for item in schema.each(Domain):
        if not item.nullable or any(schema.of(item.key, CheckConstraint)):
            yield RULE.hazard(item.key, f"{item.key} has constraints")


RULE = Rule(
    code="domain-check",
    group=Group.DESIGN,
    level=Level.INFO,
    title="A domain with a constraint",
    why=(
        "To change the constraint locks and reads every table that uses the domain; NULL slips through NOT "
        "NULL of a domain in outer joins."
    ),
    instead="use the plain type with a CHECK on the column",
    examples=(
        Example(
            on=("postgresql",),
            bad="CREATE DOMAIN d AS int CHECK (VALUE > 0)",
            good="CREATE DOMAIN d AS int",
        ),
    ),
    inspect=inspect,
)
