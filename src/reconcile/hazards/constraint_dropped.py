"""constraint-dropped: A rule about the rows goes."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.state import Constraint, Hazard, Index, Level


def look(view: View) -> Iterator[Hazard]:
    """A constraint of a table that stays is dropped, and none of its name takes its place."""
    for item in view.gone(Constraint):
        yield RULE.hazard(item.key, f"{item.key} is dropped: nothing refuses such rows any more")
    for index in view.gone(Index):
        if index.unique:
            yield RULE.hazard(index.key, f"{index.key} is dropped: duplicates are possible")


RULE = Rule(
    code="constraint-dropped",
    group=Group.RUNNING,
    level=Level.INFO,
    title="A rule about the rows goes",
    why=(
        "Values that were refused can be written now; code that relies on the rule (an upsert on a unique "
        "key, a join that finds exactly one) may go wrong."
    ),
    instead="if another takes its place, let the plan make both changes at once",
    examples=(
        Example(
            on=("postgresql", "mysql"),
            before="CREATE TABLE t (id int PRIMARY KEY, a int, CONSTRAINT c CHECK (a > 0))",
            bad="CREATE TABLE t (id int PRIMARY KEY, a int)",
            good="CREATE TABLE t (id int PRIMARY KEY, a int, CONSTRAINT c CHECK (a > 0))",
        ),
    ),
    look=look,
)
