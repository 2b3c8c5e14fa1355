"""A long reader stands in the way of DDL: writers behind it wait no longer than the lock timeout."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from reconcile import api
from reconcile.config import Project, Timeouts
from reconcile.dialects.registry import dialect_for
from reconcile.events import Retrying
from tests.servers import Server

OLD = "CREATE TABLE t (id integer PRIMARY KEY, a integer);"
LOCK = {"postgresql": 0.4, "mysql": 1.0}  # seconds: MySQL knows only whole ones (lock_wait_timeout)
READS = 2.4  # seconds that the long reader takes

pytestmark = pytest.mark.parametrize("server", ["postgresql15", "postgresql18", "mariadb"], indirect=True)


def test_no_writer_waits_longer_than_the_lock_timeout(server: Server, database: str, tmp_path: Path) -> None:
    lock = LOCK[server.dialect]
    server.execute(database.rpartition("/")[2], OLD + "INSERT INTO t VALUES (1, 0);")
    (tmp_path / "new.sql").write_text("CREATE TABLE t (id integer PRIMARY KEY, a integer, b integer);")
    project = Project(
        root=tmp_path,
        database=database,
        desired=("new.sql",),
        cache=tmp_path / "cache",
        timeouts=Timeouts(lock_ms=int(lock * 1000), retries=30),
    )
    proposal = api.plan(project)
    waits: list[float] = []
    events: list[object] = []
    reading, stop = threading.Event(), threading.Event()

    def read() -> None:
        with dialect_for(database).open(database) as session, session.transaction():
            session.query("SELECT * FROM t")
            reading.set()
            time.sleep(READS)

    def write() -> None:
        with dialect_for(database).open(database) as session:
            while not stop.is_set():
                start = time.monotonic()
                session.execute("UPDATE t SET a = a + 1")
                waits.append(time.monotonic() - start)
                time.sleep(0.01)

    reader, writer = threading.Thread(target=read), threading.Thread(target=write)
    reader.start()
    assert reading.wait(10)
    writer.start()
    start = time.monotonic()
    try:
        api.apply(project, proposal=proposal, listen=events.append)
        took = time.monotonic() - start
    finally:
        stop.set()
        writer.join()
        reader.join()
    assert any(isinstance(event, Retrying) for event in events), "the reader was not in the way"
    assert took > lock
    # It did stand in the queue, so that this tells something; and it left it in time (the rest is the machine's noise).
    assert lock / 2 < max(waits) < lock + 0.5
    assert len(waits) > 10
    assert api.plan(project).plan.empty
