"""The fixtures themselves: databases are fresh, apart from each other, and gone afterwards."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests import servers
from tests.servers import Server


def test_new_databases_are_empty_and_apart(server: Server, new_database: Callable[[Server], str]) -> None:
    first, second = new_database(server), new_database(server)
    assert first != second
    for url in (first, second):  # the second CREATE would fail if both were one
        server.execute(_name(url), "CREATE TABLE t (id int); INSERT INTO t VALUES (1)")


def test_create_drops_what_was_there(server: Server, new_database: Callable[[Server], str]) -> None:
    url = new_database(server)
    server.execute(_name(url), "CREATE TABLE t (id int)")
    server.create(_name(url))
    server.execute(_name(url), "CREATE TABLE t (id int)")


def test_a_missing_server_says_where_it_was_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECONCILE_TEST_POSTGRESQL_URL", "postgresql://postgres@127.0.0.1:1/postgres")
    servers.find.cache_clear()
    with pytest.raises(servers.Missing, match="set RECONCILE_TEST_POSTGRESQL_URL"):
        servers.find(servers.POSTGRESQL15)
    servers.find.cache_clear()


def _name(url: str) -> str:
    return url.rsplit("/", 1)[1].removesuffix(".db")
