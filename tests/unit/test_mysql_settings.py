"""MariaDB: what a server and its clients are set to never changes what is planned."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reconcile import api
from reconcile.config import Project
from reconcile.dialects.mysql import DIALECT
from tests.conftest import NewDatabase
from tests.own_mariadb import own_mariadb
from tests.servers import Server

_STRANGE = (
    "--lower-case-table-names=1",
    "--sql-mode=ANSI,NO_BACKSLASH_ESCAPES,NO_ZERO_DATE,NO_ZERO_IN_DATE,PAD_CHAR_TO_FULL_LENGTH",
    "--default-time-zone=+05:30",
    "--character-set-server=latin1",
    "--skip-character-set-client-handshake",
    "--explicit-defaults-for-timestamp=0",
    "--innodb-flush-log-at-trx-commit=0",
)


@pytest.fixture(scope="module")
def strange() -> Iterator[Server]:
    """A server of our own whose settings are the most unusual."""
    with own_mariadb(*_STRANGE) as server:
        yield server


OLD = r"""
CREATE TABLE p (id int PRIMARY KEY, b varchar(9) DEFAULT 'a\\b', q varchar(9) DEFAULT '"q"') COMMENT 'it''s "x" \\';
CREATE TABLE t (
  id int AUTO_INCREMENT PRIMARY KEY, p int, s varchar(20) DEFAULT 'é' CHECK (s <> '\\'),
  d datetime DEFAULT '2001-02-03 04:05:06',
  z date DEFAULT '0000-00-00', ts timestamp NOT NULL DEFAULT '2001-02-03 04:05:06', c char(5) DEFAULT 'x',
  g varchar(30) AS (concat(s, '\\', "'")) STORED, KEY (s(3)), CONSTRAINT f FOREIGN KEY (p) REFERENCES p (id)
);
CREATE VIEW v AS SELECT id, concat(s, 'é', "\\") AS x FROM t;
CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.s = concat("é", '\\');
CREATE PROCEDURE pr(a varchar(9)) SELECT a || "x", '\\';
CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' DO DELETE FROM t WHERE s = "x";
"""
NEW = (
    OLD.replace("p int,", "p bigint, more varchar(9) DEFAULT '\\\\',")
    .replace("id int PRIMARY", "id bigint PRIMARY")
    .replace("04:05:06'", "04:05:07'")
    .replace('"x", \'', '"y", \'')
    .replace("2030", "2031")
    .replace('"\\\\")', '"\\\\\\\\")')
)


def plans(url: str, folder: Path, script: str) -> list[str]:
    """What is planned, done, and undone: the statements there and back."""
    folder.mkdir(exist_ok=True)
    (folder / "wanted.sql").write_text(script, encoding="utf-8")
    project = Project(root=folder, database=url, desired=("wanted.sql",), cache=folder / "cache")
    proposal = api.plan(project)
    assert proposal.plan.rehearsal.backward.value in ("passed", "skipped"), proposal.plan.rehearsal
    api.apply(project, proposal=proposal, allow=["all"])
    assert api.plan(project).plan.empty
    return [
        statement
        for phase in (*proposal.plan.phases, *proposal.plan.revert_phases)
        for step in phase.steps
        for statement in (*phase.before, *step.sql, *phase.after)
    ]


def database(server: Server, name: str) -> str:
    server.execute("", f"CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")
    return f"{server.url}{name}"


def test_every_setting_is_the_servers_own_affair(
    strange: Server, mariadb: Server, new_database: NewDatabase, tmp_path: Path
) -> None:
    usual, odd = new_database(mariadb), database(strange, "odd")
    with DIALECT.open(usual) as session:
        session.execute(f"ALTER DATABASE `{usual.rpartition('/')[2]}` CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")
    for script in (OLD, NEW):
        here = plans(usual, tmp_path / "usual", script)
        there = plans(odd, tmp_path / "odd", script)
        assert there == here


def test_so_is_what_a_script_sets(mariadb: Server, new_database: NewDatabase, tmp_path: Path) -> None:
    """A dump begins with settings: what it makes is read as what is made without them."""
    url = new_database(mariadb)
    plans(url, tmp_path, OLD)
    head = "SET NAMES utf8mb3; SET sql_mode = 'NO_ZERO_IN_DATE'; SET sql_quote_show_create = 0;"
    tail = "SET NAMES latin1; SET time_zone = '-03:00'; SET sql_mode = 'ANSI,NO_BACKSLASH_ESCAPES';"
    (tmp_path / "wanted.sql").write_text(head + OLD + tail, encoding="utf-8")
    project = Project(root=tmp_path, database=url, desired=("wanted.sql",), cache=tmp_path / "cache")
    assert [step.sql for step in api.plan(project).plan.steps] == []


def test_so_is_the_character_set_in_the_url(mariadb: Server, new_database: NewDatabase, tmp_path: Path) -> None:
    url = new_database(mariadb)
    plans(url, tmp_path, OLD)
    assert plans(f"{url}?charset=latin1", tmp_path, OLD) == []


@pytest.mark.parametrize("was", ["orders", "Orders"])
def test_names_are_told_apart_as_the_server_does(was: str, strange: Server, tmp_path: Path) -> None:
    """lower_case_table_names=1: Orders and orders are one, whoever writes them."""
    url = database(strange, f"folded_{was.count(chr(79))}")
    (tmp_path / "wanted.yaml").write_text(
        "tables:\n  Orders:\n    columns: {Id: int not null, n: int}\n    primary_key: [Id]\n  Lines:\n"
        "    columns: {o: int}\n    foreign_keys:\n      fk: {columns: [o], references: Orders(Id)}\n",
        encoding="utf-8",
    )
    project = Project(root=tmp_path, database=url, desired=("wanted.yaml",), cache=tmp_path / "cache")
    api.apply(project, proposal=api.plan(project))
    assert api.plan(project).plan.empty
    (tmp_path / "wanted.yaml").write_text(
        f"tables:\n  Purchases:\n    renamed_from: {was}\n    columns: {{Id: int not null, n: int}}\n"
        "    primary_key: [Id]\n",
        encoding="utf-8",
    )
    done = api.apply(project, proposal=api.plan(project), allow=["all"])
    with DIALECT.open(url) as session:
        assert ("purchases",) in session.query("SHOW TABLES")
    api.revert(project, done.revisions, allow=["all"])
    with DIALECT.open(url) as session:
        assert {name for (name,) in session.query("SHOW TABLES") if not name.startswith("reconcile_")} == {
            "lines",
            "orders",
        }


def test_models_with_capitals_are_found_again(strange: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = database(strange, "modelled")
    (tmp_path / "folded_models.py").write_text(
        "import sqlalchemy as sa\nmetadata = sa.MetaData()\n"
        "sa.Table('Orders', metadata, sa.Column('Id', sa.Integer, primary_key=True))\n"
        "sa.Table('Lines', metadata, sa.Column('o', sa.ForeignKey('Orders.Id')), sa.Index('By_O', 'o'))\n",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    project = Project(root=tmp_path, database=url, desired=("models:folded_models:metadata",), cache=tmp_path / "cache")
    api.apply(project, proposal=api.plan(project))
    assert api.plan(project).plan.empty
