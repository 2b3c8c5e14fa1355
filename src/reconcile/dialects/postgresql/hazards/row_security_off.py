"""row-security-off: row security is switched off."""

from __future__ import annotations

from reconcile.hazards.base import Example, Group, Rule
from reconcile.state import Level

RULE = Rule(
    code="row-security-off",
    group=Group.ACCESS,
    level=Level.WARNING,
    title="Row security is switched off",
    why="Whoever may read the table sees all its rows.",
    instead="make sure that its policies are no longer needed",
    examples=(
        Example(
            on=("postgresql",),
            before="CREATE TABLE t (id int PRIMARY KEY, a int); ALTER TABLE t ENABLE ROW LEVEL SECURITY",
            bad="CREATE TABLE t (id int PRIMARY KEY, a int)",
            good=(
                "CREATE TABLE t (id int PRIMARY KEY, a int); "
                "ALTER TABLE t ENABLE ROW LEVEL SECURITY; "
                "CREATE INDEX i ON t (a)"
            ),
        ),
    ),
)
