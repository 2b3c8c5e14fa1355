"""SQLite: rebuilding tables with rows in them, there and back, judged by the database itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from reconcile.dialects.session import Session
from reconcile.dialects.sqlite import DIALECT
from reconcile.errors import ServerError, Unplannable
from reconcile.planning.build import Planned, make_plan
from reconcile.state import Check, Key, Kind, Phase, Scope, State, child_key, table_key
from reconcile.state.hints import RenameHint


def run(session: Session, phases: Sequence[Phase]) -> None:
    for phase in phases:
        for sql in phase.before:
            session.execute(sql)
        with session.transaction():
            for step in phase.steps:
                for sql in step.sql:
                    session.execute(sql)
        for sql in phase.after:
            session.execute(sql)


def read(sql: str) -> State:
    with DIALECT.scratch(None, "auto") as session:
        for statement in DIALECT.grammar.split(sql):
            session.execute(statement.text)
        return DIALECT.read(session)


class Bench:
    """A database with rows, and ways from one schema to another."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.session = DIALECT.open(f"sqlite:///{path}")
        self.session.execute("PRAGMA synchronous=OFF")
        self.rules = DIALECT.rules(DIALECT.features(self.session))

    def load(self, script: str) -> None:
        with sqlite3.connect(self.path) as connection:
            connection.executescript(script)
        connection.close()

    def plan(self, wanted: str, hints: Sequence[RenameHint] = ()) -> Planned:
        features = DIALECT.features(self.session)
        base, goal = DIALECT.read(self.session), read(wanted)
        return make_plan(base, goal, rules=self.rules, features=features, scope=Scope(), hints=hints)

    def migrate(self, wanted: str, hints: Sequence[RenameHint] = ()) -> Planned:
        planned = self.plan(wanted, hints)
        run(self.session, planned.plan.phases)
        assert DIALECT.read(self.session) == planned.goal
        assert self.query("PRAGMA integrity_check") == [("ok",)]
        return planned

    def revert(self, planned: Planned) -> None:
        run(self.session, planned.plan.revert_phases)
        assert DIALECT.read(self.session) == planned.base

    def query(self, sql: str) -> list[tuple[object, ...]]:
        return self.session.query(sql)

    def offending(self, check: Check) -> int:
        return len(self.session.query(check.query))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    found = Bench(tmp_path / "test.db")
    yield found
    found.session.close()


def summaries(planned: Planned) -> list[str]:
    return [step.summary for step in planned.plan.steps]


def test_children_with_cascade_keep_their_rows_and_their_reference(bench: Bench) -> None:
    child = "CREATE TABLE child (id INTEGER PRIMARY KEY, p INT REFERENCES parent(id) ON DELETE CASCADE)"
    bench.load(f"""CREATE TABLE parent (id INTEGER PRIMARY KEY, v TEXT); {child};
        INSERT INTO parent VALUES (1, 'a'), (2, 'b'); INSERT INTO child VALUES (10, 1), (11, 2);""")
    bench.session.execute("PRAGMA foreign_keys=ON")
    planned = bench.migrate(f"CREATE TABLE parent (id INTEGER PRIMARY KEY, v TEXT NOT NULL CHECK (v <> '')); {child}")
    assert (
        summaries(planned) == ["rebuild table parent (create check (v <> ''), alter column v)"]
        or len(planned.plan.steps) == 1
    )
    assert bench.query("SELECT * FROM child") == [(10, 1), (11, 2)]
    assert bench.query("SELECT sql FROM sqlite_master WHERE name = 'child'") == [(child,)]
    assert bench.query("PRAGMA foreign_keys") == [(1,)]
    bench.revert(planned)
    assert bench.query("SELECT * FROM parent") == [(1, "a"), (2, "b")]
    assert bench.query("SELECT * FROM child") == [(10, 1), (11, 2)]


def test_dropping_a_parent_deletes_no_rows_of_its_children(bench: Bench) -> None:
    bench.load("""CREATE TABLE parent (id INTEGER PRIMARY KEY);
        CREATE TABLE child (id INTEGER PRIMARY KEY, p INT REFERENCES parent ON DELETE CASCADE);
        INSERT INTO parent VALUES (1); INSERT INTO child VALUES (10, 1);""")
    bench.session.execute("PRAGMA foreign_keys=ON")
    bench.migrate("CREATE TABLE child (id INTEGER PRIMARY KEY, p INT)")
    assert bench.query("SELECT * FROM child") == [(10, 1)]


def test_views_and_triggers_survive_and_still_work(bench: Bench) -> None:
    rest = """CREATE TABLE log (what TEXT);
        CREATE VIEW big AS SELECT id, n FROM t WHERE n > 5;
        CREATE TRIGGER on_t AFTER INSERT ON t BEGIN INSERT INTO log VALUES ('t ' || new.n); END;
        CREATE TRIGGER on_other AFTER INSERT ON log WHEN new.what = 'go' BEGIN INSERT INTO t(n) VALUES (99); END;
        CREATE TRIGGER on_view INSTEAD OF INSERT ON big BEGIN INSERT INTO t(n) VALUES (new.n); END;"""
    bench.load(f"CREATE TABLE t (id INTEGER PRIMARY KEY, n INT); {rest} INSERT INTO t VALUES (1, 7), (2, 3);")
    before = bench.query("SELECT name, sql FROM sqlite_master WHERE type IN ('view', 'trigger') ORDER BY 1")
    planned = bench.migrate(f"CREATE TABLE t (id INTEGER PRIMARY KEY, n INT NOT NULL DEFAULT 4); {rest}")
    assert len(planned.plan.steps) == 1
    assert bench.query("SELECT name, sql FROM sqlite_master WHERE type IN ('view', 'trigger') ORDER BY 1") == before
    assert bench.query("SELECT * FROM big") == [(1, 7)]
    bench.session.execute("INSERT INTO log VALUES ('go')")
    bench.session.execute("INSERT INTO big (n) VALUES (50)")
    assert bench.query("SELECT n FROM t ORDER BY id") == [(7,), (3,), (99,), (50,)]
    assert bench.query("SELECT what FROM log WHERE what <> 'go' ORDER BY rowid") == [
        ("t 7",),
        ("t 3",),
        ("t 99",),
        ("t 50",),
    ]
    bench.revert(planned)


def test_a_changed_trigger_on_a_rebuilt_table_is_made_once(bench: Bench) -> None:
    bench.load("""CREATE TABLE log (a);
        CREATE TABLE t (id INTEGER PRIMARY KEY, n INT);
        CREATE TRIGGER a AFTER INSERT ON t BEGIN INSERT INTO log VALUES (1); END;
        CREATE TRIGGER b AFTER INSERT ON t BEGIN INSERT INTO log VALUES (2); END;
        CREATE TRIGGER c AFTER INSERT ON t BEGIN INSERT INTO log VALUES (3); END;""")
    planned = bench.migrate("""CREATE TABLE log (a);
        CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT);
        CREATE TRIGGER a AFTER INSERT ON t BEGIN INSERT INTO log VALUES (10); END;
        CREATE TRIGGER b AFTER INSERT ON t BEGIN INSERT INTO log VALUES (2); END;
        CREATE TRIGGER d AFTER INSERT ON t BEGIN INSERT INTO log VALUES (4); END;""")
    bench.session.execute("INSERT INTO t (n) VALUES ('x')")
    assert sorted(bench.query("SELECT a FROM log")) == [(2,), (4,), (10,)]
    bench.revert(planned)


def test_the_autoincrement_mark_is_kept(bench: Bench) -> None:
    bench.load("""CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, n INT);
        INSERT INTO t (n) VALUES (1), (2), (3); DELETE FROM t WHERE id > 1;""")
    planned = bench.migrate("CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, n TEXT)")
    bench.session.execute("INSERT INTO t (n) VALUES ('new')")
    assert bench.query("SELECT id FROM t") == [(1,), (4,)]
    bench.revert(planned)
    assert bench.query("SELECT name, seq FROM sqlite_sequence") == [("t", 4)]


def test_the_mark_of_an_empty_table_is_kept(bench: Bench) -> None:
    bench.load("""CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, n INT);
        INSERT INTO t (n) VALUES (1), (2); DELETE FROM t;""")
    bench.migrate("CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, n TEXT)")
    assert bench.query("SELECT name, seq FROM sqlite_sequence") == [("t", 2)]


def test_autoincrement_gained_and_lost(bench: Bench) -> None:
    bench.load("CREATE TABLE t (id INTEGER PRIMARY KEY, n INT); INSERT INTO t VALUES (7, 1);")
    planned = bench.migrate("CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, n INT)")
    assert bench.query("SELECT name, seq FROM sqlite_sequence") == [("t", 7)]
    bench.revert(planned)
    assert bench.query("SELECT name, seq FROM sqlite_sequence") == [("t", 7)]  # nobody looks at it, but a next time
    assert bench.query("SELECT * FROM t") == [(7, 1)]


def test_a_mark_that_nobody_needs_for_a_while_is_back_with_autoincrement(bench: Bench) -> None:
    bench.load("""CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, n INT);
        INSERT INTO t (n) VALUES (1), (2), (3); DELETE FROM t WHERE id = 3;""")
    planned = bench.migrate("CREATE TABLE t (id INTEGER PRIMARY KEY, n INT)")
    bench.session.execute("INSERT INTO t (n) VALUES (4)")
    assert bench.query("SELECT id FROM t WHERE n = 4") == [(3,)]
    bench.revert(planned)
    assert bench.query("SELECT name, seq FROM sqlite_sequence") == [("t", 3)]
    planned = bench.migrate("CREATE TABLE t (id INTEGER PRIMARY KEY, n INT) WITHOUT ROWID")
    bench.session.execute("INSERT INTO t VALUES (9, 9)")
    bench.revert(planned)
    bench.session.execute("INSERT INTO t (n) VALUES (10)")
    assert bench.query("SELECT max(id) FROM t") == [(10,)]


def test_unnamed_checks_are_kept_all_of_them(bench: Bench) -> None:
    bench.load(
        "CREATE TABLE t (a INT CHECK (a > 0) CHECK (a < 9), b TEXT, CHECK (a <> 5)); INSERT INTO t VALUES (1, 'x');"
    )
    bench.migrate("CREATE TABLE t (a INT CHECK (a > 0) CHECK (a < 9), b INT, CHECK (a <> 5))")
    for value in (0, 9, 5):
        with pytest.raises(ServerError, match="CHECK constraint failed"):
            bench.session.execute(f"INSERT INTO t (a) VALUES ({value})")


def test_a_table_that_refers_to_itself(bench: Bench) -> None:
    bench.load("""CREATE TABLE t (id INTEGER PRIMARY KEY, up INT REFERENCES t(id) ON DELETE CASCADE, n INT);
        INSERT INTO t VALUES (1, NULL, 1), (2, 1, 2), (3, 2, 3);""")
    bench.session.execute("PRAGMA foreign_keys=ON")
    planned = bench.migrate(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, up INT REFERENCES t(id) ON DELETE CASCADE, n TEXT UNIQUE)"
    )
    assert bench.query("SELECT id, up FROM t") == [(1, None), (2, 1), (3, 2)]
    assert bench.query("SELECT \"table\" FROM pragma_foreign_key_list('t')") == [("t",)]
    bench.revert(planned)


def test_rowids_are_kept(bench: Bench) -> None:
    bench.load(
        "CREATE TABLE t (a TEXT, rowid TEXT); INSERT INTO t VALUES ('x', '1'), ('y', '2'); DELETE FROM t WHERE a = 'x';"
    )
    planned = bench.migrate("CREATE TABLE t (a TEXT NOT NULL, rowid TEXT)")
    assert bench.query("SELECT _rowid_, a FROM t") == [(2, "y")]
    bench.revert(planned)
    assert bench.query("SELECT _rowid_, a FROM t") == [(2, "y")]


def test_the_rowid_becomes_a_new_integer_primary_key(bench: Bench) -> None:
    bench.load("CREATE TABLE t (a TEXT); INSERT INTO t (_rowid_, a) VALUES (5, 'x'), (9, 'y');")
    bench.migrate("CREATE TABLE t (a TEXT, id INTEGER PRIMARY KEY)")
    assert bench.query("SELECT id, a FROM t") == [(5, "x"), (9, "y")]


@pytest.mark.parametrize("options", ["WITHOUT ROWID", "STRICT", "STRICT, WITHOUT ROWID"])
def test_table_options_there_and_back(bench: Bench, options: str) -> None:
    bench.load("CREATE TABLE t (id INT PRIMARY KEY NOT NULL, a TEXT); INSERT INTO t VALUES (3, 'x'), (1, 'y');")
    planned = bench.migrate(f"CREATE TABLE t (id INT PRIMARY KEY NOT NULL, a TEXT) {options}")
    assert bench.query("SELECT id, a FROM t ORDER BY id") == [(1, "y"), (3, "x")]
    bench.revert(planned)
    assert bench.query("SELECT id, a FROM t ORDER BY id") == [(1, "y"), (3, "x")]


def test_generated_columns_are_not_copied_but_made_again(bench: Bench) -> None:
    bench.load("""CREATE TABLE t (a INT, b INT AS (a * 2), c INT GENERATED ALWAYS AS (a + 1) STORED, d TEXT);
        INSERT INTO t (a, d) VALUES (1, 'x');""")
    planned = bench.migrate(
        "CREATE TABLE t (a INT, b INT AS (a * 3) STORED, c INT AS (a + 1) VIRTUAL, d TEXT NOT NULL)"
    )
    assert bench.query("SELECT a, b, c, d FROM t") == [(1, 3, 2, "x")]
    bench.revert(planned)
    assert bench.query("SELECT a, b, c, d FROM t") == [(1, 2, 2, "x")]


def test_a_plain_column_that_was_generated_keeps_its_values(bench: Bench) -> None:
    bench.load("CREATE TABLE t (a INT, b INT AS (a * 2)); INSERT INTO t (a) VALUES (4);")
    bench.migrate("CREATE TABLE t (a INT, b INT)")
    assert bench.query("SELECT a, b FROM t") == [(4, 8)]


def test_names_with_dots_quotes_and_spaces(bench: Bench) -> None:
    rest = """CREATE TABLE "child of it" ("the.p" INT REFERENCES "a.b ""c" ("x y") ON DELETE CASCADE);
        CREATE INDEX "an ""index" ON "a.b ""c" ("o'clock");
        CREATE TRIGGER "trig ""ger" AFTER DELETE ON "a.b ""c" BEGIN SELECT 1; END;
        CREATE VIEW "v w" AS SELECT "x y" FROM "a.b ""c";"""
    table = 'CREATE TABLE "a.b ""c" ("x y" INTEGER PRIMARY KEY, "o\'clock" {});'
    bench.load(table.format("INT") + rest)
    bench.load("""INSERT INTO "a.b ""c" VALUES (1, 2); INSERT INTO "child of it" VALUES (1);""")
    planned = bench.migrate(table.format("TEXT NOT NULL") + rest)
    assert bench.query('SELECT * FROM "v w"') == [(1,)]
    assert bench.query('SELECT * FROM "child of it"') == [(1,)]
    bench.revert(planned)
    assert bench.query('SELECT "o\'clock" FROM "a.b ""c"') == [(2,)]


def test_conflict_clauses_of_the_new_table_lose_no_rows(bench: Bench) -> None:
    bench.load("CREATE TABLE t (a INT, b INT); INSERT INTO t VALUES (1, 1), (1, 2);")
    planned = bench.plan("CREATE TABLE t (a INT UNIQUE ON CONFLICT REPLACE, b INT)")
    (check,) = [check for step in planned.plan.steps for check in step.checks]
    assert bench.offending(check) == 1
    with pytest.raises(ServerError, match="UNIQUE constraint failed"):
        run(bench.session, planned.plan.phases)
    assert bench.query("SELECT * FROM t") == [(1, 1), (1, 2)]
    assert DIALECT.read(bench.session) == planned.base


def test_a_name_that_the_rebuild_would_use_is_left_alone(bench: Bench) -> None:
    bench.load("CREATE TABLE t (a INT, b INT); CREATE VIEW reconcile_new_ AS SELECT 1; INSERT INTO t VALUES (1, 1);")
    bench.load("CREATE INDEX reconcile_new_t ON t (a)")
    bench.migrate("CREATE TABLE t (a INT, b TEXT); CREATE INDEX reconcile_new_t ON t (a)")
    assert bench.query("SELECT a, b FROM t") == [(1, "1")]


OLD = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT); CREATE TABLE p (id INTEGER PRIMARY KEY);"
ROWS = "INSERT INTO t VALUES (1, 'x', 1), (2, NULL, 1), (3, '', 7);"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b INT);", 1),
        ("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL DEFAULT 'd', b INT);", 1),
        ("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT UNIQUE);", 1),
        ("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT, CHECK (b < 5));", 1),
        ("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT REFERENCES p(id));", 3),
        ("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT, c INT NOT NULL);", 3),
        ("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b INT) STRICT;", 2),
        ("CREATE TABLE t (id INT, a INTEGER PRIMARY KEY, b INT);", 2),
    ],
)
def test_rows_in_the_way_are_found_before_and_nothing_changes(bench: Bench, wanted: str, found: int) -> None:
    bench.load(OLD + ROWS)
    planned = bench.plan(wanted + "CREATE TABLE p (id INTEGER PRIMARY KEY);")
    checks = [check for step in planned.plan.steps for check in step.checks]
    assert found in [bench.offending(check) for check in checks]
    before = bench.query("SELECT * FROM t")
    with pytest.raises(ServerError):
        run(bench.session, planned.plan.phases)
    assert bench.query("SELECT * FROM t") == before
    assert DIALECT.read(bench.session) == planned.base


@pytest.mark.parametrize(
    "addition",
    [
        "c",
        "c TEXT COLLATE NOCASE DEFAULT 'it''s'",
        "c INT NOT NULL DEFAULT -5",
        "c BLOB DEFAULT X'00ff'",
        "c INT REFERENCES p(id) ON DELETE SET NULL",
        "c INT CONSTRAINT fk REFERENCES p",
        "c INT AS (b + 1)",
        "c BOOLEAN DEFAULT TRUE NOT NULL",
    ],
)
def test_columns_are_added_natively_where_that_is_exact(bench: Bench, addition: str) -> None:
    bench.load(OLD + ROWS)
    bench.session.execute("PRAGMA foreign_keys=ON")
    planned = bench.migrate(OLD.replace("b INT)", f"b INT, {addition})"))
    assert [step.sql[0].split(" ADD ")[0] for step in planned.plan.steps] == ['ALTER TABLE "t"']
    assert len(bench.query("SELECT c FROM t")) == 3
    bench.revert(planned)
    assert len(bench.query("SELECT * FROM t")) == 3


@pytest.mark.parametrize(
    "addition",
    [
        "c INT UNIQUE",
        "c TEXT DEFAULT CURRENT_TIMESTAMP",
        "c INT DEFAULT (1 + 2)",
        "c INT AS (b + 1) STORED",
        "c INT CHECK (c > 0)",
        "c INT DEFAULT 1 REFERENCES p(id)",
    ],
)
def test_columns_that_cannot_be_added_natively_come_with_a_rebuild(bench: Bench, addition: str) -> None:
    bench.load(OLD + "INSERT INTO p VALUES (1);" + ROWS)
    planned = bench.migrate(OLD.replace("b INT)", f"b INT, {addition})"))
    assert [step.rewrites for step in planned.plan.steps] == [True]
    assert len(bench.query("SELECT c FROM t")) == 3
    bench.revert(planned)


@pytest.mark.parametrize(
    ("columns", "rest", "rebuilt"),
    [
        ("c INT, d INT", "", False),
        ("c INT DEFAULT 3", "", False),
        ("c INT", "CREATE INDEX i ON t (c)", False),
        ("c INT UNIQUE", "", True),
        ("c INT, CHECK (c > a)", "", True),
        ("c INT REFERENCES t(id)", "", True),
        ("c INT", "CREATE VIEW v AS SELECT c FROM t", False),
        ("c INT", "CREATE TRIGGER g AFTER UPDATE OF c ON t BEGIN SELECT 1; END", False),
        ("c INT, d INT AS (c + 1)", "", False),
    ],
)
def test_dropping_columns(bench: Bench, columns: str, rest: str, rebuilt: bool) -> None:
    head = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT"
    bench.load(f"{head}, {columns}); {rest}; INSERT INTO t (id, a) VALUES (1, 'x');")
    planned = bench.migrate(f"{head})")
    assert any("INSERT" in sql for step in planned.plan.steps for sql in step.sql) is rebuilt
    assert bench.query("SELECT * FROM t") == [(1, "x")]
    bench.revert(planned)


def test_a_view_that_still_stands_makes_way_for_a_dropped_column(bench: Bench) -> None:
    bench.load("CREATE TABLE t (a INT, b INT); CREATE VIEW v AS SELECT a, b FROM t; CREATE VIEW w AS SELECT a FROM v;")
    planned = bench.migrate(
        "CREATE TABLE t (a INT); CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT a FROM v;"
    )
    bench.revert(planned)
    assert bench.query("SELECT * FROM w") == []


def test_the_sql_runs_as_it_stands_in_another_program(bench: Bench, tmp_path: Path) -> None:
    script = """CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT);
        CREATE VIEW v AS SELECT a FROM t; INSERT INTO t (a) VALUES ('x');"""
    bench.load(script)
    planned = bench.plan(
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT UNIQUE); CREATE VIEW v AS SELECT a FROM t"
    )
    other = sqlite3.connect(tmp_path / "other.db")
    other.executescript(script)
    for phase in planned.plan.phases:
        steps = [sql for step in phase.steps for sql in step.sql]
        other.executescript(";\n".join([*phase.before, "BEGIN", *steps, "COMMIT", *phase.after]))
    other.close()
    with DIALECT.open(f"sqlite:///{tmp_path / 'other.db'}") as session:
        assert DIALECT.read(session) == planned.goal
        assert session.query("SELECT * FROM v") == [("x",)]


def test_new_violations_are_refused_before_commit_and_old_ones_are_let_be(bench: Bench) -> None:
    bench.load("""CREATE TABLE p (id INTEGER PRIMARY KEY); INSERT INTO p VALUES (1);
        CREATE TABLE c (id INTEGER PRIMARY KEY, p INT REFERENCES p); INSERT INTO c VALUES (1, 1), (2, 77);""")
    session = bench.session
    session.execute("PRAGMA foreign_keys=OFF")
    with session.transaction():
        session.execute("UPDATE c SET p = 78 WHERE id = 2")
    session.execute("PRAGMA foreign_keys=OFF")
    with pytest.raises(ServerError, match="rowid 1 of table c refers to a row of p"), session.transaction():
        session.execute("DELETE FROM p")
    assert not session.in_transaction
    assert bench.query("SELECT * FROM p") == [(1,)]


def test_an_unmanaged_part_of_a_rebuilt_table_refuses_the_plan() -> None:
    state = read("CREATE TABLE t (a INT)")
    goal = read("CREATE TABLE t (a TEXT)")
    from reconcile.state import Opaque

    part = Opaque(key=child_key(Kind.OPAQUE, table_key(None, "t"), "index x"), what="index")
    base = State.build([*state, part], [(part.key, part.key.parent or part.key)], dialect="sqlite", server="")
    with DIALECT.scratch(None, "auto") as session:
        features = DIALECT.features(session)
    with pytest.raises(Unplannable, match="would lose index x"):
        make_plan(base, goal, rules=DIALECT.rules(features), features=features, scope=Scope())


def test_renames_keep_rows_and_follow_references(bench: Bench) -> None:
    bench.load("""CREATE TABLE old_t (id INTEGER PRIMARY KEY, a TEXT, CHECK (a <> ''));
        CREATE TABLE c (t INT REFERENCES old_t(id)); CREATE INDEX i ON old_t (a);
        INSERT INTO old_t VALUES (1, 'x'); INSERT INTO c VALUES (1);""")
    table = table_key(None, "new_t")
    hints = [RenameHint(new=table, old_name="old_t"), RenameHint(new=child_key(Kind.INDEX, table, "j"), old_name="i")]
    planned = bench.migrate(
        """CREATE TABLE new_t (id INTEGER PRIMARY KEY, a TEXT, CHECK (a <> ''));
        CREATE TABLE c (t INT REFERENCES new_t(id)); CREATE INDEX j ON new_t (a);""",
        hints,
    )
    assert bench.query("SELECT * FROM new_t") == [(1, "x")]
    bench.revert(planned)
    assert bench.query("SELECT * FROM old_t") == [(1, "x")]


def test_a_constraint_is_renamed_by_a_rebuild(bench: Bench) -> None:
    bench.load("CREATE TABLE t (a INT, CONSTRAINT one CHECK (a > 0)); INSERT INTO t VALUES (1);")
    new = Key(Kind.CHECK, None, "two", table_key(None, "t"))
    planned = bench.migrate(
        "CREATE TABLE t (a INT, CONSTRAINT two CHECK (a > 0))", [RenameHint(new=new, old_name="one")]
    )
    assert [step.summary for step in planned.plan.steps] == ["rename check t.one to two"]
    bench.revert(planned)
    assert bench.query("SELECT a FROM t") == [(1,)]


def test_moving_an_index_name_from_one_table_to_another(bench: Bench) -> None:
    bench.load("CREATE TABLE a (x INT); CREATE TABLE b (x INT); CREATE INDEX i ON a (x); CREATE INDEX j ON b (x);")
    planned = bench.migrate(
        "CREATE TABLE a (x TEXT); CREATE TABLE b (x INT); CREATE INDEX i ON b (x); CREATE INDEX k ON a (x)"
    )
    bench.revert(planned)
    assert bench.query("SELECT tbl_name FROM sqlite_master WHERE name = 'i'") == [("a",)]


def test_a_primary_key_changes_with_its_rows(bench: Bench) -> None:
    bench.load("CREATE TABLE t (a INT NOT NULL, b INT NOT NULL, PRIMARY KEY (a)); INSERT INTO t VALUES (1, 2), (2, 2);")
    planned = bench.migrate("CREATE TABLE t (a INT NOT NULL, b INT NOT NULL, PRIMARY KEY (b, a DESC))")
    assert bench.query("SELECT a, b FROM t ORDER BY a") == [(1, 2), (2, 2)]
    bench.revert(planned)


def test_a_table_becomes_a_view_and_a_view_a_table(bench: Bench) -> None:
    bench.load("CREATE TABLE t (a INT); CREATE VIEW v AS SELECT a FROM t;")
    planned = bench.migrate("CREATE TABLE v (a INT); CREATE VIEW t AS SELECT a FROM v;")
    bench.revert(planned)


def test_triggers_of_two_rebuilt_tables_that_need_each_others_new_columns(bench: Bench) -> None:
    bench.load("""CREATE TABLE a (x INT); CREATE TABLE b (y INT);
        CREATE TRIGGER ta AFTER INSERT ON a BEGIN INSERT INTO b (y) VALUES (1); END;
        CREATE TRIGGER tb AFTER DELETE ON b BEGIN DELETE FROM a; END;""")
    planned = bench.migrate("""CREATE TABLE a (x TEXT, x2 INT UNIQUE); CREATE TABLE b (y TEXT, y2 INT UNIQUE);
        CREATE TRIGGER ta AFTER INSERT ON a BEGIN INSERT INTO b (y2) VALUES (1); END;
        CREATE TRIGGER tb AFTER DELETE ON b BEGIN DELETE FROM a WHERE x2 = 1; END;""")
    bench.session.execute("INSERT INTO a (x2) VALUES (1)")
    bench.session.execute("DELETE FROM b")
    assert bench.query("SELECT * FROM a") == []
    bench.revert(planned)
    assert len(bench.query("SELECT name FROM sqlite_master WHERE type = 'trigger'")) == 2


def test_a_full_text_table_still_finds_the_rows_of_its_rebuilt_table(bench: Bench) -> None:
    rest = """CREATE VIRTUAL TABLE found USING fts5(body, content='docs');
        CREATE TRIGGER fill AFTER INSERT ON docs BEGIN
        INSERT INTO found(rowid, body) VALUES (new.rowid, new.body); END;"""
    bench.load(f"CREATE TABLE docs (body TEXT, n INT); {rest} INSERT INTO docs VALUES ('bye', 1), ('hello', 2);")
    bench.load("DELETE FROM docs WHERE n = 1")
    planned = bench.migrate(f"CREATE TABLE docs (body TEXT NOT NULL, n TEXT); {rest}")
    bench.session.execute("INSERT INTO docs VALUES ('hello again', 3)")
    assert bench.query("SELECT rowid, body FROM found WHERE found MATCH 'hello'") == [(2, "hello"), (3, "hello again")]
    bench.revert(planned)
