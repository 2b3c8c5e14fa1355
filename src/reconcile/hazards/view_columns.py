"""view-columns: A view loses columns."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.state import Hazard, Level, MaterializedView
from reconcile.state import View as PlainView


def look(view: View) -> Iterator[Hazard]:
    """A view that stays has fewer columns at the end."""
    for effect in view.step.effects:
        old, new = view.before.get(effect.key), view.after.get(effect.key)
        if not isinstance(old, Relation) or not isinstance(new, Relation):
            continue
        if effect.after != view.after.digests[new.key]:
            continue  # a rename has only carried it along: what it is at the end comes in a later step
        gone = [name for name in old.columns if name not in new.columns] if new.columns else []
        if gone:
            yield RULE.hazard(new.key, f"{new.key} no longer has {', '.join(gone)}")


Relation = PlainView | MaterializedView


RULE = Rule(
    code="view-columns",
    group=Group.RUNNING,
    level=Level.WARNING,
    title="A view loses columns",
    why="Readers that name them fail.",
    instead="move readers to a view of another name first",
    examples=(
        Example(
            on=("postgresql", "mysql"),
            before="CREATE TABLE t (id int PRIMARY KEY, a int); CREATE VIEW v AS SELECT id, a FROM t",
            bad="CREATE TABLE t (id int PRIMARY KEY, a int); CREATE VIEW v AS SELECT id FROM t",
            good=("CREATE TABLE t (id int PRIMARY KEY, a int); CREATE VIEW v AS SELECT id, a FROM t WHERE a > 0"),
        ),
    ),
    look=look,
)
