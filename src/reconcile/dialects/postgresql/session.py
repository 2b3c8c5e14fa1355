"""PostgreSQL sessions: connecting, read-only transactions, timeouts, the advisory lock, error classes."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import Any

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError

from reconcile.dialects.connect import connect_error, make_engine, parse_url, with_driver
from reconcile.dialects.postgresql.features import OLDEST_MAJOR
from reconcile.dialects.session import Session
from reconcile.dialects.sqltext import POSTGRESQL
from reconcile.errors import ConnectError, DataError, LockHeld, LockTimeout, NotAvailable, ServerError

DRIVERS = ("psycopg", "psycopg2", "asyncpg", "pg8000")

# Two int4 keys of the advisory lock; arbitrary, but the same for ever: "reco", "ncil" in ASCII.
_LOCK = (0x7265636F, 0x6E63696C)
_AT_WORK = (0x7265636F, 0x776F726B)  # "reco", "work"
_POLL_SECONDS = 0.2
_KEEPALIVE = {"tcp_keepalives_idle": 30, "tcp_keepalives_interval": 10, "tcp_keepalives_count": 3}
# An owner may have taken these privileges from himself; what is gone is told by whoever looks next.
_MAY_NOT_BE_LOCKED = frozenset({"42501", "42P01", "3F000"})

_HINTS = {
    "42501": "ask the database's administrator for the privilege, or connect as the owner of the objects",
    "25006": "the server is a read-only standby: connect to the primary",
    "53300": "the server has too many connections: wait, or raise max_connections",
    "57014": "the statement was cancelled: by statement_timeout, or by a person",
    "40P01": "another session was locking the same tables in another order: run it again",
}


_SIMPLE_PROTOCOL = frozenset({"psycopg", "psycopg2"})
_AT_ONCE = 200  # statements


class PostgresSession(Session):
    """One connection to PostgreSQL."""

    url: URL
    _keeper: int | None = None  # the backend that holds our lock

    @property
    def portable(self) -> bool:
        """Drivers that stand on libpq block in it; the others live in one greenlet."""
        return self.engine.dialect.driver in _SIMPLE_PROTOCOL

    def execute_all(self, statements: Sequence[str]) -> None:
        """As in Session; libpq's drivers send many at once by the simple query protocol."""
        if self.engine.dialect.driver not in _SIMPLE_PROTOCOL:
            super().execute_all(statements)
            return
        for start in range(0, len(statements), _AT_ONCE):
            self.execute(";\n".join(statements[start : start + _AT_ONCE]))

    # -- transactions

    def begin_reading(self) -> None:
        """A snapshot that cannot change anything: the server itself refuses."""
        self.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        self.in_transaction = True

    # -- the server

    @cached_property
    def version(self) -> int:
        """``server_version_num``: 180001 for 18.1."""
        return int(self.query("SELECT current_setting('server_version_num')::int4")[0][0])

    @property
    def server(self) -> str:
        return f"PostgreSQL {self.version // 10000}.{self.version % 10000}"

    @property
    def version_key(self) -> str:
        return f"postgresql-{self.version // 10000}"

    def set_timeouts(self, *, lock_ms: int, statement_ms: int) -> None:
        """lock_timeout and statement_timeout, in milliseconds; 0 is for ever."""
        self.execute(f"SET lock_timeout = {int(lock_ms)}")
        self.execute(f"SET statement_timeout = {int(statement_ms)}")

    def has_rows(self, schema: str | None, table: str) -> bool:
        """Whether the table, its partitions and children hold at least one row; taken so where we may not look."""
        name = POSTGRESQL.qualified(schema, table)
        if not self.query(f"SELECT has_table_privilege({POSTGRESQL.literal(name)}, 'SELECT')")[0][0]:
            return True
        return bool(self.query(f"SELECT EXISTS (SELECT FROM {name})")[0][0])

    # -- the lock

    @contextmanager
    def lock(self, holder: str, *, wait_seconds: float) -> Iterator[None]:
        """An advisory lock of this database, on a connection of its own.

        A session that *waits* for an advisory lock holds a snapshot, and CREATE INDEX CONCURRENTLY waits for
        every older snapshot: so we poll, and the connection that holds the lock is idle and in no transaction.
        """
        high, low = _LOCK
        with open_session(self.url.render_as_string(hide_password=False)) as keeper:
            # The holder's name is what others see; the server keeps 63 bytes of it.
            keeper.execute("SET idle_session_timeout = 0")
            name = POSTGRESQL.literal(f"reconcile {os.getpid()}: {holder}")
            keeper.query(f"SELECT set_config('application_name', {name}, false)")
            # A holder whose machine is gone is noticed by the server after these, and not after hours.
            for setting, seconds in _KEEPALIVE.items():
                for connection in (keeper, self):
                    with suppress(ServerError):  # a socket of the machine itself has none
                        connection.execute(f"SET {setting} = {seconds}")
            end = time.monotonic() + wait_seconds
            while not keeper.query(f"SELECT pg_try_advisory_lock({high}, {low})")[0][0]:
                if time.monotonic() >= end:
                    raise _held(keeper)
                time.sleep(min(_POLL_SECONDS, max(0.01, end - time.monotonic())))
            self._keeper = int(keeper.query("SELECT pg_backend_pid()")[0][0])
            try:
                with self._at_work(end):
                    yield
            finally:
                self._keeper = None
                # A connection that was lost meanwhile has given the lock back already.
                with suppress(ServerError):
                    keeper.query(f"SELECT pg_advisory_unlock({high}, {low})")

    @contextmanager
    def _at_work(self, end: float) -> Iterator[None]:
        """A lock on the very connection that works. Of a run that was killed the first lock goes at once, but the
        server may be busy with its last statement still: this one it keeps until that has ended."""
        high, low = _AT_WORK
        while not self.query(f"SELECT pg_try_advisory_lock({high}, {low})")[0][0]:
            if time.monotonic() >= end:
                raise _busy(self)
            time.sleep(_POLL_SECONDS)
        try:
            yield
        finally:
            with suppress(ServerError):  # a connection that was lost holds nothing
                self.query(f"SELECT pg_advisory_unlock({high}, {low})")

    def require_lock(self) -> None:
        high, low = _LOCK
        if self._keeper is not None and not self.query(
            f"SELECT 1 FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND granted AND pid = {self._keeper}"
            f" AND classid = {high} AND objid = {low} AND objsubid = 2"
        ):
            raise LockHeld(
                "the connection that held the lock was ended", holder="nobody: it was lost", hint="run it again"
            )

    def keep_from_changing(self, tables: Sequence[tuple[str | None, str]]) -> None:
        # The manual on this mode (13.3.1): "protects a table against concurrent schema changes and VACUUM runs".
        for schema, name in tables:
            try:
                with self.savepoint():
                    self.execute(f"LOCK TABLE ONLY {POSTGRESQL.qualified(schema, name)} IN SHARE UPDATE EXCLUSIVE MODE")
            except ServerError as error:
                if error.code not in _MAY_NOT_BE_LOCKED:
                    raise

    # -- errors

    def classify(self, error: DBAPIError, sql: str) -> ServerError:
        code = sqlstate(error)
        message = _message(error)
        if code == "55P03":
            return LockTimeout(message, sql=sql, code=code, hint="another session holds a lock on it; try again later")
        hint = _HINTS.get(code, "")
        if code == "0A000" and re.search(r'extension ".*" is not available', message):
            hint = "install the extension on this server, or set 'scratch' to the URL of an empty database that has it"
            return NotAvailable(message, sql=sql, code=code, hint=hint)
        if code == "42704" and re.search(r'role ".*" does not exist', message):
            return NotAvailable(message, sql=sql, code=code, hint=hint)
        # Class 22, "Data Exception" (manual, Appendix A).
        kind = DataError if code.startswith("22") else ServerError
        return kind(message, sql=sql, code=code, hint=hint)


def open_session(url: str) -> PostgresSession:
    """Connect. Raises ConnectError: no driver, unreachable, refused, too old."""
    parsed = with_driver(parse_url(url), DRIVERS)
    engine = make_engine(parsed)
    try:
        connection = engine.connect()
    except (DBAPIError, OSError) as error:
        engine.dispose()
        raise connect_error(parsed, error) from error
    session = PostgresSession(engine, connection)
    session.url = parsed
    try:
        if session.version < OLDEST_MAJOR * 10000:
            raise ConnectError(
                f"{session.server} is not supported", hint=f"PostgreSQL {OLDEST_MAJOR} or later is needed"
            )
        # Notices are for people at a prompt ("identifier will be truncated", "cascades to …").
        session.execute("SET client_min_messages = warning")
    except BaseException:
        session.close()
        raise
    return session


def sqlstate(error: DBAPIError) -> str:
    """The five characters of the SQLSTATE, from whichever driver; empty where there is none."""
    origin: Any = error.orig
    for name in ("sqlstate", "pgcode"):
        found = getattr(origin, name, None)
        if isinstance(found, str):
            return found
    details = getattr(origin, "args", None)
    if details and isinstance(details[0], dict):  # pg8000
        return str(details[0].get("C", ""))
    return ""


def _message(error: DBAPIError) -> str:
    """The server's own words. SQLAlchemy's asyncpg adapter puts the class before them."""
    text = str(error.orig)
    details = getattr(error.orig, "args", None)
    if details and isinstance(details[0], dict):
        text = str(details[0].get("M", text))
    if text.startswith("<class ") and ">: " in text:
        text = text.partition(">: ")[2]
    return text.strip()


def _holders(session: Session, lock: tuple[int, int], columns: str) -> list[tuple[Any, ...]]:
    high, low = lock
    return session.query(
        f"SELECT {columns} FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid"
        f" WHERE l.locktype = 'advisory' AND l.granted AND l.classid = {high} AND l.objid = {low} AND l.objsubid = 2"
        "   AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())"
    )


def _busy(session: Session) -> LockHeld:
    """The lock of a killed run's working connection."""
    rows = _holders(session, _AT_WORK, "a.pid, left(a.query, 200)")
    pid, query = rows[0] if rows else (None, "")
    return LockHeld(
        "the server still works on the last statement of a run that was ended" + (f": {query}" if query else ""),
        holder="a run that was ended; the server still works on its last statement",
        hint="wait for it" + (f", or end it with: SELECT pg_terminate_backend({pid})" if pid else ""),
    )


def _held(keeper: Session) -> LockHeld:
    rows = _holders(
        keeper,
        _LOCK,
        "a.application_name, a.usename::text, coalesce(host(a.client_addr), 'this machine'), a.pid,"
        " to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')",
    )
    if not rows:
        return LockHeld("another run holds the lock", holder="unknown", hint="try again")
    name, user, address, pid, since = rows[0]
    ours = re.fullmatch(r"reconcile (\d+): (.*)", str(name or ""))
    who = f"{ours[2]} (process {ours[1]})" if ours else f"{user}@{address}"
    started = f" since {since} UTC" if since else ""
    return LockHeld(
        f"another run holds the lock: {who}{started}, connected as {user} from {address} (server process {pid})",
        holder=who,
        hint=f"wait for it, or end it with: SELECT pg_terminate_backend({pid})",
    )
