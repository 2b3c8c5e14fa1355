"""Forms that keep nobody out: what they are, that they lead where the others lead, and back, and whom they shut out."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from reconcile import api
from reconcile.config import Project
from reconcile.errors import CheckFailed, ServerError
from tests.conftest import NewDatabase
from tests.oracle import ABSENT, difference, shared_folder
from tests.servers import Server

OLD = """
CREATE TABLE parent (id integer PRIMARY KEY);
CREATE TABLE t (id integer PRIMARY KEY, a integer, b text, p integer);
CREATE INDEX t_b_idx ON t (b);
"""
NEW = """
CREATE TABLE parent (id integer PRIMARY KEY);
CREATE TABLE t (id integer PRIMARY KEY, a integer NOT NULL, b text, p integer REFERENCES parent (id), c integer,
  CONSTRAINT a_positive CHECK (a > 0));
CREATE UNIQUE INDEX t_a_idx ON t (a);
"""
ROWS = """
INSERT INTO parent SELECT g FROM generate_series(1, 50) g;
INSERT INTO t SELECT g, g, 'b' || g, g FROM generate_series(1, 50) g;
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


def _sql(proposal: api.Proposal) -> list[str]:
    return [sql for step in proposal.plan.steps for sql in step.sql]


def test_nothing_is_read_or_built_under_a_lock_that_shuts_out(project: Project) -> None:
    proposal = api.plan(project)
    assert proposal.plan.rehearsal.forward == proposal.plan.rehearsal.backward == "passed"
    assert _sql(proposal) == [
        'ALTER TABLE "public"."t"\n    ADD COLUMN "c" integer,\n'
        '    ADD CONSTRAINT "a_positive" CHECK (a > 0) NOT VALID,\n'
        '    ADD CONSTRAINT "reconcile_not_null_ca978112" CHECK (a IS NOT NULL) NOT VALID,\n'
        '    ADD CONSTRAINT "t_p_fkey" FOREIGN KEY ("p") REFERENCES "public"."parent" ("id") NOT VALID',
        'ALTER TABLE "public"."t" VALIDATE CONSTRAINT "a_positive"',
        'ALTER TABLE "public"."t" VALIDATE CONSTRAINT "t_p_fkey"',
        'ALTER TABLE "public"."t" VALIDATE CONSTRAINT "reconcile_not_null_ca978112"',
        'ALTER TABLE "public"."t" ALTER COLUMN "a" SET NOT NULL',
        'ALTER TABLE "public"."t" DROP CONSTRAINT "reconcile_not_null_ca978112"',
        'CREATE UNIQUE INDEX CONCURRENTLY "t_a_idx" ON "public"."t" ("a")',
        'DROP INDEX CONCURRENTLY "public"."t_b_idx"',
    ]
    for step in proposal.plan.steps:
        assert step.lock
        assert not (step.scans and "ACCESS EXCLUSIVE" in step.lock), step.summary


@pytest.mark.skipif(shared_folder() is None, reason=ABSENT)
def test_it_leads_there_and_back(server: Server, project: Project, new_database: NewDatabase) -> None:
    wanted, start = new_database(server), new_database(server)
    server.execute(wanted.rpartition("/")[2], NEW)
    server.execute(start.rpartition("/")[2], OLD)
    live = str(project.database).rpartition("/")[2]
    api.apply(project, proposal=api.plan(project))
    assert difference(server, live, wanted.rpartition("/")[2]) == ""
    assert api.plan(project).plan.empty
    api.revert(project, api.to_revert(project, last=1), allow=("all",))
    assert difference(server, live, start.rpartition("/")[2]) == ""


def test_small_tables_are_changed_in_one_transaction(project: Project) -> None:
    small = api.plan(replace(project, online="auto"))
    assert [phase.transactional for phase in small.plan.phases] == [True]
    assert _sql(api.plan(replace(project, online="never"))) == _sql(small)
    large = api.plan(replace(project, online="auto", online_rows=50))
    assert len(large.plan.phases) > 3


def test_rows_in_the_way_are_told_before_anything_is_changed(project: Project) -> None:
    with psycopg.connect(str(project.database), autocommit=True) as connection:
        connection.execute("UPDATE t SET a = NULL WHERE id = 7")
    proposal = api.plan(project)
    with pytest.raises(CheckFailed) as failed:
        api.apply(project, proposal=proposal, allow=("all",))
    assert "NULL" in str(failed.value)
    assert api.plan(project).plan.steps == proposal.plan.steps


def test_an_interrupted_run_is_taken_up_again(project: Project) -> None:
    """The unique index cannot be built, since two rows got the same value after the rows were looked at."""
    seen: list[object] = []

    def meddle(event: object) -> None:
        seen.append(event)
        step = getattr(event, "step", None)
        if type(event).__name__ == "StepStarted" and step is not None and "CONCURRENTLY" in step.sql[0]:
            with psycopg.connect(str(project.database), autocommit=True) as connection:
                connection.execute("UPDATE t SET a = 1 WHERE id = 2")

    with pytest.raises(ServerError):
        api.apply(project, proposal=api.plan(project), listen=meddle)
    with psycopg.connect(str(project.database), autocommit=True) as connection:
        assert connection.execute(
            "SELECT count(*) FROM pg_constraint WHERE conname ~ 'not_null$' AND contype = 'c'"
        ).fetchone() == (0,)
        connection.execute("UPDATE t SET a = 2 WHERE id = 2")
    api.apply(project, proposal=api.plan(project))
    assert api.plan(project).plan.empty


def test_writers_are_not_kept_waiting(project: Project) -> None:
    """While an index is built and constraints are proved, a stream of writers goes on; slowed by a long reader."""
    url = str(project.database)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("INSERT INTO t SELECT g, g, 'b', 1 FROM generate_series(51, 60000) g")
    longest, stop = 0.0, threading.Event()

    def write() -> None:
        nonlocal longest
        with psycopg.connect(url, autocommit=True) as connection:
            number = 300_000
            while not stop.is_set():
                number += 1
                start = time.monotonic()
                connection.execute("INSERT INTO t (id, a, b, p) VALUES (%s, %s, 'w', 1)", (number, number))
                longest = max(longest, time.monotonic() - start)
                time.sleep(0.002)

    proposal = api.plan(project)
    writer = threading.Thread(target=write)
    writer.start()
    try:
        api.apply(project, proposal=proposal)
    finally:
        stop.set()
        writer.join()
    assert 0 < longest < 3.0  # the lock timeout
    assert api.plan(project).plan.empty
