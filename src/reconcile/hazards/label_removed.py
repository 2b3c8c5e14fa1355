"""label-removed: A label of an enum goes."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.state import Column, Enum, Hazard, Key, Level


def look(view: View) -> Iterator[Hazard]:
    """An enum type, or a column that lists its own labels, no longer has one that it had."""
    for old, new in view.changed(Enum):
        yield from _gone(new.key, old.labels, new.labels)
    for before, after in view.changed(Column):
        yield from _gone(
            after.key, view.facts.type_of(before.type).labels, view.facts.type_of(after.type).labels or None
        )


def _gone(key: Key, old: tuple[str, ...], new: tuple[str, ...] | None) -> Iterator[Hazard]:
    gone = [label for label in old if new is not None and label not in new]
    if gone:
        yield RULE.hazard(key, f"{key} no longer has {', '.join(map(repr, gone))}")


RULE = Rule(
    code="label-removed",
    group=Group.LOSS,
    level=Level.WARNING,
    title="A label of an enum goes",
    why="Rows that have it stand in the way, and code that writes it fails afterwards.",
    instead="make sure that no code uses it, and say beside the column what rows that have it get (convert:)",
    examples=(
        Example(
            on=("postgresql",),
            before="CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE t (id int PRIMARY KEY, m mood)",
            bad="CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE t (id int PRIMARY KEY, m mood)",
            good=("CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy'); CREATE TABLE t (id int PRIMARY KEY, m mood)"),
        ),
        Example(
            on=("mysql",),
            before="CREATE TABLE t (id int PRIMARY KEY, m enum('sad', 'ok'))",
            bad="CREATE TABLE t (id int PRIMARY KEY, m enum('sad'))",
            good="CREATE TABLE t (id int PRIMARY KEY, m enum('sad', 'ok', 'happy'))",
        ),
    ),
    look=look,
)
