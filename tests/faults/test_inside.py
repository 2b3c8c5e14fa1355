"""Killed in the middle of a statement: the server goes on with it, and the next run waits for its end."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from tests.faults.matrix import fetch
from tests.faults.runner import run, start
from tests.servers import MARIADB, POSTGRESQL15, Server
from tests.shell import Shell

_BEFORE = "CREATE TABLE t (id integer PRIMARY KEY, n integer);"
_AFTER = "CREATE TABLE t (id integer PRIMARY KEY, n bigint);"
_AT_WORK = {
    POSTGRESQL15: "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE {} "
    "AND state = 'active' AND pid <> pg_backend_pid()",
    MARIADB: "SELECT count(*) FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE {} "
    "AND id <> CONNECTION_ID()",
}


def _busy(server: Server, database: str, pattern: str) -> bool:
    return bool(fetch(server, database, _AT_WORK[server.name].format(pattern))[0][0])


def _until(condition: Any, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it does not come"
        time.sleep(0.05)


def _is_whole(shell: Shell, server: Server, name: str, rows: tuple[tuple[int, int], ...]) -> None:
    assert "Up to date" in shell.done("status").out
    assert fetch(server, name, "SELECT count(*), sum(n) FROM t") == rows
    assert shell.done("history", "--format", "json").out.count('"state": "applied"') == 1


@pytest.mark.timeout(180)
@pytest.mark.parametrize("server", [POSTGRESQL15], indirect=True)
def test_the_last_statement_of_a_killed_run_is_waited_for(server: Server, database: str, tmp_path: Path) -> None:
    import psycopg

    name = database.rpartition("/")[2]
    server.execute(name, f"{_BEFORE} INSERT INTO t VALUES (1, 10), (2, 20)")
    shell = Shell.make(tmp_path, database, more="timeouts: {lock: 60s}\n")
    shell.want(f"{_BEFORE} CREATE INDEX t_n_idx ON t (n)")
    shell.done("plan", "--save", "-m", "change", "-q", "--online", "always")
    with psycopg.connect(database) as writer:
        writer.execute("UPDATE t SET n = n")  # whom a concurrent build waits for
        running = start(tmp_path, ("apply", "--yes"))
        _until(lambda: _busy(server, name, "'CREATE INDEX CONCURRENTLY%'"))
        running.kill()
        assert running.end().code == -9
        assert _busy(server, name, "'CREATE INDEX CONCURRENTLY%'"), "the server has not noticed"
        assert "was interrupted" in shell.done("status").out
        said = run(tmp_path, ("apply", "--yes", "--lock-wait", "0.5"))
        assert said.code == 5
        assert "still works on the last statement of a run that was ended: CREATE INDEX CONCURRENTLY" in said.out
        patient = start(tmp_path, ("apply", "--yes", "--lock-wait", "60"))
        patient.says("waiting", 30)
        writer.rollback()
        ended = patient.end()
    assert ended.code == 0, ended.out
    _is_whole(shell, server, name, ((2, 30),))


@pytest.mark.timeout(180)
@pytest.mark.parametrize("server", [MARIADB], indirect=True)
def test_a_table_is_copied_once_though_who_asked_for_it_was_killed(
    server: Server, database: str, tmp_path: Path
) -> None:
    """While it waits for a lock MariaDB sees that the client is gone; while it copies it does not."""
    name = database.rpartition("/")[2]
    server.execute(name, f"{_BEFORE} INSERT INTO t SELECT seq, seq FROM seq_1_to_400000")
    shell = Shell.make(tmp_path, database)
    shell.want(_AFTER)
    shell.done("plan", "--save", "-m", "change", "-q")
    running = start(tmp_path, ("apply", "--yes", "--allow", "all"))
    _until(lambda: _busy(server, name, "'ALTER TABLE%'"))
    running.kill()
    assert running.end().code == -9
    assert "was interrupted" in shell.done("status").out
    ended = run(tmp_path, ("apply", "--yes", "--allow", "all", "--lock-wait", "60"))
    assert ended.code == 0, ended.out
    _is_whole(shell, server, name, ((400000, 80000200000),))
