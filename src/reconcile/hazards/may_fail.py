"""may-fail: the step fails on rows that break it."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.state import Hazard, Level


def look(view: View) -> Iterator[Hazard]:
    """The step brings checks of rows of a filled table."""
    for check in view.step.checks:
        if view.holds_rows(check.key):
            yield RULE.hazard(check.key, f"refused if {check.message}", advice=check.advice)


RULE = Rule(
    code="may-fail",
    group=Group.ROWS,
    level=Level.INFO,
    title="The step fails on rows that break it",
    why=(
        "Rows decide whether it can be done. They are looked at before anything runs, and where some stand in"
        " the way nothing is changed; in between, others may be written."
    ),
    instead="run it when nobody writes such rows",
    examples=(
        Example(
            on=("postgresql", "mysql", "sqlite"),
            before="CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t VALUES (1, 1)",
            bad="CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL)",
            good="CREATE TABLE t (id int PRIMARY KEY, a int)",
        ),
    ),
    look=look,
)
