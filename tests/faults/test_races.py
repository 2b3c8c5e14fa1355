"""Several runs at once, as processes: one works, the others wait or leave; who waits or dies hinders nobody."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest

from reconcile.dialects.registry import dialect_for
from reconcile.errors import LockHeld, ServerError
from tests.faults.runner import run, start
from tests.servers import MARIADB, POSTGRESQL15, SQLITE, Server
from tests.shell import Shell

everywhere = pytest.mark.parametrize("server", [SQLITE, POSTGRESQL15, MARIADB], indirect=True)
# How many start together; more of them where that is cheap. RECONCILE_RACERS=10 for as many everywhere.
RACERS = {SQLITE: 5, POSTGRESQL15: 3, MARIADB: 3}
TABLES = "CREATE TABLE a (id integer PRIMARY KEY, n integer); CREATE TABLE b (id integer PRIMARY KEY);"

_HOLD = """
import sys, time
from reconcile.dialects.registry import dialect_for
with dialect_for(sys.argv[1]).open(sys.argv[1]) as session, session.lock("ann@laptop", wait_seconds=0):
    print("held", flush=True)
    time.sleep(600)
"""


@contextmanager
def holder(url: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that has the lock and does nothing."""
    process = subprocess.Popen([sys.executable, "-c", _HOLD, url], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None and process.stdout.readline() == "held\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def project(folder: Path, url: str) -> Shell:
    folder.mkdir()
    shell = Shell.make(folder, url)
    shell.want(TABLES)
    return shell


@everywhere
@pytest.mark.parametrize("files", [True, False], ids=["files", "plans"])
def test_of_many_that_start_together_exactly_one_works(
    server: Server, database: str, files: bool, tmp_path: Path
) -> None:
    first = project(tmp_path / "0", database)
    if files:
        first.save("make")
    else:
        text = (first.folder / "reconcile.yaml").read_text().replace("revisions: revisions\n", "")
        (first.folder / "reconcile.yaml").write_text(text)
    many = int(os.environ.get("RECONCILE_RACERS", "0")) or RACERS[server.name]
    folders = [first.folder, *(tmp_path / str(number) for number in range(1, many))]
    for folder in folders[1:]:  # as containers have them: each its own copy
        shutil.copytree(first.folder, folder)
    with holder(database) as other:
        racers = [start(folder, ("apply", "--yes", "--lock-wait", "60")) for folder in folders]
        told = racers[0].says("waiting", 60)
        other.kill()  # nobody asks what became of it: it is a zombie
        ended = [racer.end() for racer in racers]
    assert [each.code for each in ended] == [0] * many, "\n".join(each.out for each in ended)
    assert sum("Applied " in each.out for each in ended) == 1
    assert re.search(rf"waiting: .*ann@laptop \(process {other.pid}", told), "they name whom they wait for"
    told = first.done("history", "--format", "json").out
    assert told.count('"state": "applied"') == 1 and "failed" not in told
    assert "Up to date" in first.done("status").out


@everywhere
def test_who_does_not_wait_leaves_and_names_the_holder(database: str, tmp_path: Path) -> None:
    shell = project(tmp_path / "p", database)
    with holder(database) as other:
        began = time.monotonic()
        said = shell.call("apply", "--yes", "--lock-wait", "0.5")
        assert said.code == 5 and time.monotonic() - began < 20
        assert f"ann@laptop (process {other.pid}" in said.err
        assert re.search(r"since \d{4}-\d\d-\d\d.\d\d:\d\d:\d\d", said.err)
        # The holder is killed: it blocks nobody any longer.
        other.kill()
        other.wait()
        began = time.monotonic()
        assert run(shell.folder, ("apply", "--yes", "--lock-wait", "30")).code == 0
        assert time.monotonic() - began < 20


@pytest.mark.parametrize("server", [POSTGRESQL15], indirect=True)
def test_who_waits_holds_no_snapshot_so_indexes_are_built_meanwhile(
    server: Server, database: str, tmp_path: Path
) -> None:
    import psycopg

    shell = project(tmp_path / "p", database)
    shell.save("make")
    server.execute(database.rpartition("/")[2], "CREATE TABLE big (n integer)")
    with holder(database), psycopg.connect(database, autocommit=True) as connection:
        waiting = start(shell.folder, ("apply", "--yes", "--lock-wait", "60"))
        seen = 0
        end = time.monotonic() + 20
        while time.monotonic() < end and seen < 10:
            rows = connection.execute(
                "SELECT state, backend_xmin, query FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND state <> 'active'"
            ).fetchall()
            waits = any("pg_try_advisory_lock" in query for *_, query in rows)
            assert not waits or all((state, xmin) == ("idle", None) for state, xmin, _ in rows), rows
            seen += waits
            time.sleep(0.1)
        assert seen >= 10
        connection.execute("SET statement_timeout = '10s'")
        connection.execute("CREATE INDEX CONCURRENTLY big_idx ON big (n)")
        waiting.kill()
        waiting.end()


@everywhere
def test_a_lock_that_was_lost_is_noticed_before_the_next_phase(server: Server, database: str) -> None:
    dialect = dialect_for(database)
    with dialect.open(database) as session, session.lock("ann@laptop", wait_seconds=0):
        session.require_lock()
        if server.name == SQLITE:
            with dialect.open(database) as other:
                other.execute("UPDATE reconcile_lock SET token = 'stolen'")
            with pytest.raises(LockHeld):
                session.begin()
            return
        kill = {POSTGRESQL15: "SELECT pg_terminate_backend({}, 5000)", MARIADB: "KILL {}"}[server.name]
        with dialect.open(database) as other:
            other.query(kill.format(session._keeper))  # type: ignore[attr-defined]  # both dialects' sessions have it
        end = time.monotonic() + 5
        with pytest.raises(LockHeld, match="was ended"):
            while time.monotonic() < end:
                session.require_lock()


@pytest.mark.parametrize("server", [MARIADB], indirect=True)
def test_a_lock_on_mariadb_is_kept_alive_and_ends_with_its_lease(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reconcile.dialects.mysql import session as mysql

    monkeypatch.setattr(mysql, "_LEASE_SECONDS", 2)
    dialect = dialect_for(database)
    with dialect.open(database) as session, session.lock("ann@laptop", wait_seconds=0):
        time.sleep(3.5)
        session.require_lock()
    # A machine that is gone says nothing any more: as if nobody kept the connection alive.
    monkeypatch.setattr(mysql, "_pulse", lambda _: nullcontext())
    with dialect.open(database) as session, session.lock("ann@laptop", wait_seconds=0):
        with dialect.open(database) as other, other.lock("bob@desk", wait_seconds=10):
            pass
        with pytest.raises((LockHeld, ServerError)):  # the server has ended both of its connections
            session.require_lock()


def test_a_lease_of_a_dead_process_or_of_another_host_that_ran_out_is_taken(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    dialect = dialect_for(url)
    with dialect.open(url) as session, dialect.open(url) as other, session.lock("ann@laptop", wait_seconds=0):
        # The same number of a process in another container is another process.
        other.execute("UPDATE reconcile_lock SET pid = 2147483646, token = 'pid:[1] x'")
        with pytest.raises(LockHeld, match="ann@laptop"), other.lock("bob@desk", wait_seconds=0):
            pass
        other.execute("UPDATE reconcile_lock SET host = 'elsewhere', expires = 1")
        with other.lock("bob@desk", wait_seconds=0):
            pass
