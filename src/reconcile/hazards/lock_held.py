"""lock-held: A lock is held through long work of a later step."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.hazards.facts import Blocks
from reconcile.state import Hazard, Key, Level, Step


def look(view: View) -> Iterator[Hazard]:
    """The first long step after one that shuts out on another table, which is there at the end."""
    told: set[Key] = set()
    for place, step in enumerate(view.earlier):
        if view.facts.blocks(step.lock or "") is not Blocks.READS:
            continue
        for table in sorted(_filled(step, view) - told):
            told.add(table)
            later = (*view.earlier[place + 1 :], view.step)
            first = next((one for one in later if _is_long(one) and _filled(one, view) - {table}), None)
            if first is view.step and table not in _filled(view.step, view) and table in view.after:
                message = f"{table} stays shut from step {step.number} ({step.lock}) on, while this one does its work"
                yield RULE.hazard(table, message)


def _is_long(step: Step) -> bool:
    return step.scans or step.rewrites


def _filled(step: Step, view: View) -> frozenset[Key]:
    """The tables with rows that the step works on."""
    return frozenset(effect.key.root for effect in step.effects) & view.filled


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
