"""engine: A table's engine has no transactions."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import Hazard, Level

_WITHOUT = frozenset({"myisam", "aria", "memory", "csv", "archive", "merge", "mrg_myisam"})


def inspect(schema: Schema) -> Iterator[Hazard]:
    """A table's engine has no transactions."""
    for table in schema.tables():
        options = dict(table.options)
        if options.get("engine", "InnoDB").lower() in _WITHOUT:
            yield RULE.hazard(table.key, f"{table.key} is kept by {options['engine']}")


RULE = Rule(
    code="engine",
    group=Group.DESIGN,
    level=Level.WARNING,
    title="A table's engine has no transactions",
    why=("MyISAM, Aria, MEMORY and CSV know neither transactions nor foreign keys; a crash may lose rows."),
    instead="ENGINE=InnoDB",
    examples=(
        Example(
            on=("mysql",),
            bad="CREATE TABLE t (id int PRIMARY KEY) ENGINE=MyISAM",
            good="CREATE TABLE t (id int PRIMARY KEY) ENGINE=InnoDB",
        ),
    ),
    inspect=inspect,
)
