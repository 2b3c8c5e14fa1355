"""What needs what, as pg_depend has it, at the grain of columns."""

from __future__ import annotations

from reconcile.dialects.postgresql.read.context import Catalog, Reading
from reconcile.state import Key, Kind


def read_rewrites(reading: Reading) -> None:
    """The address of every view's rule: pg_depend says what the rule needs."""
    for oid, relation, _ in reading.rows("rewrites"):
        owner = reading.locate(Catalog.CLASS, relation)
        if owner is not None:
            reading.addresses.setdefault((Catalog.REWRITE, oid), owner)


def read_dependencies(reading: Reading) -> None:
    """Needs between objects whose addresses are known."""
    locate = reading.locate
    found: set[tuple[Key, Key]] = set()
    for catalog, oid, part, needed_catalog, needed_oid, needed_part in reading.rows("dependencies"):
        who = locate(catalog, oid, part)
        if who is None:
            continue
        what = locate(needed_catalog, needed_oid, needed_part)
        if what is None or who is what:
            continue
        # OWNED BY is an object of its own: the sequence itself does not need the column.
        if who.kind is Kind.SEQUENCE and what.kind in (Kind.COLUMN, Kind.TABLE):
            continue
        # What a table has from another one is told by its place below it (inheritance.py), which it can leave.
        if who.kind is Kind.TABLE and what.kind is Kind.TABLE:
            continue
        found.add((who, what))
    reading.needs += found | _needs_of_enums(found)


# Types that are made anew under the columns that have them.
_REMADE = frozenset({Kind.ENUM, Kind.DOMAIN, Kind.COMPOSITE, Kind.RANGE})
# Dependents of a column that are disturbed when its type is made anew; others are converted along with it.
_RIGID = frozenset(
    {
        Kind.VIEW,
        Kind.MATERIALIZED_VIEW,
        Kind.POLICY,
        Kind.COLUMN,
        Kind.DEFAULT,
        Kind.FOREIGN_KEY,
        Kind.FUNCTION,
        Kind.PROCEDURE,
        Kind.TRIGGER,
        Kind.RULE,
        Kind.OPAQUE,
    }
)


def _needs_of_enums(found: set[tuple[Key, Key]]) -> set[tuple[Key, Key]]:
    """What uses a column of an enum type needs the enum as well: the catalog says so only of the column."""
    enums: dict[Key, set[Key]] = {}
    for who, what in found:
        if what.kind in _REMADE and who.kind is Kind.COLUMN:
            enums.setdefault(who, set()).add(what)
    if not enums:
        return set()
    return {(who, enum) for who, column in found if column in enums and who.kind in _RIGID for enum in enums[column]}
