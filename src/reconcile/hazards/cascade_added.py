"""cascade-added: A foreign key begins to delete or change rows by itself."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.state import ForeignKey, Hazard, Level

_ACTIVE = frozenset({"CASCADE", "SET NULL", "SET DEFAULT"})


def look(view: View) -> Iterator[Hazard]:
    """A foreign key of a table that was there is made, or made anew, with ON DELETE or ON UPDATE that acts."""
    for effect in view.step.effects:
        new, old = view.after.get(effect.key), view.before.get(effect.key)
        if not isinstance(new, ForeignKey) or effect.after is None or not view.stays(new.key):
            continue
        for when in ("on_delete", "on_update"):
            action = getattr(new, when)
            if action in _ACTIVE and getattr(old, when, None) != action:
                words = when.upper().replace("_", " ")
                yield RULE.hazard(new.key, f"{new.key} acts by itself: {words} {action} changes {new.key.root}")


RULE = Rule(
    code="cascade-added",
    group=Group.LOSS,
    level=Level.WARNING,
    title="A foreign key begins to delete or change rows by itself",
    why=(
        "From now on a DELETE (or UPDATE of the key) above reaches rows of this table, silently and with all "
        "that hangs below."
    ),
    instead="prefer RESTRICT, and let the application delete what it means to delete",
    examples=(
        Example(
            on=("postgresql", "mysql"),
            before="CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, a int)",
            bad=(
                "CREATE TABLE p (id int PRIMARY KEY); "
                "CREATE TABLE t (id int PRIMARY KEY, a int, CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id) ON "
                "DELETE CASCADE)"
            ),
            good=(
                "CREATE TABLE p (id int PRIMARY KEY); "
                "CREATE TABLE t (id int PRIMARY KEY, a int, CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id))"
            ),
        ),
    ),
    look=look,
)
