"""What a step says of itself (lock, rewrites, scans) is what the server is seen to do while the step runs."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from reconcile.dialects.base import Dialect
from reconcile.dialects.registry import get_dialect
from reconcile.dialects.session import Session
from reconcile.diff.compare import without_bookkeeping
from reconcile.planning.attic import Preserve, keep_all
from reconcile.planning.build import make_plan
from reconcile.state import Kind, Plan, Scope, State, Step
from tests.conftest import NewDatabase
from tests.servers import Server

# From weakest to strongest (13.3. Explicit Locking), as pg_locks calls them.
_MODES = (
    "AccessShareLock", "RowShareLock", "RowExclusiveLock", "ShareUpdateExclusiveLock", "ShareLock",
    "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock",
)  # fmt: skip


def planned(
    dialect: Dialect, session: Session, base: State, wanted: State, *, preserve: Preserve | None = None
) -> Plan:
    features = dialect.features(session)
    filled = frozenset(
        item.key for item in base.of_kind(Kind.TABLE) if session.has_rows(item.key.schema, item.key.name)
    )
    return make_plan(
        base,
        wanted,
        rules=dialect.rules(features),
        features=features,
        scope=Scope(),
        filled=filled,
        hazards=dialect.hazards,
        preserve=preserve,
    ).plan


def built(dialect: Dialect, url: str, sql: str) -> State:
    with dialect.open(url) as session:
        for statement in dialect.grammar.split(sql):
            session.execute(statement.text)
        return without_bookkeeping(dialect.read(session))


# -- PostgreSQL

_PG = "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, a int, s varchar(20), n numeric(8, 2))"
_PG_ROWS = (
    "; INSERT INTO p SELECT generate_series(1, 8); INSERT INTO t (id, a) SELECT n, n FROM generate_series(1, 8) n"
)
_PG_CASES = {
    "add a column": (_PG, _PG.replace("n numeric", "b int, n numeric")),
    "add a column with a constant": (_PG, _PG.replace("n numeric", "b int NOT NULL DEFAULT 7, n numeric")),
    "add a column with a volatile default": (
        _PG,
        _PG.replace("n numeric", "b uuid DEFAULT gen_random_uuid(), n numeric"),
    ),
    "add a stored column": (_PG, _PG.replace("n numeric", "b int GENERATED ALWAYS AS (a + 1) STORED, n numeric")),
    "add an identity column": (_PG, _PG.replace("n numeric", "b int GENERATED ALWAYS AS IDENTITY, n numeric")),
    "drop a column": (_PG, _PG.replace("a int, ", "")),
    "set not null": (_PG, _PG.replace("a int", "a int NOT NULL")),
    "drop not null": (_PG.replace("a int", "a int NOT NULL"), _PG),
    "set a default": (_PG, _PG.replace("a int", "a int DEFAULT 5")),
    "int to bigint": (_PG, _PG.replace("a int", "a bigint")),
    "longer varchar": (_PG, _PG.replace("varchar(20)", "varchar(30)")),
    "shorter varchar": (_PG, _PG.replace("varchar(20)", "varchar(10)")),
    "varchar to text": (_PG, _PG.replace("varchar(20)", "text")),
    "wider numeric": (_PG, _PG.replace("numeric(8, 2)", "numeric(10, 2)")),
    "other scale": (_PG, _PG.replace("numeric(8, 2)", "numeric(10, 4)")),
    "create an index": (_PG, _PG + "; CREATE INDEX i ON t (a)"),
    "create a unique index": (_PG, _PG + "; CREATE UNIQUE INDEX i ON t (a)"),
    "drop an index": (_PG + "; CREATE INDEX i ON t (a)", _PG),
    "add unique": (_PG, _PG.replace("a int", "a int UNIQUE")),
    "drop unique": (_PG.replace("a int", "a int UNIQUE"), _PG),
    "add a check": (_PG, _PG.replace("a int", "a int CHECK (a > 0)")),
    "add a check not valid": (_PG, _PG + "; ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID"),
    "validate a check": (
        _PG + "; ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID",
        _PG + "; ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)",
    ),
    "add a foreign key": (_PG, _PG.replace("a int", "a int REFERENCES p")),
    "drop a foreign key": (_PG.replace("a int", "a int REFERENCES p"), _PG),
    "set unlogged": (_PG, _PG.replace("CREATE TABLE t", "CREATE UNLOGGED TABLE t")),
    "set fillfactor": (_PG, _PG + " WITH (fillfactor = 70)"),
    "replica identity": (_PG, _PG + "; ALTER TABLE t REPLICA IDENTITY FULL"),
    "row security": (_PG, _PG + "; ALTER TABLE t ENABLE ROW LEVEL SECURITY"),
    "a policy": (_PG, _PG + "; CREATE POLICY q ON t USING (a > 1)"),
    "a comment": (_PG, _PG + "; COMMENT ON TABLE t IS 'x'"),
    "statistics": (_PG, _PG + "; CREATE STATISTICS st ON a, s FROM t"),
    "a trigger": (
        _PG + "; CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        _PG + "; CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
        "; CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION g()",
    ),
    "a view": (_PG, _PG + "; CREATE VIEW v AS SELECT a FROM t"),
    "a table with a foreign key": (_PG, _PG + "; CREATE TABLE u (id int PRIMARY KEY REFERENCES p)"),
    "an enum with another label": (
        "CREATE TYPE m AS ENUM ('a'); CREATE TABLE t (id int PRIMARY KEY, a m)",
        "CREATE TYPE m AS ENUM ('a', 'b'); CREATE TABLE t (id int PRIMARY KEY, a m)",
    ),
    "an enum with a label less": (
        "CREATE TYPE m AS ENUM ('a', 'b'); CREATE TABLE t (id int PRIMARY KEY, a m)",
        "CREATE TYPE m AS ENUM ('a'); CREATE TABLE t (id int PRIMARY KEY, a m)",
    ),
    "drop the table": (_PG, "CREATE TABLE p (id int PRIMARY KEY)"),
    "drop a table that refers to another": (
        _PG.replace("a int", "a int REFERENCES p"),
        "CREATE TABLE p (id int PRIMARY KEY)",
    ),
    "drop a table and what refers to it": (_PG.replace("a int", "a int REFERENCES p"), "SELECT 1"),
}
_PARTS = (
    "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (id int, a int) PARTITION BY RANGE (id);"
    " CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (9);"
    " CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (9) TO (99)"
)
_KIN = "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (id int, a int); CREATE TABLE k (b int) INHERITS (t)"
_PG_CASES |= {
    "drop a partition": (_PARTS, _PARTS.rpartition(";")[0]),
    "drop partitions and their whole": (_PARTS, "CREATE TABLE p (id int PRIMARY KEY)"),
    "a new partition": (_PARTS.rpartition(";")[0], _PARTS),
    "a partition becomes a table": (_PARTS, _PARTS.rpartition(";")[0] + "; CREATE TABLE t2 (id int, a int)"),
    "a table becomes a partition": (_PARTS.rpartition(";")[0] + "; CREATE TABLE t2 (id int, a int)", _PARTS),
    "an index over partitions": (
        _PARTS.rpartition(";")[0],
        _PARTS.rpartition(";")[0] + "; CREATE INDEX i ON t (a)",
    ),
    "a column over partitions": (_PARTS, _PARTS.replace("a int", "a int, b int")),
    "drop an heir": (_KIN, _KIN.rpartition(";")[0]),
    "a new heir": (_KIN.rpartition(";")[0], _KIN),
    "a column of heirs": (_KIN, _KIN.replace("a int", "a int, c int")),
}


@pytest.mark.parametrize(
    ("case", "preserve"),
    [*((case, None) for case in _PG_CASES), *((case, keep_all) for case in _PG_CASES if case.startswith("drop"))],
)
def test_postgresql_does_what_the_steps_say(
    case: str, preserve: Preserve | None, postgresql15: Server, new_database: NewDatabase
) -> None:
    before, after = _PG_CASES[case]
    dialect = get_dialect("postgresql")
    live, other = new_database(postgresql15), new_database(postgresql15)
    rows = (
        _PG_ROWS
        if before.startswith("CREATE TABLE p")
        else "; INSERT INTO t SELECT n, 'a' FROM generate_series(1, 9) n"
    )
    base, wanted = built(dialect, live, before + rows), built(dialect, other, after)
    with dialect.open(live) as session, dialect.open(live) as witness:
        (pid,) = session.query("SELECT pg_backend_pid()")[0]
        for step in planned(dialect, session, base, wanted, preserve=preserve).steps:
            tables = _files(session)
            if not step.transactional:
                session.execute_all(step.sql)
                continue
            session.begin()
            before_it = _rows_read(session)
            session.execute_all(step.sql)
            assert _claimed(step, tables) == _seen(witness, pid, tables), step.sql
            kept = _files(session)
            written = {name for name in tables if name in kept and kept[name] != tables[name]}
            assert bool(written) is step.rewrites, f"{written}: {step.sql}"
            read = _rows_read(session) > before_it
            assert read is (step.scans or step.rewrites), step.sql
            session.commit()


def _rows_read(session: Session) -> int:
    """By whole scans; counted by table, so those that are dropped fall out."""
    query = "SELECT coalesce(sum(seq_tup_read), 0) FROM pg_stat_xact_user_tables"
    return int(session.query(query)[0][0])


def _files(session: Session) -> dict[str, int]:
    """Where the tables that are there keep their rows."""
    return dict(
        session.query(
            "SELECT relname, relfilenode FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        )
    )


def _claimed(step: Step, tables: dict[str, int]) -> dict[str, str]:
    """The strongest lock on each table that is there, as the step says; reading it, and what is weaker, goes unsaid."""
    found: dict[str, str] = {}
    for part in (step.lock or "").split(" and ") if step.lock else ():
        mode, _, name = part.partition(" on ")
        table = name.rpartition(".")[2].strip('"')
        if table in tables:
            words = "".join(word.title() for word in mode.split()) + "Lock"
            found[table] = max(found.get(table, words), words, key=_MODES.index)
    return found


def _seen(witness: Session, pid: int, tables: dict[str, int]) -> dict[str, str]:
    rows = witness.query(
        "SELECT c.relname, l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation"
        f" WHERE l.pid = {pid} AND l.granted AND c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
    )
    found: dict[str, str] = {}
    for name, mode in rows:
        if name in tables and _MODES.index(mode) > _MODES.index("RowShareLock"):
            found[name] = max(found.get(name, mode), mode, key=_MODES.index)
    return found


# -- MariaDB

_MY = "CREATE TABLE t (id int PRIMARY KEY, a int, s varchar(20), m enum('x', 'y'))"
_MY_KEY = _MY.replace("a int", "a int NOT NULL")
_MY_INDEX = _MY.replace("m enum", "KEY i (s), m enum")
_MY_POINT = _MY.replace("s varchar(20)", "s point NOT NULL DEFAULT (POINT(1, 1))")
_MY_CASES = {
    "add a column": (_MY, _MY.replace("m enum", "b int, m enum")),
    "drop a column": (_MY, _MY.replace("a int, ", "")),
    "int to bigint": (_MY, _MY.replace("a int", "a bigint")),
    "longer varchar": (_MY, _MY.replace("varchar(20)", "varchar(40)")),
    "varchar over a byte": (_MY, _MY.replace("varchar(20)", "varchar(200)")),
    "shorter varchar": (_MY, _MY.replace("varchar(20)", "varchar(10)")),
    "set not null": (_MY, _MY.replace("a int", "a int NOT NULL")),
    "drop not null": (_MY.replace("a int", "a int NOT NULL"), _MY),
    "set a default": (_MY, _MY.replace("a int", "a int DEFAULT 5")),
    "a label at the end": (_MY, _MY.replace("'y')", "'y', 'z')")),
    "a label in between": (_MY, _MY.replace("'y')", "'w', 'y')")),
    "create an index": (_MY, _MY.replace("m enum", "KEY i (a), m enum")),
    "create a fulltext index": (_MY, _MY.replace("m enum", "FULLTEXT KEY i (s), m enum")),
    "create a spatial index": (_MY_POINT, _MY_POINT.replace("m enum", "SPATIAL KEY i (s), m enum")),
    "drop an index": (_MY.replace("m enum", "KEY i (a), m enum"), _MY),
    "add a stored column": (_MY, _MY.replace("m enum", "b int AS (a + 1) STORED, m enum")),
    "add a virtual column": (_MY, _MY.replace("m enum", "b int AS (a + 1) VIRTUAL, m enum")),
    "another primary key": (_MY_KEY, _MY_KEY.replace("id int PRIMARY KEY", "id int, PRIMARY KEY (a)")),
    "longer varchar with an index": (_MY_INDEX, _MY_INDEX.replace("varchar(20)", "varchar(30)")),
    "another collation with an index": (
        _MY_INDEX,
        _MY_INDEX.replace("varchar(20)", "varchar(20) COLLATE utf8mb4_bin"),
    ),
    "a check of its own": (_MY, _MY.replace("m enum", "CONSTRAINT c CHECK (a > 0), m enum")),
    "a check": (_MY, _MY.replace("a int", "a int CHECK (a > 0)")),
    "a comment": (_MY, _MY + " COMMENT 'x'"),
    "another engine": (_MY, _MY + " ENGINE=Aria"),
    "another row format": (_MY, _MY + " ROW_FORMAT=COMPRESSED"),
    "another collation": (_MY, _MY.replace("varchar(20)", "varchar(20) COLLATE utf8mb4_bin")),
}
_MY_TEXT = _MY.replace("m enum", "FULLTEXT KEY f (s), m enum")
_MY_VIRTUAL = _MY.replace("m enum", "v int AS (a + 1) VIRTUAL, KEY vi (v), m enum")
_MY_ASCII = _MY.replace("(20)", "(20) CHARACTER SET ascii").replace("'y')", "'y') CHARACTER SET ascii")
_MY_CASES |= {
    "add a column and an index": (_MY, _MY.replace("m enum", "b int, KEY i (b), m enum")),
    "drop a column and add an index": (
        _MY_INDEX,
        _MY_INDEX.replace("a int, ", "").replace("KEY i", "KEY j (m), KEY i"),
    ),
    "drop a column with its index": (_MY.replace("m enum", "KEY i (a), m enum"), _MY.replace("a int, ", "")),
    "add a virtual and another column": (_MY, _MY.replace("m enum", "v int AS (a + 1) VIRTUAL, b int, m enum")),
    "add a virtual column and its index": (_MY, _MY_VIRTUAL),
    "drop a virtual column and its base": (
        _MY.replace("m enum", "v int AS (a + 1) VIRTUAL, m enum"),
        _MY.replace("a int, ", ""),
    ),
    "not null, a column and an index": (_MY, _MY_KEY.replace("m enum", "b int, KEY i (b), m enum")),
    "a column made anew with its index": (_MY_INDEX, _MY_INDEX.replace("s varchar(20)", "s int AS (a + 1) VIRTUAL")),
    "add a column that is computed": (_MY, _MY.replace("m enum", "b char(36) DEFAULT (uuid()), m enum")),
    "add a column that is a constant": (_MY, _MY.replace("m enum", "b int NOT NULL DEFAULT (1 + 2), m enum")),
    "add a column beside fulltext": (_MY_TEXT, _MY_TEXT.replace("m enum", "b int, m enum")),
    "not null beside fulltext": (_MY_TEXT, _MY_TEXT.replace("a int", "a int NOT NULL")),
    "a second fulltext index": (_MY_TEXT, _MY_TEXT.replace("m enum", "FULLTEXT KEY g (s), m enum")),
    "add a column beside an indexed virtual one": (_MY_VIRTUAL, _MY_VIRTUAL.replace("m enum", "b int, m enum")),
    "add a column where rows are compressed": (
        _MY + " ROW_FORMAT=COMPRESSED",
        _MY.replace("m enum", "b int, m enum") + " ROW_FORMAT=COMPRESSED",
    ),
    "add a column to partitions": (
        _MY + " PARTITION BY HASH (id) PARTITIONS 2",
        _MY.replace("m enum", "b int, m enum") + " PARTITION BY HASH (id) PARTITIONS 2",
    ),
    "add a column to a history": (
        _MY + " WITH SYSTEM VERSIONING",
        _MY.replace("m enum", "b int, m enum") + " WITH SYSTEM VERSIONING",
    ),
    "add a column to MyISAM": (_MY + " ENGINE=MyISAM", _MY.replace("m enum", "b int, m enum") + " ENGINE=MyISAM"),
    "a default of MyISAM": (_MY + " ENGINE=MyISAM", _MY.replace("a int", "a int DEFAULT 5") + " ENGINE=MyISAM"),
    "statistics": (_MY, _MY + " STATS_PERSISTENT=1"),
    "an ignored index": (_MY_INDEX, _MY_INDEX.replace("KEY i (s)", "KEY i (s) IGNORED")),
    "a default character set": (_MY_ASCII, _MY_ASCII + " CHARSET latin1"),
    "a label of a set": (_MY.replace("enum", "set"), _MY.replace("enum('x', 'y')", "set('x', 'y', 'z')")),
}
# What the server could be asked for, from harmless to harmful. NOCOPY, which only MariaDB has, tells an INPLACE that
# writes the table anew from one that does not.
_ASKED = {
    "INSTANT": "ALGORITHM=INSTANT",
    "INPLACE, LOCK=NONE": "ALGORITHM=NOCOPY, LOCK=NONE",
    "INPLACE with rebuild, LOCK=NONE": "ALGORITHM=INPLACE, LOCK=NONE",
    "INPLACE, LOCK=SHARED": "ALGORITHM=INPLACE, LOCK=SHARED",
    "INPLACE with rebuild, LOCK=SHARED": "ALGORITHM=INPLACE, LOCK=SHARED",
    "COPY": "ALGORITHM=COPY",
}


@pytest.mark.parametrize("case", _MY_CASES)
def test_mariadb_does_what_the_steps_say(case: str, mariadb: Server, new_database: NewDatabase) -> None:
    """The server refuses a better algorithm and takes the one that is asked for; rebuilt, a table has another id."""
    before, after = _MY_CASES[case]
    dialect = get_dialect("mysql")
    live, other = new_database(mariadb), new_database(mariadb)
    base = built(dialect, live, f"{before}; INSERT INTO t (id, a, m) VALUES (1, 1, 'x'), (2, 2, 'y')")
    wanted = built(dialect, other, after)
    with dialect.open(live) as session:
        for phase in planned(dialect, session, base, wanted).phases:
            (step,) = phase.steps
            match = re.fullmatch(r"MDL_\w+ on t \((.*)\)", step.lock or "")
            assert match, step.lock
            clause = _ASKED[match[1]]
            (statement,) = step.sql
            bare, _, asked = statement.partition(", ALGORITHM=")
            assert asked == ("" if match[1] == "COPY" else clause.replace("NOCOPY", "INPLACE").partition("=")[2])
            session.execute_all(phase.before)
            better = list(dict.fromkeys(_ASKED.values()))
            # Of a change of the engine the server takes any clause, and copies.
            for word in better[: better.index(clause)] if " ENGINE=" not in statement else ():
                assert not _takes(session, f"{bare}, {word}"), f"{word} would do: {statement}"
            was = _table_id(session, live)
            assert _takes(session, statement), statement
            if " ENGINE=MyISAM" not in before and " PARTITION BY" not in before:
                assert (_table_id(session, live) != was) is step.rewrites, statement
            session.execute_all(phase.after)


def _takes(session: Session, statement: str) -> bool:
    from reconcile.errors import ServerError

    try:
        session.execute(statement)
    except ServerError as error:
        assert "ALGORITHM" in error.message or "LOCK=" in error.message, error.message
        return False
    return True


def _table_id(session: Session, url: str) -> object:
    database = urlsplit(url).path.strip("/")
    rows = session.query(f"SELECT TABLE_ID FROM information_schema.INNODB_SYS_TABLES WHERE NAME = '{database}/t'")
    return rows[0][0] if rows else None


# -- SQLite

_LITE = "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, s TEXT)"
_LITE_CASES = {
    "add a column": (_LITE, _LITE.replace("s TEXT", "s TEXT, b INTEGER")),
    "drop a column": (_LITE, _LITE.replace("a INTEGER, ", "")),
    "set not null": (_LITE, _LITE.replace("a INTEGER", "a INTEGER NOT NULL")),
    "another type": (_LITE, _LITE.replace("a INTEGER", "a TEXT")),
    "create an index": (_LITE, _LITE + "; CREATE INDEX i ON t (a)"),
    "drop an index": (_LITE + "; CREATE INDEX i ON t (a)", _LITE),
    "a view": (_LITE, _LITE + "; CREATE VIEW v AS SELECT a FROM t"),
}


@pytest.fixture
def two_files(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    yield tmp_path / "live.db", tmp_path / "wanted.db"


@pytest.mark.parametrize("case", _LITE_CASES)
def test_sqlite_does_what_the_steps_say(case: str, two_files: tuple[Path, Path]) -> None:
    """While a step is not committed others can read and not write; who rewrites changes most pages of the file."""
    before, after = _LITE_CASES[case]
    dialect = get_dialect("sqlite")
    file, other = two_files
    fill = (
        "; WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 3000)"
        " INSERT INTO t SELECT x, x, printf('%0100d', x) FROM n"
    )
    base, wanted = built(dialect, f"sqlite:///{file}", before + fill), built(dialect, f"sqlite:///{other}", after)
    pages = _pages(file)
    with dialect.open(f"sqlite:///{file}") as session, closing(sqlite3.connect(file, timeout=0)) as witness:
        plan = planned(dialect, session, base, wanted)
        (phase,) = plan.phases
        session.execute_all(phase.before)
        session.begin()
        for step in phase.steps:
            session.execute_all(step.sql)
        assert all(step.lock == "RESERVED, then EXCLUSIVE on the database" or step.rewrites for step in phase.steps)
        assert all("EXCLUSIVE on the database" in (step.lock or "") for step in phase.steps)
        assert witness.execute("SELECT count(*) FROM t").fetchone() == (3000,)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            witness.execute("INSERT INTO t (id) VALUES (-1)")
        session.commit()
        session.execute_all(phase.after)
    changed = sum(one != two for one, two in zip(pages, _pages(file), strict=False)) / len(pages)
    assert (changed > 0.5) is any(step.rewrites for step in phase.steps), f"{changed:.0%} of the pages"


def _pages(file: Path) -> list[bytes]:
    size = int.from_bytes(file.read_bytes()[16:18], "big")
    whole = file.read_bytes()
    return [whole[start : start + size] for start in range(0, len(whole), size)]
