"""SQLite's traps, each with rows, through the front door: planned, applied, judged by SQLite itself, and taken back."""

from __future__ import annotations

import io
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from reconcile import api
from reconcile.cli.console import Console
from reconcile.cli.main import run
from reconcile.config import Project
from reconcile.dialects.sqlite import DIALECT
from reconcile.dialects.sqlite.text import cut
from reconcile.errors import FormRefused, LockHeld, ServerError, SourceError
from reconcile.state import Kind, Proof, State

Rows = list[tuple[Any, ...]]

_OURS = "name NOT LIKE 'reconcile\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
_SET = ("user_version", "application_id", "page_size", "encoding", "auto_vacuum", "journal_mode")


class Trap:
    """A database with rows, and the project that changes it."""

    def __init__(self, folder: Path, old: str) -> None:
        self.path = folder / "live.db"
        self.file = folder / "new.sql"
        self.run(old)
        self.project = Project(
            root=folder, database=f"sqlite:///{self.path}", desired=("new.sql",), cache=folder / "cache"
        )

    def run(self, script: str) -> None:
        with closing(sqlite3.connect(self.path)) as connection:
            connection.executescript(script)

    def ask(self, sql: str) -> Rows:
        with closing(sqlite3.connect(self.path)) as connection:
            return connection.execute(sql).fetchall()

    def plan(self, new: str, renames: tuple[str, ...] = ()) -> api.Proposal:
        self.file.write_text(new, encoding="utf-8")
        return api.plan(self.project, renames=renames)

    def apply(self, new: str, renames: tuple[str, ...] = ()) -> api.Proposal:
        proposal = self.plan(new, renames)
        api.apply(self.project, proposal=proposal, allow=("all",))
        assert self.ask("PRAGMA integrity_check") == [("ok",)]
        return proposal

    def revert(self) -> None:
        api.revert(self.project, api.to_revert(self.project, last=1), allow=("all",))

    def state(self) -> State:
        return read(self.path)

    def content(self) -> dict[str, Rows]:
        """Every row of every table with its type and rowid, what AUTOINCREMENT remembers, and the file's settings."""
        found: dict[str, Rows] = {f"PRAGMA {name}": self.ask(f"PRAGMA {name}") for name in _SET}
        for name, sql in self.ask(f"SELECT name, sql FROM sqlite_master WHERE type = 'table' AND {_OURS}"):
            quoted = '"' + name.replace('"', '""') + '"'
            columns = [row[1].replace('"', '""') for row in self.ask(f"PRAGMA table_info({quoted})")]
            parts = [f'quote("{column}")' for column in columns]
            parts += [] if "WITHOUT ROWID" in sql.upper() else ["rowid"]
            found[name] = sorted(self.ask(f"SELECT {', '.join(parts)} FROM {quoted}"))
        if self.ask("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'"):
            found["sqlite_sequence"] = sorted(self.ask(f"SELECT name, seq FROM sqlite_sequence WHERE {_OURS}"))
        return found


def read(path: Path) -> State:
    with DIALECT.open(f"sqlite:///{path}") as session:
        state = DIALECT.read(session)
    return state.select(lambda key: not key.root.name.startswith("reconcile_"))


def built(folder: Path, script: str) -> State:
    with closing(sqlite3.connect(folder / "built.db")) as connection:
        connection.executescript(script)
    return read(folder / "built.db")


_T = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT);"
_ROWS = "INSERT INTO t (id, a, b) VALUES (1, 'one', 1), (5, 'five', 5);"
# What is there, and its rows. A check is added to t, so it is rebuilt.
CASES: dict[str, tuple[str, str]] = {
    "attached names in statements": (_T + "CREATE VIEW v AS SELECT main.t.a FROM main.t;", _ROWS),
    "a type with letters of its own": ("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT, c größe);", _ROWS),
    "rowids without a key": (
        "CREATE TABLE t (a TEXT, b INT);",
        "INSERT INTO t (rowid, a, b) VALUES (7, 'x', 1), (3, 'y', 2);",
    ),
    "a column called rowid": (
        "CREATE TABLE t (rowid TEXT, a TEXT, b INT);",
        "INSERT INTO t (_rowid_, rowid, a, b) VALUES (9, 'r', 'x', 1);",
    ),
    "all names of the rowid taken": (
        "CREATE TABLE t (rowid, oid, _rowid_, a TEXT, b INT);",
        "INSERT INTO t VALUES (1, 2, 3, 'x', 1);",
    ),
    "the highest number was deleted": (
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT, b INT);",
        "INSERT INTO t (a, b) VALUES ('x', 1), ('y', 2), ('z', 3); DELETE FROM t WHERE id = 3;",
    ),
    "every conflict clause": (
        """CREATE TABLE t (id INTEGER CONSTRAINT pk PRIMARY KEY ON CONFLICT REPLACE, a TEXT NOT NULL ON CONFLICT IGNORE
        UNIQUE ON CONFLICT FAIL, b INT, UNIQUE (a, b) ON CONFLICT ROLLBACK, CHECK (b < 99) ON CONFLICT ABORT);""",
        _ROWS,
    ),
    "deferred foreign keys both ways": (
        """CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT REFERENCES t DEFERRABLE INITIALLY DEFERRED);
        CREATE TABLE u (id INTEGER PRIMARY KEY, t INT NOT NULL REFERENCES t ON DELETE CASCADE ON UPDATE CASCADE);""",
        "INSERT INTO t VALUES (1, 'x', 5), (5, 'y', 1); INSERT INTO u VALUES (10, 1), (11, 5);",
    ),
    "WITHOUT ROWID": (
        "CREATE TABLE t (a TEXT, b INT, PRIMARY KEY (b DESC, a COLLATE NOCASE)) WITHOUT ROWID;",
        "INSERT INTO t VALUES ('x', 1), ('y', 2);",
    ),
    "generated columns": (
        "CREATE TABLE t (a TEXT, b INT, c AS (a || b) VIRTUAL, d INT GENERATED ALWAYS AS (b * 2) STORED UNIQUE);",
        "INSERT INTO t (a, b) VALUES ('x', 1), ('y', 2);",
    ),
    "indexes of all kinds": (
        """CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT COLLATE NOCASE, b INT);
        CREATE UNIQUE INDEX i1 ON t (lower(a) COLLATE RTRIM DESC, b) WHERE b > 0 AND a IS NOT NULL;
        CREATE INDEX [i 2] ON t ((b + 1) DESC); CREATE INDEX "i""3" ON t ("a" COLLATE BINARY);""",
        _ROWS,
    ),
    "views with columns, triggers elsewhere": (
        _T
        + """CREATE TABLE log (what TEXT); CREATE VIEW v (x, "y z") AS SELECT id, a FROM t;
        CREATE TRIGGER of_log AFTER INSERT ON log BEGIN UPDATE t SET a = a || new.what WHERE id = 1; END;
        CREATE TRIGGER of_view INSTEAD OF UPDATE OF x ON v BEGIN UPDATE t SET id = new.x WHERE id = old.x; END;
        CREATE TRIGGER of_t AFTER UPDATE OF a ON t WHEN new.a <> old.a BEGIN INSERT INTO log VALUES (new.a); END;""",
        _ROWS,
    ),
    "text in double quotes": (
        """CREATE TABLE t (a TEXT DEFAULT "none", b INT, CHECK (a <> "bad"));""",
        "INSERT INTO t (b) VALUES (1);",
    ),
    "comments everywhere": (
        """CREATE TABLE t ( -- the ( table
        a TEXT, -- a, with a comma)
        /* b ( */ b INT /* ) , */, c TEXT DEFAULT '--no' -- last
        );""",
        "INSERT INTO t (a, b) VALUES ('x', 1);",
    ),
    "names in four styles, keywords": (
        """CREATE TABLE t ("select" TEXT, [group by] INT, `or``der` REAL, 'table' BLOB, "q""q" TEXT, b INT, key,
        "Ünï" TEXT, CHECK ([group by] > 0 AND "Ünï" <> 'ä'));""",
        "INSERT INTO t VALUES ('x', 1, 2.5, x'00', 'q', 1, NULL, 'é');",
    ),
    "CREATE TABLE AS": (
        "CREATE TABLE t AS SELECT 1 AS a, 2 AS b, 'x' AS \"c d\", 1.5 AS e, x'00' AS f;",
        "INSERT INTO t VALUES (1, 2, 3, 4, 5);",
    ),
    "a very long statement": (
        f"CREATE TABLE t (a TEXT, b INT, {', '.join(f'c{n} TEXT DEFAULT {chr(39)}{n}{chr(39)}' for n in range(400))});",
        "INSERT INTO t (a, b) VALUES ('x', 1);",
    ),
    "UTF-16, page size, versions": (
        "PRAGMA encoding = 'UTF-16le'; PRAGMA page_size = 8192; PRAGMA auto_vacuum = 1; "
        "PRAGMA user_version = 77; PRAGMA application_id = 1234567; " + _T,
        "INSERT INTO t VALUES (1, 'Ünï 表 😀', 1);",
    ),
    "full text over the table": (
        "CREATE TABLE t (a TEXT, b INT); CREATE VIRTUAL TABLE ft USING fts5(a, content='t');"
        "CREATE VIRTUAL TABLE rt USING rtree(id, x0, x1);",
        "INSERT INTO t (rowid, a, b) VALUES (4, 'hello', 1), (9, 'bye', 2); INSERT INTO ft (ft) VALUES ('rebuild');"
        "INSERT INTO rt VALUES (1, 0, 2);",
    ),
    "STRICT": (
        "CREATE TABLE t (a TEXT, b INT, c ANY, d BLOB, e REAL) STRICT;",
        "INSERT INTO t VALUES ('x', 1, '007', x'00', 2);",
    ),
    "a table called as the rebuild's": (
        _T + "CREATE TABLE new_t (x); CREATE TABLE reconcile_new_t (x);",
        _ROWS + "INSERT INTO new_t VALUES (1); INSERT INTO reconcile_new_t VALUES (2);",
    ),
    "an index called as the rebuild's": (_T + "CREATE INDEX new_t ON t (b);", _ROWS),
}


def changed(old: str) -> str:
    """The schema with one more check in t."""
    head, _, rest = old.partition("CREATE TABLE t")
    if rest.startswith(" AS"):
        return 'CREATE TABLE t (a, b, "c d", e, f, CONSTRAINT more CHECK (b > 0))'
    at = cut(rest)[2]
    return f"{head}CREATE TABLE t{rest[:at]}\n, CONSTRAINT more CHECK (b > 0){rest[at:]}"


@pytest.mark.parametrize("name", CASES)
def test_a_rebuild_keeps_everything(tmp_path: Path, name: str) -> None:
    old, rows = CASES[name]
    trap = Trap(tmp_path, old + rows)
    base, before = trap.state(), trap.content()
    new = changed(old)
    proposal = trap.apply(new)
    assert any("rebuild table t" in step.summary for step in proposal.plan.steps)
    assert trap.state() == built(tmp_path, new)
    assert trap.content() == before
    assert api.plan(trap.project).plan.empty
    trap.revert()
    assert trap.state() == base
    assert trap.content() == before


# -- other programs, hosts and connections


_CHILDREN = """CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT);
    CREATE TABLE child (id INTEGER PRIMARY KEY, t INT REFERENCES t ON DELETE CASCADE);
    INSERT INTO t VALUES (1, 'x', 1); INSERT INTO child VALUES (1, 1), (2, 1);"""


def _insists(connection: sqlite3.Connection, record: object) -> None:
    """A host that enforces foreign keys and takes no notice of the pragma."""
    del record
    connection.execute("PRAGMA foreign_keys=ON")

    def permitted(action: int, name: str | None, value: str | None, *rest: object) -> int:
        del rest
        ignored = action == sqlite3.SQLITE_PRAGMA and name == "foreign_keys" and value is not None
        return sqlite3.SQLITE_IGNORE if ignored else sqlite3.SQLITE_OK

    connection.set_authorizer(permitted)


def test_where_foreign_keys_stay_on_nothing_is_rebuilt(tmp_path: Path) -> None:
    trap = Trap(tmp_path, _CHILDREN)
    before = trap.content()
    proposal = trap.plan(changed(_CHILDREN.partition("INSERT")[0]))
    event.listen(sa.Engine, "connect", _insists)
    try:
        with pytest.raises(ServerError, match="foreign_keys could not be switched off") as caught:
            api.apply(trap.project, proposal=proposal, allow=("all",))
    finally:
        event.remove(sa.Engine, "connect", _insists)
    assert "nothing has been changed" in caught.value.hint
    assert {name: trap.content()[name] for name in before} == before
    assert trap.state() == proposal.base


def test_a_reader_goes_on_reading_in_wal_mode(tmp_path: Path) -> None:
    trap = Trap(tmp_path, "PRAGMA journal_mode=WAL;" + _CHILDREN)
    before = trap.content()
    with closing(sqlite3.connect(trap.path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM child").fetchall() == [(2,)]
        trap.apply(changed(_CHILDREN.partition("INSERT")[0]))
        assert reader.execute("SELECT sql FROM sqlite_master WHERE name = 't'").fetchall()[0][0].endswith("b INT)")
        assert reader.execute("SELECT * FROM child JOIN t ON t.id = child.t").fetchall() == [
            (1, 1, 1, "x", 1),
            (2, 1, 1, "x", 1),
        ]
        reader.execute("COMMIT")
        with pytest.raises(sqlite3.IntegrityError, match="more"):
            reader.execute("UPDATE t SET b = 0")
    assert trap.content() == before


def test_while_another_program_writes_nothing_begins(tmp_path: Path) -> None:
    trap = Trap(tmp_path, _CHILDREN)
    before = trap.path.read_bytes()
    proposal = trap.plan(changed(_CHILDREN.partition("INSERT")[0]))
    with closing(sqlite3.connect(trap.path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        with pytest.raises(LockHeld, match="writing"):
            api.apply(trap.project, proposal=proposal, allow=("all",))
        command = ["--url", str(trap.project.database), "--to", str(trap.file), "--yes", "--allow", "all"]
        assert run(["apply", *command], Console(out=io.StringIO(), err=io.StringIO())) == 5
    assert trap.path.read_bytes() == before


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    trap = Trap(tmp_path, _CHILDREN)
    before = trap.path.read_bytes()
    proposal = trap.plan(changed(_CHILDREN.partition("INSERT")[0]))
    url = f"sqlite:///file:{trap.path}?mode=ro&uri=true"
    with pytest.raises(ServerError, match="readonly"):
        api.apply(replace(trap.project, database=url), proposal=proposal, allow=("all",))
    assert trap.path.read_bytes() == before


def test_a_database_in_memory_is_empty_and_can_be_made(tmp_path: Path) -> None:
    (tmp_path / "new.sql").write_text(_T, encoding="utf-8")
    project = Project(root=tmp_path, database="sqlite://", desired=("new.sql",), cache=tmp_path / "cache")
    proposal = api.plan(project)
    assert [step.summary for step in proposal.plan.steps] == ["create table t"]
    assert api.apply(project, proposal=proposal).revisions
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "new.sql"]


def test_what_the_application_alone_knows_is_named(tmp_path: Path) -> None:
    trap = Trap(tmp_path, "CREATE TABLE other (x);")
    with closing(sqlite3.connect(trap.path)) as connection:
        connection.create_collation("german", lambda a, b: (a > b) - (a < b))
        connection.create_function("known", 1, lambda _: 1, deterministic=True)
        connection.executescript(
            f"{_T} CREATE INDEX i ON t (a COLLATE german); CREATE TABLE u (a CHECK (known(a)));" + _ROWS
        )
    wanted = f"{_T} CREATE INDEX i ON t (a COLLATE german); CREATE TABLE u (a CHECK (known(a)));"
    with pytest.raises(SourceError, match="no such collation sequence: german") as caught:
        trap.plan(wanted)
    assert "application" in caught.value.hint
    # What keeps it cannot be tried on scratch, and is not done either: the index cannot be made again.
    proposal = trap.plan(changed(_T) + "CREATE TABLE other (x);")
    assert proposal.plan.rehearsal.forward is Proof.SKIPPED
    assert "german" in proposal.plan.rehearsal.reason
    assert {key.name for key in trap.state().objects if key.kind is Kind.INDEX} == {"i"}


# -- statements that SQLite refuses for the sake of others


def test_a_column_is_renamed_under_a_trigger_on_a_view(tmp_path: Path) -> None:
    rest = """CREATE VIEW v AS SELECT id, {0} FROM t;
        CREATE TRIGGER tr INSTEAD OF INSERT ON v BEGIN INSERT INTO t ({0}) VALUES (new.{0}); END;"""
    trap = Trap(tmp_path, _T + rest.format("a") + _ROWS)
    base, before = trap.state(), trap.content()
    new = _T.replace("a TEXT", "z TEXT") + rest.format("z")
    trap.apply(new, renames=("column t.a=z",))
    assert trap.state() == built(tmp_path, new)
    trap.run("INSERT INTO v (z) VALUES ('by the view')")
    assert trap.ask("SELECT z FROM t ORDER BY id") == [("one",), ("five",), ("by the view",)]
    trap.run("DELETE FROM t WHERE z = 'by the view'")
    trap.revert()
    assert trap.state() == base
    assert trap.content() == before


def test_a_trigger_that_makes_no_sense_stops_no_column_from_going(tmp_path: Path) -> None:
    broken = "CREATE TRIGGER tr AFTER INSERT ON t BEGIN INSERT INTO missing (a) VALUES (new.a); END;"
    trap = Trap(tmp_path, _T + broken)
    base, before = trap.state(), trap.content()
    proposal = trap.apply(_T.replace("b INT", "b INT, c TEXT") + broken)
    assert [step.summary for step in proposal.plan.steps] == ["add column t.c"]
    assert any("rebuild table t" in s.summary for phase in proposal.plan.revert_phases for s in phase.steps)
    trap.revert()
    assert (trap.state(), trap.content()) == (base, before)


def test_what_cannot_be_done_otherwise_names_the_trigger(tmp_path: Path) -> None:
    broken = "CREATE TABLE u (a); CREATE TRIGGER tr AFTER INSERT ON {0} BEGIN INSERT INTO missing VALUES (1); END;"
    trap = Trap(tmp_path, _T + broken.format("t"))
    with pytest.raises(FormRefused, match="error in trigger tr: no such table") as caught:
        trap.plan(_T.replace("TABLE t", "TABLE q") + broken.format("q"), renames=("table t=q",))
    assert caught.value.hint == "correct or drop trigger tr, then try again"


# -- statistics


def test_what_analyze_found_is_found_again(tmp_path: Path) -> None:
    old = _T + "CREATE INDEX i ON t (b); CREATE TABLE u (a PRIMARY KEY);"
    trap = Trap(tmp_path, old + _ROWS + "INSERT INTO u VALUES (1); ANALYZE;")
    before = sorted(trap.ask("SELECT * FROM sqlite_stat1"))
    assert len(before) == 2
    new = changed(old)
    trap.apply(new)
    assert sorted(trap.ask("SELECT * FROM sqlite_stat1")) == before
    trap.revert()
    assert sorted(trap.ask("SELECT * FROM sqlite_stat1")) == before


def test_nothing_is_analyzed_where_nobody_has(tmp_path: Path) -> None:
    trap = Trap(tmp_path, _T + _ROWS)
    trap.apply(changed(_T))
    assert trap.ask("SELECT name FROM sqlite_master WHERE name LIKE 'sqlite_stat%'") == []


# -- full text, and what cannot be written to


_FTS = """CREATE VIRTUAL TABLE ft USING fts5(a, content='t', content_rowid='id');
    CREATE TRIGGER t_ai AFTER INSERT ON t BEGIN INSERT INTO ft (rowid, a) VALUES (new.id, new.a); END;
    CREATE TRIGGER t_ad AFTER DELETE ON t BEGIN INSERT INTO ft (ft, rowid, a) VALUES ('delete', old.id, old.a); END;
    CREATE TRIGGER t_au AFTER UPDATE ON t BEGIN
      INSERT INTO ft (ft, rowid, a) VALUES ('delete', old.id, old.a);
      INSERT INTO ft (rowid, a) VALUES (new.id, new.a); END;"""


@pytest.mark.parametrize("more", ["", ", c TEXT", ", c TEXT, CONSTRAINT more CHECK (id > 0)"])
def test_full_text_over_a_table_goes_on_finding_what_is_there(tmp_path: Path, more: str) -> None:
    """External content with its triggers: neither a rebuild nor values that come back may feed it twice."""
    old = _T.replace("b INT", f"b INT{more}")
    trap = Trap(tmp_path, old + _FTS + _ROWS)
    shadows = "SELECT name, sql FROM sqlite_master WHERE name LIKE 'ft\\_%' ESCAPE '\\' ORDER BY name"
    base, before, inside = trap.state(), trap.content(), trap.ask(shadows)
    new = _T.replace("b INT", "b TEXT NOT NULL") + _FTS
    trap.apply(new)
    assert trap.state() == built(tmp_path, new)
    assert trap.ask("SELECT rowid FROM ft('five')") == [(5,)]
    trap.run("INSERT INTO t (id, a, b) VALUES (6, 'six', '6'); UPDATE t SET a = 'eins' WHERE id = 1")
    assert trap.ask("SELECT rowid FROM ft('six OR eins') ORDER BY 1") == [(1,), (6,)]
    trap.run("DELETE FROM t WHERE id = 6; UPDATE t SET a = 'one' WHERE id = 1")
    trap.revert()
    assert trap.state() == base
    found = trap.content()
    assert {name: rows for name, rows in found.items() if not name.startswith("ft_")} == {
        name: rows for name, rows in before.items() if not name.startswith("ft_")
    }
    assert trap.ask(shadows) == inside
    trap.run("INSERT INTO ft (ft, rank) VALUES ('integrity-check', 1)")  # raises where it is not as its table


def test_values_that_come_back_set_off_no_trigger(tmp_path: Path) -> None:
    rest = """CREATE TABLE log (what); CREATE TRIGGER tr AFTER UPDATE ON t BEGIN INSERT INTO log VALUES (new.id); END;
        CREATE TRIGGER ti AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.id); END;
        CREATE TRIGGER td AFTER DELETE ON t BEGIN INSERT INTO log VALUES (old.id); END;"""
    trap = Trap(tmp_path, _T + rest + _ROWS + "DELETE FROM log;")
    base, before = trap.state(), trap.content()
    for new in (_T.replace(", b INT", ""), _T.replace("b INT", "b TEXT"), _T.replace("b INT", "c TEXT")):
        trap.apply(new + rest)
        assert trap.ask("SELECT * FROM log") == []
        trap.revert()
        assert (trap.state(), trap.content()) == (base, before)


@contextmanager
def unprivileged() -> Iterator[None]:
    """Nobody in particular: root may write everywhere."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def test_a_folder_that_takes_no_journal() -> None:
    """The file may be written, but SQLite cannot make the one that a rollback needs."""
    with tempfile.TemporaryDirectory(prefix="reconcile-trap-") as name, tempfile.TemporaryDirectory() as elsewhere:
        folder = Path(name)
        trap = Trap(folder, _CHILDREN)
        proposal = trap.plan(changed(_CHILDREN.partition("INSERT")[0]))
        before = trap.path.read_bytes()
        trap.path.chmod(0o666)
        Path(elsewhere).chmod(0o777)
        folder.chmod(0o555)
        try:
            with unprivileged(), pytest.raises(ServerError, match=r"readonly|unable to open") as caught:
                project = replace(trap.project, cache=Path(elsewhere) / "cache")
                api.apply(project, proposal=proposal, allow=("all",))
        finally:
            folder.chmod(0o755)
        assert "folder" in caught.value.hint
        assert trap.path.read_bytes() == before


def test_autoincrement_cannot_be_without_rowids(tmp_path: Path) -> None:
    trap = Trap(tmp_path, _T + _ROWS)
    before = trap.path.read_bytes()
    with pytest.raises(SourceError, match="AUTOINCREMENT not allowed on WITHOUT ROWID tables") as caught:
        trap.plan("CREATE TABLE q (x);\n  CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT) WITHOUT ROWID;")
    assert "new.sql:2:3" in str(caught.value)
    assert trap.path.read_bytes() == before
