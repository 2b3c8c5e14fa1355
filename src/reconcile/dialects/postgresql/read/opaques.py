"""Whatever else is there, one Opaque each."""

from __future__ import annotations

from reconcile.dialects.postgresql.read.context import Reading
from reconcile.state import Key, Opaque

FAMILIES = ("others",)


def read_opaques(reading: Reading) -> None:
    """Each query of FAMILIES gives address, namespace, what, name, and what it is on."""
    seen: set[Key] = {item.key for item in reading.objects if isinstance(item, Opaque)}
    for family in FAMILIES:
        for catalog, oid, namespace, what, name, on_catalog, on_oid, on_part in reading.rows(family):
            address = (catalog, oid)
            if address in reading.of_extensions or (on_catalog, on_oid) in reading.of_extensions:
                continue
            before = len(reading.objects)
            key = reading.add_opaque(namespace, what, name)
            if key in seen:
                del reading.objects[before:]
            seen.add(key)
            if catalog is not None:
                reading.addresses[address] = key
            if on_catalog is not None:
                owner = reading.locate(on_catalog, on_oid, on_part or 0)
                if owner is not None:
                    reading.needs.append((key, owner))
