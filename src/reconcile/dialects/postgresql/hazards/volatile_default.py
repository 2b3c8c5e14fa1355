"""volatile-default: A new column's default is computed for each row."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.dialects.postgresql.rules.columns import is_volatile
from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.state import Column, Default, Hazard, Kind, Level, child_key


def look(view: View) -> Iterator[Hazard]:
    """A column with a volatile default is added to a filled table."""
    for column in view.created(Column):
        default = view.after.get(child_key(Kind.DEFAULT, column.key))
        if isinstance(default, Default) and is_volatile(default.expression) and view.holds_rows(column.key):
            yield RULE.hazard(column.key, f"{default.expression} is called for every row of {column.key.root}")


RULE = Rule(
    code="volatile-default",
    group=Group.LOCKS,
    level=Level.WARNING,
    title="A new column's default is computed for each row",
    why=("The table is written anew while nobody can read or write it; a constant, or now(), costs nothing."),
    instead="add the column without the default, set the default, and fill the old rows in batches",
    examples=(
        Example(
            on=("postgresql",),
            before="CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t (id) VALUES (1)",
            bad="CREATE TABLE t (id int PRIMARY KEY, a int, b uuid DEFAULT gen_random_uuid())",
            good="CREATE TABLE t (id int PRIMARY KEY, a int, b timestamptz DEFAULT now())",
        ),
    ),
    look=look,
)
