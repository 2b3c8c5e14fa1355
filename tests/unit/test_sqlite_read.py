"""SQLite's reader: what is the same, what is not, and that what was read can be made again."""

from __future__ import annotations

import pytest

from reconcile.dialects.sqlite import DIALECT
from reconcile.dialects.sqlite.read.parse import Unreadable
from reconcile.dialects.sqlite.read.tables import Found, TableReader
from reconcile.dialects.sqlite.text import canonical, canonical_default, canonical_type, lex
from reconcile.planning.build import creation, make_plan
from reconcile.state import (
    CheckConstraint,
    Column,
    Default,
    ForeignKey,
    Index,
    Key,
    Kind,
    PrimaryKey,
    Scope,
    State,
    Table,
    Unique,
    child_key,
    table_key,
)

T = table_key(None, "t")


def read(sql: str) -> State:
    with DIALECT.scratch(None, "auto") as session:
        for statement in DIALECT.grammar.split(sql):
            session.execute(statement.text)
        return DIALECT.read(session)


def made_again(state: State) -> State:
    with DIALECT.scratch(None, "auto") as session:
        features = DIALECT.features(session)
        for phase in creation(State.empty("sqlite", ""), state, rules=DIALECT.rules(features), features=features):
            for sql in (*phase.before, *(sql for step in phase.steps for sql in step.sql), *phase.after):
                session.execute(sql)
        return DIALECT.read(session)


SAME = [
    ("CREATE TABLE T (Id INTEGER)", "create table t (id integer)"),
    ("CREATE TABLE t (a VARCHAR (80) )", "CREATE TABLE [t] (`a` varchar(80))"),
    ("CREATE TABLE 't' ('a' int)", 'CREATE TABLE "t" ("a" int)'),
    ("CREATE TABLE t (a INT CHECK (a>0))", "CREATE TABLE t (a INT, CHECK (( A > /* c */ 0 )))"),
    ("CREATE TABLE t (a INT CHECK (a>0))", 'CREATE TABLE t (a INT -- note\n, CHECK ("a" > 0))'),
    ("CREATE TABLE t (a INT CHECK (t.a > 0))", "CREATE TABLE t (a INT CHECK (a > 0))"),
    ("CREATE TABLE t (a INT DEFAULT 1)", "CREATE TABLE t (a INT DEFAULT (1))"),
    ("CREATE TABLE t (a INT DEFAULT (1+ 1))", "CREATE TABLE t (a INT DEFAULT ((1 +1)))"),
    ("CREATE TABLE t (a DEFAULT CURRENT_TIMESTAMP)", "CREATE TABLE t (a DEFAULT (current_timestamp))"),
    ("CREATE TABLE t (a INT UNIQUE)", "CREATE TABLE t (a INT, UNIQUE (A))"),
    ("CREATE TABLE t (a INT PRIMARY KEY)", "CREATE TABLE t (a INT, PRIMARY KEY (a ASC))"),
    ("CREATE TABLE t (a INT AS (a1 + 1), a1 INT)", "CREATE TABLE t (a INT GENERATED ALWAYS AS (a1+1) VIRTUAL, a1 INT)"),
    ("CREATE TABLE t (a INT REFERENCES p)", "CREATE TABLE t (a INT, FOREIGN KEY (a) REFERENCES P)"),
    (
        "CREATE TABLE t (a INT REFERENCES p ON DELETE NO ACTION MATCH FULL)",
        "CREATE TABLE t (a INT REFERENCES p NOT DEFERRABLE INITIALLY DEFERRED)",
    ),
    ("CREATE TABLE t (a TEXT, UNIQUE (a COLLATE BINARY))", "CREATE TABLE t (a TEXT UNIQUE)"),
    ("CREATE TABLE t (a TEXT) STRICT, WITHOUT ROWID".replace("TEXT", "TEXT PRIMARY KEY"),
     "CREATE TABLE t (a TEXT, PRIMARY KEY (a)) WITHOUT ROWID, STRICT"),
    ("CREATE TABLE t (a, CHECK (a > 0) CHECK (a < 5))", "CREATE TABLE t (a, CHECK (a > 0), CHECK (a < 5))"),
    ("CREATE TABLE t (a NULL)", "CREATE TABLE t (a)"),
    ("CREATE TABLE t (a); CREATE INDEX I ON T (a ASC)", 'CREATE TABLE t (a); CREATE INDEX i ON "t"("a")'),
    ("CREATE TABLE t (a); CREATE INDEX i ON t ( lower( a ) )", "CREATE TABLE t (a); CREATE INDEX i ON t (LOWER(a))"),
    ("CREATE TABLE t (a); CREATE INDEX i ON t (a) WHERE a>1",
     "CREATE TABLE t (a); CREATE INDEX i ON t (a) WHERE (a > 1)"),
    ("CREATE TABLE t (a); CREATE VIEW v AS SELECT a FROM t",
     "CREATE TABLE t (a); CREATE VIEW V as\n select [A] from T -- x\n"),
    (
        "CREATE TABLE t (a); CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END",
        "CREATE TABLE t (a); create trigger if not exists G after insert on T begin select 1 ; end",
    ),
]  # fmt: skip

DIFFERENT = [
    ("CREATE TABLE t (a INT)", "CREATE TABLE t (a INTEGER)"),
    ("CREATE TABLE t (a VARCHAR(8))", "CREATE TABLE t (a VARCHAR(80))"),
    ("CREATE TABLE t (a INT)", "CREATE TABLE t (a INT NOT NULL)"),
    ("CREATE TABLE t (a INT NOT NULL)", "CREATE TABLE t (a INT NOT NULL ON CONFLICT IGNORE)"),
    ("CREATE TABLE t (a DEFAULT 'A')", "CREATE TABLE t (a DEFAULT 'a')"),
    ("CREATE TABLE t (a DEFAULT abc)", "CREATE TABLE t (a DEFAULT ABC)"),
    ("CREATE TABLE t (a DEFAULT NULL)", "CREATE TABLE t (a)"),
    ("CREATE TABLE t (a DEFAULT 1)", "CREATE TABLE t (a DEFAULT '1')"),
    ("CREATE TABLE t (a TEXT CHECK (a = 'X'))", "CREATE TABLE t (a TEXT CHECK (a = 'x'))"),
    ('CREATE TABLE t (a TEXT CHECK (a <> "X"))', 'CREATE TABLE t (a TEXT CHECK (a <> "x"))'),
    ("CREATE TABLE t (a INT CHECK (a > 0))", "CREATE TABLE t (a INT CONSTRAINT c CHECK (a > 0))"),
    ("CREATE TABLE t (a INT CHECK (a > 0) CHECK (a > 0))", "CREATE TABLE t (a INT CHECK (a > 0))"),
    ("CREATE TABLE t (a INT CHECK (a != 0))", "CREATE TABLE t (a INT CHECK (a <> 0))"),
    ("CREATE TABLE t (a INT CHECK (a - -1 > 0))", "CREATE TABLE t (a INT CHECK (a - 1 > 0))"),
    ("CREATE TABLE t (a TEXT)", "CREATE TABLE t (a TEXT COLLATE NOCASE)"),
    ("CREATE TABLE t (a TEXT UNIQUE)", "CREATE TABLE t (a TEXT, UNIQUE (a COLLATE NOCASE))"),
    ("CREATE TABLE t (a INT UNIQUE)", "CREATE TABLE t (a INT UNIQUE ON CONFLICT REPLACE)"),
    ("CREATE TABLE t (a INTEGER PRIMARY KEY)", "CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT)"),
    ("CREATE TABLE t (a INTEGER PRIMARY KEY)", "CREATE TABLE t (a INTEGER PRIMARY KEY DESC)"),
    ("CREATE TABLE t (a INTEGER, PRIMARY KEY (a DESC))", "CREATE TABLE t (a INTEGER PRIMARY KEY DESC)"),
    ("CREATE TABLE t (a, b, PRIMARY KEY (a, b))", "CREATE TABLE t (a, b, PRIMARY KEY (b, a))"),
    ("CREATE TABLE t (a INT REFERENCES p)", "CREATE TABLE t (a INT REFERENCES p (id))"),
    ("CREATE TABLE t (a INT REFERENCES p)", "CREATE TABLE t (a INT REFERENCES p ON DELETE CASCADE)"),
    ("CREATE TABLE t (a INT REFERENCES p)", "CREATE TABLE t (a INT REFERENCES p DEFERRABLE INITIALLY DEFERRED)"),
    ("CREATE TABLE t (a INT, b AS (a) STORED)", "CREATE TABLE t (a INT, b AS (a) VIRTUAL)"),
    ("CREATE TABLE t (a INT) STRICT", "CREATE TABLE t (a INT)"),
    ("CREATE TABLE t (a); CREATE INDEX i ON t (a)", "CREATE TABLE t (a); CREATE INDEX i ON t (a DESC)"),
    ("CREATE TABLE t (a); CREATE INDEX i ON t (a)", "CREATE TABLE t (a); CREATE INDEX i ON t (a COLLATE RTRIM)"),
    ("CREATE TABLE t (a); CREATE INDEX i ON t (a)", "CREATE TABLE t (a); CREATE UNIQUE INDEX i ON t (a)"),
    ("CREATE TABLE t (a); CREATE INDEX i ON t (a)", "CREATE TABLE t (a); CREATE INDEX i ON t (a) WHERE a > 1"),
    ("CREATE VIEW v AS SELECT 'A' AS x", "CREATE VIEW v AS SELECT 'a' AS x"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_that_mean_the_same_are_equal(one: str, other: str) -> None:
    assert read(one).objects == read(other).objects
    assert read(one).digest == read(other).digest


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_what_differs_is_told_apart(one: str, other: str) -> None:
    assert read(one).objects != read(other).objects


@pytest.mark.parametrize("sql", sorted({sql for pair in (*SAME, *DIFFERENT) for sql in pair}))
def test_what_was_read_can_be_made_again(sql: str) -> None:
    state = read(sql)
    assert made_again(state) == state


EVERYTHING = """
CREATE TABLE "My Table" (
  "Id" INTEGER CONSTRAINT pk PRIMARY KEY ON CONFLICT ABORT AUTOINCREMENT, -- the key
  "select" TEXT CONSTRAINT nn NOT NULL ON CONFLICT FAIL DEFAULT 'it''s' COLLATE NOCASE /* ( */,
  x "long type" (3, -4) DEFAULT -1.5e-3,
  y BLOB DEFAULT x'00FF', z DEFAULT "Word", w DEFAULT (1 || 'a)'),
  g INT GENERATED ALWAYS AS (length("select") + CASE WHEN x IS NOT NULL THEN - -1 ELSE -x END) STORED NOT NULL,
  p INT CONSTRAINT fk REFERENCES "other.t" ("a b") ON UPDATE SET NULL ON DELETE SET DEFAULT DEFERRABLE INITIALLY DEFERRED
    CHECK (p IN (1, 2) AND "select" LIKE 'a%' ESCAPE '\\'),
  CONSTRAINT "odd name" CHECK (x BETWEEN 1 AND 2 OR NOT (y ->> '$.a' = .5)) CONSTRAINT u UNIQUE (x COLLATE RTRIM DESC, y) ON CONFLICT IGNORE,
  FOREIGN KEY (x, y) REFERENCES "My Table" (x, y)
);
CREATE UNIQUE INDEX "ix 1" ON "My Table" (x DESC, lower("select") COLLATE NOCASE, "y" COLLATE NOCASE) WHERE x > 1 AND z = 'q';
CREATE VIEW "V 1" ("A", b) AS WITH c AS (SELECT "Id", x FROM "My Table") SELECT * FROM c;
CREATE TRIGGER "tr 1" INSTEAD OF UPDATE OF b ON "V 1" BEGIN UPDATE "My Table" SET x = new.b WHERE "Id" = old."A"; END;
"""  # noqa: E501


def test_everything_at_once_is_read_and_made_again() -> None:
    state = read(EVERYTHING)
    assert made_again(state) == state
    table = table_key(None, "my table")
    column = state[child_key(Kind.COLUMN, table, "select")]
    assert isinstance(column, Column)
    assert (column.type, column.nullable, column.collation) == ("text", False, "nocase")
    assert (column.not_null_name, column.options) == ("nn", (("not_null_on_conflict", "fail"),))
    assert column.key in state.needs_of(child_key(Kind.COLUMN, table, "g"))
    unique = state[child_key(Kind.UNIQUE, table, "u")]
    assert isinstance(unique, Unique)
    assert (unique.columns, unique.on_conflict, unique.parts[0].collation) == (("x", "y"), "ignore", "rtrim")
    index = state[child_key(Kind.INDEX, table, "ix 1")]
    assert isinstance(index, Index)
    assert [part.expression for part in index.parts] == [None, 'lower("select")', None]
    assert index.where == "x > 1 AND z = 'q'"
    view = Key(Kind.VIEW, None, "v 1")
    assert child_key(Kind.COLUMN, table, "x") in state.needs_of(view)
    assert state.needs_of(child_key(Kind.TRIGGER, view, "tr 1")) >= {view, table}


def test_kinds_and_keys() -> None:
    state = read("""CREATE TABLE p (id INTEGER PRIMARY KEY);
        CREATE TABLE t (a INT DEFAULT 3 REFERENCES p, b INT, CHECK (b > 0), UNIQUE (a, b));""")
    assert sorted({item.key.kind for item in state}) == sorted(
        {*(Kind.TABLE, Kind.COLUMN, Kind.DEFAULT, Kind.PRIMARY_KEY, Kind.UNIQUE, Kind.CHECK, Kind.FOREIGN_KEY)}
    )
    assert isinstance(state[child_key(Kind.CHECK, T, "(b > 0)")], CheckConstraint)
    assert isinstance(state[child_key(Kind.PRIMARY_KEY, table_key(None, "p"), "(id)")], PrimaryKey)
    foreign_key = state[child_key(Kind.FOREIGN_KEY, T, "(a) -> p")]
    assert isinstance(foreign_key, ForeignKey)
    assert foreign_key.target_columns == ()
    assert table_key(None, "p") not in state.needs_of(foreign_key.key)  # SQLite lets references point forward
    default = state[child_key(Kind.DEFAULT, child_key(Kind.COLUMN, T, "a"))]
    assert isinstance(default, Default)
    assert default.expression == "3"


def test_the_spelling_of_names_is_kept_for_writing() -> None:
    state = made_again(read('CREATE TABLE "Order" ("userName" TEXT CHECK ("userName" <> \'A\'))'))
    table = state[table_key(None, "order")]
    assert isinstance(table, Table)
    assert table.written == "Order"
    assert state[child_key(Kind.COLUMN, table.key, "username")].written == "userName"


def test_virtual_tables_are_their_statement_and_their_shadows_and_bookkeeping_are_nothing() -> None:
    state = read("""CREATE VIRTUAL TABLE docs USING fts5(body); CREATE TABLE reconcile_history (a);
        CREATE VIEW v AS SELECT body FROM docs; CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT); ANALYZE;""")
    docs = Key(Kind.VIRTUAL_TABLE, None, "docs")
    assert {item.key.name for item in state.of_kind(Kind.TABLE)} == {"a"}
    assert state.needs_of(Key(Kind.VIEW, None, "v")) == {docs}
    assert not state.unmanaged
    assert made_again(state) == state


def test_virtual_tables_come_and_go_and_what_they_hold_is_said_to_go() -> None:
    old = """CREATE VIRTUAL TABLE Docs USING fts5(title,  body, tokenize='porter ascii');
        CREATE VIRTUAL TABLE gone USING rtree(id, x0, x1); CREATE VIRTUAL TABLE same USING fts5 (a);
        CREATE TABLE t (a); CREATE TRIGGER tr AFTER INSERT ON t BEGIN INSERT INTO docs (title) VALUES (new.a); END"""
    new = """CREATE VIRTUAL TABLE docs USING fts5(title, body); CREATE VIRTUAL TABLE same USING FTS5(a);
        CREATE TABLE t (a, b); CREATE TRIGGER tr AFTER INSERT ON t BEGIN INSERT INTO docs (title) VALUES (new.a); END"""
    with DIALECT.scratch(None, "auto") as live, DIALECT.scratch(None, "auto") as wanted:
        for session, script in ((live, old), (wanted, new)):
            for statement in DIALECT.grammar.split(script):
                session.execute(statement.text)
        live.execute("INSERT INTO same VALUES ('kept')")
        base, goal = DIALECT.read(live), DIALECT.read(wanted)
        rules = DIALECT.rules(DIALECT.features(live))
        plan = make_plan(base, goal, rules=rules, features=DIALECT.features(live), scope=Scope()).plan
        hazards = [(h.code, h.key.name) for phase in plan.phases for step in phase.steps for h in step.hazards]
        assert sorted(hazards) == [("drop-virtual-table", "docs"), ("drop-virtual-table", "gone")]
        for phases, reached in ((plan.phases, goal), (plan.revert_phases, base)):
            for phase in phases:
                for statement in (*phase.before, *(sql for step in phase.steps for sql in step.sql), *phase.after):
                    live.execute(statement)
            assert DIALECT.read(live) == reached
            assert live.query("SELECT a FROM same('kept')") == [("kept",)]


def test_create_table_as_select() -> None:
    state = read("CREATE TABLE s (a INT, b VARCHAR(3)); CREATE TABLE t AS SELECT a, b, 1 AS c FROM s")
    assert [column.key.name for column in state.children(T, Kind.COLUMN)] == ["a", "b", "c"]
    assert made_again(state) == state


def test_attached_and_temporary_tables_are_left_alone(tmp_path: object) -> None:
    with DIALECT.scratch(None, "auto") as session:
        session.execute("CREATE TABLE t (a INT)")
        session.execute("CREATE TEMP TABLE t (b INT, c INT)")
        session.execute(f"ATTACH '{tmp_path}/other.db' AS other")
        session.execute("CREATE TABLE other.u (a INT)")
        state = DIALECT.read(session)
    assert [str(item.key) for item in state] == ["table t", "column t.a"]


def test_the_number_of_queries_does_not_grow() -> None:
    with DIALECT.scratch(None, "auto") as session:
        for number in range(20):
            session.execute(f"CREATE TABLE t{number} (a INT UNIQUE)")
        asked: list[str] = []
        query = session.query
        session.query = lambda sql, *rest: asked.append(sql) or query(sql, *rest)  # type: ignore[func-returns-value,method-assign]
        DIALECT.read(session)
    assert len(asked) == 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a+b*-1", "a + b * -1"),
        ("A IN ( 1,2 )", "a IN (1, 2)"),
        ("case when a then x'0f' else 1E-5 end", "CASE WHEN a THEN X'0f' ELSE 1e-5 END"),
        ("lower( a )||'B'", "lower(a) || 'B'"),
        ("- -a", "- -a"),
        ("t . a", "t.a"),
        ("a is not null and not b", "a IS NOT NULL AND NOT b"),
        ("cast(a as text) -> '$.x' ->> 0", "cast(a AS text) -> '$.x' ->> 0"),
    ],
)
def test_the_canonical_spelling(text: str, expected: str) -> None:
    assert canonical(lex(text), {"a", "b"}) == expected
    assert canonical(lex(expected), {"a", "b"}) == expected


def test_types_and_defaults() -> None:
    assert canonical_type("DECIMAL ( 10 , 2 )") == "decimal(10,2)"
    assert canonical_type("Unsigned  Big INT") == "unsigned big int"
    assert canonical_default("Abc") == "Abc"
    assert canonical_default("(( true ))") == "TRUE"


def test_types_that_are_no_plain_words_are_quoted_when_written() -> None:
    state = read('CREATE TABLE t (a "my-type", b [select], c DOUBLE PRECISION, d)')
    assert made_again(state) == state


def test_a_view_reads_the_same_beside_other_tables() -> None:
    view = """CREATE TABLE t (a TEXT, "left" INT); CREATE VIEW v AS SELECT t."A", "left" FROM t LEFT JOIN t AS u
        ON t.a = u.a WHERE t.a <> "Active";"""
    key = Key(Kind.VIEW, None, "v")
    assert read(view)[key] == read(f"CREATE TABLE other (active INT, inner INT); {view}")[key]
    assert 't.a <> "Active"' in str(read(view)[key])


def test_a_statement_that_does_not_fit_its_columns_is_not_guessed_at() -> None:
    with pytest.raises(Unreadable, match=r"not those that SQLite tells.*line 1, column 17"):
        TableReader("t", "CREATE TABLE t (a INT, b INT)", [("a", "INT", 0, None, 0)], Found())
    with pytest.raises(Unreadable, match=r"a constraint was expected.*line 1, column"):
        TableReader("t", "CREATE TABLE t (a INT, CHECK (a > 0) b)", [("a", "INT", 0, None, 0)], Found())
