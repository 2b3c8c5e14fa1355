"""index-dropped: an index goes."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.state import Hazard, Index, Level, PrimaryKey, Unique


def look(view: View) -> Iterator[Hazard]:
    """An index of a filled table is dropped, and no other begins with its columns."""
    for item in view.gone(Index):
        if not view.holds_rows(item.key) or not item.valid:
            continue
        leading = [part.column for part in item.parts]
        others = (
            other
            for other in view.after.children(item.key.root)
            if isinstance(other, Index | PrimaryKey | Unique) and getattr(other, "where", None) is None
        )
        if any([part.column for part in other.parts][: len(leading)] == leading for other in others):
            continue
        yield RULE.hazard(item.key, f"{item.key} is dropped{view.evidence(item.key)}")


RULE = Rule(
    code="index-dropped",
    group=Group.RUNNING,
    level=Level.WARNING,
    title="An index goes",
    why="Queries that it served read the whole table from now on.",
    instead="look at how often it has been used; make the one that replaces it first",
    examples=(
        Example(
            on=("postgresql", "mysql", "sqlite"),
            before=(
                "CREATE TABLE t (id int PRIMARY KEY, a int); CREATE INDEX i ON t (a); INSERT INTO t (id) VALUES (1)"
            ),
            bad="CREATE TABLE t (id int PRIMARY KEY, a int)",
            good="CREATE TABLE t (id int PRIMARY KEY, a int); CREATE INDEX i ON t (a)",
        ),
    ),
    look=look,
)
