"""The applier: lock, recover, check, run, verify, remember. The same code forwards and backwards (DESIGN §7)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial

from sqlalchemy.exc import SQLAlchemyError

from reconcile.errors import Interrupted, LockHeld, Mismatch, ReconcileError, RevisionError, ServerError
from reconcile.events import Notice, Recovered, Retrying, RevisionDone, RevisionStarted, Waiting
from reconcile.execution.attic import OnDuty
from reconcile.execution.batches import Position
from reconcile.execution.calls import resolve
from reconcile.execution.history import History, Run
from reconcile.execution.job import Job, World
from reconcile.execution.preflight import check, differing, require
from reconcile.execution.recovery import expected_after, remove_leftovers, standing
from reconcile.execution.steps import Runner, beforehand
from reconcile.execution.watch import Watch
from reconcile.revisions.file import parse
from reconcile.state import Phase, State, Step, Table

_POLL = 1.0  # seconds between looks at a lock held by another
_LONGEST_PAUSE = 30.0  # seconds between two attempts at a phase


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A job that was done, and the schema after it."""

    job: Job
    state: State
    seconds: float


def execute(job: Job, world: World) -> Outcome:
    """Run one job, after finishing what an earlier run left. The caller holds the lock (see ``locked``).

    Raises Mismatch or CheckFailed before anything is changed; ServerError, Mismatch or Interrupted while it runs:
    the database is then as it was, or history knows how far it came and the next call goes on from there.
    """
    seen = world.history.last()  # before the look at the database: what is recorded later was not seen
    live = _live(world)
    outcome, live = _recover(live, world, job)
    if outcome is not None and (outcome.job.id, outcome.job.direction) == (job.id, job.direction):
        return outcome
    return _Execution(job, world, live).begin(world.history.last() if outcome is not None else seen)


def recover(world: World, asked: Job | None = None) -> Outcome | None:
    """Finish what an earlier run left, if one did. The caller holds the lock. Raises as ``execute`` does.

    ``asked``: what the user wants now. Where that is the same revision (perhaps mended since) its steps are taken
    instead of those the database kept; where it is the way back of the same revision, that is run instead.
    """
    return _recover(_live(world), world, asked)[0] if world.history.unfinished() else None


def record(job: Job, state: State, world: World) -> Outcome:
    """Record a job as done without running it: ``state``, the live one, is where it leads.

    The caller holds the lock.
    """
    return _Execution(job, world, state).note_as_done(world.history.last())


def stranded(world: World, asked: Job) -> tuple[Step, ...] | None:
    """The steps an unfinished run has done, where ``asked``, the other way of its revision, passes through no state
    like the one they led to; None where it does, or nothing is unfinished. Raises Mismatch as ``execute`` does."""
    run = world.history.unfinished()
    if run is None or run.revision != asked.id or run.direction == asked.direction:
        return None
    job, live = _stored(run, world), _live(world)
    done = standing(job, live, world.history.journal(run)).done
    if done in (0, len(job.phases)):
        return None
    try:
        standing(asked, live)
    except Mismatch:
        return tuple(step for phase in job.phases[:done] for step in phase.steps)
    return None


def answer(world: World, *, done: bool) -> Step:
    """Journal what a person found out about the step that is in doubt. The caller holds the lock.

    Raises RevisionError where no step is.
    """
    run = world.history.unfinished()
    if run is not None:
        job, journal = _stored(run, world), world.history.journal(run)
        reached = standing(job, _live(world), journal)
        if reached.doubt:
            step = job.phases[reached.done].steps[0]
            if done:
                world.history.mark(run, phase=reached.done, step=step, state="done", at=world.stamp())
            else:
                world.history.unmark(run, step=step)
            return step
    raise RevisionError("no step is in doubt here", hint="reconcile status shows where the database stands")


@contextmanager
def locked(world: World, *, wait: float) -> Iterator[None]:
    """The database's lock around a block; tells the listener who is waited for."""
    start = world.clock()
    with ExitStack() as stack:
        while True:
            left = wait - (world.clock() - start)
            try:
                stack.enter_context(world.session.lock(world.who, wait_seconds=max(0.0, min(_POLL, left))))
                break
            except LockHeld as held:
                waited = world.clock() - start
                if waited >= wait:
                    raise
                world.listen(Waiting(holder=held.holder, seconds=waited))
                world.sleep(min(0.2, max(0.0, wait - waited)))
        yield


def _live(world: World) -> State:
    """The live state, read in a transaction of its own unless one is open."""
    with nullcontext() if world.session.in_transaction else world.session.reading():
        return world.read(world.session)


# -- what an earlier run left


def _recover(live: State, world: World, asked: Job | None) -> tuple[Outcome | None, State]:
    """Settle an unfinished run: nothing done → failed; all done → done; else the rest is run, or taken back.

    ``asked`` is what the user wants now: the same revision again (perhaps mended), the way back, or another.
    """
    run = world.history.unfinished()
    if run is None:
        return None, live
    if asked is not None and asked.id != run.revision:
        asked = None
    same = asked is not None and asked.direction == run.direction
    job = asked if asked is not None and same else _stored(run, world)
    reached = standing(job, live, world.history.journal(run))
    execution = _Execution(job, world, live, run=run, done=reached.done)
    if reached.doubt:
        step = job.phases[reached.done].steps[0]
        raise Mismatch(
            f"{job.id} was interrupted in step {step.number} ({step.summary}), which changes no object that could "
            f"tell whether it was done",
            differences=[f"step {step.number}: {sql}" for sql in step.sql] or [f"step {step.number}: {step.call}"],
            hint="find out, then say so: reconcile repair --step done, or --step undone to run it again",
        )
    if reached.done == len(job.phases):
        world.listen(Recovered(message=f"{job.id} had been carried out whole; that is recorded now"))
        outcome = execution.conclude(live)
        execution.tidy()
        return outcome, live
    if reached.done == 0 and not reached.begun:
        live = execution.sweep()
        world.history.fail(run, finished=world.stamp(), seconds=0.0, note="interrupted before anything was changed")
        world.listen(Recovered(message=f"{job.id} had been interrupted before it changed anything"))
        return None, live
    if asked is not None and not same:
        world.listen(Recovered(message=f"{job.id} had been interrupted; what it did is taken back"))
        back = standing(asked, live)
        world.history.fail(run, finished=world.stamp(), seconds=0.0, note=f"interrupted, then {asked.direction}")
        outcome = _Execution(asked, world, live, done=back.done).begin(world.history.last())
        return outcome, outcome.state
    left = sum(len(phase.steps) for phase in job.phases[reached.done :])
    world.listen(Recovered(message=f"{job.id} had been interrupted; its last {left} step(s) are run now"))
    outcome = execution.resume()
    return outcome, outcome.state


def _stored(run: Run, world: World) -> Job:
    """The job of a run, from the copy of the revision that the database kept."""
    text = world.history.revision_text(run.revision)
    if not text:
        raise RevisionError(
            f"{run.revision} was interrupted ({run.direction} by {run.who}, {run.started}) and must be finished first",
            revision=run.revision,
            hint=f"run: reconcile {run.direction} {run.revision}",
        )
    # What ran was sealed or was not when it was begun; a seal broken since is no reason to leave it half done.
    revision = parse(text, name=f"{run.revision} (in the database)", sealed=False, dialect=world.dialect)
    return Job.of(revision, run.direction, text=text)


# -- one job


class _Execution:
    """One job on its way. Not a value: it knows how far it has come."""

    def __init__(self, job: Job, world: World, live: State, *, run: Run | None = None, done: int = 0) -> None:
        self.job, self.world, self.base, self.run = job, world, live, run
        self.done = done  # phases
        self.start = world.clock()
        self.after: State | None = None
        self.fresh = self.start  # until when what was seen last is as good as another look
        self.watch = Watch(job, world.session)

    def begin(self, after: Run | None) -> Outcome:
        """From the start (or, when taking back, from where the database stands) to the end.

        ``after``: the last run that had been recorded when the database was looked at.
        """
        if self.done == 0:
            require(self.job, self.base)
        self._preflight()
        self._enter(after)
        return self._go()

    def note_as_done(self, after: Run | None) -> Outcome:
        """To the end at once."""
        self._enter(after)
        return self.conclude(self.base)

    def _enter(self, after: Run | None) -> None:
        job, world = self.job, self.world
        self.run = world.history.start(
            after=after,
            revision=job.id,
            direction=job.direction,
            message=job.message,
            parents=job.parents,
            built_on=job.built_on,
            checksum=job.checksum,
            started=world.stamp(),
            who=world.who,
            tool=world.tool,
            steps=len(job.steps),
            text=job.text,
        )

    def resume(self) -> Outcome:
        """The phases that an interrupted run did not come to."""
        self.base = self.sweep()
        self._preflight()
        return self._go()

    def sweep(self) -> State:
        """Remove what failed concurrent builds left in the way; the state after that."""
        if remove_leftovers(self.job, self.base, self.done, self.world):
            return _live(self.world)
        return self.base

    def conclude(self, state: State) -> Outcome:
        """Record that all is done; part of the open transaction, if one is."""
        seconds = self.world.clock() - self.start
        self.world.history.finish(self._run, state=state, finished=self.world.stamp(), seconds=seconds)
        return Outcome(job=self.job, state=state, seconds=seconds)

    def tidy(self) -> None:
        """What was brought back leaves the attic."""
        if self._has_to_do_with_attic:
            self.world.attic.tidy(self.job.steps, self.world.listen)

    @property
    def _run(self) -> Run:
        assert self.run is not None, "a run is recorded before its first step"
        return self.run

    def _preflight(self) -> None:
        for step in self.job.steps:
            if step.call is not None:  # a function that is not there or not allowed is no reason to stop half way
                resolve(step.call, self.world.root, self.world.python)
        check(
            (c for c in beforehand(self.job.phases[self.done :]) if not c.kept or self.world.attic.holds(c.kept)),
            self.world.session,
            consequence="; nothing was changed" if self.done == 0 else "; nothing more was changed",
        )

    def _go(self) -> Outcome:
        job, world = self.job, self.world
        steps = sum(len(phase.steps) for phase in job.phases[self.done :])
        try:
            world.listen(RevisionStarted(id=job.id, message=job.message, direction=job.direction, steps=steps))
            if any(step.keeps is not None for step in job.steps):
                world.attic.create()
            world.session.set_timeouts(lock_ms=world.timeouts.lock_ms, statement_ms=world.timeouts.statement_ms)
            last = len(job.phases) - 1
            for number in range(self.done, len(job.phases)):
                self._phase(number, job.phases[number], last=number == last)
                self.watch.changed(job.phases[number])
                self.done = number + 1
            if self.after is None:
                self.after = self._verified()
                self.conclude(self.after)
        except KeyboardInterrupt as stop:
            told = self._leave("interrupted by a person")
            raise Interrupted(f"{job.id} was interrupted; {told}", revision=job.id, hint=self._advice(told)) from stop
        except BaseException as error:
            told = self._leave(str(error))
            if isinstance(error, ReconcileError):
                error.hint = "; ".join(part for part in (error.hint, told) if part)
            raise
        self.tidy()
        seconds = world.clock() - self.start
        world.listen(RevisionDone(id=job.id, direction=job.direction, seconds=seconds))
        return Outcome(job=job, state=self.after, seconds=seconds)

    def _phase(self, number: int, phase: Phase, *, last: bool) -> None:
        """One phase; tried again, whole, while a lock is not to be had."""
        world = self.world
        journal = _Journal(world, self._run, number)
        runner = Runner(
            session=world.session,
            root=world.root,
            python=world.python,
            journal=journal,
            listen=world.listen,
            clock=world.clock,
            sleep=world.sleep,
            pace=world.pace,
            attic=self._custodian(),
        )
        at_end = self._seal_off if last and phase.transactional else None
        attempt, parts = 0, 0
        while True:
            attempt += 1
            try:
                runner.run(phase, at_begin=partial(self._undisturbed, number, phase), at_end=at_end)
                return
            except ServerError as error:
                self.after = None
                if journal.parts > parts:  # it had come further, so it is another one that was waited for
                    attempt, parts = 1, journal.parts
                if not world.session.is_lock_timeout(error) or attempt > world.timeouts.retries:
                    raise
                if not phase.transactional and not self._as_before(number, phase):
                    raise
                # Full jitter would sometimes not wait at all; half of it keeps a floor under the pause.
                pause = min(_LONGEST_PAUSE, 0.5 * 2 ** (attempt - 1)) * (0.5 + world.chance() / 2)
                world.listen(Retrying(attempt=attempt, seconds=pause, reason=error.message))
                world.sleep(pause)

    def _undisturbed(self, number: int, phase: Phase) -> None:
        """Before a phase: the lock is ours still, and what it is about to change is as it should be now.

        Raises LockHeld, or Mismatch that names what someone else has changed meanwhile: that must not be overwritten.
        Where the phase has a transaction, nobody changes it any more until that ends.
        """
        job, world = self.job, self.world
        world.session.require_lock()
        mine = {effect.key for step in phase.steps for effect in step.effects}
        if not mine:
            return
        tables = [t for root in sorted({key.root for key in mine}) if isinstance(t := self.base.get(root), Table)]
        if phase.transactional:
            world.session.keep_from_changing([(t.key.schema, t.key.name) for t in tables if t.server is None])
        else:
            seen = self.watch.undisturbed(phase)
            # Nothing holds what is seen here: a look is out of date by as long as it takes, when it ends.
            if seen or (seen is None and world.clock() < self.fresh):
                return
        looks = {} if phase.transactional else self.watch.before_reading(number)
        began = world.clock()
        live = _live(world)
        ended = world.clock()
        self.fresh = ended + (ended - began)
        expected = expected_after(job, number)
        lines = differing(job, {key: expected[key] for key in sorted(mine)}, live)
        if lines:
            raise Mismatch(f"someone else has changed what {job.id} is about to change", differences=lines)
        self.watch.found(looks, live, number)
        # What others have made meanwhile is not ours to lose either: at the end it must be there.
        touched = job.touches
        new = [item for item in live if item.key not in self.base and item.key not in touched]
        for item in new:
            world.listen(Notice(message=f"{item.key} was made by someone else while {job.id} ran"))
        if new:
            self.base = self.base.with_objects([*self.base, *new])

    def _custodian(self) -> OnDuty | None:
        if not self._has_to_do_with_attic:
            return None
        job, world = self.job, self.world
        return OnDuty(
            attic=world.attic,
            revision=job.id,
            direction=job.direction,
            run=self._run.number,
            stamp=world.stamp,
            listen=world.listen,
        )

    @property
    def _has_to_do_with_attic(self) -> bool:
        return any(step.keeps is not None or step.restores is not None for step in self.job.steps)

    def _as_before(self, number: int, phase: Phase) -> bool:
        """Whether a phase without a transaction left nothing behind when it failed."""
        live = _live(self.world)
        if remove_leftovers(self.job, live, number, self.world):
            live = _live(self.world)
        effects = any(step.effects or step.keeps for step in phase.steps)
        single = sum(len(step.sql) for step in phase.steps) == 1
        return (effects or single) and not differing(self.job, expected_after(self.job, number), live)

    def _seal_off(self) -> None:
        """At the end of the last transaction: verify and remember, so that all of it is committed or nothing."""
        state = self._verified()
        self.conclude(state)
        self.after = state

    def _verified(self) -> State:
        """The live state, which is as promised. Raises Mismatch where it is not."""
        live = _live(self.world)
        job = self.job
        lines = differing(job, expected_after(job, len(job.phases)), live)
        touched = job.touches
        if touched:
            roots = {key.root for key in touched}
            others = [
                key
                for key in self.base.objects.keys() | live.objects.keys()
                if key not in touched and self.base.digests.get(key) != live.digests.get(key)
            ]
            for key in sorted(others):
                if key.root in roots and key in self.base.objects:
                    lines.append(f"{key} was not to be touched and is {'changed' if key in live.objects else 'gone'}")
                else:
                    self.world.listen(Notice(message=f"{key} changed while {job.id} ran; it has no part in that"))
        if lines:
            raise Mismatch(f"after {job.id} ({job.direction}) the database is not as promised", differences=lines)
        return live

    # -- when it goes wrong

    def _leave(self, reason: str) -> str:
        """Leave the history so that the next run knows what to do; what was done, in words."""
        try:
            with _alive(self.world) as world:
                return self._settle(world, reason)
        except (ReconcileError, SQLAlchemyError):
            return "how far it came will be found out by the next run"

    def _settle(self, world: World, reason: str) -> str:
        run, total = self._run, len(self.job.phases)
        seconds = world.clock() - self.start
        if not world.history.unfinished():
            return "all of it is done and recorded"
        if self.done == total and total:
            # All phases were committed and the result is not what was promised: nothing is left to resume.
            world.history.fail(run, finished=world.stamp(), seconds=seconds, note=reason)
            return "all steps were carried out; look at the differences, then plan anew"
        journal = world.history.journal(run)
        if world is not self.world and any(row.state == "running" for row in journal):
            # The connection was lost in the middle of a statement that no transaction holds: the server may be
            # working on it still, so what it shows now need not be the end of it.
            world.history.remark(run, reason)
            return "the server may still be working on its last statement; the next run will find out how far it came"
        live = _live(world)
        reached = standing(self.job, live, journal)
        if reached.done == 0 and not (reached.doubt or reached.begun):
            remove_leftovers(self.job, live, 0, world)
            world.history.fail(run, finished=world.stamp(), seconds=seconds, note=reason)
            return "nothing was changed"
        world.history.remark(run, reason)
        done = sum(len(phase.steps) for phase in self.job.phases[: reached.done])
        again = f"'reconcile {self.job.direction} {self.job.id}' runs the rest"
        return f"{done} of {len(self.job.steps)} steps are done; {again}"

    def _advice(self, told: str) -> str:
        return "" if told.startswith("nothing") else "'reconcile status' shows where the database stands"


class _Journal:
    """Writes the journal of one phase."""

    def __init__(self, world: World, run: Run, phase: int) -> None:
        self.world, self.run, self.phase = world, run, phase
        self.parts = 0  # that are done of steps that are carried out in parts

    def running(self, step: Step) -> None:
        self._mark(step, "running")

    def done(self, step: Step) -> None:
        self._mark(step, "done")

    def refused(self, step: Step) -> None:
        self.world.history.unmark(self.run, step=step)

    def reached(self, step: Step) -> Position | None:
        self.world.progress.create()
        return self.world.progress.of(self.run, step)

    def reach(self, step: Step, position: Position) -> None:
        self.world.progress.set(self.run, step, position)
        self.parts += 1

    def _mark(self, step: Step, state: str) -> None:
        self.world.history.mark(self.run, phase=self.phase, step=step, state=state, at=self.world.stamp())


@contextmanager
def _alive(world: World) -> Iterator[World]:
    """The world with a connection that works: an interrupted driver leaves one that does not."""
    connection = world.session.connection
    if not (connection.closed or connection.invalidated):
        yield world
        return
    url = world.session.engine.url.render_as_string(hide_password=False)
    with world.dialect.open(url) as session:
        yield replace(world, session=session, history=History(session, namespaces=world.history.namespaces))
