"""Each online form of PostgreSQL, watched: no step reads rows or builds while readers or writers are shut out, none
writes a table anew, and what waits for others (CONCURRENTLY) lets them pass meanwhile, by its lock in pg_locks too.
"""

from __future__ import annotations

import threading
import time

import pytest

from reconcile.dialects.session import Session
from reconcile.hazards.facts import Blocks
from reconcile.state import Step
from tests.places import Place, Places
from tests.scenarios.watching import shut_out, watched

T = "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (id int, a int, b text, p int)"
M = (
    "CREATE TABLE t (id int NOT NULL, a int) PARTITION BY RANGE (id);"
    " CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (50);"
    " CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (50) TO (100)"
)
_T_ROWS = (
    "; INSERT INTO p SELECT generate_series(1, 9); INSERT INTO t SELECT n, n, 'b' || n, n FROM generate_series(1, 9) n"
)
_M_ROWS = "; INSERT INTO t SELECT n, n FROM generate_series(1, 99) n"
CASES = {
    "an index": (T, T + "; CREATE INDEX i ON t (a)"),
    "a unique index": (T, T + "; CREATE UNIQUE INDEX i ON t (a)"),
    "an index goes": (T + "; CREATE INDEX i ON t (a)", T),
    "a primary key": (T, T.replace("t (id int", "t (id int PRIMARY KEY")),
    "a unique key": (T, T.replace("a int", "a int UNIQUE")),
    "not null": (T, T.replace("a int", "a int NOT NULL")),
    "a check": (T, T.replace("a int", "a int CHECK (a > 0)")),
    "a foreign key": (T, T.replace("p int)", "p int REFERENCES p)")),
    "a column with a constant": (T, T.replace("a int", "a int, c int NOT NULL DEFAULT 7")),
    "an index over partitions": (M, M + "; CREATE INDEX i ON t (a)"),
    "all at once": (
        T + "; CREATE INDEX j ON t (b)",
        T.replace("t (id int", "t (id int PRIMARY KEY")
        .replace("a int", "a int NOT NULL CHECK (a > 0)")
        .replace("p int)", "p int REFERENCES p)")
        + "; CREATE INDEX i ON t (b, a)",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_nobody_is_kept_out_while_work_is_done(case: str, places: Places) -> None:
    place = places("postgresql")
    before, after = CASES[case]
    phases = place.plan(before + (_M_ROWS if before == M else _T_ROWS), after, online=True)
    with place.dialect.open(place.url) as witness:
        for phase in phases:
            if not phase.transactional:
                (step,) = phase.steps
                _let_others_pass(step, place, witness)
                continue
            with place.session.transaction():
                for step in phase.steps:
                    seen = watched(place.session, witness, step.sql)
                    assert not seen.rewrites, step.sql
                    for table in seen.reads:
                        assert seen.shuts_out[table] is Blocks.NOBODY, f"{table} is read: {step.sql}"
    assert not [hazard for phase in phases for step in phase.steps for hazard in step.hazards if "block" in hazard.code]


def _let_others_pass(step: Step, place: Place, witness: Session) -> None:
    """It waits for one who has written to its table and not committed; meanwhile others read and write it."""
    (pid,) = place.session.query("SELECT pg_backend_pid()")[0]
    table = next(iter(effect.key.root.name for effect in step.effects))
    modes: set[str] = set()
    with place.dialect.open(place.url) as holder:
        with holder.transaction():
            holder.execute(f"INSERT INTO {table} SELECT * FROM {table} WHERE false")
            worker = threading.Thread(target=place.session.execute_all, args=(step.sql,))
            worker.start()
            while not (modes := _modes(witness, pid, table)):
                time.sleep(0.01)
                assert worker.is_alive(), f"it waited for nobody: {step.sql}"
            assert shut_out(witness, table) is Blocks.NOBODY, step.sql
        worker.join()
    assert modes == {"ShareUpdateExclusiveLock"} == {_as_pg_locks_says(step)}, step.sql


def _modes(witness: Session, pid: int, table: str) -> set[str]:
    rows = witness.query(
        f"SELECT mode FROM pg_locks WHERE pid = {pid} AND relation = '{table}'::regclass AND granted"
        " AND mode <> 'AccessShareLock'"
    )
    return {mode for (mode,) in rows}


def _as_pg_locks_says(step: Step) -> str:
    return "".join(word.title() for word in (step.lock or "").partition(" on ")[0].split()) + "Lock"
