"""drop-routine: A function or procedure goes."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.state import Hazard, Kind, Level

_KINDS = frozenset({Kind.FUNCTION, Kind.PROCEDURE, Kind.AGGREGATE, Kind.PACKAGE})


def look(view: View) -> Iterator[Hazard]:
    """A routine is dropped; where the server overloads, the name may stay with other arguments."""
    for item in view.dropped():
        if item.key.kind in _KINDS and item.key.parent is None:
            yield RULE.hazard(item.key, f"{item.key} is dropped: whoever calls it fails{view.evidence(item.key)}")


RULE = Rule(
    code="drop-routine",
    group=Group.RUNNING,
    level=Level.WARNING,
    title="A function or procedure goes",
    why="Callers fail: programs, and bodies of other routines, which no catalog lists.",
    instead="make sure that nothing calls it any more",
    examples=(
        Example(
            on=("postgresql",),
            before="CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            bad="SELECT 1",
            good="CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        ),
        Example(
            on=("mysql",),
            before="CREATE FUNCTION f() RETURNS int DETERMINISTIC RETURN 1",
            bad="SELECT 1",
            good="CREATE FUNCTION f() RETURNS int DETERMINISTIC RETURN 1",
        ),
    ),
    look=look,
)
