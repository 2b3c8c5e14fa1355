"""privilege-granted: somebody may do more."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.state import EVERYBODY, OWNER, Hazard, Level, Privilege


def look(view: View) -> Iterator[Hazard]:
    """A grantee gets privileges on something that was there."""
    for effect in view.step.effects:
        old, new = view.before.get(effect.key), view.after.get(effect.key)
        if not isinstance(new, Privilege) or effect.after is None or not view.stays(effect.key) or new.grantee == OWNER:
            continue
        had = set(old.privileges) if isinstance(old, Privilege) else set()
        more = sorted(set(new.privileges) - had)
        if more:
            everybody = new.grantee == EVERYBODY
            yield RULE.hazard(
                effect.key,
                f"{'everybody' if everybody else new.grantee} may {', '.join(more)} on {new.on}",
                level=Level.WARNING if everybody else Level.INFO,
            )


RULE = Rule(
    code="privilege-granted",
    group=Group.ACCESS,
    level=Level.WARNING,
    title="Somebody may do more",
    why="Access is wider than before.",
    instead="grant to the role that needs it, not to everybody",
    examples=(
        Example(
            on=("postgresql",),
            before="CREATE TABLE t (id int PRIMARY KEY, a int)",
            bad="CREATE TABLE t (id int PRIMARY KEY, a int); GRANT SELECT ON t TO PUBLIC",
            good="CREATE TABLE t (id int PRIMARY KEY, a int); CREATE INDEX i ON t (a)",
        ),
    ),
    look=look,
)
