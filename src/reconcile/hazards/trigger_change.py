"""trigger-change: what a table does by itself changes."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.state import Hazard, Level, Trigger
from reconcile.state import Rule as Rewrite


def look(view: View) -> Iterator[Hazard]:
    """A trigger (or rule) of a filled table differs at the plan's end."""
    for effect in view.step.effects:
        old, new = view.before.get(effect.key), view.after.get(effect.key)
        item = new or old
        if not isinstance(item, Trigger | Rewrite) or old == new or not view.stays(effect.key):
            continue
        if view.holds_rows(effect.key) and (effect.after is not None or new is None):
            word = "is new" if old is None else "is dropped" if new is None else "changes"
            yield RULE.hazard(effect.key, f"{effect.key} {word}: writes do something else from then on")


RULE = Rule(
    code="trigger-change",
    group=Group.RUNNING,
    level=Level.WARNING,
    title="What a table does by itself changes",
    why=(
        "A trigger is made, changed or dropped: every write does more, less or something else from then on, "
        "and no code shows it."
    ),
    instead="tell whoever writes to the table; try it with the rows of a day",
    examples=(
        Example(
            on=("postgresql",),
            before=(
                "CREATE TABLE t (id int PRIMARY KEY, a int); CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql "
                "AS 'BEGIN RETURN NEW; END'; "
                "INSERT INTO t (id) VALUES (1)"
            ),
            bad=(
                "CREATE TABLE t (id int PRIMARY KEY, a int); CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql "
                "AS 'BEGIN RETURN NEW; END'; "
                "CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION g()"
            ),
            good=(
                "CREATE TABLE t (id int PRIMARY KEY, a int); CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql "
                "AS 'BEGIN RETURN NEW; END'"
            ),
        ),
        Example(
            on=("mysql", "sqlite"),
            before="CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t (id) VALUES (1)",
            bad=(
                "CREATE TABLE t (id int PRIMARY KEY, a int); CREATE TRIGGER r AFTER INSERT ON t FOR EACH ROW "
                "BEGIN DELETE FROM t WHERE id < 0; END"
            ),
            good="CREATE TABLE t (id int PRIMARY KEY, a int)",
        ),
    ),
    look=look,
)
