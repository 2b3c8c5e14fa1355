"""Reads views."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.dialects.mysql.read.catalog import Catalog, Row
from reconcile.errors import ServerError
from reconcile.state import Key, Kind, View


def read_views(catalog: Catalog, columns: list[Row]) -> Iterator[View]:
    """All views. ``columns`` are the catalog's rows for all relations. Raises ServerError where one is hidden."""
    shown: dict[str, list[tuple[str, str]]] = {}
    for row in columns:
        shown.setdefault(row[0], []).append((row[1], row[3]))
    for name, definition, check, definer, security, algorithm in catalog.rows("views"):
        if not definition:
            raise ServerError(
                f"the definition of view {name} is hidden from this user",
                hint="GRANT SHOW VIEW on the database to the user, or connect as another",
            )
        del definer  # who made it differs from server to server and is no part of the schema
        options = {}
        if check != "NONE":
            options["check_option"] = check.lower()
        if security != "DEFINER":
            options["security"] = security.lower()
        if algorithm != "UNDEFINED":
            options["algorithm"] = algorithm.lower()
        found = tuple(shown.get(name, ()))
        yield View(
            key=Key(Kind.VIEW, None, name),
            definition=catalog.expression(definition),
            columns=tuple(column for column, _ in found),
            column_types=found,
            options=tuple(sorted(options.items())),
        )
