"""The applier under faults: crashes between and inside phases, resume, retry, preconditions, checks, interrupts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from reconcile.config import Timeouts
from reconcile.dialects.base import Dialect
from reconcile.dialects.registry import dialect_for
from reconcile.dialects.session import Session
from reconcile.diff.compare import without_bookkeeping
from reconcile.errors import (
    CheckFailed,
    Interrupted,
    LockHeld,
    LockTimeout,
    Mismatch,
    RevisionError,
    ServerError,
    SourceError,
)
from reconcile.events import Event, Notice, Recovered, Retrying, StepDone, StepStarted, Waiting
from reconcile.execution.applier import execute, locked, recover
from reconcile.execution.history import History
from reconcile.execution.job import Job, World
from reconcile.execution.pack import state_from_text, state_text
from reconcile.revisions import file as revision_file
from reconcile.state import Check, Effect, Phase, Plan, State, Step, table_key
from reconcile.state.revision import Revision
from tests.servers import MARIADB, POSTGRESQL15, SQLITE, Server

A = "CREATE TABLE a (id integer NOT NULL PRIMARY KEY, n integer)"
B = "CREATE TABLE b (id integer NOT NULL PRIMARY KEY)"
C = "CREATE TABLE c (id integer NOT NULL PRIMARY KEY)"
MORE = "ALTER TABLE a ADD COLUMN more integer"

Sqls = Sequence[str]
sqlite_only = pytest.mark.parametrize("server", [SQLITE], indirect=True)
everywhere = pytest.mark.parametrize("server", [SQLITE, POSTGRESQL15, MARIADB], indirect=True)


@dataclass
class Lab:
    """A database to run jobs on, and another to see beforehand what they do."""

    dialect: Dialect
    url: str
    world: World
    model: Session
    events: list[Event] = field(default_factory=list)
    steps: int = 0

    def read(self) -> State:
        return self.world.read(self.world.session)

    @property
    def history(self) -> History:
        return self.world.history

    def phase(self, *sqls: str | Sqls, transactional: bool | None = None, **more: Any) -> Phase:
        """A phase of steps with the effects they have on the model."""
        made = []
        transactional = self.dialect.transactional_ddl if transactional is None else transactional
        for sql in sqls:
            self.steps += 1
            before = self.world.read(self.model)
            statements = (sql,) if isinstance(sql, str) else tuple(sql)
            for statement in statements:
                self.model.execute(statement)
            after = self.world.read(self.model)
            keys = sorted(before.objects.keys() | after.objects.keys())
            effects = tuple(
                Effect(key=key, before=before.digests.get(key), after=after.digests.get(key))
                for key in keys
                if before.digests.get(key) != after.digests.get(key)
            )
            made.append(
                Step(
                    number=self.steps,
                    summary=statements[0][:20],
                    sql=statements,
                    transactional=transactional,
                    effects=effects,
                    **more,
                )
            )
        return Phase(transactional=transactional, steps=tuple(made))

    def phases(self, *sqls: str) -> tuple[Phase, ...]:
        """One phase a statement."""
        return tuple(self.phase(sql) for sql in sqls)

    def job(self, *phases: Phase, name: str = "r1", back: Sequence[Phase] = (), direction: str = "apply") -> Job:
        revision = revision_file.sealed(
            Revision(
                id=name,
                parents=(),
                created="2026-11-22T10:15:30+00:00",
                message="Größe ändern 🙂",
                plan=Plan(
                    dialect=self.dialect.name,
                    server="",
                    base="",
                    target="",
                    phases=phases,
                    revert_phases=tuple(back),
                ),
            )
        )
        return Job.of(revision, direction, text=revision_file.text(revision))

    def run(self, job: Job, **changed: Any) -> State:
        with locked(self.world, wait=0.0):
            return execute(job, replace(self.world, **changed)).state

    def crash_at(self, kind: type[Event], number: int) -> Callable[[Event], None]:
        """A listener that kills the connection and raises: what is left is what a crash leaves."""

        def listen(event: Event) -> None:
            if isinstance(event, kind) and event.step.number == number:  # type: ignore[union-attr]  # step events only
                raise Crash

        return listen

    def reopen(self) -> None:
        """A new process: nothing is remembered but by the database."""
        self.world.session.close()
        session = self.dialect.open(self.url)
        self.world = replace(self.world, session=session, history=History(session, namespaces=self.dialect.namespaces))


class Crash(BaseException):
    """Stands for the process being killed: nobody handles it."""


class Dead(History):
    """The memory of a process that dies: it can write nothing after the crash."""

    def fail(self, *_: Any, **__: Any) -> None:
        raise RevisionError("dead")

    remark = fail  # type: ignore[assignment]


@pytest.fixture
def lab(server: Server, new_database: Callable[[Server], str]) -> Iterator[Lab]:
    url = new_database(server)
    dialect = dialect_for(url)
    pauses: list[float] = []
    with dialect.open(new_database(server)) as model:
        session = dialect.open(url)
        world = World(
            session=session,
            dialect=dialect,
            read=lambda session: without_bookkeeping(dialect.read(session)),
            history=History(session, namespaces=dialect.namespaces),
            who="me@here",
            tool="0.1",
            timeouts=Timeouts(lock_ms=200, retries=2),
            sleep=pauses.append,
            chance=lambda: 0.5,
        )
        lab = Lab(dialect, url, world, model)
        lab.world = replace(world, listen=lab.events.append)
        yield lab
        lab.world.session.close()


def crash(lab: Lab, job: Job, kind: type[Event], number: int) -> None:
    """Run until the step's event, then be gone."""
    session = lab.world.session
    with pytest.raises(Crash), locked(lab.world, wait=0.0):
        history = Dead(session, namespaces=lab.dialect.namespaces)
        execute(job, replace(lab.world, listen=lab.crash_at(kind, number), history=history))
    lab.reopen()


# -- the good case


@sqlite_only
def test_reading_a_database_without_history_creates_nothing(lab: Lab) -> None:
    before = lab.dialect.read(lab.world.session)
    history = lab.history
    assert (history.exists, history.runs(), history.applied(), history.unfinished(), history.last_state()) == (
        False, (), (), None, None,
    )  # fmt: skip
    assert lab.dialect.read(lab.world.session) == before


@everywhere
def test_apply_and_revert_are_remembered(lab: Lab) -> None:
    start = lab.read()
    forward = (*lab.phases(A), lab.phase(B))
    back = (*lab.phases("DROP TABLE b"), lab.phase("DROP TABLE a"))
    after = lab.run(lab.job(*forward, back=back))
    assert after == lab.read() == lab.history.last_state()
    assert table_key(None, "a").name in {key.name for key in after.objects}
    assert lab.history.applied() == ("r1",)
    run = lab.history.entries()[0]
    assert (run.direction, run.state, run.steps, run.who, run.message) == (
        "apply", "done", 2, "me@here", "Größe ändern 🙂",
    )  # fmt: skip
    assert [row.state for row in lab.history.journal(run)] == ["done", "done"]
    text = lab.history.revision_text("r1") or ""
    assert revision_file.parse(text, name="copy").id == "r1"

    lab.run(lab.job(*forward, back=back, direction="revert"))
    assert lab.read() == start
    assert lab.history.applied() == ()
    assert [run.state for run in lab.history.entries()] == ["reverted", "done"]


@sqlite_only
def test_a_state_survives_packing(lab: Lab) -> None:
    lab.phases(A, B, "CREATE VIEW v AS SELECT id FROM a")
    state = lab.world.read(lab.model)
    again = state_from_text(state_text(state))
    assert (again, again.needs, again.server) == (state, state.needs, state.server)


# -- refused before anything happens


@sqlite_only
def test_what_is_not_as_expected_is_named_and_nothing_runs(lab: Lab) -> None:
    job = lab.job(*lab.phases(A), lab.phase(MORE))
    later = replace(job, id="r2", phases=(lab.phase("ALTER TABLE a DROP COLUMN n"),))
    lab.run(job)
    lab.world.session.execute("ALTER TABLE a RENAME COLUMN n TO m")
    live = lab.read()
    with pytest.raises(Mismatch, match="nothing was changed") as caught:
        lab.run(later)
    assert any("a.n is missing" in line for line in caught.value.differences)
    assert lab.read() == live
    assert [run.revision for run in lab.history.runs()] == ["r1"]


@sqlite_only
def test_unrelated_drift_is_no_obstacle(lab: Lab) -> None:
    job = lab.job(*lab.phases(A))
    lab.world.session.execute(C)
    lab.run(job)
    assert lab.history.applied() == ("r1",)


@sqlite_only
def test_rows_in_the_way_are_counted_and_shown(lab: Lab) -> None:
    lab.run(lab.job(*lab.phases(A)))
    for number in range(7):
        lab.world.session.execute(f"INSERT INTO a (id) VALUES ({number})")
    key = next(key for key in lab.read().objects if key.name == "n")
    check = Check(key=key, query="SELECT id FROM a WHERE n IS NULL", message="a.n has NULLs", advice="fill them")
    live = lab.read()
    with pytest.raises(CheckFailed, match="7 rows") as caught:
        lab.run(lab.job(lab.phase(B, checks=(check,)), name="r2"))
    (failure,) = caught.value.failures
    assert (failure.count, len(failure.samples), failure.columns, caught.value.hint) == (7, 5, ("id",), "fill them")
    assert lab.read() == live
    assert len(lab.history.runs()) == 1


@sqlite_only
def test_the_lock_keeps_others_out_and_tells_who(lab: Lab) -> None:
    job = lab.job(*lab.phases(A))
    ticks = iter(range(100))
    with lab.dialect.open(lab.url) as other:
        theirs = replace(lab.world, session=other, who="you@there", clock=lambda: float(next(ticks)))
        with locked(lab.world, wait=0.0), pytest.raises(LockHeld) as caught, locked(theirs, wait=3.0):
            pytest.fail("two hold the lock")
    assert caught.value.holder
    assert [event for event in lab.events if isinstance(event, Waiting)]
    lab.run(job)  # and it is free again


# -- crashes


@sqlite_only
def test_a_crash_before_anything_was_done(lab: Lab) -> None:
    job = lab.job(lab.phase(A), lab.phase(B))
    crash(lab, job, StepStarted, 1)
    assert lab.history.unfinished() is not None
    after = lab.run(job)
    assert [run.state for run in lab.history.runs()] == ["failed", "done"]
    assert after == lab.world.read(lab.model)


@everywhere
def test_a_crash_between_phases_is_resumed(lab: Lab) -> None:
    job = lab.job(*lab.phases(A, B, C))
    crash(lab, job, StepStarted, 3)
    after = lab.run(job)
    assert after == lab.world.read(lab.model)
    assert [run.state for run in lab.history.runs()] == ["done"]
    assert [event.step.number for event in lab.events if isinstance(event, StepDone)] == [3]


@sqlite_only
def test_a_crash_is_resumed_by_whoever_comes_next(lab: Lab) -> None:
    crash(lab, lab.job(*lab.phases(A, B)), StepStarted, 2)
    lab.run(lab.job(lab.phase(C), name="r2"))
    assert lab.history.applied() == ("r1", "r2")
    assert lab.read() == lab.world.read(lab.model)


@sqlite_only
def test_recover_alone(lab: Lab) -> None:
    assert recover(lab.world) is None
    crash(lab, lab.job(*lab.phases(A, B)), StepStarted, 2)
    with locked(lab.world, wait=0.0):
        outcome = recover(lab.world)
    assert outcome is not None
    assert outcome.state == lab.world.read(lab.model)
    assert lab.history.unfinished() is None


@everywhere
def test_a_crash_after_a_statement_that_no_transaction_holds(lab: Lab) -> None:
    phases = (lab.phase(A, transactional=False), lab.phase(B, transactional=False))
    job = lab.job(*phases)
    with pytest.raises(Crash), locked(lab.world, wait=0.0):

        class Deaf(Dead):
            def mark(self, *args: Any, **kwargs: Any) -> None:
                if kwargs["state"] == "done":
                    raise Crash  # the statement ran, the journal does not know
                super().mark(*args, **kwargs)

        history = Deaf(lab.world.session, namespaces=lab.dialect.namespaces)
        execute(job, replace(lab.world, history=history))
    lab.reopen()
    run = lab.history.unfinished()
    assert run is not None
    assert [row.state for row in lab.history.journal(run)] == ["running"]
    assert lab.run(job) == lab.world.read(lab.model)
    assert [run.state for run in lab.history.runs()] == ["done"]


@sqlite_only
def test_a_crash_after_everything_is_only_recorded(lab: Lab) -> None:
    job = lab.job(lab.phase(A, transactional=False))
    crash(lab, job, StepDone, 1)
    lab.events.clear()
    lab.run(job)
    assert [type(event) for event in lab.events] == [Recovered]
    assert lab.history.applied() == ("r1",)


@sqlite_only
def test_neither_before_nor_after_stops_and_shows_both(lab: Lab) -> None:
    job = lab.job(*lab.phases(A, MORE))
    crash(lab, job, StepStarted, 2)
    lab.world.session.execute("ALTER TABLE a ADD COLUMN more varchar(7)")
    live = lab.read()
    with pytest.raises(Mismatch, match="neither") as caught:
        lab.run(job)
    assert any("neither before: column" in line and "more" in line for line in caught.value.differences)
    assert any("nor after: column" in line for line in caught.value.differences)
    assert lab.read() == live


@sqlite_only
def test_a_step_that_shows_nothing_is_not_run_twice_on_belief(lab: Lab) -> None:
    job = lab.job(*lab.phases(A), lab.phase("INSERT INTO a (id) VALUES (1)", transactional=False), lab.phase(B))
    crash(lab, job, StepStarted, 2)
    with pytest.raises(Mismatch, match="step 2"):
        lab.run(job)
    assert lab.world.session.query("SELECT count(*) FROM a") == [(0,)]


@sqlite_only
def test_what_was_half_done_can_be_taken_back(lab: Lab) -> None:
    start = lab.read()
    forward = lab.phases(A, B)
    back = lab.phases("DROP TABLE b", "DROP TABLE a")
    crash(lab, lab.job(*forward, back=back), StepStarted, 2)
    lab.run(lab.job(*forward, back=back, direction="revert"))
    assert lab.read() == start
    assert lab.history.applied() == ()
    assert lab.history.unfinished() is None


# -- errors while it runs


@everywhere
def test_a_failing_statement_leaves_nothing_and_says_which(lab: Lab) -> None:
    phase = lab.phase(A)
    broken = replace(phase.steps[0], number=2, sql=("CREATE TABLE a_ (id nonsense nonsense,)",), effects=())
    phases = (replace(phase, steps=(*phase.steps, broken) if phase.transactional else (broken,)),)
    start = lab.read()
    last = len(phases[0].steps)
    with pytest.raises(ServerError, match=f"step {last}") as caught:
        lab.run(lab.job(*phases))
    assert "nothing was changed" in caught.value.hint
    assert lab.read() == start
    assert [run.state for run in lab.history.runs()] == ["failed"]
    assert f"step {last}" in lab.history.runs()[0].note


@sqlite_only
def test_a_failure_half_way_says_how_to_go_on(lab: Lab) -> None:
    good, bad = lab.phases(A, B)
    broken = replace(bad, steps=(replace(bad.steps[0], sql=("CREATE TABLE",)),))
    job = lab.job(good, broken)
    with pytest.raises(ServerError) as caught:
        lab.run(job)
    assert "1 of 2 steps are done" in caught.value.hint
    lab.run(lab.job(good, bad))  # the same revision, mended
    assert lab.history.applied() == ("r1",)
    assert lab.read() == lab.world.read(lab.model)


@sqlite_only
def test_ctrl_c_is_told_and_leaves_the_database_clean(lab: Lab) -> None:
    job = lab.job(lab.phase(A))
    start = lab.read()

    def stop(event: Event) -> None:
        if isinstance(event, StepStarted):
            raise KeyboardInterrupt

    with pytest.raises(Interrupted, match="nothing was changed"):
        lab.run(job, listen=stop)
    assert lab.read() == start
    assert [run.state for run in lab.history.runs()] == ["failed"]
    lab.run(job)


@everywhere
def test_what_is_not_promised_is_rolled_back(lab: Lab) -> None:
    phase = lab.phase(A)
    liar = replace(phase, steps=(replace(phase.steps[0], sql=(A.replace("n integer", "n smallint"),)),))
    start = lab.read()
    with pytest.raises(Mismatch, match="not as promised") as caught:
        lab.run(lab.job(liar))
    assert any("a.n" in line for line in caught.value.differences)
    assert [run.state for run in lab.history.runs()] == ["failed"]
    if phase.transactional:
        assert lab.read() == start


@sqlite_only
def test_a_bystander_of_a_touched_table_must_not_vanish(lab: Lab) -> None:
    lab.run(lab.job(*lab.phases(A)))
    phase = lab.phase(MORE)
    liar = replace(phase, steps=(replace(phase.steps[0], sql=(MORE, "ALTER TABLE a DROP COLUMN n")),))
    with pytest.raises(Mismatch) as caught:
        lab.run(lab.job(liar, name="r2"))
    assert any("a.n was not to be touched and is gone" in line for line in caught.value.differences)


@sqlite_only
def test_a_change_elsewhere_meanwhile_is_only_noted(lab: Lab) -> None:
    phase = lab.phase(A)
    busy = replace(phase, before=(C,))
    lab.run(lab.job(busy))
    assert any(isinstance(event, Notice) and "table c" in event.message for event in lab.events)


@everywhere
def test_a_lock_that_is_not_to_be_had_is_tried_again(lab: Lab) -> None:
    lab.run(lab.job(*lab.phases(A)))
    job = lab.job(lab.phase(MORE), name="r2")
    refusals = iter([True, True]) if lab.dialect.name == "sqlite" else iter(())
    with lab.dialect.open(lab.url) as other:
        if lab.dialect.name != "sqlite":  # there one writer would keep the run from recording that it begins
            other.begin()
            other.execute("INSERT INTO a (id) VALUES (1)")
        pauses: list[float] = []

        def wait(seconds: float) -> None:
            pauses.append(seconds)
            if len(pauses) == 2:
                other.rollback()

        def listen(event: Event) -> None:
            lab.events.append(event)
            if isinstance(event, StepStarted) and next(refusals, False):
                raise LockTimeout("busy")

        lab.run(job, sleep=wait, listen=listen)
    assert pauses == [0.375, 0.75]
    assert [event.attempt for event in lab.events if isinstance(event, Retrying)] == [1, 2]
    assert lab.history.applied() == ("r1", "r2")


@sqlite_only
def test_patience_has_an_end(lab: Lab) -> None:
    def listen(event: Event) -> None:
        if isinstance(event, StepStarted):
            raise LockTimeout("busy")

    start = lab.read()
    with pytest.raises(LockTimeout):
        lab.run(lab.job(lab.phase(A)), listen=listen)
    assert lab.read() == start
    assert lab.history.unfinished() is None


@sqlite_only
def test_settings_are_put_back_whatever_happens(lab: Lab) -> None:
    phase = replace(lab.phase(A), before=("PRAGMA recursive_triggers=ON",), after=("PRAGMA recursive_triggers=OFF",))
    broken = replace(phase, steps=(replace(phase.steps[0], sql=("nonsense",)),))
    with pytest.raises(ServerError):
        lab.run(lab.job(broken))
    assert lab.world.session.query("PRAGMA recursive_triggers") == [(0,)]


# -- others change the schema while it runs


def meddle(lab: Lab, sql: str, *, after: int) -> Callable[[Event], None]:
    """A listener that has someone else run a statement once a step is done and its transaction, if any, has ended."""
    session = lab.world.session
    commit = session.commit

    def disturb() -> None:
        session.commit = commit  # type: ignore[method-assign]  # put back as it was
        with lab.dialect.open(lab.url) as other:
            other.execute(sql)

    def commit_and_disturb() -> None:
        commit()
        disturb()

    def listen(event: Event) -> None:
        if isinstance(event, StepDone) and event.step.number == after:
            if session.in_transaction:
                session.commit = commit_and_disturb  # type: ignore[method-assign]  # others act there
            else:
                disturb()

    return listen


ELSE = "ALTER TABLE a ADD COLUMN more varchar(10)"  # what the plan would add, and otherwise


@everywhere
def test_what_someone_else_changed_between_phases_is_not_overwritten(lab: Lab) -> None:
    job = lab.job(lab.phase(A), lab.phase(B), lab.phase(MORE))
    later = map(float, count())
    with pytest.raises(Mismatch, match="someone else has changed what r1 is about to change") as caught:
        lab.run(job, listen=meddle(lab, ELSE, after=2), clock=lambda: next(later))
    assert any("column" in line and "a.more" in line for line in caught.value.differences)
    assert any(key.name == "more" for key in lab.read().objects), "theirs is there still"
    with pytest.raises(Mismatch, match="neither as it was before the next step"):
        lab.run(job)  # and nobody guesses
    lab.world.session.execute("ALTER TABLE a DROP COLUMN more")
    lab.run(job)


@pytest.mark.parametrize("server", [MARIADB], indirect=True)
@pytest.mark.parametrize(("look", "looks"), [(0.0, 10), (1.0, 4), (100.0, 1)])
def test_looking_takes_no_longer_than_working(
    lab: Lab, look: float, looks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What nothing holds fast, and no glance tells of, is looked at again once the last look is older than it was when
    it ended."""
    monkeypatch.setattr(type(lab.world.session), "glance", lambda *_: {})
    now, seen = 0.0, 0
    read = lab.world.read

    def looking(session: Session) -> State:
        nonlocal now, seen
        now, seen = now + look, seen + 1
        return read(session)

    def listen(event: Event) -> None:
        nonlocal now
        now += 0.4 * isinstance(event, StepDone)

    before = lab.phases(*(f"CREATE TABLE t{n} (id integer NOT NULL PRIMARY KEY)" for n in range(10)))
    job = lab.job(*before)
    lab.run(job, read=looking, clock=lambda: now, listen=listen)
    assert seen == looks + 2, "at the start, and to verify"


@everywhere
def test_what_someone_else_made_beside_it_is_told_and_stays(lab: Lab) -> None:
    events: list[Event] = []
    disturb = meddle(lab, "ALTER TABLE a ADD COLUMN theirs integer", after=2)

    def listen(event: Event) -> None:
        events.append(event)
        disturb(event)

    later = map(float, count())
    lab.run(lab.job(lab.phase(A), lab.phase(B), lab.phase(MORE)), listen=listen, clock=lambda: next(later))
    told = [event.message for event in events if isinstance(event, Notice)]
    assert any("theirs was made by someone else while r1 ran" in message for message in told)
    assert {"theirs", "more"} <= {key.name for key in lab.read().objects}


@sqlite_only
def test_a_rebuild_does_not_lose_a_column_that_came_in_between(lab: Lab) -> None:
    rebuild = (
        "CREATE TABLE new_a (id integer NOT NULL PRIMARY KEY, n varchar(20))",
        "INSERT INTO new_a SELECT id, n FROM a",
        "DROP TABLE a",
        "ALTER TABLE new_a RENAME TO a",
    )
    job = lab.job(lab.phase(A), lab.phase(B), lab.phase(rebuild))
    with pytest.raises(Mismatch, match="not as promised") as caught:
        lab.run(job, listen=meddle(lab, "ALTER TABLE a ADD COLUMN theirs integer", after=2))
    assert caught.value.differences == ("column a.theirs was not to be touched and is gone",)
    assert "theirs" in {key.name for key in lab.read().objects}


@pytest.mark.parametrize("server", [POSTGRESQL15], indirect=True)
def test_while_a_transaction_runs_nobody_changes_its_tables(lab: Lab) -> None:
    """Readers and writers go on; who would change the structure waits until the transaction has ended."""
    lab.run(lab.job(lab.phase(A)))
    refused: list[ServerError] = []

    def listen(event: Event) -> None:
        if isinstance(event, StepStarted):
            with lab.dialect.open(lab.url) as other:
                other.execute("SET lock_timeout = '200ms'")
                other.execute("INSERT INTO a (id) VALUES (1)")
                try:
                    other.execute(ELSE)
                except ServerError as error:
                    refused.append(error)

    lab.run(lab.job(lab.phase(MORE), name="r2"), listen=listen)
    assert [type(error) for error in refused] == [LockTimeout]
    assert lab.world.session.query("SELECT id, more FROM a") == [(1, None)]


# -- Python steps


@sqlite_only
def test_a_python_step_gets_a_connection(lab: Lab, tmp_path: Path) -> None:
    (tmp_path / "steps_of_test.py").write_text(
        "def fill(connection):\n    connection.exec_driver_sql('INSERT INTO a (id) VALUES (41)')\n"
        "def fail(connection):\n    raise ZeroDivisionError('oh')\n"
    )
    call = Step(number=2, summary="fill", sql=(), call="steps_of_test:fill")
    trusted = {"root": tmp_path, "python": ("steps_of_test",)}
    lab.run(lab.job(lab.phase(A), Phase(transactional=True, steps=(call,))), **trusted)
    assert lab.world.session.query("SELECT id FROM a") == [(41,)]
    with pytest.raises(ServerError, match="ZeroDivisionError: oh"):
        fail = replace(call, call="steps_of_test:fail")
        lab.run(lab.job(Phase(transactional=True, steps=(fail,)), name="r2"), **trusted)


@sqlite_only
def test_a_module_that_the_configuration_does_not_name_is_not_even_imported(lab: Lab, tmp_path: Path) -> None:
    (tmp_path / "steps_of_stranger.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\ndef f(c): pass\n")
    call = Step(number=1, summary="fill", sql=(), call="steps_of_stranger:f")
    with pytest.raises(SourceError, match="does not allow revisions to call steps_of_stranger"):
        lab.run(lab.job(Phase(transactional=True, steps=(call,))), root=tmp_path)
    assert not (tmp_path / "ran").exists()


@sqlite_only
def test_functions_that_an_allowed_module_imported_are_not_its_own(lab: Lab, tmp_path: Path) -> None:
    (tmp_path / "steps_with_imports.py").write_text(
        "from os import system\nfrom functools import partial\nfrom pathlib import Path\n"
        "run = partial(system, 'true')\n"
    )
    trusted = {"root": tmp_path, "python": ("steps_with_imports",)}
    start = lab.read()
    for name in ("system", "Path", "run"):
        call = Step(number=2, summary="fill", sql=(), call=f"steps_with_imports:{name}")
        with pytest.raises(SourceError, match="is not a function of that module"):
            lab.run(lab.job(lab.phase(A), Phase(transactional=False, steps=(call,)), name=name), **trusted)
        assert lab.history.unfinished() is None and lab.read() == start  # found before the first step
        lab.model.execute("DROP TABLE a")


# -- the history itself


@sqlite_only
def test_the_database_forbids_two_runs_at_once(lab: Lab) -> None:
    crash(lab, lab.job(*lab.phases(A, B)), StepStarted, 2)
    with pytest.raises(RevisionError, match="r1 was recorded"):
        lab.history.start(
            after=lab.history.last(), revision="x", direction="apply", message="", parents=(), built_on=(), checksum="",
            started="", who="", tool="", steps=0, text="",
        )  # fmt: skip


@sqlite_only
def test_a_damaged_memory_is_noticed(lab: Lab) -> None:
    lab.run(lab.job(*lab.phases(A)))
    lab.world.session.execute("DELETE FROM reconcile_text")
    with pytest.raises(RevisionError, match="damaged"):
        lab.history.last_state()


@sqlite_only
def test_a_newer_layout_is_refused(lab: Lab) -> None:
    lab.run(lab.job(*lab.phases(A)))
    lab.world.session.execute("UPDATE reconcile_layout SET version = 99")
    with pytest.raises(RevisionError, match="newer"):
        History(lab.world.session, namespaces=False).runs()


# -- what only one database does


@pytest.mark.parametrize("server", [POSTGRESQL15], indirect=True)
def test_the_leftover_of_a_concurrent_build_is_removed_before_the_next_attempt(lab: Lab) -> None:
    lab.run(lab.job(*lab.phases(A)))
    for number in (1, 2):
        lab.world.session.execute(f"INSERT INTO a (id, n) VALUES ({number}, 7)")
    before = lab.read()
    build = lab.phase("CREATE UNIQUE INDEX CONCURRENTLY a_n ON a (n)", transactional=False)
    alone = lab.job(build, name="r2")
    with pytest.raises(ServerError, match="could not create unique index") as caught:
        lab.run(alone)
    assert "nothing was changed" in caught.value.hint
    assert lab.read() == before  # the invalid index is gone again

    later = lab.job(lab.phase(B), build, name="r3")
    with pytest.raises(ServerError):
        lab.run(later)
    assert lab.history.unfinished() is not None
    assert any(getattr(item, "valid", True) is False for item in lab.read())
    lab.world.session.execute("UPDATE a SET n = id")
    assert lab.run(later) == lab.world.read(lab.model)
    assert [(run.revision, run.state) for run in lab.history.runs()] == [
        ("r1", "done"),
        ("r2", "failed"),
        ("r3", "done"),
    ]


@pytest.mark.parametrize("server", [POSTGRESQL15], indirect=True)
def test_history_lives_beside_the_tables_where_no_schema_may_be_made(lab: Lab) -> None:
    role = f"rc_test_role_{lab.world.session.query('SELECT current_database()')[0][0]}"
    session = lab.world.session
    session.execute(f"CREATE ROLE {role}")
    try:
        session.execute(f"GRANT CREATE, USAGE ON SCHEMA public TO {role}")
        session.execute(f"SET ROLE {role}")
        lab.run(lab.job(*lab.phases(A)))
        places = session.query("SELECT schemaname FROM pg_tables WHERE tablename = 'reconcile_history'")
        assert places == [("public",)]
        assert History(session, namespaces=True).applied() == ("r1",)
    finally:
        session.execute("RESET ROLE")
        session.execute(f"DROP OWNED BY {role}")
        session.execute(f"DROP ROLE {role}")
