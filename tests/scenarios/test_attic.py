"""The attic as an operator meets it: what status and purge say, who wins, how one goes without, who may look.

That every value comes back whatever was dropped is a property: tests/properties/test_attic.py.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from reconcile.dialects.registry import dialect_for
from reconcile.dialects.session import Session
from reconcile.errors import ServerError
from tests.conftest import NewDatabase
from tests.servers import Server
from tests.shell import Shell

OLD = """
CREATE TABLE p (id int NOT NULL PRIMARY KEY, name varchar(20));
CREATE TABLE c (id int NOT NULL PRIMARY KEY, pid int, note varchar(40), price decimal(10, 4),
  CONSTRAINT c_pid FOREIGN KEY (pid) REFERENCES p (id));
CREATE TABLE notes (line varchar(40));
"""
ROWS = """
INSERT INTO p VALUES (1, 'one'), (2, 'two');
INSERT INTO c VALUES (1, 1, 'a', 1.2345), (2, 1, 'b', 2.3456), (3, 2, 'c', 3.4567), (4, 2, 'd', 4.5678);
INSERT INTO notes VALUES ('x'), ('x'), (NULL);
"""
NEW = """
CREATE TABLE p (id int NOT NULL PRIMARY KEY, name varchar(20));
CREATE TABLE c (id int NOT NULL PRIMARY KEY, pid int, price decimal(10, 1),
  CONSTRAINT c_pid FOREIGN KEY (pid) REFERENCES p (id));
"""
ALLOW = ("--allow", "drop-table", "--allow", "data-loss", "--allow", "precision-loss")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """A database that is worked on through the command line."""

    server: Server
    url: str
    shell: Shell

    def run(self, sql: str) -> None:
        self.server.execute(self.url.rpartition("/")[2].removesuffix(".db"), sql)

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with self.session() as session:
            return [tuple(row) for row in session.query(query)]

    @contextmanager
    def session(self) -> Iterator[Session]:
        with dialect_for(self.url).open(self.url) as session:
            yield session

    def apply(self, *more: str) -> None:
        self.shell.done("apply", "--yes", "-q", *ALLOW, *more)

    def revert(self) -> str:
        return self.shell.done("revert", "--yes", *ALLOW).all

    def kept(self) -> dict[str, dict[str, object]]:
        """What status says of the attic, by what it is."""
        found = json.loads(self.shell.done("status", "--format", "json").out)
        return {entry["what"].replace("public.", ""): entry for entry in found["attic"]}


@pytest.fixture
def shop(server: Server, database: str, tmp_path: Path) -> Shop:
    shop = Shop(server=server, url=database, shell=Shell.make(tmp_path, database))
    shop.run(OLD + ROWS)
    shop.shell.want(NEW)
    return shop


# -- what is kept, and for how long


def test_status_tells_what_is_kept_and_its_size(shop: Shop) -> None:
    shop.apply()
    kept = shop.kept()
    assert {what: entry["rows"] for what, entry in kept.items()} == (
        {"table notes": 3, "columns note, price of table c": 4} if _keeps_prices(shop) else
        {"table notes": 3, "column note of table c": 4}
    )  # fmt: skip
    if shop.server.dialect != "sqlite":  # which does not tell
        assert all(isinstance(entry["bytes"], int) and entry["bytes"] > 0 for entry in kept.values())
    assert "The attic keeps 7 rows" in shop.shell.done("status").out
    shop.revert()
    assert shop.kept() == {}
    assert sorted(map(str, shop.rows("SELECT line FROM notes"))) == ["('x',)", "('x',)", "(None,)"]
    assert shop.rows("SELECT note FROM c ORDER BY id") == [("a",), ("b",), ("c",), ("d",)]
    assert [f"{price:.4f}" for (price,) in shop.rows("SELECT price FROM c ORDER BY id")] == [
        "1.2345", "2.3456", "3.4567", "4.5678",
    ]  # fmt: skip


def _keeps_prices(shop: Shop) -> bool:
    """SQLite's decimals have no scale: nothing is lost that would have to be kept."""
    return shop.server.dialect != "sqlite"


def test_purge_takes_what_it_is_told_to(shop: Shop) -> None:
    shop.apply()
    (first,) = {str(entry["revision"]) for entry in shop.kept().values()}
    shop.shell.want(NEW.replace("name varchar(20)", "nick varchar(20)"))
    shop.apply()
    assert len(shop.kept()) == 3
    assert shop.shell.call("purge", "--yes", "--revision", "nosuch").code == 1
    assert "Nothing to remove" in shop.shell.done("purge", "--yes", "--older-than", "1d").all
    shop.shell.done("purge", "--yes", "--revision", first)
    assert [entry["revision"] == first for entry in shop.kept().values()] == [False]
    shop.shell.done("purge", "--yes", "--all")
    assert shop.kept() == {}
    said = shop.shell.done("revert", "--last", "2", "--yes", *ALLOW).all
    assert "nothing is kept in the attic" in said
    assert shop.rows("SELECT note FROM c WHERE note IS NOT NULL") == []
    assert shop.rows("SELECT * FROM notes") == []


def test_one_run_may_go_without(shop: Shop) -> None:
    refused = shop.shell.call("apply", "--yes", "--no-preserve", "--allow", "drop-table")
    assert refused.code == 3 and "data-loss" in refused.err
    shop.apply("--no-preserve")
    assert shop.kept() == {}
    shop.revert()
    assert shop.rows("SELECT count(*) FROM c WHERE note IS NULL") == [(4,)]


def test_one_table_may_go_without(shop: Shop) -> None:
    """What is said beside a table in YAML holds for this table alone."""
    file = shop.shell.folder / "schema.yaml"
    file.write_text(
        "tables:\n  p:\n    columns: {id: integer not null primary key, name: varchar(9)}\n"
        "  c:\n    preserve: false\n    columns: {id: integer not null primary key, pid: integer}\n"
    )
    settings = shop.shell.folder / "reconcile.yaml"
    settings.write_text(settings.read_text().replace("schema.sql", "schema.yaml"))
    plan = shop.shell.done("plan").out
    assert "note is dropped with its values" in plan and "notes: it goes into the attic" in plan
    assert shop.shell.call("apply", "--yes", "--allow", "drop-table").code == 3
    shop.apply()
    assert [what for what in shop.kept() if "table c" in what] == []
    assert "table notes" in shop.kept()


# -- who wins


def test_what_was_written_since_stays(shop: Shop) -> None:
    """A row is who its key says: what it had of a column that was away comes back to it, also where it was deleted and
    written again; a value of a column that was there all the time and was changed stays."""
    shop.apply()
    shop.run(
        "UPDATE c SET price = 9.9 WHERE id = 1; DELETE FROM c WHERE id IN (3, 4);"
        "INSERT INTO c VALUES (4, 1, 8.8), (5, 1, 7.7);"
    )
    said = shop.revert()
    now = {row[0]: (row[1], f"{row[2]:.4f}") for row in shop.rows("SELECT id, note, price FROM c")}
    second = "2.3456"
    assert now == {1: ("a", "9.9000"), 2: ("b", second), 4: ("d", "8.8000"), 5: (None, "7.7000")}
    assert "1 more are of rows that are gone; they stay in" in said
    if _keeps_prices(shop):
        assert "were written since, and stay as they are" in said
    (left,) = shop.kept().values()
    assert "note" in str(left["what"])


def test_a_table_that_is_there_again_is_not_written_over(shop: Shop) -> None:
    shop.apply()
    shop.run("CREATE TABLE notes (line varchar(40)); INSERT INTO notes VALUES ('mine');")
    refused = shop.shell.call("revert", "--yes", *ALLOW)
    assert refused.code == 4 and "notes" in refused.err
    assert shop.rows("SELECT line FROM notes") == [("mine",)]
    assert shop.kept()["table notes"]["rows"] == 3


NUMBERED = {
    "postgresql": "CREATE TABLE n (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, s serial, v int);",
    "mysql": "CREATE TABLE n (id int AUTO_INCREMENT PRIMARY KEY, v int);",
    "sqlite": "CREATE TABLE n (id INTEGER PRIMARY KEY AUTOINCREMENT, v int);",
}


def test_numbers_go_on_where_they_were(shop: Shop) -> None:
    """Of a table that was away; where the server keeps count of those that were given and deleted, these too."""
    shop.run(NUMBERED[shop.server.dialect] + "INSERT INTO n (v) VALUES (1), (2), (3), (4); DELETE FROM n WHERE v = 4;")
    shop.apply()
    shop.revert()
    shop.run("INSERT INTO n (v) VALUES (5);")
    assert shop.rows("SELECT v FROM n ORDER BY id") == [(1,), (2,), (3,), (5,)]
    assert shop.rows("SELECT id FROM n WHERE v = 5") == [(5,)]


TREES = """
CREATE TABLE m (id int NOT NULL, at date NOT NULL, v text DEFAULT 'x', PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE INDEX m_v ON m (v);
CREATE TABLE m2 PARTITION OF m FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
CREATE TABLE above (a int, b text);
"""
BELOW = """
CREATE TABLE m1 PARTITION OF m FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE heir (c int) INHERITS (above);
"""


@pytest.mark.parametrize("server", ["postgresql15", "postgresql18"], indirect=True)
@pytest.mark.parametrize("changed", [False, True])
def test_partitions_and_heirs_come_back_to_where_they_were(shop: Shop, changed: bool) -> None:
    """Where the table above is changed in the same plan there is no moment at which they could be put aside."""
    shop.run(TREES + BELOW + "INSERT INTO m VALUES (1, '2020-05-05', 'a'), (2, '2021-05-05', 'b');")
    shop.run("INSERT INTO heir VALUES (1, 'x', 3);")
    shop.shell.want(OLD + (TREES.replace("v text", "w int, v text") if changed else TREES))
    shop.apply()
    assert shop.kept().keys() == ({"table heir"} if changed else {"table heir", "table m1"})
    shop.run("INSERT INTO m (id, at) VALUES (3, '2021-06-06');")
    shop.revert()
    assert shop.rows("SELECT * FROM heir") == shop.rows("SELECT a, b, 3 FROM above") == [(1, "x", 3)]
    there = shop.rows("SELECT tableoid::regclass::text, id, v FROM m ORDER BY id")
    assert there == [("m1", 1, "a"), ("m2", 2, "b"), ("m2", 3, "x")][changed:]
    shop.shell.want(OLD + TREES + BELOW)
    for file in shop.shell.files:
        file.unlink()
    assert "Nothing to do" in shop.shell.done("plan").out


def test_labels_that_rows_have_are_not_taken_away(shop: Shop) -> None:
    kinds = {
        "postgresql": ("CREATE TYPE mood AS ENUM ({});", "mood"),
        "mysql": ("", "enum({})"),
        "sqlite": ("", "varchar(9) CHECK (m IN ({}))"),
    }
    made, kind = kinds[shop.server.dialect]
    whole = f"{made} CREATE TABLE e (id int PRIMARY KEY, m {kind});"
    shop.run(whole.format("'good', 'bad', 'ugly'") + "INSERT INTO e VALUES (1, 'good'), (2, 'ugly');")
    shop.shell.want(OLD + whole.format("'good', 'bad'"))
    refused = shop.shell.call("apply", "--yes", "--allow", "all")
    assert refused.code == 4 and "1 row" in refused.err
    assert shop.rows("SELECT m FROM e ORDER BY id") == [("good",), ("ugly",)]


LABELLED = {
    "postgresql": ("enums: {mood: [good, bad]}\n", "mood", ""),
    "mysql": ("", "\"enum('good', 'bad')\"", ""),
    "sqlite": ("", "varchar(9)", "\n    checks: {e_m: \"m IN ('good', 'bad')\"}"),
}
UGLY = {
    "postgresql": "CREATE TYPE mood AS ENUM ('good', 'bad', 'ugly');"
    " CREATE TABLE e (id int NOT NULL PRIMARY KEY, m mood);",
    "mysql": "CREATE TABLE e (id int PRIMARY KEY, m enum('good', 'bad', 'ugly'));",
    "sqlite": "CREATE TABLE e (id int NOT NULL PRIMARY KEY, m varchar(9),"
    " CONSTRAINT e_m CHECK (m IN ('good', 'bad', 'ugly')));",
}


def test_labels_may_be_taken_away_by_a_word_about_the_rows(shop: Shop) -> None:
    """``convert``: what rows had is kept, and comes back where it was not written since."""
    before, kind, after = LABELLED[shop.server.dialect]
    shop.run(UGLY[shop.server.dialect])
    shop.run("INSERT INTO e VALUES (1, 'good'), (2, 'ugly'), (3, 'ugly'), (4, NULL), (5, 'ugly');")
    wanted = (
        f"{before}tables:\n  e:\n    columns:\n      id: integer not null primary key\n"
        f"      m: {{type: {kind}, convert: \"CASE m WHEN 'ugly' THEN 'bad' ELSE m END\"}}{after}\n"
    )
    settings = shop.shell.folder / "reconcile.yaml"
    settings.write_text(settings.read_text().replace("schema.sql", "schema.yaml"))
    (shop.shell.folder / "schema.yaml").write_text(wanted.replace("ELSE m", "ELSE nothing"))
    wrong = shop.shell.call("plan")
    assert wrong.code == 1 and "schema.yaml" in wrong.err and "the conversion of column" in wrong.err
    (shop.shell.folder / "schema.yaml").write_text(wanted)
    assert "Rehearsed on scratch, forwards and backwards" in shop.shell.done("plan").out
    shop.apply()
    assert shop.rows("SELECT m FROM e ORDER BY id") == [("good",), ("bad",), ("bad",), (None,), ("bad",)]
    assert shop.kept()["column m of table e"]["rows"] == 5
    shop.run("UPDATE e SET m = 'good' WHERE id = 3; INSERT INTO e VALUES (6, 'bad');")
    shop.revert()
    back = ["good", "ugly", "good", None, "ugly", "bad"]
    assert shop.rows("SELECT m FROM e ORDER BY id") == [(each,) for each in back]


# -- who may look


@pytest.fixture
def person(server: Server, new_database: NewDatabase) -> Iterator[str]:
    """A role that may do nothing."""
    del new_database
    name = f"rc_attic_{os.getpid()}"
    make = {"postgresql": f"CREATE ROLE {name}", "mysql": f"CREATE USER {name} IDENTIFIED BY 'x'"}
    drop = {"postgresql": f"DROP ROLE {name}", "mysql": f"DROP USER {name}"}
    where = {"postgresql": "postgres", "mysql": ""}[server.dialect]
    server.execute(where, make[server.dialect])
    yield name
    server.execute(where, drop[server.dialect])


def _within(name: str) -> str:
    return f"SELECT * FROM reconcile_attic.{name}"


def _refused(session: Session, query: str) -> bool:
    try:
        session.query(query)
    except ServerError as error:
        assert "denied" in error.message, error.message
        return True
    return False


@pytest.mark.parametrize("server", ["postgresql15", "postgresql18"], indirect=True)
def test_nobody_sees_in_the_attic_what_the_original_hid(shop: Shop, person: str) -> None:
    """Neither by what default privileges give away, nor by a grant on a table whose rows were hidden by policies."""
    shop.run(
        "ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC;"
        "ALTER DEFAULT PRIVILEGES GRANT ALL ON SCHEMAS TO PUBLIC;"
        f"GRANT SELECT ON notes TO {person}; ALTER TABLE notes ENABLE ROW LEVEL SECURITY;"
        f"CREATE POLICY q ON notes USING (line IS NULL); REVOKE ALL ON c FROM {person};"
    )
    with shop.session() as session:
        session.execute(f"SET ROLE {person}")
        assert session.query("SELECT * FROM notes") == [(None,)]
        session.execute("RESET ROLE")
        shop.shell.want(NEW)
        shop.apply()
        names = [str(entry["name"]) for entry in shop.kept().values()]
        session.execute(f"SET ROLE {person}")
        assert [_refused(session, _within(name)) for name in names] == [True, True]
        session.execute("RESET ROLE")
        session.execute(f"GRANT USAGE ON SCHEMA reconcile_attic TO {person}")  # even so
        session.execute(f"SET ROLE {person}")
        for name in names:
            assert _refused(session, _within(name)) or session.query(_within(name)) == []
        session.execute("RESET ROLE")
        session.execute(f"REVOKE ALL ON SCHEMA reconcile_attic FROM {person}")
    shop.revert()
    with shop.session() as session:
        session.execute(f"SET ROLE {person}")
        assert session.query("SELECT * FROM notes") == [(None,)]
        session.execute("RESET ROLE")
    shop.run(f"DROP OWNED BY {person}")


@pytest.mark.parametrize("server", ["mariadb"], indirect=True)
def test_whoever_may_read_one_table_does_not_read_what_is_kept_of_it(shop: Shop, person: str) -> None:
    """What was granted on the table was granted under its name; only whoever may read all reads on."""
    name = shop.url.rpartition("/")[2]
    shop.run(f"GRANT SELECT ON notes TO {person}; GRANT SELECT (id) ON c TO {person}")
    shop.apply()
    tables = [str(entry["name"]) for entry in shop.kept().values()]
    host = shop.url.partition("//")[2].partition("@")[2]
    with dialect_for(shop.url).open(f"mysql://{person}:x@{host}") as session:
        assert [_refused(session, f"SELECT * FROM {name}.{table}") for table in tables] == [True, True]
