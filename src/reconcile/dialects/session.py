"""Session: one connection whose transactions we own. Dialects subclass it; nobody else talks to a driver.

AUTOCOMMIT at SQLAlchemy, explicit BEGIN and COMMIT here: the drivers' implicit transactions are a trap
(sqlite3 commits before DDL in some versions and not in others).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import TracebackType
from typing import Any, Protocol, Self

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, PendingRollbackError

from reconcile.errors import LockTimeout, ReconcileError, ServerError
from reconcile.state.key import Key

Parameters = Sequence[Any] | dict[str, Any]


class Tape(Protocol):
    """Stands between a reader and the database, to remember what was asked and answered (scratch/tape.py)."""

    def rows(
        self,
        sql: str,
        parameters: Parameters,
        ask: Callable[[str, Parameters], list[tuple[Any, ...]]],
        *,
        anew: bool = False,
    ) -> list[tuple[Any, ...]]: ...


class Session:
    """An open connection. Not a value: it has a transaction that is open or not."""

    def __init__(self, engine: Engine, connection: Connection) -> None:
        self.engine = engine
        self.connection = connection
        self.in_transaction = False
        self.on_trial = False
        self.tape: Tape | None = None

    # -- statements

    def execute(self, sql: str) -> None:
        """Run one statement as it stands (no parameters, no % or : in a special role). Raises ServerError."""
        with self._errors(sql):
            result = self.connection.exec_driver_sql(sql, execution_options={"no_parameters": True})
            result.close()

    def change(self, sql: str) -> int:
        """Run one INSERT, UPDATE or DELETE; how many rows it was about. Raises ServerError."""
        with self._errors(sql):
            result = self.connection.exec_driver_sql(sql, execution_options={"no_parameters": True})
            result.close()
            return max(0, result.rowcount)

    def execute_all(self, statements: Sequence[str]) -> None:
        """Run statements in order, in as few round trips as the driver allows. Raises ServerError for one of them."""
        for sql in statements:
            self.execute(sql)

    def query(self, sql: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
        """All rows of one query. ``parameters`` in the driver's own style; none: the text runs as it stands."""
        return self.tape.rows(sql, parameters, self._ask) if self.tape is not None else self._ask(sql, parameters)

    def query_named(self, sql: str) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """The names of the columns and all rows of one query, for showing to people. Never from a tape."""
        with self._errors(sql):
            result = self.connection.exec_driver_sql(sql, execution_options={"no_parameters": True})
            try:
                return tuple(map(str, result.keys())), [tuple(row) for row in result.fetchall()]
            finally:
                result.close()

    def query_setting(self, sql: str) -> list[tuple[Any, ...]]:
        """As ``query``, for one that changes how later ones are answered: asked even where its answer is known."""
        return self._ask(sql, ()) if self.tape is None else self.tape.rows(sql, (), self._ask, anew=True)

    def _ask(self, sql: str, parameters: Parameters) -> list[tuple[Any, ...]]:
        # The driver's own tuples: a catalog has tens of thousands of rows, and SQLAlchemy's Row objects cost more
        # than all else about them.
        with self._errors(sql):
            if parameters:
                result = self.connection.exec_driver_sql(sql, parameters)
            else:
                result = self.connection.exec_driver_sql(sql, execution_options={"no_parameters": True})
            try:
                return list(result.cursor.fetchall()) if result.returns_rows and result.cursor is not None else []
            finally:
                result.close()

    # -- transactions

    def begin(self) -> None:
        """BEGIN, for changing."""
        self.execute("BEGIN")
        self.in_transaction = True

    def begin_reading(self) -> None:
        """BEGIN a read-only, repeatable-read transaction: the server itself forbids a change."""
        self.begin()

    def commit(self) -> None:
        """COMMIT."""
        self.execute("COMMIT")
        self.in_transaction = False

    def rollback(self) -> None:
        """ROLLBACK, if there is something to roll back. Never raises on a dead connection."""
        if self.in_transaction:
            self.in_transaction = False
            if self.connection.invalidated:
                return  # an interrupted driver: the connection is gone, and its transaction with it
            try:
                self.execute("ROLLBACK")
            except ServerError:
                self.connection.invalidate()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """BEGIN … COMMIT around a block; ROLLBACK if it raises. In a trial, a part of that."""
        if self.on_trial:
            with self.savepoint():
                yield
            return
        self.begin()
        try:
            yield
        except BaseException:
            self.rollback()
            raise
        self.commit()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """A read-only transaction around a block."""
        self.begin_reading()
        try:
            yield
        finally:
            self.rollback()

    @contextmanager
    def trial(self) -> Iterator[None]:
        """A transaction around a block, rolled back at its end whatever comes of it. Nobody else sees what it does."""
        self.begin()
        self.on_trial = True
        try:
            yield
        finally:
            self.on_trial = False
            self.rollback()

    def guarded(self) -> AbstractContextManager[None]:
        """Around one statement that may fail: a trial goes on after it as anything else does."""
        return self.savepoint() if self.on_trial else nullcontext()

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A block that can fail without spoiling the transaction around it."""
        self.execute("SAVEPOINT reconcile_savepoint")
        try:
            yield
        except ReconcileError:
            self.execute("ROLLBACK TO SAVEPOINT reconcile_savepoint")
            raise
        self.execute("RELEASE SAVEPOINT reconcile_savepoint")

    # -- the server

    @property
    def portable(self) -> bool:
        """Whether another thread may use it while this one does not."""
        return False

    @property
    def server(self) -> str:
        """The server's name and version for people: "PostgreSQL 15.20"."""
        raise NotImplementedError

    @property
    def version_key(self) -> str:
        """What a remembered canonical form depends on: "postgresql-15"."""
        raise NotImplementedError

    def set_timeouts(self, *, lock_ms: int, statement_ms: int) -> None:
        """How long statements may wait for locks, and run; 0 is for ever. Lasts as long as the session."""

    @contextmanager
    def lock(self, holder: str, *, wait_seconds: float) -> Iterator[None]:
        """Keep other runs away from this database. Raises LockHeld with who holds it.

        Must not hold a transaction open on ``self`` while it waits or is held.
        """
        del holder, wait_seconds
        raise NotImplementedError
        yield

    def require_lock(self) -> None:
        """Raises LockHeld where the lock that ``lock`` gave was lost meanwhile: its connection was ended."""

    def keep_from_changing(self, tables: Sequence[tuple[str | None, str]]) -> None:
        """While the transaction lasts, nobody else changes the structure of these tables (schema, name).

        Readers and writers go on. Where the server has no such lock it does nothing. Raises ServerError.
        """
        del tables

    def glance(self, keys: Collection[Key]) -> Mapping[Key, str]:
        """How the outermost objects of these look: texts that are others as soon as one of the keys is another.

        Only of those for which the server has such a text, and it costs less than reading the state.
        """
        del keys
        return {}

    def has_rows(self, schema: str | None, table: str) -> bool:
        """Whether the table holds at least one row."""
        raise NotImplementedError

    # -- errors and end

    def classify(self, error: DBAPIError, sql: str) -> ServerError:
        """The typed error for a driver's. Dialects know their codes; the base class knows none."""
        return ServerError(str(error.orig), sql=sql)

    def is_lock_timeout(self, error: ServerError) -> bool:
        """Whether trying the whole again later may help."""
        return isinstance(error, LockTimeout)

    @contextmanager
    def _errors(self, sql: str) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise self.classify(error, sql) from error
        except PendingRollbackError as error:  # an interrupted driver: SQLAlchemy has given the connection up
            raise ServerError("the connection was lost", sql=sql) from error

    def close(self) -> None:
        """Give the connection back and close the pool. Harmless twice."""
        self.rollback()
        self.connection.close()
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
