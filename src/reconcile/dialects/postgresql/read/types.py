"""Types: enums are modelled; domains, composites, ranges and base types are opaque."""

from __future__ import annotations

from reconcile.dialects.postgresql.read.context import Catalog, Reading
from reconcile.state import Enum, Key, Kind

_OPAQUE = {"d": "domain", "r": "range type", "b": "base type", "p": "base type"}


def read_types(reading: Reading) -> None:
    """Enums, and the address of every type: a row type is its table's, an array type its element's."""
    arrays: list[tuple[int, int]] = []
    multiranges: list[tuple[int, int]] = []
    for oid, namespace, name, variety, relation, relkind, element, labels, rng in reading.rows("types"):
        address = (Catalog.TYPE, oid)
        if address in reading.of_extensions:
            continue
        if element:
            arrays.append((oid, element))
        elif rng:
            multiranges.append((oid, rng))
        elif variety == "e":
            key = Key(Kind.ENUM, reading.namespaces[namespace], name)
            reading.addresses[address] = key
            reading.add(Enum(key=key, labels=tuple(labels or ())))
            _in_schema(reading, key, namespace)
        elif variety == "c":
            found = reading.locate(Catalog.CLASS, relation)
            if found is not None and relkind != "S":
                reading.addresses[address] = found
        else:
            reading.addresses[address] = reading.add_opaque(namespace, _OPAQUE.get(variety, "type"), name)
    for oid, other in (*multiranges, *arrays):
        owner = reading.locate(Catalog.TYPE, other)
        if owner is not None:
            reading.addresses[Catalog.TYPE, oid] = owner


def _in_schema(reading: Reading, key: Key, namespace: int) -> None:
    schema = reading.schema_keys.get(namespace)
    if schema is not None:
        reading.needs.append((key, schema))
