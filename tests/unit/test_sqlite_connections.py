"""SQLite: what an application's connections carry with them must not change what is done. Rows tell."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from reconcile import api
from reconcile.errors import ServerError
from tests.unit.test_sqlite_traps import CASES, Trap, built, changed

OLD, ROWS = CASES["views with columns, triggers elsewhere"]


@contextmanager
def every_connection(prepare: Callable[[sqlite3.Connection], object]) -> Iterator[None]:
    """As an application's pool does: each connection is prepared when it is made; but not those in memory."""

    def connected(connection: sqlite3.Connection, record: object) -> None:
        del record
        if connection.execute("PRAGMA database_list").fetchall()[0][2]:
            prepare(connection)

    event.listen(sa.Engine, "connect", connected)
    try:
        yield
    finally:
        event.remove(sa.Engine, "connect", connected)


@pytest.mark.parametrize(
    "pragmas",
    [
        "PRAGMA recursive_triggers=ON",
        "PRAGMA legacy_alter_table=ON",
        "PRAGMA foreign_keys=ON",
        "PRAGMA foreign_keys=ON; PRAGMA defer_foreign_keys=ON; PRAGMA recursive_triggers=ON",
        "PRAGMA ignore_check_constraints=ON",
        "PRAGMA case_sensitive_like=ON",
        "PRAGMA reverse_unordered_selects=ON",
        "PRAGMA count_changes=ON",
        "PRAGMA full_column_names=ON; PRAGMA short_column_names=OFF",
        "PRAGMA writable_schema=ON",
        "PRAGMA trusted_schema=OFF",
        "PRAGMA cell_size_check=ON; PRAGMA secure_delete=ON; PRAGMA synchronous=OFF",
    ],
)
def test_settings_of_the_connection_change_nothing(tmp_path: Path, pragmas: str) -> None:
    """A rename, a rebuild and a revert give what they give without them."""
    trap = Trap(tmp_path, OLD + ROWS)
    base, before = trap.state(), trap.content()
    new = changed(OLD).replace("TABLE log (what", "TABLE journal (what").replace("ON log", "ON journal")
    new = new.replace("INTO log", "INTO journal")
    with every_connection(lambda connection: connection.executescript(pragmas)):
        trap.apply(new, renames=("table log=journal",))
        assert trap.state() == built(tmp_path, new)
        assert api.plan(trap.project, renames=("table log=journal",)).plan.empty
        with closing(sqlite3.connect(trap.path)) as connection:  # what it does here is not kept
            connection.execute("INSERT INTO journal VALUES ('!')")  # its trigger changes t
            assert connection.execute("SELECT a FROM t WHERE id = 1").fetchall() == [("one!",)]
        trap.revert()
    assert trap.state() == base
    assert trap.content() == before


def test_attached_databases_are_left_alone(tmp_path: Path) -> None:
    trap = Trap(tmp_path, OLD + ROWS)
    before = trap.content()
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as connection:
        connection.executescript(
            "CREATE TABLE t (z); CREATE TABLE u (y); INSERT INTO t VALUES (1); CREATE INDEX i ON t (z)"
        )
    bytes_before = other.read_bytes()
    with every_connection(lambda connection: connection.execute("ATTACH ? AS main2", (str(other),))):
        trap.apply(changed(OLD) + "CREATE TABLE u (id INTEGER PRIMARY KEY); CREATE INDEX i ON u (id);")
        assert trap.state() == built(
            tmp_path, changed(OLD) + "CREATE TABLE u (id INTEGER PRIMARY KEY); CREATE INDEX i ON u (id);"
        )
        trap.revert()
    assert trap.content() == before
    assert other.read_bytes() == bytes_before


@pytest.mark.parametrize(
    ("temporary", "named"),
    [
        ("CREATE TEMP TABLE t (z)", "temporary table t"),
        ("CREATE TEMP VIEW log AS SELECT 1 AS what", "temporary view log"),
        ("CREATE TEMP TRIGGER watch AFTER INSERT ON main.t BEGIN DELETE FROM log; END", "temporary trigger watch"),
    ],
)
def test_what_is_temporary_on_the_connection_is_named_and_nothing_begins(
    tmp_path: Path, temporary: str, named: str
) -> None:
    """A temporary table hides the one of that name, and a temporary trigger goes with the table for good."""
    trap = Trap(tmp_path, OLD + ROWS)
    before = trap.path.read_bytes()
    proposal = trap.plan(changed(OLD))
    with (
        every_connection(lambda connection: connection.execute(temporary)),
        pytest.raises(ServerError, match=f"{named} of its own") as caught,
    ):
        api.apply(trap.project, proposal=proposal, allow=("all",))
    assert "nothing has been changed" in caught.value.hint
    assert trap.path.read_bytes() == before
