"""MariaDB: between statements that each commit, others are watched at a glance; what was done can be taken back."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from tests import oracle
from tests.conftest import NewDatabase
from tests.faults.matrix import fetch
from tests.servers import MARIADB, Server
from tests.shell import Shell

only = pytest.mark.parametrize("server", [MARIADB], indirect=True)
TABLES = 8


def _tables(more: str = "") -> str:
    return "".join(f"CREATE TABLE t{n} (id integer PRIMARY KEY, a integer{more});\n" for n in range(TABLES))


@pytest.fixture
def shell(server: Server, database: str, tmp_path: Path) -> Shell:
    rows = "".join(f"INSERT INTO t{n} VALUES ({n}, 1);" for n in range(TABLES))
    server.execute(database.rpartition("/")[2], _tables() + rows)
    shell = Shell.make(tmp_path, database)
    shell.want(_tables(", c integer"))
    shell.save("columns")
    return shell


@only
def test_the_catalog_is_not_read_before_each_statement(shell: Shell) -> None:
    asked: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        shell.done("apply", "--yes")
    finally:
        event.remove(Engine, "before_cursor_execute", listen)
    assert sum(statement.startswith("ALTER TABLE `t") for statement in asked) == TABLES
    readings = sum("information_schema.check_constraints" in statement for statement in asked)
    assert 0 < readings < TABLES, "fewer than there are statements"


@only
def test_what_others_change_meanwhile_is_seen_at_a_glance_and_the_rest_is_taken_back(
    server: Server, database: str, new_database: NewDatabase, shell: Shell
) -> None:
    name = database.rpartition("/")[2]

    def meddle(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("ALTER TABLE `t2`"):
            server.execute(name, "ALTER TABLE t5 ADD COLUMN c varchar(3)")

    event.listen(Engine, "after_cursor_execute", meddle)
    try:
        said = shell.call("apply", "--yes")
    finally:
        event.remove(Engine, "after_cursor_execute", meddle)
    assert said.code == 4
    assert "t5.c" in said.err and "t6" not in said.err
    assert "was interrupted" in shell.done("status").out
    server.execute(name, "ALTER TABLE t5 DROP COLUMN c")
    shell.done("apply", "--undo", "--yes", "--allow", "all")
    start = new_database(server)
    server.execute(start.rpartition("/")[2], _tables())
    assert oracle.difference(server, name, start.rpartition("/")[2]) == ""
    assert "was interrupted" not in shell.done("status").out
    assert [fetch(server, name, f"SELECT * FROM t{n}") for n in range(TABLES)] == [((n, 1),) for n in range(TABLES)]
    shell.done("history", "--check")
    shell.done("apply", "--yes")
