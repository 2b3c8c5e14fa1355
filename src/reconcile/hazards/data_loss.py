"""data-loss: values of a column go."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.state import Column, Hazard, Level


def look(view: View) -> Iterator[Hazard]:
    """A column of a table that stays and holds rows is dropped."""
    for item in view.dropped():
        if not isinstance(item, Column) or item.generated is not None or item.key.root not in view.after:
            continue
        if not view.holds_rows(item.key):
            yield RULE.hazard(item.key, f"{item.key} is dropped; its table holds no rows", level=Level.INFO, advice="")
        elif view.keeps(item.key):
            said = f"{item.key} is dropped; its values are kept in the attic"
            yield RULE.hazard(item.key, said, level=Level.WARNING, advice="revert brings them back")
        else:
            yield RULE.hazard(item.key, f"{item.key} is dropped with its values")


RULE = Rule(
    code="data-loss",
    group=Group.LOSS,
    level=Level.DANGER,
    title="Values of a column go",
    why=(
        "The values are gone with the column, and code that still names it fails. Where the attic keeps the values "
        "it is a warning."
    ),
    instead="copy the values first, or rename the column with a hint",
    examples=(
        Example(
            on=("postgresql", "mysql", "sqlite"),
            before="CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t (id) VALUES (1)",
            bad="CREATE TABLE t (id int PRIMARY KEY)",
            good="CREATE TABLE t (id int PRIMARY KEY, a int)",
        ),
    ),
    look=look,
)
