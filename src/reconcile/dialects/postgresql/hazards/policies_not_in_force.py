"""policies-not-in-force: A table has policies and row security is off."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import Hazard, Kind, Level, Policy, RowSecurity, child_key


def inspect(schema: Schema) -> Iterator[Hazard]:
    """Policies without the switch."""
    for table in schema.tables():
        switch = schema.state.get(child_key(Kind.ROW_SECURITY, table.key))
        on = isinstance(switch, RowSecurity) and switch.enabled
        if not on and any(schema.of(table.key, Policy)):
            yield RULE.hazard(table.key, f"{table.key} has policies, and row security is off")


RULE = Rule(
    code="policies-not-in-force",
    group=Group.ACCESS,
    level=Level.WARNING,
    title="A table has policies and row security is off",
    why="The policies do nothing: everybody who may read the table sees all its rows.",
    instead="ALTER TABLE … ENABLE ROW LEVEL SECURITY",
    examples=(
        Example(
            on=("postgresql",),
            bad="CREATE TABLE t (id int PRIMARY KEY); CREATE POLICY p ON t USING (id > 1)",
            good=(
                "CREATE TABLE t (id int PRIMARY KEY); "
                "CREATE POLICY p ON t USING (id > 1); "
                "ALTER TABLE t ENABLE ROW LEVEL SECURITY"
            ),
        ),
    ),
    inspect=inspect,
)
