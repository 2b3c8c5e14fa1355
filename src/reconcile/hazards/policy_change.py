"""policy-change: who sees which rows changes."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.state import Hazard, Level, Policy


def look(view: View) -> Iterator[Hazard]:
    """A policy of a filled table differs at the plan's end."""
    for effect in view.step.effects:
        old, new = view.before.get(effect.key), view.after.get(effect.key)
        item = new or old
        if not isinstance(item, Policy) or old == new or not view.holds_rows(effect.key) or not view.stays(effect.key):
            continue
        if effect.after is not None or new is None:
            word = "is new" if old is None else "is dropped" if new is None else "changes"
            yield RULE.hazard(effect.key, f"{effect.key} {word}: other rows are visible")


RULE = Rule(
    code="policy-change",
    group=Group.ACCESS,
    level=Level.WARNING,
    title="Who sees which rows changes",
    why="A row security policy is made, changed or dropped: queries give other rows without an error.",
    instead="compare what each role sees before and after",
    examples=(
        Example(
            on=("postgresql",),
            before=(
                "CREATE TABLE t (id int PRIMARY KEY, a int); "
                "ALTER TABLE t ENABLE ROW LEVEL SECURITY; "
                "INSERT INTO t (id) VALUES (1)"
            ),
            bad=(
                "CREATE TABLE t (id int PRIMARY KEY, a int); "
                "ALTER TABLE t ENABLE ROW LEVEL SECURITY; "
                "CREATE POLICY p ON t USING (a > 1)"
            ),
            good=(
                "CREATE TABLE t (id int PRIMARY KEY, a int); "
                "ALTER TABLE t ENABLE ROW LEVEL SECURITY; "
                "CREATE INDEX i ON t (a)"
            ),
        ),
    ),
    look=look,
)
