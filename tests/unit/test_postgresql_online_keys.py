"""Keys of tables in use, and indexes of trees of partitions: built while rows are written, taken over in a moment."""

from __future__ import annotations

import threading
from pathlib import Path

import psycopg
import pytest

from reconcile import api
from reconcile.config import Project
from reconcile.errors import ServerError
from reconcile.events import Event, StepStarted
from tests.conftest import NewDatabase
from tests.oracle import ABSENT, difference, shared_folder
from tests.servers import Server

OLD = """
CREATE TABLE t (id integer, a integer, b text);
CREATE TABLE m (id integer, at integer NOT NULL, v integer) PARTITION BY RANGE (at);
CREATE TABLE m1 PARTITION OF m FOR VALUES FROM (0) TO (100);
CREATE TABLE m2 PARTITION OF m FOR VALUES FROM (100) TO (200) PARTITION BY RANGE (at);
CREATE TABLE m2a PARTITION OF m2 FOR VALUES FROM (100) TO (200);
"""
NEW = """
CREATE TABLE t (id integer PRIMARY KEY, a integer, b text, c integer,
  CONSTRAINT t_a UNIQUE NULLS NOT DISTINCT (a) INCLUDE (b), UNIQUE (b) DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE m (id integer, at integer NOT NULL, v integer) PARTITION BY RANGE (at);
CREATE TABLE m1 PARTITION OF m FOR VALUES FROM (0) TO (100);
CREATE TABLE m2 PARTITION OF m FOR VALUES FROM (100) TO (200) PARTITION BY RANGE (at);
CREATE TABLE m2a PARTITION OF m2 FOR VALUES FROM (100) TO (200);
CREATE INDEX mi ON m (v);
CREATE UNIQUE INDEX mu ON m (at, id);
CREATE TABLE u (t integer REFERENCES t);
"""
ROWS = """
INSERT INTO t SELECT g, g, 'b' || g FROM generate_series(1, 150) g;
INSERT INTO m SELECT g, g, g FROM generate_series(1, 150) g;
ANALYZE;
"""

pytestmark = pytest.mark.parametrize("server", ["postgresql15", "postgresql18"], indirect=True)


@pytest.fixture
def project(server: Server, database: str, tmp_path: Path) -> Project:
    server.execute(database.rpartition("/")[2], OLD + ROWS)
    (tmp_path / "new.sql").write_text(NEW)
    return Project(
        root=tmp_path, database=database, desired=("new.sql",), cache=tmp_path / "cache", online="always"
    )  # fmt: skip


def test_nothing_is_read_or_built_under_a_lock_that_keeps_writers_out(project: Project) -> None:
    proposal = api.plan(project)
    assert proposal.plan.rehearsal.forward == proposal.plan.rehearsal.backward == "passed", proposal.plan.rehearsal
    for step in proposal.plan.steps:
        assert not (step.scans and step.lock and not step.lock.startswith("SHARE UPDATE EXCLUSIVE")), step
    said = [sql for step in proposal.plan.steps for sql in step.sql]
    assert 'CREATE UNIQUE INDEX CONCURRENTLY "t_pkey" ON "public"."t" ("id")' in said
    assert (
        'ALTER TABLE "public"."t" ADD CONSTRAINT "t_pkey" PRIMARY KEY USING INDEX "t_pkey", '
        'ADD CONSTRAINT "t_a" UNIQUE USING INDEX "t_a", '
        'ADD CONSTRAINT "t_b_key" UNIQUE USING INDEX "t_b_key" DEFERRABLE INITIALLY DEFERRED' in said
    )
    assert 'CREATE INDEX CONCURRENTLY "m1_v_idx" ON "public"."m1" ("v")' in said
    assert 'CREATE INDEX "mi" ON ONLY "public"."m" ("v")' in said
    assert 'ALTER INDEX "public"."mi" ATTACH PARTITION "public"."m1_v_idx"' in said


@pytest.mark.skipif(shared_folder() is None, reason=ABSENT)
def test_it_leads_there_and_back(server: Server, project: Project, new_database: NewDatabase) -> None:
    wanted, start = new_database(server), new_database(server)
    server.execute(wanted.rpartition("/")[2], NEW)
    server.execute(start.rpartition("/")[2], OLD)
    api.apply(project, proposal=api.plan(project), allow=("all",))
    live = str(project.database).rpartition("/")[2]
    assert difference(server, live, wanted.rpartition("/")[2]) == ""
    assert api.plan(project).plan.empty
    api.revert(project, api.to_revert(project, last=1), allow=("all",))
    assert difference(server, live, start.rpartition("/")[2]) == ""


def test_the_leftover_of_a_cancelled_build_is_dropped_and_built_again(project: Project) -> None:
    """Another transaction has written to the table, so that the build waits; then the build is cancelled."""
    url = str(project.database)
    cancelled = threading.Event()

    def cancel() -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            while not cancelled.is_set():
                found = connection.execute(
                    "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query LIKE 'CREATE UNIQUE INDEX CONC%' "
                    "AND wait_event_type = 'Lock' AND datname = current_database()"
                ).fetchall()
                if found:
                    cancelled.set()
                cancelled.wait(0.02)

    proposal = api.plan(project)
    canceller = threading.Thread(target=cancel)
    with psycopg.connect(url) as holder:

        def listen(event: Event) -> None:
            if isinstance(event, StepStarted) and 'ON "public"."t"' in event.step.sql[0] and not cancelled.is_set():
                holder.execute("INSERT INTO t VALUES (1000, 1000, 'held')")
                canceller.start()

        with pytest.raises(ServerError, match="cancel"):
            api.apply(project, proposal=proposal, allow=("all",), listen=listen)
        canceller.join()
        holder.rollback()
    with psycopg.connect(url, autocommit=True) as connection:
        (left,) = connection.execute("SELECT count(*) FROM pg_index WHERE NOT indisvalid").fetchone() or (0,)
        assert left == 1
    api.apply(project, proposal=api.plan(project), allow=("all",))
    assert api.plan(project).plan.empty
    with psycopg.connect(url, autocommit=True) as connection:
        assert connection.execute("SELECT count(*) FROM pg_index WHERE NOT indisvalid").fetchone() == (0,)
