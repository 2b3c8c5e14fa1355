"""Finds tables with an application-time period (MariaDB): the catalog shows no more of it than the check it implies."""

from __future__ import annotations

import re

from reconcile.dialects.mysql.read.catalog import Catalog, Row
from reconcile.dialects.sqltext import MYSQL

_IMPLIED = re.compile(r"`(?:[^`]|``)+` < `(?:[^`]|``)+`")


def tables_with_periods(catalog: Catalog, checks: list[Row]) -> frozenset[str]:
    """Their names. ``checks`` are the catalog's rows; a table is asked for its statement only where one looks so."""
    if not catalog.features.is_mariadb:
        return frozenset()
    likely: dict[str, list[str]] = {}
    for table, name, clause, beside, _ in checks:
        if not beside and _IMPLIED.fullmatch(clause):
            likely.setdefault(table, []).append(name)
    return frozenset(table for table, names in likely.items() if _has_period(catalog, table, names))


def _has_period(catalog: Catalog, table: str, names: list[str]) -> bool:
    shown = str(catalog.session.query(f"SHOW CREATE TABLE {MYSQL.ident(table)}")[0][1])
    return any(f"PERIOD FOR {MYSQL.ident(name)} (" in shown for name in names)
