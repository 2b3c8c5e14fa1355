"""Materialized views."""

from __future__ import annotations

from reconcile.dialects.postgresql.expressions import canonical_query, written_query
from reconcile.dialects.postgresql.read.context import Catalog, Reading, TableEntry
from reconcile.dialects.postgresql.read.tables import storage_options
from reconcile.state import Key, Kind, MaterializedView


def read_materialized_views(reading: Reading) -> None:
    """Materialized views, and what their indexes must know of their columns."""
    for (
        oid, namespace, name, reloptions, toast, space, method, populated, definition,
        names, types, collations, settings,
    ) in reading.rows("materialized_views"):  # fmt: skip
        if (Catalog.CLASS, oid) in reading.of_extensions:
            continue
        key = Key(Kind.MATERIALIZED_VIEW, reading.namespaces[namespace], name)
        reading.addresses[Catalog.CLASS, oid] = key
        reading.tables[oid] = TableEntry(
            key,
            columns=dict(enumerate(names or (), 1)),
            types=dict(enumerate(types or (), 1)),
            collations={number: collation for number, collation in enumerate(collations or (), 1) if collation},
        )
        options = [*storage_options(reloptions), *storage_options(settings)]
        options += [(f"toast.{option}", value) for option, value in storage_options(toast)]
        if space:
            options.append(("tablespace", space))
        if method:
            options.append(("access_method", method))
        query = definition.strip().removesuffix(";").rstrip()
        reading.objects.append(
            MaterializedView(
                key=key,
                definition=canonical_query(query),
                written=written_query(query),
                columns=tuple(names or ()),
                options=tuple(sorted(options)),
                populated=populated,
            )
        )
        if namespace in reading.schema_keys:
            reading.needs.append((key, reading.schema_keys[namespace]))
