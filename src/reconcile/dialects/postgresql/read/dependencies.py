"""What needs what, as pg_depend has it, at the grain of columns."""

from __future__ import annotations

from reconcile.dialects.postgresql.read.context import Catalog, Reading
from reconcile.dialects.sqltext import POSTGRESQL
from reconcile.state import Key, Kind, Table


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
    reading.needs += found


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
        Kind.STATISTICS,
        Kind.OPAQUE,
    }
)


def read_needs_through_types(reading: Reading) -> None:
    """What needs a type made of another type needs that one too; and what uses a column of a type needs the type.

    The catalog says only the nearest; but such a type is made anew together with all that is made of it.
    """
    types: dict[Key, set[Key]] = {}
    for who, what in reading.needs:
        if what.kind in _REMADE and (who.kind in _REMADE or who.kind is Kind.COLUMN):
            types.setdefault(who, set()).add(what)
    if not types:
        return
    for found in types.values():
        todo = list(found)
        while todo:
            more = types.get(todo.pop(), set()) - found
            found |= more
            todo += more
    keys = {
        table.key: {POSTGRESQL.unquote(token.text) for token in POSTGRESQL.words(table.partition_by)}
        for table in reading.objects
        if isinstance(table, Table) and table.partition_by is not None
    }
    reading.needs += [  # "cannot alter column … because it is part of the partition key"
        (column.parent, type_)
        for column, found in types.items()
        if column.parent in keys and column.name in keys[column.parent]
        for type_ in found
    ]
    reading.needs += [
        (who, type_)
        for who, what in reading.needs
        if what in types and (what.kind is not Kind.COLUMN or who.kind in _RIGID)
        for type_ in types[what]
    ]
