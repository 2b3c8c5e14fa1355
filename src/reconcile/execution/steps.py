"""Running one phase: the only code that executes a plan's statements, on the live database and on scratch."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from reconcile.config import Pace
from reconcile.dialects.session import Session
from reconcile.errors import ReconcileError, ServerError
from reconcile.events import Listener, StepDone, StepStarted, silent
from reconcile.execution.attic import Custodian
from reconcile.execution.batches import Batches, Position
from reconcile.execution.calls import resolve
from reconcile.execution.preflight import check
from reconcile.state import Check, Phase, Step

Look = Callable[[Iterable[Check], Session], None]
_FULL = Pace(share=1.0)


class Journal(Protocol):
    """Told of each step, inside whatever transaction is open."""

    def running(self, step: Step) -> None: ...

    def done(self, step: Step) -> None: ...

    def refused(self, step: Step) -> None: ...

    def reached(self, step: Step) -> Position | None: ...

    def reach(self, step: Step, position: Position) -> None: ...


class NoJournal:
    """For scratch: nothing to remember."""

    def running(self, step: Step) -> None:
        del step

    def done(self, step: Step) -> None:
        del step

    def refused(self, step: Step) -> None:
        del step

    def reached(self, step: Step) -> Position | None:
        del step
        return None

    def reach(self, step: Step, position: Position) -> None:
        del step, position


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """Runs phases on a session. Python steps come from ``root``, and only from the modules that ``python`` names."""

    session: Session
    root: Path
    journal: Journal
    attic: Custodian | None = None  # None: the steps have nothing to do with it
    python: tuple[str, ...] = ()
    spares: Callable[[Step], bool] = lambda _: False  # scratch: what would reach the server's other databases
    look: Look = check  # asks checks, and raises where rows stand in the way
    listen: Listener = silent
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    pace: Pace = _FULL

    def run(
        self, phase: Phase, *, at_begin: Callable[[], None] | None = None, at_end: Callable[[], None] | None = None
    ) -> None:
        """One phase, whole or not at all if it is transactional.

        ``at_begin`` is called before the first step, after BEGIN; ``at_end`` after the last step, before COMMIT.
        ``after`` statements run whatever happens: they put the session's settings back. Raises ServerError that names
        the step.
        """
        error: BaseException | None = None
        steps = [step for step in phase.steps if not self.spares(step)]
        try:
            for sql in phase.before:
                self.session.execute(sql)
            if phase.transactional:
                with self.session.transaction():
                    if at_begin is not None:
                        at_begin()
                    # Rows may have come since they were looked at, before the first statement of all.
                    self.check(beforehand([phase]))
                    for step in steps:
                        self._step(step)
                    if at_end is not None:
                        at_end()
            else:
                if at_begin is not None:
                    at_begin()
                for step in steps:
                    self._alone(step)
                if at_end is not None:
                    at_end()
        except BaseException as caught:
            error = caught
            raise
        finally:
            self._put_back(phase, error)

    def _put_back(self, phase: Phase, error: BaseException | None) -> None:
        for sql in phase.after:
            try:
                self.session.execute(sql)
            except Exception:
                # What went wrong first is what the user must see; the session is given up after it anyway.
                if error is None:
                    raise

    def _alone(self, step: Step) -> None:
        """A step that no transaction holds: the journal says that it runs, in case nobody lives to say more."""
        self.journal.running(step)
        try:
            self._step(step)
        except ServerError:
            # One statement that the server refused has not happened; of several some may have.
            whole = len(step.sql) == 1 and step.call is None and step.batch is None
            if whole and not self.session.connection.invalidated:
                self.journal.refused(step)
            raise

    @property
    def _batches(self) -> Batches:
        return Batches(
            session=self.session,
            progress=self.journal,
            pace=self.pace,
            listen=self.listen,
            clock=self.clock,
            sleep=self.sleep,
        )

    def check(self, checks: Iterable[Check]) -> None:
        """Raises CheckFailed where rows stand in the way; of what is kept in the attic only while it is there."""
        self.look((c for c in checks if not c.kept or self.attic is None or self.attic.holds(c.kept)), self.session)

    def _step(self, step: Step) -> None:
        if self.attic is not None and not self.attic.admits(step):
            self.journal.done(step)
            return
        self.listen(StepStarted(step=step))
        start = self.clock()
        try:
            self.check(each for each in step.checks if each.at_step)
            if step.call is not None:
                resolve(step.call, self.root, self.python)(self.session.connection)
            if step.batch is not None:
                self._batches.run(step, step.batch)
            else:
                for sql in step.sql:
                    self.session.execute(sql)
        except ServerError as error:
            raise named(error, step) from error
        except ReconcileError:
            raise
        except Exception as error:
            if step.call is None:
                raise
            raise ServerError(f"step {step.number} ({step.summary}): {type(error).__name__}: {error}") from error
        self.journal.done(step)
        self.listen(StepDone(step=step, seconds=self.clock() - start))


def beforehand(phases: Iterable[Phase]) -> Iterator[Check]:
    """The checks that can be asked before any of the steps."""
    return (each for phase in phases for step in phase.steps for each in step.checks if not each.at_step)


def named(error: ServerError, step: Step) -> ServerError:
    """The same error, saying which step it befell."""
    return type(error)(
        f"step {step.number} ({step.summary}): {error.message}", sql=error.sql, hint=error.hint, code=error.code
    )
