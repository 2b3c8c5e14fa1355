"""privilege-revoked: somebody may do less."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.state import Hazard, Level, Privilege


def look(view: View) -> Iterator[Hazard]:
    """A grantee has fewer privileges on something that stays."""
    for effect in view.step.effects:
        old, new = view.before.get(effect.key), view.after.get(effect.key)
        if not isinstance(old, Privilege) or old == new or not view.stays(effect.key):
            continue
        kept = set(new.privileges) if isinstance(new, Privilege) else set()
        gone = sorted(set(old.privileges) - kept)
        if gone:
            yield RULE.hazard(effect.key, f"{old.grantee} may no longer {', '.join(gone)} on {old.on}")


RULE = Rule(
    code="privilege-revoked",
    group=Group.ACCESS,
    level=Level.WARNING,
    title="Somebody may do less",
    why="Programs that run as this role fail where they used it.",
    instead="make sure that nothing that runs as the role needs it",
    examples=(
        Example(
            on=("postgresql",),
            before="CREATE TABLE t (id int PRIMARY KEY, a int); GRANT SELECT ON t TO PUBLIC",
            bad="CREATE TABLE t (id int PRIMARY KEY, a int)",
            good="CREATE TABLE t (id int PRIMARY KEY, a int); GRANT SELECT, INSERT ON t TO PUBLIC",
        ),
    ),
    look=look,
)
