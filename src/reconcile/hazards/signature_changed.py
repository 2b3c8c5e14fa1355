"""signature-changed: A routine's arguments or result change."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.state import Hazard, Level, Routine


def look(view: View) -> Iterator[Hazard]:
    """A routine that stays has other arguments, or gives another type."""
    for effect in view.step.effects:
        old, new = view.before.get(effect.key), view.after.get(effect.key)
        if effect.after is None or not isinstance(old, Routine) or not isinstance(new, Routine):
            continue
        if old.returns != new.returns:
            yield RULE.hazard(new.key, f"{new.key} returns {new.returns} instead of {old.returns}")
        elif old.arguments != new.arguments:
            yield RULE.hazard(new.key, f"{new.key} takes ({new.arguments}) instead of ({old.arguments})")


RULE = Rule(
    code="signature-changed",
    group=Group.RUNNING,
    level=Level.WARNING,
    title="A routine's arguments or result change",
    why="Callers were written for the old ones.",
    instead="make a routine of another name, move callers over, then drop this one",
    examples=(
        Example(
            on=("postgresql",),
            before="CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
            bad="CREATE FUNCTION f(a int) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'",
            good="CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 2'",
        ),
        Example(
            on=("mysql",),
            before="CREATE FUNCTION f(a int) RETURNS int DETERMINISTIC RETURN 1",
            bad="CREATE FUNCTION f(a int) RETURNS bigint DETERMINISTIC RETURN 1",
            good="CREATE FUNCTION f(a int) RETURNS int DETERMINISTIC RETURN 2",
        ),
    ),
    look=look,
)
