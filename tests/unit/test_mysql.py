"""MySQL and MariaDB: features, SQL text, and on a server: reading, rules there and back, session, scratch."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import make_url

from reconcile.dialects.base import Scene, Unit
from reconcile.dialects.mysql import DIALECT
from reconcile.dialects.mysql.features import features_of
from reconcile.dialects.mysql.read.catalog import without_qualifier
from reconcile.dialects.mysql.read.constraints import auto_number
from reconcile.dialects.mysql.rules.casts import misfits
from reconcile.dialects.mysql.rules.clauses import column_clause, foreign_key_clause, key_clause
from reconcile.dialects.mysql.rules.locks import Algorithm
from reconcile.dialects.mysql.rules.statements import combined
from reconcile.dialects.mysql.session import MySqlSession
from reconcile.errors import ConnectError, LockHeld, LockTimeout, ServerError
from reconcile.planning.build import Planned, creation, make_plan
from reconcile.state import (
    Action,
    CheckConstraint,
    Column,
    Comment,
    Default,
    ForeignKey,
    Generated,
    Index,
    IndexPart,
    Kind,
    Object,
    Phase,
    Scope,
    State,
    Table,
    Verb,
    child_key,
    table_key,
)
from tests.conftest import NewDatabase
from tests.servers import Server

Load = Callable[[str, str], None]

MARIADB = features_of("10.11.19-MariaDB-0+deb12u1")
MYSQL = features_of("8.4.3")
T = table_key(None, "t")


def column(name: str, type_: str = "int(11)", **more: object) -> Column:
    return Column(key=child_key(Kind.COLUMN, T, name), type=type_, **more)  # type: ignore[arg-type]  # a test names its fields


def state(*objects: Object) -> State:
    return State.build([Table(key=T), *objects], dialect="mysql", server="MariaDB 10.11.19")


# -- features


def test_the_two_products_are_values_of_one_type() -> None:
    assert (MARIADB.series, MYSQL.series) == ("mariadb-10.11", "mysql-8.4")
    assert MARIADB.sequences and not MYSQL.sequences
    assert MARIADB.invisible_index_word == "IGNORED" and MYSQL.invisible_index_word == "INVISIBLE"
    assert features_of("5.5.5-10.6.2-MariaDB").version == (10, 6, 2)


@pytest.mark.parametrize("text", ["5.7.44", "10.5.28-MariaDB", "what?"])
def test_an_old_or_unknown_server_is_refused(text: str) -> None:
    with pytest.raises(ConnectError):
        features_of(text)


# -- text


def test_a_column_is_said_whole() -> None:
    item = column("a b", "varchar(9)", nullable=False, charset="latin1", collation="latin1_bin", invisible=True)
    check = CheckConstraint(key=child_key(Kind.CHECK, T, "(a b: x)"), expression="`a b` <> ''", column="a b")
    there = state(
        item,
        check,
        Default(key=child_key(Kind.DEFAULT, item.key), expression="'x'"),
        Comment(key=child_key(Kind.COMMENT, item.key), text="it's \\"),
    )
    assert column_clause(item, there, MARIADB) == (
        "`a b` varchar(9) CHARACTER SET latin1 COLLATE latin1_bin NOT NULL INVISIBLE DEFAULT 'x' "
        "COMMENT 'it''s \\\\' CHECK (`a b` <> '')"
    )


def test_a_generated_column_has_no_null_and_no_default() -> None:
    item = column("a", generated=Generated(expression="`b` + 1", stored=True))
    assert column_clause(item, state(item), MARIADB) == "`a` int(11) GENERATED ALWAYS AS (`b` + 1) STORED"


def test_indexes_say_everything_that_is_not_the_default() -> None:
    parts = (IndexPart(column="a", length=5, descending=True), IndexPart(expression="lower(`b`)"))
    item = Index(key=child_key(Kind.INDEX, T, "i"), parts=parts, unique=True, invisible=True)
    assert key_clause(item, MYSQL) == "UNIQUE KEY `i` (`a`(5) DESC, (lower(`b`))) INVISIBLE"
    text = Index(key=child_key(Kind.INDEX, T, "f"), parts=parts[:1], method="fulltext", options=(("comment", "c"),))
    assert key_clause(text, MARIADB) == "FULLTEXT KEY `f` (`a`(5) DESC) COMMENT 'c'"


def test_the_action_that_goes_without_saying_differs() -> None:
    item = foreign_key("fk", ordinal=0)
    for features, written in ((MARIADB, ""), (MYSQL, " ON DELETE RESTRICT ON UPDATE RESTRICT")):
        scene = Scene(base=state(), target=state(item), features=features)
        assert foreign_key_clause(item, scene) == (f"CONSTRAINT `fk` FOREIGN KEY (`a`) REFERENCES `p` (`id`){written}")


def foreign_key(name: str, *, ordinal: int) -> ForeignKey:
    return ForeignKey(
        key=child_key(Kind.FOREIGN_KEY, T, name),
        columns=("a",),
        target=table_key(None, "p"),
        target_columns=("id",),
        on_delete="RESTRICT",
        on_update="RESTRICT",
        named=not ordinal,
        ordinal=ordinal,
    )


def test_names_nobody_chose_give_way_to_those_that_stay() -> None:
    mine, other = foreign_key("(a -> p.id)", ordinal=1), foreign_key("(b -> p.id)", ordinal=1)
    free = Scene(base=state(), target=state(mine), features=MARIADB)
    assert foreign_key_clause(mine, free).startswith("CONSTRAINT `t_ibfk_1` ")
    taken = Scene(base=state(other), target=state(mine, other), features=MARIADB)
    name = foreign_key_clause(mine, taken).split("`")[1]
    assert auto_number(MARIADB.foreign_key_auto_name, "t", name) >= 100_000


@pytest.mark.parametrize(
    ("pattern", "name", "number"),
    [
        ("{table}_ibfk_{number}", "t_ibfk_12", 12),
        ("{table}_ibfk_{number}", "other_ibfk_12", 0),
        ("{table}_ibfk_{number}", "t_ibfk_x", 0),
        ("{number}", "3", 3),
        ("CONSTRAINT_{number}", "CONSTRAINT_1", 1),
    ],
)
def test_which_names_the_server_chose(pattern: str, name: str, number: int) -> None:
    assert auto_number(pattern, "t", name) == number


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("select `db`.`t`.`a` from `db`.`t`", "select `t`.`a` from `t`"),
        ("nextval(`db`.`s`)", "nextval(`s`)"),
        ("select `t`.`db` from `t`", "select `t`.`db` from `t`"),
        ("select 'db.x'", "select 'db.x'"),
    ],
)
def test_the_database_is_not_named(text: str, local: str) -> None:
    assert "".join(without_qualifier(text, "db")) == local


# -- estimates and preflight


def test_locks_are_the_worst_of_the_statement() -> None:
    old, new = column("a", "varchar(20)"), column("a", "varchar(40)")
    scene = Scene(base=state(old), target=state(new), features=MARIADB)
    longer = Action(Verb.ALTER, new.key, old, new, frozenset({"type"}))
    assert combined([longer], scene, MARIADB) is Algorithm.INSTANT
    assert combined([longer], scene, replace(MARIADB, grows_instantly=False)) is Algorithm.INPLACE
    shorter = Action(Verb.ALTER, old.key, new, old, frozenset({"type"}))
    assert combined([longer, shorter], scene, MARIADB) is Algorithm.COPY
    added = Action(Verb.CREATE, new.key, None, new)
    assert combined([added], scene, MARIADB) is Algorithm.INSTANT


@pytest.mark.parametrize(
    ("old", "new", "condition"),
    [
        ("varchar(20)", "varchar(40)", None),
        ("varchar(40)", "varchar(20)", "CHAR_LENGTH(`c`) > 20"),
        ("int(11)", "tinyint(3) unsigned", "`c` NOT BETWEEN 0 AND 255"),
        ("int(11)", "bigint(20)", None),
        ("enum('a','b')", "enum('a')", "`c` NOT IN ('a')"),
        ("int(11)", "datetime", None),
    ],
)
def test_what_does_not_fit(old: str, new: str, condition: str | None) -> None:
    assert misfits(old, new, "`c`") == condition


# -- on a server

EVERYTHING = r"""
CREATE TABLE p (id int PRIMARY KEY, u varchar(10) UNIQUE) COLLATE utf8mb4_unicode_ci;
CREATE TABLE a (
  id int AUTO_INCREMENT PRIMARY KEY COMMENT 'pk', n varchar(30) CHARACTER SET latin1 COLLATE latin1_bin DEFAULT 'it''s',
  j json, s set('a','b') DEFAULT 'a', e enum('x''y','z') NOT NULL, ts timestamp,
  ts2 timestamp(3) NOT NULL DEFAULT current_timestamp(3) ON UPDATE current_timestamp(3),
  ex varchar(40) DEFAULT (uuid()), dd int DEFAULT (1+2), num decimal(10,2) DEFAULT 1.5, bi bit(3) DEFAULT b'101',
  g int AS (dd+1) VIRTUAL, g2 int AS (dd*2) STORED, inv int INVISIBLE DEFAULT 3, z int(5) ZEROFILL, pt point NOT NULL,
  cc int CHECK (cc > 0), tx text, pid int, pu varchar(10), CHECK (num > 1), CONSTRAINT ck CHECK (dd > 0),
  KEY k (n(5) DESC, dd), FULLTEXT ft (tx), SPATIAL sp (pt), KEY ig (dd) IGNORED, UNIQUE un (num) COMMENT 'one',
  CONSTRAINT fkn FOREIGN KEY (pid) REFERENCES p(id) ON DELETE CASCADE ON UPDATE NO ACTION,
  FOREIGN KEY (pu) REFERENCES p(u)
) ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=4 COMMENT='tbl %s :x' COLLATE utf8mb4_unicode_ci;
CREATE SEQUENCE sq START WITH 5 INCREMENT BY 2 CACHE 10 CYCLE;
CREATE TABLE sd (a int DEFAULT nextval(sq), b int, KEY (b)) ENGINE=MyISAM;
CREATE VIEW v (x, y) AS SELECT a.id, p.u FROM a JOIN p ON a.pid = p.id WITH CASCADED CHECK OPTION;
CREATE ALGORITHM=MERGE SQL SECURITY INVOKER VIEW v2 AS SELECT * FROM v;
CREATE TRIGGER tr BEFORE INSERT ON a FOR EACH ROW BEGIN SET NEW.dd = 1; INSERT INTO p VALUES (1, "it's"); END;
CREATE TRIGGER tr0 BEFORE INSERT ON a FOR EACH ROW PRECEDES tr SET NEW.dd = 2;
"""

# name, old, new: each is planned there and back, and compared with SHOW CREATE TABLE of one built directly.
TRANSITIONS = {
    "foreign key columns change type on both sides": (
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (x int, FOREIGN KEY (x) REFERENCES p (id));"
        "INSERT INTO p VALUES (1); INSERT INTO c VALUES (1)",
        "CREATE TABLE p (id bigint PRIMARY KEY); CREATE TABLE c (x bigint, FOREIGN KEY (x) REFERENCES p (id))",
    ),
    "an index the server made gives way, or is kept": (
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (x int, y int, FOREIGN KEY (x) REFERENCES p (id));"
        "CREATE TABLE d (x int, y int, FOREIGN KEY (x) REFERENCES p (id))",
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (x int, y int, KEY b (x, y), FOREIGN KEY (x) "
        "REFERENCES p (id)); CREATE TABLE d (x int, y int, KEY x (x), KEY b (x, y), FOREIGN KEY (x) REFERENCES p (id))",
    ),
    "auto increment moves with its key": (
        "CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, a int NOT NULL); INSERT INTO t (a) VALUES (3), (4)",
        "CREATE TABLE t (id int NOT NULL, a int AUTO_INCREMENT PRIMARY KEY)",
    ),
    "collation of the table, under a foreign key": (
        "CREATE TABLE p (id varchar(10) PRIMARY KEY) CHARSET latin1; CREATE TABLE c (x varchar(10), k varchar(9) "
        "CHARACTER SET utf8mb4, FOREIGN KEY (x) REFERENCES p (id)) CHARSET latin1",
        "CREATE TABLE p (id varchar(10) PRIMARY KEY) CHARSET utf8mb4; CREATE TABLE c (x varchar(10), k varchar(9), "
        "FOREIGN KEY (x) REFERENCES p (id)) CHARSET utf8mb4",
    ),
    "generated columns": (
        "CREATE TABLE t (a int, b int AS (a+1), c int AS (a+2) STORED, f int AS (a+4) STORED, KEY (b));"
        "INSERT INTO t (a) VALUES (1)",
        "CREATE TABLE t (a bigint, b int AS (a+11), c int AS (a+12) STORED, f int, KEY (b))",
    ),
    "checks beside columns and of the table": (
        "CREATE TABLE t (a int CHECK (a > 0), b int, j json, k longtext, CHECK (b > 0))",
        "CREATE TABLE t (a int, b int CHECK (b > 0), j longtext, k json, CHECK (a > 0))",
    ),
    "columns, their indexes and checks": (
        "CREATE TABLE t (a int, b int, c int, CONSTRAINT k CHECK (a < b), CHECK (c > 0), KEY ab (a, b), UNIQUE cc (c))",
        "CREATE TABLE t (b int, d int, e int NOT NULL DEFAULT 5 COMMENT 'new', KEY ab (b), UNIQUE cc (d))",
    ),
    "cycles of foreign keys": (
        "CREATE TABLE a (id int PRIMARY KEY, b int); CREATE TABLE b (id int PRIMARY KEY, a int, FOREIGN KEY (a) "
        "REFERENCES a (id)); ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b (id)",
        "CREATE TABLE s (id int PRIMARY KEY, p int, FOREIGN KEY (p) REFERENCES s (id) ON DELETE SET NULL)",
    ),
    "triggers fire in the order that is wanted": (
        "CREATE TABLE t (a int); CREATE TRIGGER t1 BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1;"
        "CREATE TRIGGER t3 BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 3",
        "CREATE TABLE t (a int, b int); CREATE TRIGGER t1 BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1;"
        "CREATE TRIGGER t2 BEFORE INSERT ON t FOR EACH ROW SET NEW.b = 2;"
        "CREATE TRIGGER t3 BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 3",
    ),
    "options, sequences, views": (
        "CREATE TABLE t (a int) ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8 COMMENT='x'; CREATE TABLE u (a int) "
        "ENGINE=MyISAM; CREATE SEQUENCE s; CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT a FROM v",
        "CREATE TABLE t (a int); CREATE TABLE u (a int) COMMENT='y'; CREATE SEQUENCE s INCREMENT BY 3 NOCACHE;"
        "CREATE VIEW v AS SELECT a, a + 1 AS b FROM t; CREATE VIEW w AS SELECT b FROM v",
    ),
}


@contextmanager
def opened(url: str) -> Iterator[MySqlSession]:
    with DIALECT.open(url) as session:
        assert isinstance(session, MySqlSession)
        yield session


def carry_out(phases: tuple[Phase, ...], session: MySqlSession) -> None:
    for phase in phases:
        for step in phase.steps:
            for statement in step.sql:
                session.execute(statement)


def shown(session: MySqlSession) -> list[str]:
    """SHOW CREATE of everything, lines sorted: the oracle that is not ours."""
    found = []
    for name, kind in session.query("SHOW FULL TABLES"):
        word = {"VIEW": "VIEW", "SEQUENCE": "SEQUENCE"}.get(str(kind), "TABLE")
        text = str(session.query(f"SHOW CREATE {word} `{name}`")[0][1])
        lines = (line.strip().rstrip(",") for line in re.sub(r" AUTO_INCREMENT=\d+", "", text).splitlines())
        found += sorted(f"{name}: {line.replace(f'`{session.database}`.', '')}" for line in lines)
    return found


def plan_between(old: MySqlSession, new: MySqlSession) -> Planned:
    rules = DIALECT.rules(old.features)
    base, wanted = DIALECT.read(old), DIALECT.read(new)
    # What stays keeps the number in its name: the planner hands on what is there.
    wanted = wanted.with_objects(base[item.key] if base.get(item.key) == item else item for item in wanted)
    return make_plan(base, wanted, rules=rules, features=old.features, scope=Scope())


@pytest.fixture
def load(mariadb: Server) -> Load:
    """``load(url, script)`` runs a script by the driver alone."""
    return lambda url, script: mariadb.execute(url.rpartition("/")[2], script)


@pytest.fixture
def two(mariadb: Server, new_database: NewDatabase) -> tuple[str, str]:
    return new_database(mariadb), new_database(mariadb)


def test_what_is_read_can_be_made_again(two: tuple[str, str], load: Load) -> None:
    load(two[0], EVERYTHING)
    with opened(two[0]) as first, opened(two[1]) as second:
        if not first.features.is_mariadb:
            pytest.skip("the schema is MariaDB's")
        was = DIALECT.read(first)
        assert {item.key.kind for item in was} >= {Kind.TRIGGER, Kind.SEQUENCE, Kind.VIEW, Kind.CHECK, Kind.COMMENT}
        carry_out(
            creation(DIALECT.read(second), was, rules=DIALECT.rules(first.features), features=first.features), second
        )
        assert DIALECT.read(second) == was
        assert [line for line in shown(second) if "_ibfk_" not in line] == [
            line for line in shown(first) if "_ibfk_" not in line
        ]


@pytest.mark.parametrize("name", TRANSITIONS)
def test_there_and_back(two: tuple[str, str], load: Load, name: str) -> None:
    old, new = TRANSITIONS[name]
    load(two[0], old)
    load(two[1], new)
    with opened(two[0]) as live, opened(two[1]) as direct:
        before = shown(live)
        planned = plan_between(live, direct)
        carry_out(planned.plan.phases, live)
        assert DIALECT.read(live) == planned.goal
        assert shown(live) == shown(direct)
        carry_out(planned.plan.revert_phases, live)
        assert DIALECT.read(live) == planned.base
        assert shown(live) == before


def test_an_index_the_server_made_for_a_foreign_key_says_so(two: tuple[str, str], load: Load) -> None:
    load(
        two[0],
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (x int, y int, FOREIGN KEY (x) REFERENCES p (id), "
        "CONSTRAINT f FOREIGN KEY (y) REFERENCES p (id), KEY mine (y, x))",
    )
    with opened(two[0]) as session:
        found = DIALECT.read(session)
    implied = {item.key.name: item.implied_by for item in found.of_kind(Kind.INDEX) if isinstance(item, Index)}
    assert {name: key and key.name for name, key in implied.items()} == {"mine": None, "x": "(x -> p.id)"}
    (unnamed,) = [item for item in found.of_kind(Kind.FOREIGN_KEY) if isinstance(item, ForeignKey) and not item.named]
    assert {need.kind for need in found.needs_of(unnamed.key)} == {
        Kind.TABLE,
        Kind.COLUMN,
        Kind.PRIMARY_KEY,
        Kind.INDEX,
    }


def test_preflight_queries_find_the_rows(two: tuple[str, str], load: Load) -> None:
    load(
        two[0],
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (a int, b varchar(9), c int, d int);"
        "INSERT INTO t VALUES (NULL, 'long one', 1, 5), (2, 'x', 1, -1)",
    )
    load(
        two[1],
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (a int NOT NULL, b varchar(3), c int UNIQUE, d int,"
        "FOREIGN KEY (c) REFERENCES p (id), CHECK (d > 0))",
    )
    with opened(two[0]) as live, opened(two[1]) as direct:
        checks = [check for step in plan_between(live, direct).plan.steps for check in step.checks]
        counts = {check.key.kind.value + " " + check.key.name: len(live.query(check.query)) for check in checks}
    assert counts == {
        "column a": 1,
        "column b": 1,
        "index c": 1,
        "foreign key (c -> p.id)": 2,
        "check (`d` > 0)": 1,
    }


def test_a_hidden_view_is_an_error_not_an_empty_one(two: tuple[str, str], load: Load) -> None:
    name = two[0].rpartition("/")[2]
    load(two[0], "CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t")
    user = f"u_{name}"[-32:]
    load(two[0], f"CREATE USER {user} IDENTIFIED BY 'pw'; GRANT SELECT ON `{name}`.* TO {user}")
    try:
        url = make_url(two[0]).set(username=user, password="pw").render_as_string(hide_password=False)
        with opened(url) as session, pytest.raises(ServerError, match="view v is hidden") as caught:
            DIALECT.read(session)
        assert "SHOW VIEW" in caught.value.hint
    finally:
        load(two[0], f"DROP USER {user}")


def test_renames_keep_everything_inside(two: tuple[str, str], load: Load) -> None:
    load(two[0], "CREATE TABLE t (a int CHECK (a > 0), KEY k (a)); INSERT INTO t VALUES (1)")
    with opened(two[0]) as session:
        start = DIALECT.read(session)
        rules = DIALECT.rules(session.features)
        for old, name in ((T, "u"), (child_key(Kind.COLUMN, table_key(None, "u"), "a"), "b")):
            new = table_key(None, name) if old == T else child_key(old.kind, table_key(None, "u"), name)
            was = DIALECT.read(session)
            after = was.renamed(old, new)
            action = Action(Verb.RENAME, new, was[old], after[new])
            scene = Scene(base=was, target=after, features=session.features)
            for draft in rules.render(Unit(host=None, actions=(action,)), scene):
                for sql in draft.sql:
                    session.execute(sql)
        end = DIALECT.read(session)
        assert session.query("SELECT b FROM u") == [(1,)]
    assert len(end) == len(start)
    (check,) = end.of_kind(Kind.CHECK)
    assert isinstance(check, CheckConstraint) and check.column == "b"


def test_reading_forbids_changes(two: tuple[str, str]) -> None:
    with opened(two[0]) as session, session.reading(), pytest.raises(ServerError, match="READ ONLY"):
        session.execute("CREATE TABLE t (a int)")
    with opened(two[0]) as session:
        with session.reading():
            pass
        session.execute("CREATE TABLE t (a int)")


def test_the_lock_is_held_by_one(two: tuple[str, str]) -> None:
    with opened(two[0]) as first, opened(two[0]) as second:
        with first.lock("first", wait_seconds=0):
            with pytest.raises(LockHeld) as caught, second.lock("second", wait_seconds=0.3):
                pass
            assert caught.value.holder.startswith("first (process ")
        with second.lock("second", wait_seconds=0):
            pass


def test_waiting_for_a_table_ends(two: tuple[str, str], load: Load) -> None:
    load(two[0], "CREATE TABLE t (a int)")
    with opened(two[0]) as first, opened(two[0]) as second:
        first.set_timeouts(lock_ms=500, statement_ms=0)
        with second.reading():
            second.query("SELECT * FROM t")
            with pytest.raises(LockTimeout):
                first.execute("ALTER TABLE t ADD COLUMN b int")
        first.execute("ALTER TABLE t ADD COLUMN b varchar(20) DEFAULT '100 %s :b'")
        first.execute("INSERT INTO t (a) VALUES (1)")
        assert first.query("SELECT b FROM t") == [("100 %s :b",)]
        assert first.has_rows(None, "t")


def test_a_scratch_database_is_like_ours_and_goes_away(two: tuple[str, str]) -> None:
    with opened(two[0]) as session:
        session.execute(f"ALTER DATABASE `{session.database}` CHARACTER SET latin1 COLLATE latin1_bin")
        with opened(two[0]) as near, DIALECT.scratch(near, "auto") as scratch:
            assert isinstance(scratch, MySqlSession)
            name = scratch.database
            assert scratch.defaults() == ("latin1", "latin1_bin")
            assert len(DIALECT.read(scratch)) == 0
        assert session.query(f"SHOW DATABASES LIKE '{name}'") == []
        session.execute("CREATE TABLE t (a int)")
        with pytest.raises(ConnectError, match="not empty"), DIALECT.scratch(session, two[0]):
            pass
        with DIALECT.scratch(session, two[1]) as given:
            given.execute("CREATE TABLE t (a int)")
            given.execute("CREATE VIEW v AS SELECT a FROM t")
        with opened(two[1]) as again:
            assert len(DIALECT.read(again)) == 0
            assert again.defaults() != ("latin1", "latin1_bin")


@pytest.mark.parametrize("spec", ["embedded", "auto"])
def test_scratch_says_what_is_missing(spec: str) -> None:
    with pytest.raises(ConnectError) as caught, DIALECT.scratch(None, spec):
        pass
    assert "scratch:" in caught.value.hint


def test_connecting_says_what_is_wrong(mariadb: Server) -> None:
    with pytest.raises(ConnectError, match="Unknown database") as caught:
        DIALECT.open(mariadb.url.rstrip("/") + "/rc_there_is_none")
    assert "CREATE DATABASE" in caught.value.hint
    with DIALECT.open(mariadb.url) as session, pytest.raises(ConnectError, match="names no database"):
        DIALECT.read(session)
