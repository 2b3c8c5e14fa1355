"""MariaDB: before a drop, what the server has counted of its use is told, where it is set to count."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reconcile import api
from reconcile.config import Project
from reconcile.dialects.mysql import DIALECT
from tests.own_mariadb import own_mariadb
from tests.servers import Server

OLD = "CREATE TABLE t (id int PRIMARY KEY, a int, b int, KEY used (a), KEY idle (b)); CREATE TABLE gone (a int);"
ROWS = "INSERT INTO t SELECT seq, seq, seq FROM seq_1_to_500; INSERT INTO gone VALUES (1)"
NEW = "CREATE TABLE t (id int PRIMARY KEY, a int, b int);"
SINCE = "since the server was started or its statistics flushed"


@pytest.fixture(scope="module", params=["--userstat=1", "--performance-schema=1", "--userstat=0"])
def counting(request: pytest.FixtureRequest) -> Iterator[tuple[str, Server]]:
    with own_mariadb(request.param) as server:
        yield request.param, server


def test_use_is_told_before_a_drop(counting: tuple[str, Server], tmp_path: Path) -> None:
    option, server = counting
    server.execute("", "CREATE DATABASE counted")
    server.execute("counted", f"{OLD} {ROWS}")
    url = f"{server.url}counted"
    with DIALECT.open(url) as session:
        for number in range(3):
            session.query(f"SELECT id FROM t FORCE INDEX (used) WHERE a = {number + 1}")
    (tmp_path / "new.sql").write_text(NEW, encoding="utf-8")
    project = Project(root=tmp_path, database=url, desired=("new.sql",), cache=tmp_path / "cache")
    told = {
        hazard.key.name: hazard.message
        for step in api.plan(project).plan.steps
        for hazard in step.hazards
        if hazard.code in ("index-dropped", "drop-table") and hazard.key is not None
    }
    assert told.keys() == {"used", "idle", "gone"}
    counted = {name: SINCE in message for name, message in told.items()}
    assert counted == dict.fromkeys(told, option != "--userstat=0")
    if option == "--userstat=1":
        assert f"(read from 3 times {SINCE})" in told["used"]
    if counted["idle"]:
        assert f"never {SINCE}" in told["idle"]
        assert "never" not in told["used"]
