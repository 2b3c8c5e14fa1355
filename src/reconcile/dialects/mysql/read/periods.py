"""Reads application-time periods (MariaDB): the catalog shows no more of one than the check that it implies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from reconcile.dialects.mysql.read.catalog import Catalog, Row
from reconcile.dialects.sqltext import MYSQL

_NAME = r"`(?:[^`]|``)+`"
_IMPLIED = re.compile(rf"{_NAME} < {_NAME}")
_PERIOD = re.compile(rf"^  PERIOD FOR ({_NAME}) \(({_NAME}, {_NAME})\)", re.MULTILINE)
_KEY = re.compile(rf"^  (?:(PRIMARY) |UNIQUE )KEY (?:({_NAME}) )?\(.*{_NAME} WITHOUT OVERLAPS\)", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """PERIOD FOR name (start, end), and the names of the keys that hold it WITHOUT OVERLAPS."""

    name: str
    columns: str  # quoted
    keys: frozenset[str]

    @property
    def option(self) -> str:
        """As the table's option ``period``."""
        return f"{MYSQL.ident(self.name)} ({self.columns})"


def read_periods(catalog: Catalog, checks: list[Row]) -> Mapping[str, Period]:
    """Table → its period. ``checks`` are the catalog's rows; a table shows its statement only where one looks so."""
    if not catalog.features.temporal:
        return {}
    likely: dict[str, set[str]] = {}
    for table, name, clause, beside, _ in checks:
        if not beside and _IMPLIED.fullmatch(clause):
            likely.setdefault(table, set()).add(name)
    return {
        table: period
        for (_, table), shown in catalog.shown(("TABLE", table) for table in likely).items()
        if (period := _period(shown)) is not None and period.name in likely[table]
    }


def _period(shown: str) -> Period | None:
    found = _PERIOD.search(shown)
    if found is None:
        return None
    keys = frozenset(primary or MYSQL.unquote(name) for primary, name in _KEY.findall(shown))
    return Period(name=MYSQL.unquote(found[1]), columns=found[2], keys=keys)
