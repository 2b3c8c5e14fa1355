"""SQLite: a column's new type must not change what it holds in silence. SQLite itself says what changes."""

from __future__ import annotations

import itertools
import sqlite3
from pathlib import Path

import pytest

from reconcile import api
from reconcile.config import Project
from reconcile.errors import CheckFailed

TEXTS = ("'007'", "'1.50'", "'1e3'", "' 7'", "'+5'", "'abc'", "''", "'42'", "'7x'", "'-0.5'", "NULL", "x'37'")
WHOLE = ("0", "-7", "9007199254740992", "9007199254740993", "9223372036854775807", "-9223372036854775808")
REALS = ("0.5", "0.1 + 0.2", "-1.5e300", "1e-300", "12345.678")


def there_and_back(old: str, new: str, value: str) -> bool:
    """Whether SQLite gives the value back after it has been in a column of the other type."""
    with sqlite3.connect(":memory:") as connection:
        connection.executescript(
            f"CREATE TABLE a (v {old}); CREATE TABLE b (v {new}); CREATE TABLE c (v {old});"
            f"INSERT INTO a VALUES ({value});"
            "INSERT INTO b SELECT v FROM a; INSERT INTO c SELECT v FROM b"
        )
        (same,) = connection.execute("SELECT a.v IS c.v AND typeof(a.v) = typeof(c.v) FROM a, c").fetchone()
    connection.close()
    return bool(same)


def project(folder: Path, old: str, new: str, *values: str) -> Project:
    with sqlite3.connect(folder / "live.db") as connection:
        connection.executescript(f"CREATE TABLE t ({old})")
        for value in values:
            connection.execute(f"INSERT INTO t VALUES ({value})")
    connection.close()
    (folder / "new.sql").write_text(f"CREATE TABLE t ({new});", encoding="utf-8")
    url = f"sqlite:///{folder / 'live.db'}"
    return Project(root=folder, database=url, desired=("new.sql",), cache=folder / "cache")


@pytest.mark.parametrize(
    ("old", "new", "values"),
    [
        ("TEXT", "INTEGER", TEXTS),
        ("VARCHAR(9)", "NUMERIC(10, 2)", TEXTS),
        ("INTEGER", "REAL", WHOLE),
        ("INTEGER", "TEXT", WHOLE),
        ("REAL", "TEXT", REALS),
        ("REAL", "NUMERIC", REALS),
    ],
)
def test_what_sqlite_would_change_for_good_is_found_and_nothing_else(
    tmp_path: Path, old: str, new: str, values: tuple[str, ...]
) -> None:
    made = project(tmp_path, f"v {old}", f"v {new}", *values)
    checks = list(itertools.chain.from_iterable(step.checks for step in api.plan(made).plan.steps))
    with sqlite3.connect(tmp_path / "live.db") as connection:
        found = {row[0] for check in checks for row in connection.execute(check.query)}
        stored = [row[0] for row in connection.execute("SELECT v FROM t ORDER BY rowid")]
    connection.close()
    changed = {kept for kept, value in zip(stored, values, strict=True) if not there_and_back(old, new, value)}
    assert found == changed


def test_zeros_at_the_front_are_not_lost_in_silence(tmp_path: Path) -> None:
    made = project(tmp_path, "zip TEXT", "zip INTEGER", "'00701'", "'90210'")
    with pytest.raises(CheckFailed, match="not be the same as integer"):
        api.apply(made, proposal=api.plan(made))
    with sqlite3.connect(tmp_path / "live.db") as connection:
        assert connection.execute("SELECT zip FROM t").fetchall() == [("00701",), ("90210",)]
        connection.execute("UPDATE t SET zip = CAST(zip AS NUMERIC)")  # as the advice says
    connection.close()
    api.apply(made, proposal=api.plan(made))
    with sqlite3.connect(tmp_path / "live.db") as connection:
        assert connection.execute("SELECT zip FROM t").fetchall() == [(701,), (90210,)]
    connection.close()


def test_what_any_held_is_back_as_it_was(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "live.db") as connection:
        connection.executescript("CREATE TABLE t (v ANY) STRICT; INSERT INTO t VALUES ('7'), (7), ('x'), (7.5)")
        before = connection.execute("SELECT typeof(v), quote(v) FROM t").fetchall()
    connection.close()
    (tmp_path / "new.sql").write_text("CREATE TABLE t (v ANY);", encoding="utf-8")
    url = f"sqlite:///{tmp_path / 'live.db'}"
    made = Project(root=tmp_path, database=url, desired=("new.sql",), cache=tmp_path / "cache")
    done = api.apply(made, proposal=api.plan(made))
    with sqlite3.connect(tmp_path / "live.db") as connection:
        assert connection.execute("SELECT typeof(v) FROM t").fetchall() == [
            (t,) for t in ("integer", "integer", "text", "real")
        ]
    connection.close()
    api.revert(made, done.revisions)
    with sqlite3.connect(tmp_path / "live.db") as connection:
        assert connection.execute("SELECT typeof(v), quote(v) FROM t").fetchall() == before
    connection.close()


def test_any_of_a_strict_table_keeps_everything_so_nothing_is_kept_beside(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "live.db") as connection:
        connection.executescript("CREATE TABLE t (v TEXT) STRICT; INSERT INTO t VALUES ('007'), ('x')")
    connection.close()
    (tmp_path / "new.sql").write_text("CREATE TABLE t (v ANY) STRICT;", encoding="utf-8")
    url = f"sqlite:///{tmp_path / 'live.db'}"
    made = Project(root=tmp_path, database=url, desired=("new.sql",), cache=tmp_path / "cache")
    assert [step.summary for step in api.plan(made).plan.steps] == ["rebuild table t (alter column v)"]


def test_any_of_a_strict_table_is_not_converted_before_and_is_after(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "live.db") as connection:
        connection.executescript("CREATE TABLE t (v ANY) STRICT; INSERT INTO t VALUES ('007'), ('x')")
    connection.close()
    (tmp_path / "new.sql").write_text("CREATE TABLE t (v ANY);", encoding="utf-8")
    url = f"sqlite:///{tmp_path / 'live.db'}"
    made = Project(root=tmp_path, database=url, desired=("new.sql",), cache=tmp_path / "cache")
    checks = [check for step in api.plan(made, rehearse=False).plan.steps for check in step.checks]
    with sqlite3.connect(tmp_path / "live.db") as connection:
        assert [connection.execute(check.query).fetchall() for check in checks] == [[("007",)]]
    connection.close()
