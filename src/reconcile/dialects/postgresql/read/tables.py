"""Tables, their columns and defaults; relations we do not take apart become one Opaque each."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reconcile.dialects.postgresql.defaults import chosen_name
from reconcile.dialects.postgresql.expressions import canonical
from reconcile.dialects.postgresql.read.context import Catalog, Reading, TableEntry
from reconcile.dialects.postgresql.read.sequences import IdentitySequences
from reconcile.state import Column, Default, Generated, Identity, Key, Kind, Options, Table, child_key

_STORAGE = {"p": "plain", "e": "external", "m": "main", "x": "extended"}
_COMPRESSION = {"p": "pglz", "l": "lz4"}
_HEAP = frozenset({"heap", None})  # a partitioned table has no access method before 17, a foreign one never
_SERVERS_MARK = "pg_attver"  # see columns.sql
_REPLICA_IDENTITY = {"f": "full", "n": "nothing"}

# (relation oid, attnum) → (statistics target, operator class options) of index columns
IndexColumns = dict[tuple[int, int], tuple[int | None, tuple[str, ...]]]


def read_tables(reading: Reading) -> None:
    """Tables and their addresses; views only get an address, from their own family."""
    for (
        oid, namespace, name, kind, persistence, reloptions, toast, space, method, replica, _, opaque,
        partition_by, of_type, server, foreign_options,
    ) in reading.rows("tables"):  # fmt: skip
        address = (Catalog.CLASS, oid)
        if address in reading.of_extensions or kind in ("v", "m", "c"):
            continue
        if opaque is not None:
            reading.addresses[address] = reading.add_opaque(namespace, opaque, name)
            continue
        key = Key(Kind.TABLE, reading.namespaces[namespace], name)
        reading.addresses[address] = key
        reading.tables[oid] = TableEntry(key)
        options: list[tuple[str, str]] = []
        if reloptions or toast or space or persistence == "u" or method not in _HEAP or replica in _REPLICA_IDENTITY:
            options += storage_options(reloptions)
            options += [(f"toast.{option}", value) for option, value in storage_options(toast)]
            if space:
                options.append(("tablespace", space))
            if persistence == "u":
                options.append(("persistence", "unlogged"))
            if method not in _HEAP:
                options.append(("access_method", method))
            if replica in _REPLICA_IDENTITY and server is None:  # a foreign table has "n" from birth
                options.append(("replica_identity", _REPLICA_IDENTITY[replica]))
        if of_type:
            reading.tables[oid].of_type = of_type
        reading.objects.append(
            Table(
                key=key,
                options=tuple(sorted(options)),
                partition_by=partition_by,
                server=server,
                foreign_options=tuple(sorted(storage_options(foreign_options))),
            )
        )
        if namespace in reading.schema_keys:
            reading.needs.append((key, reading.schema_keys[namespace]))


def read_columns(reading: Reading, identities: IdentitySequences, collations: dict[int, str]) -> IndexColumns:
    """Columns and defaults of the tables; returns the settings of index columns, which come along."""
    of_indexes: IndexColumns = {}
    position, previous = 0, 0
    objects, needs, addresses = reading.objects, reading.needs, reading.addresses
    for (
        relation, attnum, name, type_, not_null, identity, generated, default, expression, collation,
        storage, compression, statistics, attoptions, type_oid, type_collation,
        local, ancestors, foreign_options,
    ) in reading.rows("columns"):  # fmt: skip
        entry = reading.tables.get(relation)
        if entry is None:
            if attoptions is not None or statistics is not None:
                of_indexes[relation, attnum] = (statistics, tuple(attoptions or ()))
            continue
        position = position + 1 if relation == previous else 1
        previous = relation
        key = child_key(Kind.COLUMN, entry.key, name)
        entry.columns[attnum] = name
        entry.keys[attnum] = key
        entry.types[attnum] = type_oid
        if type_collation:
            entry.collations[attnum] = type_collation
        if default is not None:
            if generated:
                addresses[Catalog.ATTRDEF, default] = key
            else:
                own = child_key(Kind.DEFAULT, key)
                addresses[Catalog.ATTRDEF, default] = own
                objects.append(Default(key=own, expression=canonical(expression)))
                needs.append((own, key))
        objects.append(
            Column(
                key=key,
                type=type_,
                nullable=not not_null,
                identity=_identity(identities, relation, attnum, identity, entry.key, name)
                if identity and (relation, attnum) in identities  # 17: a partition shares the sequence of its table
                else None,
                generated=Generated(expression=canonical(expression), stored=generated == "s") if generated else None,
                collation=collations[collation] if collation else None,
                options=_column_options(storage, compression, statistics, attoptions)
                if storage or compression or attoptions or statistics is not None
                else (),
                foreign_options=tuple(sorted(storage_options(foreign_options))) if foreign_options else (),
                inherited=bool(ancestors) or entry.of_type != 0,
                local=local and entry.of_type == 0,
                position=position,
            )
        )
        needs.append((key, entry.key))
    return of_indexes


def name_not_nulls(reading: Reading, names: dict[Key, tuple[str, Options, bool]]) -> None:
    """PostgreSQL 18: give columns the names of those NOT NULL constraints that a person named."""
    if names:
        for index, item in enumerate(reading.objects):
            if isinstance(item, Column) and item.key in names:
                name, options, local = names[item.key]
                assert item.key.parent is not None
                usual = chosen_name(item.key.parent.name, item.key.name, "not_null")
                reading.objects[index] = replace(
                    item,
                    not_null_name=None if name == usual else name,
                    not_null_local=local,
                    options=tuple(sorted((*item.options, *options))),
                )


def storage_options(reloptions: list[str] | None) -> list[tuple[str, str]]:
    """["fillfactor=70"] → [("fillfactor", "70")]."""
    pairs = (option.partition("=") for option in reloptions or ())
    return [(name, value) for name, _, value in pairs if name != _SERVERS_MARK]


def _identity(
    identities: IdentitySequences, relation: int, attnum: int, mode: str, table: Key, column: str
) -> Identity | None:
    schema, sequence, settings = identities[relation, attnum]
    usual = schema == table.schema and sequence == chosen_name(table.name, column, "seq")
    return replace(settings, always=mode == "a", sequence=None if usual else sequence)


def _column_options(storage: str | None, compression: str | None, statistics: int | None, attoptions: Any) -> Options:
    options = storage_options(attoptions)
    if storage:
        options.append(("storage", _STORAGE[storage]))
    if compression:
        options.append(("compression", _COMPRESSION[compression]))
    if statistics is not None:
        options.append(("statistics", str(statistics)))
    return tuple(sorted(options))
