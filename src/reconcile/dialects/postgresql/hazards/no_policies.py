"""no-policies: row security is on and there is no policy."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import Hazard, Kind, Level, Policy, RowSecurity, child_key


def inspect(schema: Schema) -> Iterator[Hazard]:
    """The switch without policies."""
    for table in schema.tables():
        switch = schema.state.get(child_key(Kind.ROW_SECURITY, table.key))
        if isinstance(switch, RowSecurity) and switch.enabled and not any(schema.of(table.key, Policy)):
            yield RULE.hazard(table.key, f"{table.key} shows no rows to anybody but its owner: it has no policy")


RULE = Rule(
    code="no-policies",
    group=Group.ACCESS,
    level=Level.INFO,
    title="Row security is on and there is no policy",
    why="Nobody but the owner sees a row.",
    instead="make a policy, or switch row security off",
    examples=(
        Example(
            on=("postgresql",),
            bad="CREATE TABLE t (id int PRIMARY KEY); ALTER TABLE t ENABLE ROW LEVEL SECURITY",
            good=(
                "CREATE TABLE t (id int PRIMARY KEY); "
                "CREATE POLICY p ON t USING (id > 1); "
                "ALTER TABLE t ENABLE ROW LEVEL SECURITY"
            ),
        ),
    ),
    inspect=inspect,
)
