"""Reading costs as many queries for many tables as for few."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from reconcile.dialects.registry import dialect_for
from tests import servers
from tests.benchmarks.run import built
from tests.conftest import NewDatabase
from tests.properties.schemas import PIECES, ROLES, sql_of
from tests.servers import Server


def queries_of_reading(url: str) -> tuple[int, int]:
    """How many queries were asked, and how many objects were found."""
    asked: list[str] = []

    def count(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        del connection, cursor, rest
        asked.append(statement)

    dialect = dialect_for(url)
    with dialect.open(url) as session, session.reading():
        event.listen(sa.Engine, "before_cursor_execute", count)
        try:
            state = dialect.read(session)
        finally:
            event.remove(sa.Engine, "before_cursor_execute", count)
    return len(asked), len(state)


def test_the_number_of_queries_does_not_grow(server: Server) -> None:
    with built(server, 3) as small:
        few, objects = queries_of_reading(small)
    with built(server, 12) as large:
        many, more = queries_of_reading(large)
    assert more > 3 * objects
    assert many == few


@pytest.mark.parametrize("changed", [0, 10])
def test_the_schema_is_as_large_as_it_says(changed: int) -> None:
    from tests.benchmarks.schema import metadata

    tables = metadata(20, changed_percent=changed).tables.values()
    assert len(tables) == 20
    assert sum(len(table.columns) for table in tables) == 20 * 12 + 20 * changed // 100
    assert {len(table.indexes) for table in tables} == {2}


@pytest.mark.parametrize("server", [servers.POSTGRESQL15, servers.POSTGRESQL18], indirect=True)
def test_nor_does_it_with_every_kind_of_object(server: Server, new_database: NewDatabase) -> None:
    everything = sql_of({piece.name: 0 for piece in PIECES if piece.name not in ("other", "other.o", "t_pub")})
    counts = []
    for role in ROLES:
        server.execute("postgres", f"DO 'BEGIN CREATE ROLE {role}; EXCEPTION WHEN duplicate_object THEN NULL; END'")
    for copies in (1, 4):
        url = new_database(server)
        for number in range(copies):
            script = f"CREATE SCHEMA s{number}; SET search_path = s{number};\n{everything}"
            server.execute(url.rpartition("/")[2], script)
        counts.append(queries_of_reading(url))
    (few, objects), (many, more) = counts
    assert objects > 80
    assert more > 3 * objects
    assert many == few
