"""Owners that are not the role we connect as."""

from __future__ import annotations

from reconcile.dialects.postgresql.read.context import Catalog, Reading
from reconcile.state import Key, Kind, Owner, child_key

# Whose catalog row has an owner column: a part that shares an address with its whole is not meant.
_NOT_OWNED = frozenset({Kind.OPAQUE, Kind.EXTENSION, Kind.COLUMN})


def read_owners_of_objects(reading: Reading) -> None:
    """An Owner for each modelled object of somebody else: to be called when all addresses are known."""
    seen: set[Key] = set()
    for catalog, oid, role in reading.rows("owners"):
        owner = reading.locate(catalog, oid)
        if owner is None or owner.kind in _NOT_OWNED or (catalog, oid) in reading.of_extensions:
            continue
        if catalog == Catalog.TYPE and owner.kind in (Kind.TABLE, Kind.VIEW, Kind.MATERIALIZED_VIEW):
            continue
        key = child_key(Kind.OWNER, owner)
        if key not in seen:
            seen.add(key)
            reading.add(Owner(key=key, role=role), owner)
