"""Reads views: by one query, and one more for those of which that does not tell all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconcile.dialects.mysql.read.catalog import Catalog, Row, quoted_names_in
from reconcile.dialects.sqltext import MYSQL
from reconcile.errors import ServerError
from reconcile.state import Key, Kind, View


def read_views(catalog: Catalog, columns: list[Row]) -> Iterator[View]:
    """All views. ``columns`` are the catalog's rows for all relations. Raises ServerError where one is hidden."""
    shown: dict[str, list[tuple[str, str]]] = {}
    for row in columns:
        shown.setdefault(row[0], []).append((row[1], row[3]))
    rows = catalog.rows("views")
    # The catalog forgets which character set a literal was said to have (MariaDB), and the algorithm (MySQL).
    statements = catalog.shown(
        ("VIEW", name)
        for name, definition, *_, algorithm, _ in rows
        if definition and (algorithm is None or "'" in definition or "0x" in definition)
    )
    for name in _numbering({row[0]: row[1] or "" for row in rows}):
        shown.pop(name, None)
    for name, definition, check, definer, security, algorithm, connection in rows:
        if not definition:
            raise ServerError(
                f"the definition of view {name} is hidden from this user",
                hint="GRANT SHOW VIEW on the database to the user, or connect as another",
            )
        text = definition
        statement = statements.get(("VIEW", name))
        if statement is not None:
            text = _query_of(statement)
            algorithm = algorithm or statement[len("CREATE ALGORITHM=") :].partition(" ")[0]
        options = {}
        if check != "NONE":
            options["check_option"] = check.lower()
            text = text.removesuffix(f" WITH {check.upper()} CHECK OPTION")
        if security != "DEFINER":
            options["security"] = security.lower()
        if algorithm != "UNDEFINED":
            options["algorithm"] = algorithm.lower()
        found = tuple(shown.get(name, ()))
        yield View(
            key=Key(Kind.VIEW, None, name),
            definition=catalog.expression(text),
            columns=tuple(column for column, _ in found),
            column_types=found,
            options=tuple(sorted(options.items())),
            definer=definer,
            connection=connection,
        )


def _numbering(views: Mapping[str, str]) -> set[str]:
    """Views that take numbers of sequences, or are over such: in a read-only transaction they show no columns."""
    found = {name for name, text in views.items() if "nextval(" in text or "setval(" in text}
    names = {name: quoted_names_in(text) & views.keys() for name, text in views.items()}
    while more := {name for name in views.keys() - found if names[name] & found}:
        found |= more
    return found


def _query_of(statement: str) -> str:
    """What follows AS in CREATE … VIEW name [(column, …)] AS …"""
    tokens = list(MYSQL.tokens(statement))
    start = next(token.start for token in tokens if token.kind == "word" and token.text.upper() == "AS")
    return statement[start:].partition(" ")[2]
