"""Realising: running declarations on a scratch database, in an order in which they succeed.

Must not know: where declarations come from, or what any statement means.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from reconcile.dialects.base import Progress
from reconcile.dialects.session import Session
from reconcile.errors import Place, ReconcileError, ServerError

_BATCH = 100  # units a transaction: a server's lock table is finite (PostgreSQL: max_locks_per_transaction)


@dataclass(frozen=True, slots=True)
class Landmark:
    """A word that a server's complaint may mention, where the user wrote it, and what may have been meant."""

    text: str
    place: Place
    among: Collection[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """One SQL statement and where the user said it."""

    sql: str
    place: Place
    landmarks: tuple[Landmark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What belongs together: one table with its indexes and constraints, one view, one file.

    ``movable``: it may wait until others have made what it needs. A script may not: its author chose the order.
    """

    name: str
    statements: tuple[Stated, ...]
    movable: bool = True


class NotRealised(ReconcileError):
    """A statement that no order could help. The source it came from turns it into words for its user."""

    def __init__(self, unit: Declared, statement: Stated, error: ServerError) -> None:
        super().__init__(f"{statement.place}: {error.message}", hint=error.hint)
        self.unit = unit
        self.statement = statement
        self.error = error


@dataclass(slots=True)
class _Pending:
    """A unit on its way: a statement that has run is not run again. Not a value."""

    unit: Declared
    done: int = 0
    failure: NotRealised | None = None


def unheard(done: int, total: int, what: str) -> None:
    """The Progress for those who do not want to know."""
    del done, total, what


def realise(units: Sequence[Declared], session: Session, *, transactional: bool, progress: Progress = unheard) -> None:
    """Run every unit; those whose needs are not there yet wait for the others (views come in any order).

    ``transactional``: DDL can be rolled back, so many units share one transaction. Raises NotRealised with the
    first failure once a whole round has brought nothing new.
    """
    waiting = [_Pending(unit) for unit in units]
    total = len(waiting)
    while waiting:
        before = _steps(waiting)
        left: list[_Pending] = []
        for start in range(0, len(waiting), _BATCH):
            batch = waiting[start : start + _BATCH]
            if not (transactional and _together(batch, session)):
                _apart(batch, session)
            left += [pending for pending in batch if pending.failure is not None]
            progress(total - len(left) - max(0, len(waiting) - start - _BATCH), total, "desired state on scratch")
        if left and _steps(waiting) == before:
            assert left[0].failure is not None
            raise left[0].failure
        waiting = left


def _steps(pending: Iterable[_Pending]) -> int:
    return sum(item.done for item in pending)


def _together(batch: Sequence[_Pending], session: Session) -> bool:
    """All in one transaction; False, and nothing done, if one fails or cannot run inside a transaction."""
    try:
        with session.transaction():
            session.execute_all([s.sql for pending in batch for s in pending.unit.statements[pending.done :]])
    except ServerError:
        return False
    for pending in batch:
        pending.done, pending.failure = len(pending.unit.statements), None
    return True


def _apart(batch: Sequence[_Pending], session: Session) -> None:
    """Each statement by itself, as far as it goes. One that fails has done nothing."""
    for pending in batch:
        pending.failure = None
        for statement in pending.unit.statements[pending.done :]:
            try:
                session.execute(statement.sql)
            except ServerError as error:
                pending.failure = NotRealised(pending.unit, statement, error)
                if not pending.unit.movable:
                    raise pending.failure from error
                break
            pending.done += 1
