"""Who plans cannot write, no password is anywhere, and clocks and languages of client and server do not matter."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import pytest
from sqlalchemy import Connection, Engine, event

from tests import oracle
from tests.conftest import NewDatabase
from tests.faults.matrix import fetch
from tests.servers import MARIADB, POSTGRESQL15, SQLITE, Server
from tests.shell import Shell

everywhere = pytest.mark.parametrize("server", [SQLITE, POSTGRESQL15, MARIADB], indirect=True)
TABLE = "CREATE TABLE a (id integer PRIMARY KEY, n integer);"
MORE = f"{TABLE} CREATE TABLE b (id integer PRIMARY KEY);"
# How the readers' transactions begin, by the driver's dialect; and what says that it forbids writing.
_BEGINS = {"sqlite": "PRAGMA query_only=ON", "postgresql": "BEGIN ISOLATION", "mysql": "START TRANSACTION"}
_FORBIDS = {"sqlite": "readonly", "postgresql": "read-only transaction", "mysql": "READ ONLY transaction"}


@everywhere
def test_no_transaction_of_a_plan_can_write(server: Server, database: str, tmp_path: Path) -> None:
    name = database.rpartition("/")[2]
    server.execute(name.removesuffix(".db"), TABLE)
    shell = Shell.make(tmp_path, database)
    shell.want(MORE)
    answers: list[str] = []

    def intrude(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        here = connection.engine.url.database or ""
        if not here.endswith(name) or not statement.startswith(_BEGINS[server.dialect]):
            return
        cursor = connection.connection.cursor()
        if server.dialect == "postgresql":
            cursor.execute("SAVEPOINT before")
        for attempt in ("CREATE TABLE intruder (id integer)", "INSERT INTO a VALUES (1, 1)"):
            try:
                cursor.execute(attempt)
                answers.append(f"{attempt} was done")
            except Exception as error:  # of whichever driver
                answers.append(str(error))
            if server.dialect == "postgresql":
                cursor.execute("ROLLBACK TO SAVEPOINT before")

    event.listen(Engine, "after_cursor_execute", intrude)
    try:
        for command in (("plan",), ("status",), ("inspect",), ("plan", "--save", "-m", "b")):
            before = len(answers)
            shell.done(*command)
            assert len(answers) > before, f"{command} reads in a transaction"
    finally:
        event.remove(Engine, "after_cursor_execute", intrude)
    assert [answer for answer in answers if _FORBIDS[server.dialect] not in answer] == []
    assert fetch(server, name.removesuffix(".db"), "SELECT count(*) FROM a") == ((0,),)


# -- passwords

SECRET = "p@ss:w/r%d#? x\"'"  # PyMySQL sends no other letters than those of Latin 1


@pytest.fixture
def login(server: Server, database: str) -> Iterator[str]:
    """The database's URL with a user whose password has every letter that means something in a URL."""
    name = database.rpartition("/")[2]
    doubled = SECRET.replace("'", "''")
    if server.dialect == "postgresql":
        server.execute(name, f"CREATE ROLE {name}_u LOGIN SUPERUSER PASSWORD '{doubled}'")
        drop = f"DROP ROLE {name}_u"
    else:
        server.execute(
            name, f"CREATE USER {name}_u IDENTIFIED BY '{doubled}'; GRANT ALL ON *.* TO {name}_u WITH GRANT OPTION"
        )
        drop = f"DROP USER {name}_u"
    parts = urlsplit(database)
    host = parts.netloc.rpartition("@")[2]
    yield urlunsplit(parts._replace(netloc=f"{name}_u:{quote(SECRET, safe='')}@{host}"))
    server.execute(name, f"REASSIGN OWNED BY {name}_u TO postgres; {drop}" if server.dialect == "postgresql" else drop)


def _texts(server: Server, name: str) -> Iterator[str]:
    """All that the bookkeeping in the database says."""
    schema = "'reconcile_meta'" if server.dialect == "postgresql" else "DATABASE()"
    tables = fetch(
        server,
        name,
        f"SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema = {schema} "
        "AND table_name LIKE 'reconcile%'",
    )
    assert len(tables) > 2
    for schema, table in tables:
        yield repr(fetch(server, name, f"SELECT * FROM {schema}.{table}"))


@pytest.mark.parametrize("server", [POSTGRESQL15, MARIADB], indirect=True)
def test_a_password_is_nowhere(server: Server, login: str, tmp_path: Path) -> None:
    shell = Shell.make(tmp_path, "${DATABASE_URL}")
    name = login.rpartition("/")[2]
    wrong_host = login.replace(f":{urlsplit(login).port}/", ":1/")
    said = []
    for url, commands in (
        (
            login,
            (
                ("plan", "-v"),
                ("plan", "--format", "json"),
                ("plan", "--format", "html"),
                ("plan", "--save", "-m", "a"),
                ("apply", "--yes", "-v"),
                ("status", "--format", "json"),
                ("history", "--format", "json"),
                ("inspect",),
                ("diff", login, "schema.sql"),
                ("apply", "--yes", "--to", "broken.sql", "-v"),
                ("revert", "--yes"),
            ),
        ),
        (wrong_host, (("plan", "-v"), ("status",))),
        (login.replace(quote(SECRET, safe=""), SECRET), (("plan", "-v"), ("plan", "--format", "json"))),  # not encoded
        (login.replace(quote(SECRET, safe=""), quote(SECRET + "x", safe="")), (("plan", "-v"),)),  # a wrong one
    ):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DATABASE_URL", url)
            shell.want(TABLE)
            shell.want("CREATE TABLE x (y nonsense);", "broken.sql")
            said += [(command, shell.call(*command)) for command in commands]
    assert [each.code for _, each in said[:9]] == [0] * 9, said
    places = [each.all for _, each in said]
    places += [path.read_bytes().decode(errors="replace") for path in tmp_path.rglob("*") if path.is_file()]
    places += _texts(server, name)
    # Whatever is left of it when it is cut at one of its letters tells too much as well.
    for part in (SECRET, quote(SECRET, safe=""), quote(SECRET), "ss:w", "ss%3Aw", "r%d#", "r%25d"):
        assert [place[:300] for place in places if part in place] == []


# -- clocks and languages

_ODD_PLACE = {"TZ": "Asia/Kathmandu", "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "PGTZ": "Pacific/Chatham"}
_TIMES = {
    "postgresql": """
CREATE TABLE İZ (id integer PRIMARY KEY, at timestamptz DEFAULT '2020-03-01 12:00+00', d date DEFAULT '2020-02-01',
  i interval DEFAULT '1 mon 2 days', x float DEFAULT 0.1, m numeric DEFAULT 1234.5,
  CHECK (at > '2001-02-03 04:05:06+00'), CHECK (d < '2030-12-01'));
CREATE VIEW seen AS SELECT id FROM İZ WHERE at > '2019-01-02 00:00+00' AND d > '2001-03-02';
""",
    "mysql": """
CREATE TABLE İz (id integer PRIMARY KEY, at timestamp NOT NULL DEFAULT '2020-03-01 12:00:00',
  d date DEFAULT '2020-02-01', x double DEFAULT 0.1, CHECK (d < '2030-12-01'));
CREATE VIEW seen AS SELECT id FROM İz WHERE at > '2019-01-02 00:00:00';
""",
    "sqlite": """
CREATE TABLE İz (id integer PRIMARY KEY, at text DEFAULT CURRENT_TIMESTAMP, d date DEFAULT '2020-02-01',
  x real DEFAULT 0.1);
CREATE VIEW seen AS SELECT id FROM İz WHERE at > '2019-01-02';
""",
}


@everywhere
def test_clocks_and_languages_do_not_matter(
    server: Server, database: str, new_database: NewDatabase, tmp_path: Path
) -> None:
    name, wanted = (url.rpartition("/")[2].removesuffix(".db") for url in (database, new_database(server)))
    if server.dialect == "postgresql":
        for setting in (
            "timezone = 'Asia/Kathmandu'",
            "datestyle = 'German, DMY'",
            "intervalstyle = 'sql_standard'",
            "extra_float_digits = -5",
            "lc_numeric = 'C.utf8'",
            "quote_all_identifiers = on",
            "bytea_output = 'escape'",
            "default_transaction_isolation = 'serializable'",
        ):
            for each in (name, wanted):  # both, since a dump is written as the database says
                server.execute(each, f"ALTER DATABASE {each} SET {setting}")
    shell = Shell.make(tmp_path, database)
    shell.want(_TIMES[server.dialect])
    there = ["apply", "--yes", "--allow", "all"]

    def elsewhere(*arguments: str) -> str:
        ran = subprocess.run(
            [sys.executable, "-m", "reconcile", *arguments],
            cwd=tmp_path,
            env={**os.environ, **_ODD_PLACE},
            capture_output=True,
            text=True,
            timeout=100,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    shell.save("times")  # here
    elsewhere(*there)  # applied there
    server.execute(wanted, _TIMES[server.dialect])
    assert oracle.difference(server, name, wanted) == ""
    shell.done("plan", "--check")
    elsewhere("plan", "--check")
    told = shell.done("history", "--format", "json").out
    assert "+00:00" in told and "+05:45" not in told and "+13:45" not in told, "history is written in UTC"
    shutil.rmtree(tmp_path / "cache.db")
    elsewhere("plan", "--check")
    elsewhere("revert", "--yes", "--allow", "all")
    elsewhere("history", "--check")
