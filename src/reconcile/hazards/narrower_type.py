"""narrower-type: A type change leaves less room."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.hazards.facts import narrower
from reconcile.state import Column, Hazard, Level


def look(view: View) -> Iterator[Hazard]:
    """A column's type becomes shorter, smaller or less exact in front of the point."""
    for old, new in view.changed(Column):
        if old.type == new.type or not view.facts.enforces_types:
            continue
        lacking = narrower(view.facts.type_of(old.type), view.facts.type_of(new.type))
        if lacking:
            yield RULE.hazard(
                new.key,
                f"{new.key} becomes {new.type}: it takes no {lacking}",
                level=Level.WARNING if view.holds_rows(old.key) else Level.INFO,
            )


RULE = Rule(
    code="narrower-type",
    group=Group.ROWS,
    level=Level.WARNING,
    title="A type change leaves less room",
    why=(
        "Values that are there may not fit, and then the statement fails; new values that were allowed are "
        "refused from now on."
    ),
    instead="count the values that do not fit first; deploy code that writes none",
    examples=(
        Example(
            on=("postgresql", "mysql"),
            before="CREATE TABLE t (id int PRIMARY KEY, s varchar(40)); INSERT INTO t VALUES (1, 'a')",
            bad="CREATE TABLE t (id int PRIMARY KEY, s varchar(10))",
            good="CREATE TABLE t (id int PRIMARY KEY, s varchar(50))",
        ),
        Example(
            on=("postgresql", "mysql"),
            before="CREATE TABLE t (id int PRIMARY KEY, n int); INSERT INTO t VALUES (1, 1)",
            bad="CREATE TABLE t (id int PRIMARY KEY, n smallint)",
            good="CREATE TABLE t (id int PRIMARY KEY, n bigint)",
        ),
    ),
    look=look,
)
