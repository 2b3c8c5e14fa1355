"""Extended statistics."""

from __future__ import annotations

from reconcile.dialects.postgresql.expressions import canonical
from reconcile.dialects.postgresql.read.context import Catalog, Reading
from reconcile.state import IndexPart, Key, Kind, Statistics

_TYPES = {"d": "ndistinct", "f": "dependencies", "m": "mcv"}


def read_statistics(reading: Reading) -> None:
    """Statistics on modelled relations; others stay opaque."""
    for oid, namespace, name, relation, rows, kinds, numbers, expressions in reading.rows("statistics"):
        address = (Catalog.STATISTICS, oid)
        if address in reading.of_extensions:
            continue
        entry = reading.tables.get(relation)
        if entry is None:
            reading.addresses[address] = reading.add_opaque(namespace, "statistics object", name)
            continue
        # In the order of names: the server has them in that of the table's columns, which is no part of the schema.
        parts = [IndexPart(column=column) for column in sorted(entry.columns[number] for number in numbers)]
        parts += [IndexPart(expression=canonical(text)) for text in expressions or ()]
        single = len(parts) == 1  # "univariate" statistics: on one expression, without a choice of types
        key = Key(Kind.STATISTICS, reading.namespaces[namespace], name)
        reading.addresses[address] = key
        types = () if single else tuple(sorted(_TYPES[kind] for kind in kinds if kind in _TYPES))
        reading.add(Statistics(key=key, target=entry.key, parts=tuple(parts), types=types, rows=rows), entry.key)
        reading.needs += [(key, entry.keys[number]) for number in numbers if number in entry.keys]
        if namespace in reading.schema_keys:
            reading.needs.append((key, reading.schema_keys[namespace]))
