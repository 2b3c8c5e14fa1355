"""What is below what: partitions, inheriting tables, and the indexes of partitions."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from reconcile.dialects.postgresql.read.context import Catalog, Reading
from reconcile.state import Key, Kind, PartitionOf, Table, child_key


@dataclass(slots=True)
class Lineage:
    """pg_inherits by oid, both ways of it that are asked for."""

    parents: dict[int, list[int]] = field(default_factory=dict)  # relation or index → those above it, in order
    bounds: dict[int, str] = field(default_factory=dict)  # partition → its bound


def read_lineage(reading: Reading) -> Lineage:
    """All rows of pg_inherits; a partition whose detaching was interrupted counts as attached."""
    lineage = Lineage()
    for oid, parent, _, _, bound in reading.rows("inheritance"):
        lineage.parents.setdefault(oid, []).append(parent)
        if bound is not None:
            lineage.bounds[oid] = bound
    return lineage


def read_inheritance(reading: Reading, lineage: Lineage) -> None:
    """Give tables the ones above them: a PartitionOf each for partitions, ``inherits`` for others."""
    above: dict[Key, tuple[Key, ...]] = {}
    for oid, parents in lineage.parents.items():
        entry = reading.tables.get(oid)
        if entry is None:
            continue
        keys = [key for parent in parents if (key := reading.locate(Catalog.CLASS, parent)) is not None]
        bound = lineage.bounds.get(oid)
        if bound is None:
            above[entry.key] = tuple(key for key in keys if key.kind is Kind.TABLE)
            reading.needs += [(entry.key, key) for key in keys]
        elif keys:
            reading.add(
                PartitionOf(key=child_key(Kind.PARTITION, entry.key), of=keys[0], bound=bound), entry.key, *keys
            )
    typed = {
        entry.key: reading.locate(Catalog.TYPE, entry.of_type) for entry in reading.tables.values() if entry.of_type
    }
    if above or typed:
        for index, item in enumerate(reading.objects):
            if isinstance(item, Table) and (item.key in above or item.key in typed):
                inherits, of_type = above.get(item.key, ()), typed.get(item.key)
                reading.objects[index] = replace(item, inherits=inherits, of_type=of_type)
                if of_type is not None:
                    reading.needs.append((item.key, of_type))
