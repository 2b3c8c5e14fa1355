"""Sequences and who owns them. An identity column's own sequence is told to the column instead."""

from __future__ import annotations

from reconcile.dialects.postgresql.defaults import limits
from reconcile.dialects.postgresql.read.context import Catalog, Reading
from reconcile.state import Identity, Key, Kind, Sequence, SequenceOwner, child_key

# (table oid, attnum) → the sequence's schema, name and settings
IdentitySequences = dict[tuple[int, int], tuple[str, str, Identity]]
# A sequence, and the table oid and attnum of the column that owns it
Owned = list[tuple[Key, int, int]]


def read_sequences(reading: Reading) -> tuple[IdentitySequences, Owned]:
    """Free-standing sequences become objects; identity columns' own, and who owns which, are returned."""
    identities: IdentitySequences = {}
    owned: Owned = []
    for (
        oid, namespace, name, persistence, type_, start, increment, minimum, maximum, cache, cycle,
        ownership, table, attnum,
    ) in reading.rows("sequences"):  # fmt: skip
        if (Catalog.CLASS, oid) in reading.of_extensions:
            continue
        schema = reading.namespaces[namespace]
        if ownership == "i":
            identity = _settings(type_, start, increment, minimum, maximum, cache, cycle)
            identities[table, attnum] = (schema, name, identity)
            continue
        key = Key(Kind.SEQUENCE, schema, name)
        reading.addresses[Catalog.CLASS, oid] = key
        reading.add(
            Sequence(
                key=key,
                type=type_,
                start=start,
                increment=increment,
                minimum=minimum,
                maximum=maximum,
                cache=cache,
                cycle=cycle,
                options=(("persistence", "unlogged"),) if persistence == "u" else (),
            )
        )
        if namespace in reading.schema_keys:
            reading.needs.append((key, reading.schema_keys[namespace]))
        if ownership == "a":
            owned.append((key, table, attnum))
    return identities, owned


def read_owners(reading: Reading, owned: Owned) -> None:
    """OWNED BY, once the columns are known."""
    for key, table, attnum in owned:
        entry = reading.tables.get(table)
        if entry is None or attnum not in entry.keys:
            continue
        column = entry.keys[attnum]
        reading.add(SequenceOwner(key=child_key(Kind.SEQUENCE_OWNER, key), column=column), key, column)


def _settings(type_: str, start: int, increment: int, minimum: int, maximum: int, cache: int, cycle: bool) -> Identity:
    low, high = limits(type_, increment)
    usual_start = minimum if increment > 0 else maximum
    return Identity(
        start=None if start == usual_start else start,
        increment=None if increment == 1 else increment,
        minimum=None if minimum == low else minimum,
        maximum=None if maximum == high else maximum,
        cache=None if cache == 1 else cache,
        cycle=cycle,
    )
