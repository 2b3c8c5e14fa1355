"""lock-held: A lock is held through long work of a later step."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.hazards.facts import Blocks
from reconcile.state import Hazard, Level


def look(view: View) -> Iterator[Hazard]:
    """The step scans or rewrites, and earlier ones of its transaction hold locks that shut out on other tables."""
    if not (view.step.scans or view.step.rewrites) or not view.tables():
        return
    for step in view.earlier:
        if view.facts.blocks(step.lock or "") is not Blocks.READS:
            continue
        for table in sorted({effect.key.root for effect in step.effects} & view.filled - set(view.tables())):
            yield RULE.hazard(
                table, f"{table} stays shut by step {step.number} ({step.lock}) until step {view.step.number} is done"
            )


RULE = Rule(
    code="lock-held",
    group=Group.LOCKS,
    level=Level.WARNING,
    title="A lock is held through long work of a later step",
    why=(
        "Locks last until COMMIT: what an earlier step of the same transaction has shut, if only for a "
        "moment, stays shut while this step reads or writes every row."
    ),
    instead="split the plan in two, or let the long part be done online",
    examples=(
        Example(
            on=("postgresql",),
            before=(
                "CREATE TABLE t (id int PRIMARY KEY, a int); "
                "INSERT INTO t (id) VALUES (1); "
                "CREATE TABLE u (id int PRIMARY KEY, a int); "
                "INSERT INTO u VALUES (1, 1)"
            ),
            bad=(
                "CREATE TABLE t (id int PRIMARY KEY, a int, b int); "
                "CREATE TABLE u (id int PRIMARY KEY, a int); "
                "CREATE INDEX i ON u (a)"
            ),
            good=("CREATE TABLE t (id int PRIMARY KEY, a int, b int); CREATE TABLE u (id int PRIMARY KEY, a int)"),
        ),
    ),
    look=look,
)
