"""label-order: labels of an ENUM are put in between."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.state import Column, Hazard, Level


def look(view: View) -> Iterator[Hazard]:
    """The labels of before are not the beginning of those of after."""
    for old, new in view.changed(Column):
        before, after = view.facts.type_of(old.type).labels, view.facts.type_of(new.type).labels
        if before and after and after[: len(before)] != before and view.holds_rows(new.key):
            yield RULE.hazard(new.key, f"the labels of {new.key} get other places")


RULE = Rule(
    code="label-order",
    group=Group.LOCKS,
    level=Level.WARNING,
    title="Labels of an ENUM are put in between",
    why=(
        "Only labels at the end are free: others renumber the stored values, so the table is copied, and "
        "ORDER BY gives another order."
    ),
    instead="add the label at the end",
    examples=(
        Example(
            on=("mysql",),
            before="CREATE TABLE t (id int PRIMARY KEY, m enum('a', 'b')); INSERT INTO t (id) VALUES (1)",
            bad="CREATE TABLE t (id int PRIMARY KEY, m enum('a', 'x', 'b'))",
            good="CREATE TABLE t (id int PRIMARY KEY, m enum('a', 'b', 'x'))",
        ),
    ),
    look=look,
)
