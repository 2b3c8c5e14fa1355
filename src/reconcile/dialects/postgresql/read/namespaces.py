"""Schemas, and the extensions that own other objects."""

from __future__ import annotations

from reconcile.dialects.postgresql.read.context import Catalog, Reading
from reconcile.state import Key, Kind, Opaque, Schema

# The procedural language that every database is made with.
_BUILT_IN = frozenset({"plpgsql"})


def read_namespaces(reading: Reading) -> None:
    """A Schema for each namespace; those that an extension made are the extension's."""
    for oid, name in reading.namespaces.items():
        if (Catalog.NAMESPACE, oid) in reading.of_extensions:
            continue
        key = Key(Kind.SCHEMA, None, name)
        reading.schema_keys[oid] = reading.addresses[Catalog.NAMESPACE, oid] = key
        reading.objects.append(Schema(key=key))


def read_extensions(reading: Reading) -> None:
    """One Opaque for each extension; what belongs to it has the extension's address."""
    extensions: dict[int, Key] = {}
    for oid, name, catalog, member in reading.rows("extensions"):
        if oid not in extensions:
            key = extensions[oid] = Key(Kind.OPAQUE, None, f"extension {name}")
            reading.addresses[3079, oid] = key
            if name not in _BUILT_IN:
                reading.add(Opaque(key=key, what="extension"))
        if catalog is not None:
            reading.of_extensions.add((catalog, member))
            reading.addresses[catalog, member] = extensions[oid]
