"""primary-key-change: A filled table gets another primary key."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.state import Hazard, Level, PrimaryKey


def look(view: View) -> Iterator[Hazard]:
    """The primary key of a filled table is added, changed or dropped."""
    for effect in view.step.effects:
        old, new = view.before.get(effect.key), view.after.get(effect.key)
        item = new or old
        if not isinstance(item, PrimaryKey) or old == new or not view.stays(effect.key):
            continue
        if view.holds_rows(effect.key) and (effect.after is not None or new is None):
            word = "added" if old is None else "dropped" if new is None else "changed"
            yield RULE.hazard(effect.key, f"the primary key of {effect.key.root} is {word}")


RULE = Rule(
    code="primary-key-change",
    group=Group.LOCKS,
    level=Level.WARNING,
    title="A filled table gets another primary key",
    why=(
        "The index behind it is built (on some servers the whole table is ordered anew), foreign keys and "
        "replication rely on it, and NOT NULL comes along."
    ),
    instead="build a unique index first, and let the key use it",
    examples=(
        Example(
            on=("postgresql", "mysql"),
            before="CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL); INSERT INTO t VALUES (1, 1)",
            bad="CREATE TABLE t (id int NOT NULL, a int NOT NULL, PRIMARY KEY (id, a))",
            good="CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL, b int)",
        ),
    ),
    look=look,
)
