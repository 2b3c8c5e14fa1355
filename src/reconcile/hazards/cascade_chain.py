"""cascade: deleting one row deletes others."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import ForeignKey, Hazard, Level


def inspect(schema: Schema) -> Iterator[Hazard]:
    """Two ON DELETE CASCADE, one behind the other: the second is told."""
    below = {item.key.root for item in _cascades(schema)}
    for item in _cascades(schema):
        if item.target in below and item.target != item.key.root:
            yield RULE.hazard(
                item.key, f"what is deleted above {item.target} deletes rows of {item.key.root} too, two tables away"
            )


def _cascades(schema: Schema) -> Iterator[ForeignKey]:
    return (item for item in schema.each(ForeignKey) if item.on_delete == "CASCADE")


RULE = Rule(
    code="cascade",
    group=Group.DESIGN,
    level=Level.INFO,
    title="Deleting one row deletes others",
    why=("ON DELETE CASCADE reaches as far as foreign keys go, without a word, and locks what it deletes."),
    instead="prefer RESTRICT, and let the application delete what it means to delete",
    examples=(
        Example(
            on=("postgresql", "mysql", "sqlite"),
            bad=(
                "CREATE TABLE p (id int PRIMARY KEY); "
                "CREATE TABLE q (id int PRIMARY KEY, FOREIGN KEY (id) REFERENCES p (id) ON DELETE CASCADE); "
                "CREATE TABLE t (id int PRIMARY KEY, FOREIGN KEY (id) REFERENCES q (id) ON DELETE CASCADE)"
            ),
            good=(
                "CREATE TABLE p (id int PRIMARY KEY); "
                "CREATE TABLE t (id int PRIMARY KEY, FOREIGN KEY (id) REFERENCES p (id) ON DELETE CASCADE)"
            ),
        ),
    ),
    inspect=inspect,
)
