"""Schemas, and the extensions that own other objects."""

from __future__ import annotations

from reconcile.dialects.postgresql.read.context import Catalog, Reading
from reconcile.state import Extension, Key, Kind, Schema

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
    """Extensions; what belongs to one has the extension's address."""
    extensions: dict[int, Key] = {}
    for oid, name, version, schema, relocatable, catalog, member in reading.rows("extensions"):
        if oid not in extensions:
            key = extensions[oid] = Key(Kind.EXTENSION, None, name)
            reading.addresses[Catalog.EXTENSION, oid] = key
            if name not in _BUILT_IN:
                own = None if schema == "pg_catalog" else schema
                reading.add(Extension(key=key, version=version, schema=own, relocatable=relocatable))
                if own is not None:
                    reading.needs.append((key, Key(Kind.SCHEMA, None, own)))
        if catalog is not None:
            reading.of_extensions.add((catalog, member))
            reading.addresses[catalog, member] = extensions[oid]
