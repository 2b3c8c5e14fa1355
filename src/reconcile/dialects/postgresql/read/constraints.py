"""Constraints: primary keys, unique, check, exclusion and foreign keys; and the names of NOT NULL ones."""

from __future__ import annotations

from reconcile.dialects.postgresql.expressions import canonical
from reconcile.dialects.postgresql.read.context import Catalog, Reading, TableEntry
from reconcile.dialects.postgresql.read.indexes import Body
from reconcile.dialects.postgresql.read.inheritance import Lineage
from reconcile.dialects.postgresql.read.queries import Row
from reconcile.state import (
    CheckConstraint,
    Exclusion,
    ForeignKey,
    Key,
    Kind,
    Options,
    PrimaryKey,
    Unique,
    child_key,
)

_ACTIONS = {"a": "NO ACTION", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}
_MATCHES = {"s": "SIMPLE", "f": "FULL", "p": "PARTIAL"}
_KINDS = {
    "p": Kind.PRIMARY_KEY,
    "u": Kind.UNIQUE,
    "c": Kind.CHECK,
    "x": Kind.EXCLUSION,
    "f": Kind.FOREIGN_KEY,
}

# column → the name of its NOT NULL constraint, what is unusual about it, and whether its table declares it
NotNulls = dict[Key, tuple[str, Options, bool]]


def read_constraints(reading: Reading, bodies: dict[int, Body], lineage: Lineage) -> NotNulls:
    """Constraints of tables become objects; those of PostgreSQL 18's NOT NULLs are returned."""
    not_nulls: NotNulls = {}
    rows = reading.rows("constraints")
    above = _above(reading, rows, lineage)
    for row in rows:
        oid, relation, name, contype = row[:4]
        address = (Catalog.CONSTRAINT, oid)
        entry = reading.tables.get(relation)
        if entry is None:
            owner = reading.locate(Catalog.CLASS, relation)
            if owner is not None:
                reading.addresses[address] = owner
        elif contype == "n":
            column = entry.keys[row[11][0]]
            reading.addresses[address] = column
            not_nulls[column] = (name, _not_null_options(row), row[20])
        elif contype == "f":
            _read_foreign_key(reading, row, entry, above.get(oid))
        else:
            key = child_key(_KINDS[contype], entry.key, name)
            reading.addresses[address] = key
            reading.needs.append((key, entry.key))
            _read_own(reading, row, key, bodies, above.get(oid))
    return not_nulls


def _above(reading: Reading, rows: list[Row], lineage: Lineage) -> dict[int, Key]:
    """constraint → the one of the table above that it comes from. Checks are known by their name alone."""
    parents = {row[22] for row in rows if row[22]}
    keys = {
        row[0]: child_key(_KINDS[row[3]], reading.tables[row[1]].key, row[2])
        for row in rows
        if row[0] in parents and row[1] in reading.tables
    }
    found: dict[int, Key] = {}
    for row in rows:
        if row[22] in keys:
            found[row[0]] = keys[row[22]]
        elif row[3] == "c" and row[21]:
            for parent in lineage.parents.get(row[1], ()):
                if parent in reading.tables:
                    found[row[0]] = child_key(Kind.CHECK, reading.tables[parent].key, row[2])
                    break
    return found


def _read_own(reading: Reading, row: Row, key: Key, bodies: dict[int, Body], above: Key | None) -> None:
    oid, deferrable, deferred, validated, enforced, no_inherit, period, index = row[0], *row[4:11]
    if key.kind is Kind.CHECK:
        reading.objects.append(
            CheckConstraint(
                key=key,
                expression=canonical(row[18]),
                no_inherit=no_inherit,
                validated=validated or not enforced,
                enforced=enforced,
                inherited_from=above,
                local=row[20],
            )
        )
        return
    body = bodies[oid]
    reading.addresses[Catalog.CLASS, index] = key
    options = (*body.options, ("without_overlaps", "true")) if period else body.options
    if key.kind is Kind.PRIMARY_KEY:
        reading.objects.append(
            PrimaryKey(
                key=key,
                parts=body.parts,
                include=body.include,
                options=tuple(sorted(options)),
                deferrable=deferrable,
                initially_deferred=deferred,
                inherited_from=above,
            )
        )
    elif key.kind is Kind.UNIQUE:
        reading.objects.append(
            Unique(
                key=key,
                parts=body.parts,
                include=body.include,
                options=tuple(sorted(options)),
                deferrable=deferrable,
                initially_deferred=deferred,
                nulls_not_distinct=body.nulls_not_distinct,
                inherited_from=above,
            )
        )
    else:
        reading.objects.append(
            Exclusion(
                key=key,
                method=body.method,
                parts=body.parts,
                operators=tuple(row[19]),
                include=body.include,
                where=body.where,
                options=body.options,
                deferrable=deferrable,
                initially_deferred=deferred,
                inherited_from=above,
            )
        )


def _read_foreign_key(reading: Reading, row: Row, entry: TableEntry, above: Key | None) -> None:
    (
        oid, _, name, _, deferrable, deferred, validated, enforced, _, period, _, columns, target_oid, target_columns,
        on_update, on_delete, match, delete_columns, _, _, _, _, _,
    ) = row  # fmt: skip
    target = reading.tables.get(target_oid)
    if target is None:
        # It points at something that we do not take apart (a table of an extension): neither is it ours.
        schema = next(oid_ for oid_, name_ in reading.namespaces.items() if name_ == entry.key.schema)
        key = reading.add_opaque(schema, "foreign key", f"{name} on {entry.key.name}")
        reading.addresses[Catalog.CONSTRAINT, oid] = key
        reading.needs.append((key, entry.key))
        return
    key = child_key(Kind.FOREIGN_KEY, entry.key, name)
    reading.addresses[Catalog.CONSTRAINT, oid] = key
    reading.objects.append(
        ForeignKey(
            key=key,
            columns=tuple(entry.columns[number] for number in columns),
            target=target.key,
            target_columns=tuple(target.columns[number] for number in target_columns),
            on_delete=_ACTIONS[on_delete],
            on_delete_columns=tuple(entry.columns[number] for number in delete_columns or ()),
            on_update=_ACTIONS[on_update],
            match=_MATCHES[match],
            validated=validated or not enforced,
            enforced=enforced,
            deferrable=deferrable,
            initially_deferred=deferred,
            period=period,
            inherited_from=above,
        )
    )
    reading.needs.append((key, entry.key))
    reading.needs.append((key, target.key))


def _not_null_options(row: Row) -> Options:
    options: list[tuple[str, str]] = []
    if row[8]:
        options.append(("not_null_no_inherit", "true"))
    if not row[6]:
        options.append(("not_null_validated", "false"))
    return tuple(options)
