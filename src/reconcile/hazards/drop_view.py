"""drop-view: A view goes."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.state import Hazard, Kind, Level


def look(view: View) -> Iterator[Hazard]:
    """A view or materialized view is dropped for good."""
    for item in view.dropped():
        if item.key.kind in (Kind.VIEW, Kind.MATERIALIZED_VIEW):
            yield RULE.hazard(item.key, f"{item.key} is dropped: whoever reads it fails{view.evidence(item.key)}")


RULE = Rule(
    code="drop-view",
    group=Group.RUNNING,
    level=Level.WARNING,
    title="A view goes",
    why="Whoever reads it fails from then on.",
    instead="make sure that nothing reads it any more",
    examples=(
        Example(
            on=("postgresql", "mysql", "sqlite"),
            before="CREATE TABLE t (id int PRIMARY KEY, a int); CREATE VIEW v AS SELECT a FROM t",
            bad="CREATE TABLE t (id int PRIMARY KEY, a int)",
            good="CREATE TABLE t (id int PRIMARY KEY, a int); CREATE VIEW v AS SELECT a FROM t",
        ),
    ),
    look=look,
)
