"""SQLite's session: transactions we own, the lock, and what errors say."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.util import greenlet_spawn

from reconcile.dialects.sqlite import DIALECT
from reconcile.dialects.sqlite.features import Features, parse_version
from reconcile.dialects.sqlite.lease import Lease
from reconcile.dialects.sqlite.session import SqliteSession, open_session
from reconcile.errors import ConnectError, LockHeld, LockTimeout, ServerError


def test_versions_become_facts() -> None:
    assert parse_version("3.40.1") == (3, 40, 1)
    assert Features.of((3, 35, 4)).drop_column is False
    assert Features.of((3, 35, 5)).drop_column is True
    assert Features.of((3, 36, 0)).strict is False


def test_a_missing_folder_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(ConnectError, match="cannot connect") as caught:
        DIALECT.open(f"sqlite:///{tmp_path}/not/here.db")
    assert f"the folder {tmp_path}/not does not exist" in caught.value.hint


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("hello, this is not a database, but long enough to be taken for one" * 20)
    with pytest.raises(ConnectError, match="file is not a database") as caught:
        DIALECT.open(f"sqlite:///{tmp_path}/x.db")
    assert "not an SQLite database" in caught.value.hint


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(ConnectError) as caught:
        DIALECT.open(f"sqlite:///{tmp_path}")
    assert "is a folder" in caught.value.hint


def test_ddl_is_rolled_back_with_its_transaction() -> None:
    with DIALECT.open("sqlite://") as session:
        with pytest.raises(ServerError, match="no such table"), session.transaction():
            session.execute("CREATE TABLE t (a INT)")
            session.execute("INSERT INTO nowhere VALUES (1)")
        assert session.query("SELECT count(*) FROM sqlite_master") == [(0,)]
        with session.transaction():
            session.execute("CREATE TABLE t (a INT)")
        assert session.has_rows(None, "t") is False
        session.execute("INSERT INTO t VALUES (1)")
        assert session.has_rows(None, "t") is True


def test_reading_refuses_writing_and_ends_with_the_reading() -> None:
    with DIALECT.open("sqlite://") as session:
        with session.reading(), pytest.raises(ServerError, match="readonly"):
            session.execute("CREATE TABLE t (a INT)")
        session.execute("CREATE TABLE t (a INT)")
        assert session.query("PRAGMA query_only") == [(0,)]


def test_another_writer_is_a_lock_timeout(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/x.db"
    with DIALECT.open(url) as one, DIALECT.open(url) as other:
        other.set_timeouts(lock_ms=1, statement_ms=0)
        with one.transaction():
            one.execute("CREATE TABLE t (a INT)")
            with pytest.raises(LockTimeout) as caught:
                other.begin()
            assert caught.value.code == "SQLITE_BUSY"
            assert other.is_lock_timeout(caught.value)
            assert not other.in_transaction
        other.begin()
        other.rollback()


def test_foreign_keys_cannot_be_switched_off_inside_a_transaction() -> None:
    with DIALECT.open("sqlite://") as session:
        session.execute("PRAGMA foreign_keys=ON")
        session.begin()
        with pytest.raises(ServerError, match="could not be switched off"):
            session.execute("PRAGMA foreign_keys=OFF")


@pytest.mark.parametrize("enforced", [0, 1])
@pytest.mark.parametrize("fails", [False, True])
def test_foreign_keys_are_as_before_after_a_phase(enforced: int, fails: bool) -> None:
    with DIALECT.open("sqlite://") as session:
        session.execute(f"PRAGMA foreign_keys={enforced}")
        session.execute("PRAGMA foreign_keys=OFF")
        assert session.query("PRAGMA foreign_keys") == [(0,)]
        session.begin()
        session.execute("PRAGMA legacy_alter_table=ON")
        if fails:
            session.rollback()
        else:
            session.commit()
        assert session.query("PRAGMA foreign_keys") == [(enforced,)]
        assert session.query("PRAGMA legacy_alter_table") == [(0,)]


def test_a_foreign_key_that_names_no_key_does_not_stop_the_check() -> None:
    with DIALECT.open("sqlite://") as session:
        session.execute("CREATE TABLE p (id INT)")
        session.execute("CREATE TABLE broken (p INT REFERENCES p (id))")
        session.execute("CREATE TABLE c (t INT REFERENCES t (id), missing INT REFERENCES nowhere)")
        session.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)")
        session.execute("PRAGMA foreign_keys=OFF")
        with session.transaction():
            session.execute("INSERT INTO c VALUES (NULL, 3)")
        session.execute("PRAGMA foreign_keys=OFF")
        with pytest.raises(ServerError, match="refers to a row of t"), session.transaction():
            session.execute("INSERT INTO c VALUES (3, NULL)")


# -- the lock


def test_the_lock_tells_its_holder_and_ends(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/x.db"
    with DIALECT.open(url) as one, DIALECT.open(url) as other:
        with one.lock("ann@host", wait_seconds=0):
            assert not one.in_transaction
            with pytest.raises(LockHeld, match="ann@host") as caught, other.lock("bob@host", wait_seconds=0):
                pytest.fail("two held the lock")
            assert "ann@host" in caught.value.holder
            with one.transaction():
                one.execute("CREATE TABLE t (a INT)")
        with other.lock("bob@host", wait_seconds=0):
            assert DIALECT.read(other).objects.keys() == DIALECT.read(one).objects.keys()
            assert [str(item.key) for item in DIALECT.read(other)] == ["table t", "column t.a"]


def test_a_lease_that_ran_out_or_whose_process_died_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with open_session(f"sqlite:///{path}") as one, open_session(f"sqlite:///{path}") as other:
        for change in ("expires = 0, host = 'elsewhere'", "pid = 99999999"):
            with one.lock("ann", wait_seconds=0):
                one.execute(f"UPDATE reconcile_lock SET {change}")
                with other.lock("bob", wait_seconds=0):
                    with pytest.raises(LockHeld, match="bob"):
                        one.begin()
                    assert not one.in_transaction


def test_a_transaction_renews_the_lease() -> None:
    with open_session("sqlite://") as session, session.lock("ann", wait_seconds=0):
        session.execute("UPDATE reconcile_lock SET expires = 5")
        with session.transaction():
            pass
        assert session.query("SELECT expires > 5 FROM reconcile_lock") == [(1,)]


def test_a_program_in_a_transaction_holds_the_lock_too(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with open_session(f"sqlite:///{tmp_path}/x.db") as session:
        session.set_timeouts(lock_ms=1, statement_ms=0)
        with pytest.raises(LockHeld, match="writing"):
            Lease(session, "ann").take(0)
    other.close()


def test_aiosqlite_does_the_same(tmp_path: Path) -> None:
    import asyncio

    def work() -> list[str]:
        with DIALECT.open(f"sqlite+aiosqlite:///{tmp_path}/x.db") as session:
            assert isinstance(session, SqliteSession)
            with session.lock("ann", wait_seconds=0), session.transaction():
                session.execute("CREATE TABLE t (a INT)")
            with pytest.raises(ServerError, match="no such table"), session.transaction():
                session.execute("CREATE TABLE u (a INT)")
                session.query("SELECT * FROM nowhere")
            with session.reading():
                return [str(item.key) for item in DIALECT.read(session)]

    assert asyncio.run(greenlet_spawn(work)) == ["table t", "column t.a"]
