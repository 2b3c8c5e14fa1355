"""Session on MySQL and MariaDB: connecting, the lock, timeouts, error classes."""

from __future__ import annotations

import hashlib
import math
import os
import re
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import URL, Connection, Engine, ExceptionContext, event
from sqlalchemy.exc import DBAPIError

from reconcile.dialects.connect import connect_error, is_async, make_engine, parse_url, with_driver
from reconcile.dialects.mysql.features import SQL_MODE, Features, features_of
from reconcile.dialects.session import Parameters, Session
from reconcile.dialects.sqltext import MYSQL
from reconcile.errors import ConnectError, FormRefused, LockHeld, LockTimeout, ServerError
from reconcile.state.key import Key, Kind

DRIVERS = ("pymysql", "mysqldb", "mysqlconnector", "asyncmy", "aiomysql")

_BESIDE_TABLES = frozenset({Kind.TRIGGER, Kind.PRIVILEGE})
_COUNTER = re.compile(r" AUTO_INCREMENT=\d+(?=[^\n]*\Z)")  # goes up with every row
_FOREVER_SECONDS = 31536000  # the largest lock_wait_timeout
_POLL_SECONDS = 0.25
_TOGETHER = "BEGIN NOT ATOMIC"
_BYTES = "'binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob'"
_AT_ONCE = 500  # statements in one
_LEASE_SECONDS = 60
_HOLDER = (
    "CREATE TABLE IF NOT EXISTS reconcile_lock (id integer PRIMARY KEY, connection bigint NOT NULL,"
    " holder varchar(400) NOT NULL, since varchar(40) NOT NULL) CHARACTER SET utf8mb4"
)

_LOCK_TIMEOUT = frozenset({1205, 1213, 3572})  # lock wait timeout, deadlock, NOWAIT
_NO_PRIVILEGE = frozenset({1044, 1142, 1143, 1227, 1290, 1370, 1410, 1419, 1698})
_FORM_REFUSED = {
    1845: "the server needs a dearer algorithm for this: plan again, or take the clause out of the step and seal it",
    1846: "the server needs a dearer algorithm for this: plan again, or take the clause out of the step and seal it",
    # MySQL, "Online DDL Operations": at most 64 row versions since the table was last written anew.
    4092: "it has been changed instantly too often: ALTER TABLE … FORCE writes it anew, then try again",
}
_TOO_LONG = frozenset({1969, 3024})  # max_statement_time, max_execution_time
_LOGIN_HINTS = {
    1045: "check user and password",
    1698: "check user and password",
    1049: "create the database first: CREATE DATABASE name",
    1044: "this user has no privileges on that database",
}


class MySqlSession(Session):
    """A connection to one database of a MySQL or MariaDB server."""

    def __init__(self, engine: Engine, connection: Connection, *, url: URL) -> None:
        super().__init__(engine, connection)
        self.url = url
        self._read_only = False
        self._keeper: int | None = None  # the connection that holds our lock
        version, database, folds = self.query("SELECT VERSION(), DATABASE(), @@lower_case_table_names")[0]
        self.features: Features = replace(features_of(str(version)), folds_tables=int(folds) == 1)
        self._database = None if database is None else str(database)
        # What decides how text is read and shown.
        self._settle()
        self._usual = self._settings()

    def _settle(self) -> None:
        self.execute("SET NAMES utf8mb4")
        self.execute(
            f"SET SESSION sql_mode = '{self.features.sql_mode}', SESSION sql_quote_show_create = 1, "
            "SESSION time_zone = @@GLOBAL.time_zone"
        )

    def _settings(self) -> list[tuple[Any, ...]]:
        return self.query_setting(
            "SELECT @@character_set_client, @@sql_mode, @@collation_connection, @@sql_quote_show_create, @@time_zone"
        )

    @contextmanager
    def settled(self) -> Iterator[None]:
        """A block in which text is read and shown as usual, whatever a script that ran here, or a step, has set."""
        before = self._settings()
        if before == self._usual:
            yield
            return
        self._settle()
        try:
            yield
        finally:
            charset, mode, collation, quoted, zone = (str(value) for value in before[0])
            with suppress(ServerError):  # the connection is dead, which whoever uses it next will hear
                self.execute(f"SET NAMES {charset}")
                self.execute(
                    f"SET SESSION sql_mode = {MYSQL.literal(mode)}, SESSION collation_connection = {collation}, "
                    f"SESSION sql_quote_show_create = {quoted}, SESSION time_zone = {MYSQL.literal(zone)}"
                )

    @property
    def database(self) -> str:
        """The name of the connected database. Raises ConnectError where the URL names none."""
        if self._database is None:
            raise ConnectError(
                "the URL names no database", hint="write it as mysql://user@host/database, with the database's name"
            )
        return self._database

    def defaults(self) -> tuple[str, str]:
        """Character set and collation that new tables of this database get."""
        charset, collation = self.query("SELECT @@character_set_database, @@collation_database")[0]
        return str(charset), str(collation)

    # -- statements

    def query_each(self, statements: Sequence[str]) -> list[tuple[Any, ...]]:
        """The one row that each statement gives: by as few queries as the server and the driver allow."""
        if not self.features.compounds or is_async(self.url):  # asyncio's drivers show the first answer only
            return [self.query(sql)[0] for sql in statements]
        parts = (statements[start : start + _AT_ONCE] for start in range(0, len(statements), _AT_ONCE))
        return [row for part in parts for row in self.query(f"{_TOGETHER} {'; '.join(part)}; END")]

    def _ask(self, sql: str, parameters: Parameters) -> list[tuple[Any, ...]]:
        if not sql.startswith(_TOGETHER):
            return super()._ask(sql, parameters)
        with self._errors(sql):
            result = self.connection.exec_driver_sql(sql, execution_options={"no_parameters": True})
            try:
                rows: list[tuple[Any, ...]] = []
                more: Any = result.cursor is not None
                while more:
                    assert result.cursor is not None
                    rows += result.cursor.fetchall()
                    # After the answers comes word that the statement itself is done.
                    more = result.cursor.nextset() and result.cursor.description
                return rows
            finally:
                result.close()

    # -- transactions

    def begin_reading(self) -> None:
        """BEGIN: the server forbids changes, and rows are seen as of the first query."""
        # START TRANSACTION READ ONLY would not do: DDL ends such a transaction and runs. The session's own mode stays.
        self.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        self._read_only = True
        self.execute("START TRANSACTION")
        self.in_transaction = True

    def rollback(self) -> None:
        super().rollback()
        if self._read_only and not self.connection.invalidated:
            self._read_only = False
            with suppress(ServerError):  # the connection is dead, which whoever uses it next will hear
                self.execute("SET SESSION TRANSACTION READ WRITE")

    # -- the server

    @property
    def server(self) -> str:
        return f"{self.features.name} {'.'.join(map(str, self.features.version))}"

    @property
    def version_key(self) -> str:
        # What DDL means depends on these settings as well: they choose engine, collation and TIMESTAMP's defaults.
        engine, stamps, collation = self.query(
            "SELECT @@default_storage_engine, @@explicit_defaults_for_timestamp, @@collation_database"
        )[0]
        return f"{self.features.series}-{str(engine).lower()}-{collation}-{stamps}"

    def set_timeouts(self, *, lock_ms: int, statement_ms: int) -> None:
        seconds = max(1, math.ceil(lock_ms / 1000)) if lock_ms else _FOREVER_SECONDS
        limit = math.ceil(statement_ms / self.features.statement_timeout_unit_ms)
        self.execute(
            f"SET SESSION lock_wait_timeout = {seconds}, SESSION innodb_lock_wait_timeout = {seconds}, "
            f"SESSION {self.features.statement_timeout} = {limit}"
        )

    @contextmanager
    def lock(self, holder: str, *, wait_seconds: float) -> Iterator[None]:
        name = MYSQL.literal(_lock_name("reconcile", self.database))
        deadline = time.monotonic() + wait_seconds
        with open_session(self.url) as own:
            # A holder whose machine is gone says nothing any more, and the server ends its connection.
            blocking = not is_async(self.url)  # the others live in one greenlet, where no thread may use them
            limit = _LEASE_SECONDS if blocking else _FOREVER_SECONDS // 15
            own.execute(f"SET SESSION wait_timeout = {limit}")
            while own.query(f"SELECT GET_LOCK({name}, 0)") != [(1,)]:
                if time.monotonic() >= deadline:
                    who = own._holder(name)
                    raise LockHeld(
                        f"another run holds the lock on {self.database}: {who}",
                        holder=who,
                        hint="wait for it to end, or give --lock-wait",
                    )
                time.sleep(_POLL_SECONDS)
            own._announce(holder)
            self._keeper = int(own.query("SELECT CONNECTION_ID()")[0][0])
            try:
                with self._at_work(deadline), _pulse(own) if blocking else nullcontext():
                    yield
            finally:
                self._keeper = None
                with suppress(ServerError):  # a connection that is gone holds no lock
                    own.query(f"SELECT RELEASE_LOCK({name})")

    @contextmanager
    def _at_work(self, deadline: float) -> Iterator[None]:
        """A lock on the very connection that works. Of a run that was killed the first lock goes at once, but the
        server may be busy with its last statement still: this one it keeps until that has ended."""
        name = MYSQL.literal(_lock_name("reconcile at work", self.database))
        while self.query(f"SELECT GET_LOCK({name}, 0)") != [(1,)]:
            self._end_idle(name)
            if time.monotonic() >= deadline:
                raise self._busy(name)
            time.sleep(_POLL_SECONDS)
        try:
            yield
        finally:
            with suppress(ServerError):  # a connection that is gone holds no lock
                self.query(f"SELECT RELEASE_LOCK({name})")

    def _end_idle(self, name: str) -> None:
        """The first lock is ours: who has this one and does nothing has outlived its run, as its machine is gone."""
        idle = self.query(
            f"SELECT id FROM information_schema.processlist WHERE id = IS_USED_LOCK({name}) AND command = 'Sleep'"
        )
        for (number,) in idle:
            with suppress(ServerError):  # it is another user's, or has ended just now
                self.execute(f"KILL {int(number)}")

    def _busy(self, name: str) -> LockHeld:
        rows = self.query(
            f"SELECT id, LEFT(info, 200) FROM information_schema.processlist WHERE id = IS_USED_LOCK({name})"
        )
        number, statement = rows[0] if rows else (None, None)
        return LockHeld(
            "the server still works on the last statement of a run that was ended"
            + (f": {statement}" if statement else ""),
            holder="a run that was ended; the server still works on its last statement",
            hint="wait for it" + (f", or end it with: KILL {number}" if number else ""),
        )

    def require_lock(self) -> None:
        name = MYSQL.literal(_lock_name("reconcile", self.database))
        if self._keeper is not None and self.query(f"SELECT IS_USED_LOCK({name})") != [(self._keeper,)]:
            raise LockHeld(
                "the connection that held the lock was ended", holder="nobody: it was lost", hint="run it again"
            )

    def _announce(self, holder: str) -> None:
        """Leave word of who holds the lock: the server knows the user of the database and an address, no more."""
        values = ", ".join(MYSQL.literal(text) for text in (f"{holder} (process {os.getpid()})", _now()))
        with suppress(ServerError):  # who may not make tables will hear of that later
            self.execute(_HOLDER)
            self.execute(f"REPLACE INTO reconcile_lock VALUES (1, CONNECTION_ID(), {values})")

    def _holder(self, name: str) -> str:
        with suppress(ServerError):
            word = self.query(f"SELECT holder, since FROM reconcile_lock WHERE connection = IS_USED_LOCK({name})")
            if word:
                return f"{word[0][0]} since {word[0][1]} UTC"
        rows = self.query(
            "SELECT p.id, p.user, p.host, p.time FROM information_schema.processlist p "
            f"WHERE p.id = IS_USED_LOCK({name})"
        )
        if not rows:
            return "a connection that this user may not see"
        number, user, host, seconds = rows[0]
        return f"{user}@{str(host).rpartition(':')[0] or host} (connection {number}, for at least {seconds} s)"

    def glance(self, keys: Collection[Key]) -> Mapping[Key, str]:
        """SHOW CREATE TABLE, which tells all of a table but its triggers and privileges; "" where there is none.

        Of defaults that are bytes it gives the bytes themselves, which no driver can read as text: left out.
        """
        untold = {key.root for key in keys if key.root.kind is not Kind.TABLE or key.kind in _BESIDE_TABLES}
        roots = sorted({key.root for key in keys} - untold)
        if not roots:
            return {}
        names = ", ".join(MYSQL.literal(root.name) for root in roots)
        holds_bytes: dict[str, bool] = {
            str(name): bool(raw)
            for name, raw in self.query(
                "SELECT table_name, EXISTS (SELECT 1 FROM information_schema.columns AS c"
                " WHERE c.table_schema = t.table_schema AND c.table_name = t.table_name"
                f" AND c.data_type IN ({_BYTES}) AND coalesce(c.column_default, 'NULL') <> 'NULL')"
                " FROM information_schema.tables AS t"
                f" WHERE table_schema = DATABASE() AND BINARY table_name IN ({names})"
            )
        }
        shown = [root for root in roots if holds_bytes.get(root.name) is False]
        rows = self.query_each([f"SHOW CREATE TABLE {MYSQL.ident(root.name)}" for root in shown])
        looks = {root: _COUNTER.sub("", str(row[1]), count=1) for root, row in zip(shown, rows, strict=True)}
        return {root: looks.get(root, "") for root in roots if not holds_bytes.get(root.name)}

    def has_rows(self, schema: str | None, table: str) -> bool:
        return bool(self.query(f"SELECT 1 FROM {MYSQL.qualified(schema, table)} LIMIT 1"))

    # -- errors

    def classify(self, error: DBAPIError, sql: str) -> ServerError:
        code = _code(error)
        message = str(error.orig.args[1]) if error.orig is not None and len(error.orig.args) > 1 else str(error.orig)
        if code in _LOCK_TIMEOUT:
            return LockTimeout(message, sql=sql, code=str(code), hint="another connection uses the table; try again")
        if code in _FORM_REFUSED:
            return FormRefused(message, sql=sql, code=str(code), hint=_FORM_REFUSED[code])
        hint = ""
        if code in _NO_PRIVILEGE:
            hint = "the database user lacks a privilege; GRANT it or connect as another user"
        elif code in _TOO_LONG:
            hint = "it ran longer than timeouts.statement allows"
        return ServerError(message, sql=sql, code=str(code or ""), hint=hint)


def open_session(url: str | URL, kind: type[MySqlSession] = MySqlSession) -> MySqlSession:
    """Connect. Raises ConnectError."""
    parsed = with_driver(parse_url(url) if isinstance(url, str) else url, DRIVERS)
    # Whatever the URL says: names and texts are read and written in full.
    if not parsed.drivername.endswith("+mariadbconnector"):
        parsed = parsed.update_query_dict({"charset": "utf8mb4"})
    engine = make_engine(parsed)
    event.listen(engine, "connect", _plain_quotes, insert=True)
    event.listen(engine, "handle_error", _still_connected)
    try:
        connection = engine.connect()
    except (DBAPIError, OSError) as error:
        engine.dispose()
        raise _login_error(parsed, error) from error
    try:
        return kind(engine, connection, url=parsed)
    except BaseException:
        connection.close()
        engine.dispose()
        raise


def _plain_quotes(connection: Any, record: object) -> None:
    """Before SQLAlchemy looks, which would quote by the server's own mode (ANSI_QUOTES) what it asks later."""
    del record
    cursor = connection.cursor()
    cursor.execute(f"SET SESSION sql_mode = '{SQL_MODE}'")
    cursor.close()


def _still_connected(context: ExceptionContext) -> None:
    """SQLAlchemy gives up a connection over MySQL's 4031 (inactivity): to MariaDB, no such trigger to follow."""
    code = context.original_exception.args[:1]
    if code == (4031,) and getattr(context.dialect, "is_mariadb", False):
        context.is_disconnect = False


def _login_error(url: URL, error: DBAPIError | OSError) -> ConnectError:
    said = connect_error(url, error)
    hint = _LOGIN_HINTS.get(_code(error) or 0) if isinstance(error, DBAPIError) else None
    return ConnectError(said.message, hint=hint) if hint else said


def _code(error: DBAPIError) -> int | None:
    """The server's error number, from whichever driver."""
    number = getattr(error.orig, "errno", None)
    if number is None and error.orig is not None and error.orig.args:
        number = error.orig.args[0]
    return number if isinstance(number, int) else None


@contextmanager
def _pulse(session: MySqlSession) -> Iterator[None]:
    """Keep a connection that nobody uses from being ended."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(_LEASE_SECONDS / 4):
            try:
                session.query("SELECT 1")
            except ServerError:
                return

    thread = threading.Thread(target=beat, name="reconcile-lock", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")


def _lock_name(what: str, database: str) -> str:
    # MySQL takes at most 64 characters.
    name = f"{what}:{database}"
    return name if len(name) <= 64 else f"{what}:{hashlib.sha256(database.encode()).hexdigest()[:40]}"
