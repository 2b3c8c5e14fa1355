"""Reading costs as many queries for many tables as for few."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from reconcile.dialects.registry import dialect_for
from tests.benchmarks.run import built
from tests.servers import Server


def _queries_of_reading(url: str) -> tuple[int, int]:
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
        few, objects = _queries_of_reading(small)
    with built(server, 12) as large:
        many, more = _queries_of_reading(large)
    assert more > 3 * objects
    assert many == few


@pytest.mark.parametrize("changed", [0, 10])
def test_the_schema_is_as_large_as_it_says(changed: int) -> None:
    from tests.benchmarks.schema import metadata

    tables = metadata(20, changed_percent=changed).tables.values()
    assert len(tables) == 20
    assert sum(len(table.columns) for table in tables) == 20 * 12 + 20 * changed // 100
    assert {len(table.indexes) for table in tables} == {2}
