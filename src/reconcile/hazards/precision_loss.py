"""precision-loss: A type change rounds or cuts values without an error."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.hazards.facts import coarser
from reconcile.state import Column, Hazard, Level


def look(view: View) -> Iterator[Hazard]:
    """The type of a filled column changes to one that keeps less of each value."""
    for old, new in view.changed(Column):
        lost = coarser(view.facts.type_of(old.type), view.facts.type_of(new.type)) if old.type != new.type else ""
        if lost and view.facts.rounds and view.holds_rows(old.key):
            said = f"{new.key} becomes {new.type}: its values lose {lost}"
            if view.keeps(new.key):
                said += "; what they were is kept in the attic"
                yield RULE.hazard(new.key, said, level=Level.WARNING, advice="revert brings them back")
            else:
                yield RULE.hazard(new.key, said)


RULE = Rule(
    code="precision-loss",
    group=Group.LOSS,
    level=Level.DANGER,
    title="A type change rounds or cuts values without an error",
    why=("The new type has no room for a part of each value, and the server leaves that part out without a word."),
    instead="add a column of the new type, fill it, and drop the old one once it is no longer needed",
    examples=(
        Example(
            on=("postgresql", "mysql"),
            before="CREATE TABLE t (id int PRIMARY KEY, n numeric(12, 4)); INSERT INTO t VALUES (1, 1.2345)",
            bad="CREATE TABLE t (id int PRIMARY KEY, n numeric(12, 2))",
            good="CREATE TABLE t (id int PRIMARY KEY, n numeric(14, 4))",
        ),
        Example(
            on=("postgresql",),
            before=(
                "CREATE TABLE t (id int PRIMARY KEY, n timestamp(3)); "
                "INSERT INTO t VALUES (1, '2001-02-03 04:05:06.789')"
            ),
            bad="CREATE TABLE t (id int PRIMARY KEY, n timestamp(0))",
            good="CREATE TABLE t (id int PRIMARY KEY, n timestamp(6))",
        ),
        Example(
            on=("mysql",),
            before=(
                "CREATE TABLE t (id int PRIMARY KEY, n datetime(3)); "
                "INSERT INTO t VALUES (1, '2001-02-03 04:05:06.789')"
            ),
            bad="CREATE TABLE t (id int PRIMARY KEY, n datetime)",
            good="CREATE TABLE t (id int PRIMARY KEY, n datetime(3), b int)",
        ),
        Example(
            on=("postgresql", "mysql"),
            before=(
                "CREATE TABLE t (id int PRIMARY KEY, n double precision); INSERT INTO t VALUES (1, 3.14159265358979)"
            ),
            bad="CREATE TABLE t (id int PRIMARY KEY, n float(24))",
            good="CREATE TABLE t (id int PRIMARY KEY, n double precision, b int)",
        ),
        Example(
            on=("postgresql", "mysql"),
            before="CREATE TABLE t (id int PRIMARY KEY, n bigint); INSERT INTO t VALUES (1, 9007199254740993)",
            bad="CREATE TABLE t (id int PRIMARY KEY, n double precision)",
            good="CREATE TABLE t (id int PRIMARY KEY, n decimal(20))",
        ),
    ),
    look=look,
)
