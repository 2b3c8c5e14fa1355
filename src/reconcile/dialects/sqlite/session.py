"""SqliteSession: one connection whose transactions we own, and the traps of foreign_keys and locked files."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine
from sqlalchemy.exc import DBAPIError

from reconcile.dialects.connect import connect_error, make_engine, parse_url, shown, with_driver
from reconcile.dialects.session import Session
from reconcile.dialects.sqlite.features import OLDEST, parse_version
from reconcile.dialects.sqlite.lease import Lease
from reconcile.dialects.sqltext import SQLITE
from reconcile.errors import ConnectError, FormRefused, LockTimeout, ServerError

DRIVERS = ("pysqlite", "aiosqlite")
_FOR_EVER_MS = 2**31 - 1
_BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED")
_NO_WRITING = ("SQLITE_READONLY", "SQLITE_CANTOPEN")
_UNWRITABLE = (
    "this user may not write to the file, or not to the folder it is in, where SQLite makes a journal; "
    "nothing has been changed"
)
_FOREIGN_KEYS_OFF = ["PRAGMA", "FOREIGN_KEYS", "=", "OFF"]

_TEMPORARY = (
    r"SELECT type, name FROM temp.sqlite_master WHERE type <> 'index' AND name NOT LIKE 'reconcile\_%' ESCAPE '\'"
)

_OTHER = re.compile(r"error in (\w+ .+?)(?: after (?:rename|drop column))?: ")

_REGISTERED = (
    "an application registers such things on its own connections, and this one does not have it; "
    "leave the table alone with 'ignore', or change it from the application"
)

Violations = Counter[tuple[Any, ...]]  # (table, rowid, parent) → how often


def open_session(url: str) -> SqliteSession:
    """Connect. Raises ConnectError that says what is missing."""
    target = with_driver(parse_url(url), DRIVERS)
    made = _file_to_be_made(target)
    engine = make_engine(target)
    try:
        connection = engine.connect()
    except (DBAPIError, OSError) as error:
        engine.dispose()
        raise _cannot_open(target, error) from error
    session = SqliteSession(engine, connection, made=made)
    try:
        session.query("PRAGMA main.schema_version")  # the first look into the file: is it a database at all?
        version = parse_version(session.version)
    except ServerError as error:
        session.close()
        reason = str(error)
        raise ConnectError(f"cannot read {shown(target)}: {reason}", hint=_hint(target)) from error
    if version < OLDEST:
        session.close()
        oldest = ".".join(str(part) for part in OLDEST[:2])
        raise ConnectError(f"SQLite {session.version} is too old", hint=f"SQLite {oldest} or newer is needed")
    return session


def _file_to_be_made(url: URL) -> Path | None:
    """The database's file, if there is none yet: SQLite makes it when it is first looked into."""
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        return None
    path = Path(url.database)
    return None if path.exists() else path


def _cannot_open(url: URL, error: DBAPIError | OSError) -> ConnectError:
    reason = connect_error(url, error).message
    return ConnectError(reason, hint=_hint(url))


def _hint(url: URL) -> str:
    """What is in the way of opening the file, as far as the file system tells."""
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        return "check the URL: sqlite:///relative.db, sqlite:////absolute.db"
    path = Path(url.database)
    if not path.absolute().parent.is_dir():
        return f"the folder {path.parent} does not exist: make it, or correct the URL"
    if path.is_dir():
        return f"{path} is a folder, not a file"
    if path.exists():
        return f"{path} is not an SQLite database, or may not be read and written by this user"
    return f"check that files may be made in {path.absolute().parent}"


class SqliteSession(Session):
    """SQLite through pysqlite or aiosqlite.

    A phase that says ``PRAGMA foreign_keys=OFF`` before it begins is watched: rows that break a foreign key
    when it commits, and did not when it began, refuse the commit. Afterwards the pragma is as it was.
    """

    def __init__(self, engine: Engine, connection: Connection, *, made: Path | None = None) -> None:
        """``made``: the file that is only there because we opened it; if nothing is written, it goes again."""
        super().__init__(engine, connection)
        self._made = made
        self.version = str(connection.exec_driver_sql("SELECT sqlite_version()").scalar_one())
        self._unchecked = False  # a phase has switched foreign_keys off
        self._was_enforced = False  # how the pragma stood before that
        self._violations: Violations | None = None  # those at BEGIN
        self._analyzed: dict[str, int] = {}  # what ANALYZE has found of each table, counted at BEGIN
        self._query_only = False
        self._lease: Lease | None = None

    # -- statements

    def execute(self, sql: str) -> None:
        if _switches_off(sql):
            self._was_enforced = self._was_enforced or self._enforced()
            super().execute(sql)
            if self._enforced():  # inside a transaction, and on hosts that insist, the pragma does nothing
                raise ServerError(
                    "foreign_keys could not be switched off, so rebuilding a table could delete rows of others",
                    sql=sql,
                    hint="nothing has been changed; use a connection that obeys PRAGMA foreign_keys",
                )
            self._unchecked = True
        else:
            super().execute(sql)

    def _enforced(self) -> bool:
        return bool(self.query("PRAGMA foreign_keys")[0][0])

    # -- transactions

    def begin(self) -> None:
        """BEGIN IMMEDIATE: the write lock now, not in the middle (where waiting could not be retried)."""
        self._refuse_temporary()
        try:
            super().execute("BEGIN IMMEDIATE")
            self.in_transaction = True
            if self._lease is not None:
                self._lease.renew()
            if self._unchecked:
                self._violations, self._analyzed = self._all_violations(), self._statistics()
        except BaseException:
            self.rollback()  # also puts back what the phase switched before it could begin
            raise

    def _refuse_temporary(self) -> None:
        """A temporary table hides the one of its name from statements that do not say ``main``, and a temporary trigger
        goes with the table it watches. Those of a connection's own are hardly known to who plans."""
        if found := self.query(_TEMPORARY):
            kind, name = found[0]
            raise ServerError(
                f"the connection has a temporary {kind} {name} of its own, which would be in the way",
                hint="nothing has been changed; connect without what makes temporary objects on each connection",
            )

    def begin_reading(self) -> None:
        """BEGIN with ``query_only``: SQLite itself then refuses every change."""
        super().execute("BEGIN")
        self.in_transaction = True
        super().execute("PRAGMA query_only=ON")
        self._query_only = True

    def commit(self) -> None:
        """COMMIT. Raises ServerError, before anything is kept, where rows lost what their foreign keys name."""
        try:
            if self._violations is not None:
                self._refuse_new_violations(self._violations)
                self._analyze_again(self._analyzed)
            if self._lease is not None:
                self._lease.renew()
            super().commit()
        except BaseException:
            self.rollback()
            raise
        self._settle()

    def rollback(self) -> None:
        """ROLLBACK, if there is something to roll back; pragmas are as they were."""
        super().rollback()
        self._settle()

    def _settle(self) -> None:
        self._violations, self._analyzed = None, {}
        if self._query_only:
            self._query_only = False
            self._quietly("PRAGMA query_only=OFF")
        else:  # a step may have failed between its own two pragmas
            self._quietly("PRAGMA legacy_alter_table=OFF")
        if self._unchecked:
            self._unchecked = False
            if self._was_enforced:
                self._quietly("PRAGMA foreign_keys=ON")
            self._was_enforced = False

    def _quietly(self, sql: str) -> None:
        """A pragma on a connection that may be dead: then it does not matter any more."""
        with suppress(ServerError):
            super().execute(sql)

    def _refuse_new_violations(self, before: Violations) -> None:
        after = self._all_violations()
        new = after - before
        if not new or after.total() <= before.total():  # a renamed table has its old violations under its new name
            return
        table, rowid, parent = min(new, key=repr)
        row = "a row" if rowid is None else f"the row with rowid {rowid}"
        raise ServerError(
            f"{row} of table {table} refers to a row of {parent} that is not there ({new.total()} such rows in all)",
            sql="PRAGMA foreign_key_check",
            hint="nothing has been changed; mend the rows, then try again",
            code="SQLITE_CONSTRAINT_FOREIGNKEY",
        )

    def _statistics(self) -> dict[str, int]:
        """How many rows of ``sqlite_stat1`` there are for each table; none where nobody has said ANALYZE."""
        if not self.query("SELECT 1 FROM main.sqlite_master WHERE name = 'sqlite_stat1'"):
            return {}
        return dict(self.query("SELECT tbl, count(*) FROM main.sqlite_stat1 GROUP BY tbl"))

    def _analyze_again(self, before: dict[str, int]) -> None:
        """DROP TABLE takes the statistics with it (lang_analyze.html): those of a table that was rebuilt are made anew,
        for the planner would choose by nothing from then on."""
        after = self._statistics() if before else {}
        for table, count in sorted(before.items()):
            if after.get(table, 0) < count and self.query(
                "SELECT 1 FROM main.sqlite_master WHERE type = 'table' AND name = ?", (table,)
            ):
                super().execute(f"ANALYZE main.{SQLITE.ident(table)}")

    def _all_violations(self) -> Violations:
        """Rows without the row they refer to, where that row's table exists at all."""
        # Asked first: a pragma goes by the schema this connection remembers, a query makes it look again.
        masters = self.query("SELECT type, rootpage, name FROM main.sqlite_master")
        try:
            rows = self.query("PRAGMA main.foreign_key_check")
        except ServerError:  # one foreign key that names no key of its parent spoils the check of all
            rows = []
            for kind, page, table in masters:
                if kind == "table" and page:
                    with suppress(ServerError):
                        rows += self.query(f"PRAGMA main.foreign_key_check({SQLITE.ident(table)})")
        present = {str(name).lower() for _, _, name in masters}
        return Counter((row[0], row[1], row[2]) for row in rows if str(row[2]).lower() in present)

    # -- the server

    @property
    def server(self) -> str:
        return f"SQLite {self.version}"

    @property
    def version_key(self) -> str:
        return f"sqlite-{'.'.join(self.version.split('.')[:2])}"

    def set_timeouts(self, *, lock_ms: int, statement_ms: int) -> None:
        """How long to wait for a locked file. SQLite has no limit on how long a statement runs."""
        del statement_ms
        super().execute(f"PRAGMA busy_timeout={lock_ms or _FOR_EVER_MS}")

    @contextmanager
    def lock(self, holder: str, *, wait_seconds: float) -> Iterator[None]:
        """A lease row in ``reconcile_lock``, renewed by every transaction; one whose holder died runs out."""
        lease = Lease(self, holder)
        lease.take(wait_seconds)
        self._lease = lease
        try:
            yield
        finally:
            self._lease = None
            self.rollback()
            lease.give_back()

    def has_rows(self, schema: str | None, table: str) -> bool:
        del schema
        return bool(self.query(f"SELECT EXISTS (SELECT 1 FROM {SQLITE.ident(table)})")[0][0])

    # -- errors and end

    def close(self) -> None:
        super().close()
        if self._made is not None and self._made.is_file() and not self._made.stat().st_size:
            self._made.unlink()  # a plan changes nothing, not even the folder
            self._made = None

    def classify(self, error: DBAPIError, sql: str) -> ServerError:
        original = error.orig
        code = str(getattr(original, "sqlite_errorname", "") or "")
        message = str(original)
        if code.startswith(_BUSY) or message.startswith("database is locked"):
            return LockTimeout(message, sql=sql, code=code, hint="another program is writing to this database")
        # ALTER TABLE looks at every view and trigger, and at what has nothing to do with it (lang_altertable.html, 3).
        if sql.startswith("ALTER TABLE") and (found := _OTHER.match(message)):
            return FormRefused(message, sql=sql, code=code, hint=f"correct or drop {found[1]}, then try again")
        if code.startswith(_NO_WRITING):
            return ServerError(message, sql=sql, code=code, hint=_UNWRITABLE)
        hint = _REGISTERED if message.startswith(("no such collation sequence", "no such function")) else ""
        return ServerError(message, sql=sql, code=code, hint=hint)


def _switches_off(sql: str) -> bool:
    if len(sql) > 80:
        return False
    words = [token.text.upper() for token in SQLITE.words(sql)]
    return words == _FOREIGN_KEYS_OFF
