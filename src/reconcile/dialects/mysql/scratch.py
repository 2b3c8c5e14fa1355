"""Scratch on MySQL and MariaDB: a database on the same server, or a given empty one."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from reconcile.dialects.mysql.session import MySqlSession, open_session
from reconcile.dialects.session import Session
from reconcile.dialects.sqltext import MYSQL
from reconcile.errors import ConnectError, ServerError

PREFIX = "reconcile_scratch_"
_SET_SCRATCH = "set scratch: to the URL of an empty database of the same kind of server"


class ScratchSession(MySqlSession):
    """Makes every view its own: on scratch a definer may not be there, or may not read what the view reads."""

    def execute(self, sql: str) -> None:
        super().execute(without_view_definer(sql))


def without_view_definer(sql: str) -> str:
    """The statement without ``DEFINER = user@host``, if it makes a view."""
    if "DEFINER" not in sql[:_HEAD].upper():
        return sql
    words = MYSQL.words(sql[:_HEAD])
    said = [word.text.upper() if word.kind == "word" else "" for word in words]
    start = next((n for n, word in enumerate(said) if word == "DEFINER" and words[n + 1 : n + 2][0].text == "="), None)
    made = next((word for word in said if word in _MADE), None)
    if said[:1] not in (["CREATE"], ["ALTER"]) or made != "VIEW" or start is None:
        return sql
    end = next(n for n in range(start, len(said)) if said[n] in ("SQL", "VIEW"))
    return sql[: words[start].start] + sql[words[end].start :]


# The first of these words in a statement says what it makes.
_MADE = ("VIEW", "FUNCTION", "PROCEDURE", "TRIGGER", "EVENT", "PACKAGE")
_HEAD = 600  # longer than any user's name can make the words before it


@contextmanager
def scratch(near: Session | None, spec: str) -> Iterator[Session]:
    """An empty database with ``near``'s default character set and collation; see ScratchMaker."""
    if spec == "embedded":
        raise ConnectError("there is no embedded MySQL or MariaDB", hint=f"use scratch: same-server, or {_SET_SCRATCH}")
    if spec not in ("auto", "same-server"):
        with _given(near, spec) as session:
            yield session
        return
    if not isinstance(near, MySqlSession):
        raise ConnectError("no MySQL or MariaDB server is known to make a scratch database on", hint=_SET_SCRATCH)
    with _same_server(near) as session:
        yield session


@contextmanager
def _same_server(near: MySqlSession) -> Iterator[Session]:
    name = PREFIX + secrets.token_hex(6)
    charset, collation = near.defaults()
    # A connection of its own: CREATE DATABASE would end a transaction that ``near`` has open.
    with open_session(near.url) as keeper:
        try:
            keeper.execute(f"CREATE DATABASE {MYSQL.ident(name)} CHARACTER SET {charset} COLLATE {collation}")
        except ServerError as error:
            raise ConnectError(
                f"cannot make a scratch database: {error.message}",
                hint=f"GRANT ALL ON `{PREFIX.replace('_', chr(92) + '_')}%`.* TO the user, or {_SET_SCRATCH}",
            ) from error
    try:
        with open_session(near.url.set(database=name), ScratchSession) as session:
            yield session
    finally:
        # A fresh connection: the work may have taken longer than an idle one lives.
        with open_session(near.url) as keeper:
            _revoke_all(keeper, name)
            keeper.execute(f"DROP DATABASE {MYSQL.ident(name)}")


def _revoke_all(session: MySqlSession, database: str) -> None:
    """What was granted on single objects of the database, which would outlive it."""
    here = MYSQL.literal(database)
    try:
        rows = session.query(
            f"SELECT '', table_name, user, host FROM mysql.tables_priv WHERE db = {here}"
            f" UNION SELECT routine_type, routine_name, user, host FROM mysql.procs_priv WHERE db = {here}"
        )
    except ServerError:
        return  # who may not read this cannot have granted anything to others
    for kind, name, user, host in rows:
        on = f"{kind} {MYSQL.qualified(database, str(name))}"
        to = f"{MYSQL.ident(str(user))}@{MYSQL.ident(str(host))}" if host else MYSQL.ident(str(user))
        for what in ("ALL PRIVILEGES", "GRANT OPTION"):
            with suppress(ServerError):  # there may be only one of the two
                session.execute(f"REVOKE {what} ON {on} FROM {to}")


@contextmanager
def _given(near: Session | None, url: str) -> Iterator[Session]:
    with open_session(url, ScratchSession) as session:
        database = MYSQL.ident(session.database)
        if _contents(session):
            raise ConnectError(
                f"the scratch database {session.database} is not empty", hint="give one in which nothing is kept"
            )
        before = session.defaults()
        wanted = near.defaults() if isinstance(near, MySqlSession) else before
        if wanted != before:
            session.execute(f"ALTER DATABASE {database} CHARACTER SET {wanted[0]} COLLATE {wanted[1]}")
        try:
            yield session
        finally:
            session.rollback()
            _empty(session)
            if wanted != before:
                session.execute(f"ALTER DATABASE {database} CHARACTER SET {before[0]} COLLATE {before[1]}")


def _contents(session: MySqlSession) -> list[tuple[str, str]]:
    """(what to say after DROP, name) of all that is in the database."""
    here = MYSQL.literal(session.database)
    return [
        (str(kind), str(name))
        for kind, name in session.query(
            "SELECT IF(table_type IN ('VIEW', 'SEQUENCE'), table_type, 'TABLE'), table_name"
            f" FROM information_schema.tables WHERE table_schema = {here}"
            " UNION ALL SELECT routine_type, routine_name FROM information_schema.routines"
            f" WHERE routine_schema = {here} AND routine_type <> 'PACKAGE BODY'"
            f" UNION ALL SELECT 'EVENT', event_name FROM information_schema.events WHERE event_schema = {here}"
        )
    ]


def _empty(session: MySqlSession) -> None:
    """Drop everything. Only for a database that was seen empty before we used it."""
    session.execute("SET SESSION foreign_key_checks = 0")
    for kind, name in _contents(session):
        session.execute(f"DROP {kind} IF EXISTS {MYSQL.ident(name)}")
    session.execute("SET SESSION foreign_key_checks = 1")
