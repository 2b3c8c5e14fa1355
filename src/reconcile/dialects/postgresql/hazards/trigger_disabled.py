"""trigger-disabled: A trigger is switched off."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import Hazard, Level, Trigger
from reconcile.state import Rule as Rewrite


def inspect(schema: Schema) -> Iterator[Hazard]:
    """Triggers and rules that are disabled."""
    found: list[Trigger | Rewrite] = [*schema.each(Trigger), *schema.each(Rewrite)]
    for item in found:
        if item.enabled == "disabled":
            yield RULE.hazard(item.key, f"{item.key} is disabled")


RULE = Rule(
    code="trigger-disabled",
    group=Group.DESIGN,
    level=Level.INFO,
    title="A trigger is switched off",
    why="It looks as if it were at work.",
    instead="drop it, or enable it",
    examples=(
        Example(
            on=("postgresql",),
            bad=(
                "CREATE TABLE t (id int PRIMARY KEY, a int); CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql "
                "AS 'BEGIN RETURN NEW; END'; "
                "CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION g(); "
                "ALTER TABLE t DISABLE TRIGGER r"
            ),
            good=(
                "CREATE TABLE t (id int PRIMARY KEY, a int); CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql "
                "AS 'BEGIN RETURN NEW; END'; "
                "CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION g()"
            ),
        ),
    ),
    inspect=inspect,
)
