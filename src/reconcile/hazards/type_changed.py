"""type-changed: A column's type becomes another one."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.state import Column, Hazard, Level


def look(view: View) -> Iterator[Hazard]:
    """The type of a column of a filled table changes to one of another family."""
    for old, new in view.changed(Column):
        before, after = view.facts.type_of(old.type).family, view.facts.type_of(new.type).family
        if before and before != after and {before, after} - _TEXTS and view.holds_rows(old.key):
            yield RULE.hazard(new.key, f"{new.key} becomes {new.type} where programs expect {old.type}")


_TEXTS = frozenset({"varchar", "text"})  # the same to programs


RULE = Rule(
    code="type-changed",
    group=Group.RUNNING,
    level=Level.WARNING,
    title="A column's type becomes another one",
    why=(
        "Programs get values of another type from it and have to send another type; prepared statements and "
        "cached plans break once."
    ),
    instead="add a column of the new type, write both, move readers over, then drop the old one",
    examples=(
        Example(
            on=("postgresql", "mysql"),
            before="CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t VALUES (1, 1)",
            bad="CREATE TABLE t (id int PRIMARY KEY, a varchar(20))",
            good="CREATE TABLE t (id int PRIMARY KEY, a bigint)",
        ),
    ),
    look=look,
)
