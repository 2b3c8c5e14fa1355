"""Plain views."""

from __future__ import annotations

from reconcile.dialects.postgresql.expressions import canonical, canonical_query, written_query
from reconcile.dialects.postgresql.read.context import Catalog, Reading
from reconcile.dialects.postgresql.read.tables import storage_options
from reconcile.state import Key, Kind, View

# oid of a view → its columns' names by attnum, for comments
ViewColumns = dict[int, dict[int, str]]


def read_views(reading: Reading) -> None:
    """Views. The server's text, less the layout's leading space and the final semicolon."""
    for oid, namespace, name, reloptions, definition, columns, types, defaults in reading.rows("views"):
        if (Catalog.CLASS, oid) in reading.of_extensions:
            continue
        key = Key(Kind.VIEW, reading.namespaces[namespace], name)
        reading.addresses[Catalog.CLASS, oid] = key
        names = tuple(columns or ())
        query = definition.strip().removesuffix(";").rstrip()
        column_defaults = []
        for oid_of_default, number, expression in (text.split(" ", 2) for text in defaults or ()):
            reading.addresses[Catalog.ATTRDEF, int(oid_of_default)] = key
            column_defaults.append((names[int(number) - 1], canonical(expression)))
        reading.objects.append(
            View(
                key=key,
                definition=canonical_query(query),
                written=written_query(query),
                columns=names,
                options=tuple(sorted(storage_options(reloptions))),
                column_defaults=tuple(sorted(column_defaults)),
                column_types=tuple(zip(names, types or (), strict=True)),
            )
        )
        if namespace in reading.schema_keys:
            reading.needs.append((key, reading.schema_keys[namespace]))
