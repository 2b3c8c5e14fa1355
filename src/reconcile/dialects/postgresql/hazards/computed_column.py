"""computed-column: A new column has to be computed for each row."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.state import Column, Hazard, Level


def look(view: View) -> Iterator[Hazard]:
    """A stored generated or identity column is added to a filled table."""
    for column in view.created(Column):
        stored = column.generated is not None and column.generated.stored
        if (stored or column.identity is not None) and view.holds_rows(column.key):
            yield RULE.hazard(column.key, f"{column.key} gets a value in every row")


RULE = Rule(
    code="computed-column",
    group=Group.LOCKS,
    level=Level.WARNING,
    title="A new column has to be computed for each row",
    why=(
        "Identity and stored generated columns get a value in every row: the table is written anew while "
        "nobody can read or write it."
    ),
    instead="add a plain column, fill it in batches, and let a trigger keep it",
    examples=(
        Example(
            on=("postgresql",),
            before="CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t (id) VALUES (1)",
            bad="CREATE TABLE t (id int PRIMARY KEY, a int, b int GENERATED ALWAYS AS (a + 1) STORED)",
            good="CREATE TABLE t (id int PRIMARY KEY, a int, b int)",
        ),
    ),
    look=look,
)
