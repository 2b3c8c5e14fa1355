"""float-for-money: money in a floating-point column."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import Hazard, Level

_WORDS = frozenset(
    {"price", "amount", "total", "subtotal", "cost", "fee", "salary", "balance", "tax", "money", "paid", "refund"}
)


def inspect(schema: Schema) -> Iterator[Hazard]:
    """A float whose name speaks of money."""
    for column in schema.columns():
        words = set(column.key.name.lower().split("_"))
        if schema.facts.type_of(column.type).family == "float" and words & _WORDS:
            yield RULE.hazard(column.key, f"{column.key} is {column.type} and seems to hold money")


RULE = Rule(
    code="float-for-money",
    group=Group.DESIGN,
    level=Level.WARNING,
    title="Money in a floating-point column",
    why="0.1 + 0.2 is not 0.3 there: sums drift and comparisons fail.",
    instead="use numeric(p, s), or whole cents in a bigint",
    examples=(
        Example(
            on=("postgresql", "mysql"),
            bad="CREATE TABLE t (id int PRIMARY KEY, price double precision)",
            good="CREATE TABLE t (id int PRIMARY KEY, price numeric(12, 2), height double precision)",
        ),
        Example(
            on=("sqlite",),
            bad="CREATE TABLE t (id INTEGER PRIMARY KEY, price REAL)",
            good="CREATE TABLE t (id INTEGER PRIMARY KEY, price_cents INTEGER, height REAL)",
        ),
    ),
    inspect=inspect,
)
