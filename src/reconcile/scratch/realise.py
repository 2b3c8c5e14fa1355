"""Realising: running declarations on a scratch database, in an order in which they succeed.

Must not know: where declarations come from, or what any statement means.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from itertools import islice
from operator import length_hint

from reconcile.dialects.base import Progress
from reconcile.dialects.session import Session
from reconcile.errors import NotAvailable, Place, ReconcileError, ServerError
from reconcile.state import ForeignKey, Key, State

_BATCH = 100  # units a transaction: a server's lock table is finite (PostgreSQL: max_locks_per_transaction)


@dataclass(frozen=True, slots=True)
class Landmark:
    """A word that a server's complaint may mention, where the user wrote it, and what may have been meant."""

    text: str
    place: Place
    among: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Spare:
    """An object that may be gone without; a foreign key without a name is known by its ``columns``."""

    key: Key
    columns: tuple[str, ...] = ()

    def found_in(self, state: State) -> frozenset[Key]:
        """The keys under which a state may have it."""
        table = self.key.parent
        if self.key.name or table is None:
            return frozenset({self.key})
        keys = (item for item in state.children(table, self.key.kind) if isinstance(item, ForeignKey))
        return frozenset(item.key for item in keys if item.columns == self.columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """One SQL statement and where the user said it. ``spare``: what it makes, if one would rather go without that
    than stop at a failure."""

    sql: str
    place: Place
    landmarks: tuple[Landmark, ...] = ()
    spare: Spare | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What belongs together: one table with its indexes and constraints, one view, one file.

    ``movable``: it may wait until others have made what it needs. A script may not: its author chose the order.
    ``once``: several sources may say the very same, as they share a register; it is made once.
    ``shared``: it is about what the server's databases share, and never runs on scratch (see Shared).
    ``makes``: the one object that it makes, with all that is in it; None where its author alone knows. ``spelled``:
    it names every column it uses, so what is added to the tables it mentions is nothing to it (a view's "*" is not).
    """

    name: str
    statements: tuple[Stated, ...]
    origin: str  # the spec of the source that says it
    movable: bool = True
    once: bool = False
    shared: bool = False
    makes: Key | None = None
    spelled: bool = False
    # The same in smaller pieces (a table without what calls functions, and that), for when no order helps.
    apart: Callable[[], tuple[Declared, ...]] | None = field(default=None, compare=False)


class NotRealised(ReconcileError):
    """A statement that no order could help. The source it came from turns it into words for its user."""

    def __init__(self, unit: Declared, statement: Stated, error: ServerError) -> None:
        super().__init__(f"{statement.place}: {error.message}", hint=error.hint)
        self.unit = unit
        self.statement = statement
        self.error = error


def lacks_something(error: BaseException | None) -> bool:
    """Whether nothing but another server would help."""
    return isinstance(error, NotRealised) and isinstance(error.error, NotAvailable)


@dataclass(slots=True)
class _Pending:
    """A unit on its way: a statement that has run is not run again. Not a value."""

    unit: Declared
    done: int = 0
    failure: NotRealised | None = None
    forgone: list[NotRealised] = field(default_factory=list)


def unheard(done: int, total: int, what: str) -> None:
    """The Progress for those who do not want to know."""
    del done, total, what


def nothing() -> None:
    """What there is to do meanwhile."""


def realise(
    units: Iterable[Declared],
    session: Session,
    *,
    transactional: bool,
    progress: Progress = unheard,
    meanwhile: Callable[[], object] = nothing,
) -> list[NotRealised]:
    """Run every unit; those whose needs are not there yet wait for the others (views come in any order).

    Units may be made while they are asked for: the server then works on some while the next are made. ``meanwhile``
    is called, at most once and not in every case, while the server is busy. ``transactional``: DDL can be rolled back,
    so many units share one transaction. Gives the failures of what could be spared. Raises NotRealised with the first
    other one once a whole round has brought nothing new.
    """
    forgone: list[NotRealised] = []
    waiting: Iterable[_Pending] = (_Pending(unit) for unit in units)
    total = length_hint(units)
    while True:
        tried, moved = 0, False
        left: list[_Pending] = []
        for batch, was in _worked_off(waiting, session, transactional, meanwhile):
            tried += len(batch)
            moved = moved or _steps(batch) > was
            left += [pending for pending in batch if pending.failure is not None]
            forgone += [failure for pending in batch if pending.failure is None for failure in pending.forgone]
            progress(max(0, tried - len(left)), max(total, tried), "desired state on scratch")
        if not left:
            return forgone
        if not moved:
            knotted = left
            left = list(_taken_apart(knotted))
            if len(left) == len(knotted):
                assert knotted[0].failure is not None
                raise knotted[0].failure
        waiting, meanwhile = left, nothing


def _taken_apart(knotted: Iterable[_Pending]) -> Iterator[_Pending]:
    """What each is made of, if nothing of it has been done: a function and the table whose check calls it."""
    for pending in knotted:
        if pending.unit.apart is None or pending.done:
            yield pending
        else:
            yield from map(_Pending, pending.unit.apart())


def _steps(pending: Iterable[_Pending]) -> int:
    return sum(item.done for item in pending)


def _worked_off(
    waiting: Iterable[_Pending], session: Session, transactional: bool, meanwhile: Callable[[], object]
) -> Iterator[tuple[list[_Pending], int]]:
    """Each batch when it has been tried, with how far it was before. The next are fetched meanwhile, where they may."""

    def work(batch: list[_Pending]) -> tuple[list[_Pending], int]:
        was = _steps(batch)
        if not (transactional and _together(batch, session)):
            _apart(batch, session, transactional)
        return batch, was

    source = iter(waiting)
    batches = iter(lambda: list(islice(source, _BATCH)), [])
    if not session.portable:
        yield from map(work, batches)
        return
    with ThreadPoolExecutor(max_workers=1) as aside:
        running: deque[Future[tuple[list[_Pending], int]]] = deque()
        try:
            for batch in batches:
                running.append(aside.submit(work, batch))
                while running and running[0].done():
                    yield running.popleft().result()
            meanwhile()
            while running:
                yield running.popleft().result()
        finally:
            aside.shutdown(cancel_futures=True)  # something went wrong, or a person had enough


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


def _apart(batch: Sequence[_Pending], session: Session, transactional: bool) -> None:
    """Each by itself. What may wait does so whole, where it can: a setting at its beginning is gone until then."""
    for pending in batch:
        spares = any(statement.spare is not None for statement in pending.unit.statements)
        if transactional and pending.unit.movable and len(pending.unit.statements) > 1 and not spares:
            with suppress(NotRealised), session.transaction():
                _run(pending, session)
            if pending.failure is not None:
                pending.done = 0
        else:
            with suppress(NotRealised) if pending.unit.movable else nullcontext():
                _run(pending, session)


def _run(pending: _Pending, session: Session) -> None:
    """Statement by statement, as far as it goes. One that fails has done nothing. Raises NotRealised."""
    pending.failure = None
    for statement in pending.unit.statements[pending.done :]:
        try:
            with session.guarded():
                session.execute(statement.sql)
        except ServerError as error:
            failure = NotRealised(pending.unit, statement, error)
            if statement.spare is None:
                pending.failure = failure
                raise failure from error
            pending.forgone.append(failure)
        pending.done += 1
