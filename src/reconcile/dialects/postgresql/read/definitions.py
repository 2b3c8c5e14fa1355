"""Operators and their classes, casts, text search, languages: what is defined by a list of properties."""

from __future__ import annotations

from reconcile.dialects.postgresql.read.context import Reading
from reconcile.state import Definition, Key, Kind


def read_definitions(reading: Reading) -> None:
    """One object each, but for those that belong to extensions; operators of a class with the class."""
    members: dict[tuple[int, int], list[str]] = {}
    places: list[tuple[tuple[int, int], tuple[int, int]]] = []
    for catalog, oid, owner_catalog, owner, clause in reading.rows("opmembers"):
        if (catalog, oid) not in reading.of_extensions:
            members.setdefault((owner_catalog, owner), []).append(clause)
            places.append(((catalog, oid), (owner_catalog, owner)))
    for kind, catalog, oid, namespace, name, options, clauses in reading.rows("definitions"):
        address = (catalog, oid)
        if address in reading.of_extensions:
            continue
        schema = None if namespace is None else reading.namespaces[namespace]
        key = reading.addresses[address] = Key(Kind(kind), schema, name)
        pairs = sorted((word, value) for word, _, value in (text.partition("=") for text in options or ()))
        item = Definition(key=key, options=tuple(pairs), members=tuple(clauses or members.get(address, ())))
        reading.add(item, *([reading.schema_keys[namespace]] if namespace in reading.schema_keys else []))
    for member, owner_address in places:
        if owner_address in reading.addresses:
            reading.addresses.setdefault(member, reading.addresses[owner_address])
