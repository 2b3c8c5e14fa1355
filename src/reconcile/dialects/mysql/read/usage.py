"""What the server has counted: sizes, AUTO_INCREMENT, and use of tables and indexes where it is told to count that."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from reconcile.dialects.mysql.read.catalog import Catalog
from reconcile.dialects.mysql.session import MySqlSession
from reconcile.dialects.session import Session
from reconcile.errors import ServerError
from reconcile.hazards.evidence import Evidence, Size
from reconcile.state import Column, Key, Kind, State, child_key


def read_usage(session: Session, state: State) -> Evidence:
    """information_schema.TABLES; the performance schema, or MariaDB's userstat, where one of them is on."""
    assert isinstance(session, MySqlSession)
    catalog = Catalog(session)
    numbers: dict[Key, int] = {}
    sizes: dict[Key, Size] = {}
    for name, rows, size, following in catalog.rows("usage_tables"):
        key = Key(Kind.TABLE, None, name)
        sizes[key] = Size(rows=int(rows or 0), bytes=int(size or 0))
        for column in state.children(key, Kind.COLUMN):
            if isinstance(column, Column) and column.auto_increment and following:
                numbers[column.key] = int(following) - 1
    return Evidence(used=dict(_used(catalog, state)), numbers=numbers, sizes=sizes, instants=dict(_instants(catalog)))


def _instants(catalog: Catalog) -> Iterator[tuple[Key, int]]:
    """How many more instant changes each table takes that had some. Only who has PROCESS may know."""
    most = catalog.features.instant_changes
    if most is None:
        return
    with suppress(ServerError):
        for name, versions in catalog.rows("usage_versions"):
            yield Key(Kind.TABLE, None, str(name)), most - int(versions)


def _used(catalog: Catalog, state: State) -> Iterator[tuple[Key, str]]:
    on = {str(name).lower(): str(value) for name, value in catalog.rows("usage_settings")}
    if on.get("performance_schema") in ("1", "ON"):
        source, words = "usage_performance", "read or written"
    elif on.get("userstat") in ("1", "ON"):
        source, words = "usage_userstat", "read from"
    else:
        return
    for table, index, count in catalog.rows(source):
        key = Key(Kind.TABLE, None, table)
        found = [key]
        if index is not None:
            kinds = (Kind.INDEX, Kind.PRIMARY_KEY)
            found = [part for kind in kinds if (part := child_key(kind, key, index)) in state]
        times = "never" if not count else f"{int(count):,} times"
        yield from ((part, f"{words} {times} since the server was started or its statistics flushed") for part in found)
