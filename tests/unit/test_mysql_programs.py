"""Routines, packages, events, partitioning and history on MySQL and MariaDB: read, planned there and back, written."""

from __future__ import annotations

import re

import pytest

from reconcile.dialects.base import Scene
from reconcile.dialects.mysql import DIALECT
from reconcile.dialects.mysql.features import SQL_MODE, features_of
from reconcile.dialects.mysql.read.modes import grammar_modes, made_under
from reconcile.dialects.mysql.rules.partitions import change_partitions, is_local, partition_clause
from reconcile.dialects.mysql.session import MySqlSession
from reconcile.planning.build import Planned, make_plan
from reconcile.sources.base import Target
from reconcile.sources.creation import units_of
from reconcile.sources.yaml.document import read_document
from reconcile.sources.yaml.read import read_objects
from reconcile.sources.yaml.schema import check_form
from reconcile.sources.yaml.write import to_yaml
from reconcile.state import (
    Action,
    Alter,
    Comment,
    Event,
    How,
    Key,
    Kind,
    Package,
    Partition,
    Partitioning,
    Phase,
    Routine,
    Scope,
    State,
    Table,
    Verb,
    View,
    child_key,
    table_key,
)
from tests.conftest import NewDatabase
from tests.servers import Server
from tests.unit.test_mysql import opened

MARIADB = features_of("10.11.19-MariaDB-0+deb12u1")
MYSQL = features_of("8.4.3")
T = table_key(None, "t")
PARTITIONING = child_key(Kind.PARTITIONING, T)


# -- without a server


def by_range(*bounds: str) -> Partitioning:
    parts = tuple(Partition(name=f"p{bound}", values=f"LESS THAN ({bound})") for bound in bounds)
    return Partitioning(key=PARTITIONING, by="RANGE (`a`)", partitions=parts)


def by_list(*values: str) -> Partitioning:
    parts = tuple(Partition(name=f"p{value}", values=f"IN ({value})") for value in values)
    return Partitioning(key=PARTITIONING, by="LIST (`a`)", partitions=parts)


def partition_sql(old: Partitioning, new: Partitioning, *, filled: bool = True) -> tuple[str, list[str]]:
    action = Action(Verb.ALTER, PARTITIONING, old, new, frozenset({"partitions"}))
    assert is_local(action)
    states = [State.build([Table(key=T), item], dialect="mysql", server="") for item in (old, new)]
    scene = Scene(base=states[0], target=states[1], features=MARIADB, filled=frozenset({T} if filled else ()))
    draft = change_partitions(T, action, scene)
    return " ".join(draft.sql[0].split()), [f"{hazard.code} {hazard.level}" for hazard in draft.hazards]


@pytest.mark.parametrize(
    ("old", "new", "sql"),
    [
        (by_range("1"), by_range("1", "2"), "ADD PARTITION (PARTITION `p2` VALUES LESS THAN (2))"),
        (
            by_range("1", "3"),
            by_range("1", "2", "3"),
            "REORGANIZE PARTITION `p3` INTO (PARTITION `p2` VALUES LESS THAN (2), PARTITION `p3` VALUES LESS THAN (3))",
        ),
        (
            by_range("1", "2", "3"),
            by_range("1", "3"),
            "REORGANIZE PARTITION `p2`, `p3` INTO (PARTITION `p3` VALUES LESS THAN (3))",
        ),
        (by_list("1"), by_list("1", "2"), "ADD PARTITION (PARTITION `p2` VALUES IN (2))"),
    ],
)
def test_single_partitions_change_and_rows_stay(old: Partitioning, new: Partitioning, sql: str) -> None:
    assert partition_sql(old, new) == (f"ALTER TABLE `t` {sql}", [])


def test_a_partition_whose_rows_no_other_takes_is_a_danger() -> None:
    assert partition_sql(by_range("1", "2"), by_range("1")) == (
        "ALTER TABLE `t` DROP PARTITION `p2`",
        ["drop-partition danger"],
    )
    assert partition_sql(by_list("1", "2"), by_list("2"), filled=False)[1] == ["drop-partition info"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (by_range("1"), by_range("2")),  # rows may not fit: the server tells, copying all
        (by_range("1"), by_list("1")),
        (by_list("1", "2"), by_list("1", "3")),
        (
            Partitioning(key=PARTITIONING, by="HASH (`a`)", count=2),
            Partitioning(key=PARTITIONING, by="HASH (`a`)", count=3),
        ),
    ],
)
def test_everything_else_deals_the_rows_out_anew(old: Partitioning, new: Partitioning) -> None:
    assert not is_local(Action(Verb.ALTER, PARTITIONING, old, new))


def test_the_whole_clause() -> None:
    sub = tuple(Partition(name=name, comment="it's" if name == "s1" else None) for name in ("s0", "s1"))
    parts = (Partition(name="a", values="IN (1,NULL)", subpartitions=sub), Partition(name="b", values="DEFAULT"))
    item = Partitioning(key=PARTITIONING, by="LIST (`a`)", subpartition_by="KEY (`b`)", partitions=parts)
    assert partition_clause(item) == (
        "PARTITION BY LIST (`a`)\nSUBPARTITION BY KEY (`b`)\n(PARTITION `a` VALUES IN (1,NULL)\n"
        " (SUBPARTITION `s0`,\n  SUBPARTITION `s1` COMMENT = 'it''s'),\n PARTITION `b` DEFAULT)"
    )


@pytest.mark.parametrize(
    ("fields", "mariadb", "mysql"),
    [
        ({"body": "SELECT 2"}, How.ALTER, How.REPLACE),
        ({"options": (("security", "invoker"),)}, How.ALTER, How.ALTER),
        ({"options": (("deterministic", "true"),)}, How.ALTER, How.REPLACE),
    ],
)
def test_routines_are_altered_where_one_statement_does_it(fields: dict[str, object], mariadb: How, mysql: How) -> None:
    key = Key(Kind.PROCEDURE, None, "p")
    old = Routine(key=key, language="sql", body="SELECT 1")
    new = Routine(**{"key": key, "language": "sql", "body": "SELECT 1", **fields})  # type: ignore[arg-type]
    change = Alter(old=old, new=new, fields=frozenset(fields))
    assert DIALECT.rules(MARIADB).how(change) is mariadb
    assert DIALECT.rules(MYSQL).how(change) is mysql


def test_where_nothing_can_be_replaced_views_make_way() -> None:
    key, view = Key(Kind.FUNCTION, None, "f"), Key(Kind.VIEW, None, "v")

    def made(body: str, text: str) -> State:
        objects = [
            Routine(key=key, language="sql", returns="int", body=body, options=(("deterministic", "true"),)),
            Comment(key=child_key(Kind.COMMENT, key), text=text),
            View(key=view, definition="select `f`() AS `x`", columns=("x",)),
            Event(key=Key(Kind.EVENT, None, "e"), schedule=f"EVERY {len(body)} DAY", body="SELECT 1"),
        ]
        return State.build(objects, [(view, key)], dialect="mysql", server="MySQL 8.4.3")

    def statements(old: State, new: State) -> list[str]:
        plan = make_plan(old, new, rules=DIALECT.rules(MYSQL), features=MYSQL, scope=Scope()).plan
        return [" ".join(sql.split()) for phase in plan.phases for step in phase.steps for sql in step.sql]

    create = "CREATE FUNCTION `f`() RETURNS int DETERMINISTIC COMMENT 'b' RETURN 10"
    assert statements(made("RETURN 1", "a"), made("RETURN 10", "b")) == [
        "DROP VIEW `v`",
        "DROP FUNCTION `f`",
        create,
        "CREATE VIEW `v` (`x`) AS select `f`() AS `x`",
        "DROP EVENT `e`",
        "CREATE EVENT `e` ON SCHEDULE EVERY 9 DAY ON COMPLETION NOT PRESERVE ENABLE DO SELECT 1",
    ]
    assert statements(made("RETURN 1", "a"), made("RETURN 1", "b")) == ["ALTER FUNCTION `f` COMMENT 'b'"]


def test_only_modes_that_change_the_meaning_are_a_difference() -> None:
    assert grammar_modes("STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION") == ()
    assert grammar_modes("ANSI_QUOTES,STRICT_ALL_TABLES") == (("sql_mode", "ANSI_QUOTES"),)
    assert made_under(f"NO_AUTO_CREATE_USER,{SQL_MODE}") is None
    assert made_under("ANSI_QUOTES") == "ANSI_QUOTES"


# -- on a server

PROGRAMS = """
CREATE TABLE t (a int, b int) PARTITION BY RANGE (a) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN
  (20) COMMENT 'x', PARTITION p2 VALUES LESS THAN MAXVALUE);
CREATE FUNCTION f(a INT, b varchar(10)) RETURNS varchar(20) CHARSET latin1 DETERMINISTIC COMMENT 'it''s' RETURN a + 1;
CREATE AGGREGATE FUNCTION total(x INT) RETURNS INT BEGIN DECLARE s INT DEFAULT 0; DECLARE CONTINUE HANDLER FOR NOT FOUND
  RETURN s; LOOP FETCH GROUP NEXT ROW; SET s = s + x; END LOOP; END;
CREATE PROCEDURE p(IN a int, OUT b varchar(10) charset latin1, INOUT c decimal(5,2) unsigned, d enum('a','b'))
  MODIFIES SQL DATA SQL SECURITY INVOKER BEGIN SELECT 1; END;
CREATE VIEW v AS SELECT f(a, 'x') AS x FROM t;
CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1;
CREATE EVENT e2 ON SCHEDULE EVERY '1:2' HOUR_MINUTE STARTS '2030-01-01 00:00:00' ENDS '2031-01-01'
  ON COMPLETION PRESERVE DISABLE COMMENT 'hi' DO BEGIN SELECT 1; END;
CREATE EVENT e3 ON SCHEDULE AT '2035-01-01 00:00:00' DO SELECT 1;
CREATE TABLE h (a int, b int WITHOUT SYSTEM VERSIONING) WITH SYSTEM VERSIONING
  PARTITION BY SYSTEM_TIME INTERVAL 1 MONTH STARTS '2020-01-01 00:00:00' PARTITIONS 3;
CREATE TABLE h2 (a int, s timestamp(6) GENERATED ALWAYS AS ROW START, e timestamp(6) GENERATED ALWAYS AS ROW END
  INVISIBLE, PERIOD FOR SYSTEM_TIME (s, e)) WITH SYSTEM VERSIONING;
CREATE TABLE at (i int, s date, e date, PERIOD FOR `the p` (s, e), PRIMARY KEY (i, `the p` WITHOUT
  OVERLAPS), CHECK (s < e));
CREATE TABLE k (a int PRIMARY KEY) PARTITION BY LINEAR KEY () PARTITIONS 3;
CREATE TABLE l (a int, d date) PARTITION BY LIST COLUMNS (a, d) SUBPARTITION BY HASH (a) (PARTITION x VALUES IN
  ((1, '2020-01-01'), (NULL, NULL)) (SUBPARTITION xa, SUBPARTITION xb));
CREATE TABLE d (a int) PARTITION BY LIST (a) (PARTITION x VALUES IN (0), PARTITION y DEFAULT);
SET sql_mode = ORACLE;
CREATE PACKAGE pk AS PROCEDURE pp(a INT); FUNCTION ff RETURN INT; END;
CREATE PACKAGE BODY pk AS PROCEDURE pp(a INT) AS BEGIN SELECT 'a' || 'b'; END; FUNCTION ff RETURN INT AS BEGIN
  RETURN 1; END; END;
CREATE PROCEDURE po(a IN OUT NUMBER) AS BEGIN SELECT 'x' || a; END;
"""

TRANSITIONS = {
    "routines": (
        "CREATE FUNCTION f(a int) RETURNS int RETURN 1; CREATE VIEW v AS SELECT f(1) AS x; CREATE "
        "PROCEDURE q() SELECT 1;"
        "CREATE PROCEDURE c() COMMENT 'old' SELECT 1; CREATE FUNCTION gone() RETURNS int RETURN 1",
        "CREATE FUNCTION f(a int) RETURNS bigint DETERMINISTIC RETURN 2; CREATE VIEW v AS SELECT f(1) AS x;"
        "CREATE PROCEDURE q() SQL SECURITY INVOKER COMMENT 'n' SELECT 1; CREATE PROCEDURE c() SELECT 1;"
        "CREATE FUNCTION fresh() RETURNS int RETURN f(1); CREATE VIEW w AS SELECT fresh() AS y",
    ),
    "events": (
        "CREATE EVENT a ON SCHEDULE EVERY 1 DAY DO SELECT 1; CREATE EVENT b ON SCHEDULE EVERY 1 DAY STARTS "
        "'2030-01-01 00:00:00' DO SELECT 1; CREATE EVENT c ON SCHEDULE EVERY 1 HOUR DO SELECT 1",
        "CREATE EVENT a ON SCHEDULE EVERY 1 DAY ON COMPLETION PRESERVE DISABLE COMMENT 'x' DO SELECT 2; CREATE EVENT b "
        "ON SCHEDULE EVERY 2 DAY ENDS '2031-01-01 00:00:00' DO SELECT 1; CREATE EVENT d ON SCHEDULE "
        "EVERY 1 HOUR DO SELECT 1",
    ),
    "partitioning comes, goes, changes; keys with it": (
        "CREATE TABLE p (id int PRIMARY KEY, d date NOT NULL); CREATE TABLE c (x int, CONSTRAINT k FOREIGN KEY (x) "
        "REFERENCES p (id)); CREATE TABLE g (a int) PARTITION BY HASH (a) PARTITIONS 2; INSERT INTO g VALUES (1), (2);"
        "CREATE TABLE r (a int) PARTITION BY RANGE (a) (PARTITION x VALUES LESS THAN (10), "
        "PARTITION y VALUES LESS THAN "
        "(20), PARTITION z VALUES LESS THAN (30)); INSERT INTO r VALUES (1), (11), (21)",
        "CREATE TABLE p (id int, d date NOT NULL, PRIMARY KEY (id, d)) PARTITION BY KEY (d) PARTITIONS 2;"
        "CREATE TABLE c (x int); CREATE TABLE g (a int, b int); CREATE TABLE r (a int) PARTITION BY "
        "RANGE (a) (PARTITION "
        "y VALUES LESS THAN (20), PARTITION z VALUES LESS THAN (30), PARTITION w VALUES LESS THAN MAXVALUE)",
    ),
    "history": (
        "CREATE TABLE a (x int); CREATE TABLE b (x int) WITH SYSTEM VERSIONING; CREATE TABLE c (x int, y int WITHOUT "
        "SYSTEM VERSIONING) WITH SYSTEM VERSIONING; INSERT INTO c VALUES (1, 1); UPDATE c SET x = "
        "2; CREATE TABLE d (x int)",
        "CREATE TABLE a (x int) WITH SYSTEM VERSIONING; CREATE TABLE b (x int); CREATE TABLE c (x "
        "int, y int, z int) WITH "
        "SYSTEM VERSIONING PARTITION BY SYSTEM_TIME LIMIT 1000 (PARTITION o HISTORY, PARTITION n "
        "CURRENT); CREATE TABLE d "
        "(x int, s timestamp(6) GENERATED ALWAYS AS ROW START, e timestamp(6) GENERATED ALWAYS AS ROW END, "
        "PERIOD FOR SYSTEM_TIME (s, e)) WITH SYSTEM VERSIONING",
    ),
    "application time": (
        "CREATE TABLE a (i int, s date, e date, PERIOD FOR p (s, e), UNIQUE u (i, p WITHOUT OVERLAPS), CHECK (s < e));"
        "CREATE TABLE b (i int NOT NULL, s date NOT NULL, e date NOT NULL, CONSTRAINT q CHECK (s < e)); CREATE TABLE c "
        "(i int, s date, e date, PERIOD FOR p (s, e)); INSERT INTO a VALUES (1, '2020-01-01', '2021-01-01')",
        "CREATE TABLE a (i int, s date NOT NULL, e date NOT NULL, UNIQUE u (i), CHECK (s < e)); CREATE TABLE b (i int, "
        "s date, e date, PERIOD FOR q (s, e), PRIMARY KEY (i, q WITHOUT OVERLAPS)); CREATE TABLE c (i int, s date, "
        "e date, PERIOD FOR r (s, e), UNIQUE u (i, r WITHOUT OVERLAPS))",
    ),
    "packages": (
        "SET sql_mode = ORACLE; CREATE PACKAGE a AS PROCEDURE x(); END; CREATE PACKAGE BODY a AS "
        "PROCEDURE x() AS BEGIN SELECT 1; END; END; CREATE PACKAGE gone AS PROCEDURE x(); END; CREATE PACKAGE BODY "
        "gone AS PROCEDURE x() AS BEGIN SELECT 1; END; END",
        "SET sql_mode = ORACLE; CREATE PACKAGE a COMMENT 'c' AS PROCEDURE x(b INT); END; CREATE PACKAGE "
        "BODY a AS PROCEDURE x(b INT) AS BEGIN SELECT b; END; END; CREATE PROCEDURE o(a IN OUT INT) "
        "AS BEGIN SELECT 1; END",
    ),
}

_DEFINER = re.compile(r" DEFINER=\S+")
_START = re.compile(r" STARTS '(?!2030)[^']*'")  # of a schedule without one: the second of its creation


def shown(session: MySqlSession) -> list[str]:
    """SHOW CREATE of everything: the oracle that is not ours."""
    here = session.database
    found = []
    for name, kind in session.query(
        f"SELECT table_name, IF(table_type = 'VIEW', 'VIEW', 'TABLE') FROM information_schema.tables"
        f" WHERE table_schema = '{here}' UNION ALL SELECT routine_name, routine_type FROM information_schema.routines"
        f" WHERE routine_schema = '{here}' UNION ALL SELECT event_name, 'EVENT' FROM information_schema.events"
        f" WHERE event_schema = '{here}' ORDER BY 2, 1"
    ):
        row = session.query(f"SHOW CREATE {kind} `{name}`")[0]
        text = str(next(value for value in row if str(value).startswith("CREATE ")))
        found.append(_START.sub("", _DEFINER.sub("", text)).replace(f"`{here}`.", ""))
    return found


def carry_out(phases: tuple[Phase, ...], session: MySqlSession) -> None:
    for phase in phases:
        for statement in (*phase.before, *(sql for step in phase.steps for sql in step.sql), *phase.after):
            session.execute(statement)


def plan_between(old: MySqlSession, new: MySqlSession) -> Planned:
    rules = DIALECT.rules(old.features)
    return make_plan(DIALECT.read(old), DIALECT.read(new), rules=rules, features=old.features, scope=Scope())


@pytest.fixture
def two(mariadb: Server, new_database: NewDatabase) -> tuple[str, str]:
    return new_database(mariadb), new_database(mariadb)


def load(server: Server, url: str, script: str) -> None:
    server.execute(url.rpartition("/")[2], script)


@pytest.mark.parametrize("name", TRANSITIONS)
def test_there_and_back(two: tuple[str, str], mariadb: Server, name: str) -> None:
    for url, script in zip(two, TRANSITIONS[name], strict=True):
        load(mariadb, url, script)
    with opened(two[0]) as live, opened(two[1]) as direct:
        before = shown(live)
        planned = plan_between(live, direct)
        carry_out(planned.plan.phases, live)
        assert DIALECT.read(live) == planned.goal
        assert shown(live) == shown(direct)
        assert not plan_between(live, direct).plan.phases
        carry_out(planned.plan.revert_phases, live)
        assert DIALECT.read(live) == planned.base
        assert shown(live) == before


def test_what_is_written_is_read_again(two: tuple[str, str], mariadb: Server) -> None:
    load(mariadb, two[0], PROGRAMS)
    with opened(two[0]) as first, opened(two[1]) as second:
        was = DIALECT.read(first)
        assert {item.key.kind for item in was} >= {
            Kind.FUNCTION, Kind.PROCEDURE, Kind.PACKAGE, Kind.PACKAGE_BODY, Kind.EVENT, Kind.PARTITIONING,
        }  # fmt: skip
        assert not was.unmanaged
        document = read_document(to_yaml(was, DIALECT), "desired.yaml")
        check_form(document)
        target = Target(dialect=DIALECT, features=first.features, sqlalchemy=first.engine.dialect)
        written = read_objects(document, target).state
        for unit in units_of(written, target, "desired.yaml", lambda _: document.place(())):
            for statement in unit.statements:
                second.execute(statement.sql)
        assert DIALECT.read(second) == was


@pytest.mark.parametrize(
    ("clause", "rows"),
    [
        ("RANGE (a) (PARTITION p VALUES LESS THAN (2))", [(2,), (3,)]),
        ("RANGE (a) (PARTITION p VALUES LESS THAN (2), PARTITION q VALUES LESS THAN MAXVALUE)", []),
        ("RANGE COLUMNS (a) (PARTITION p VALUES LESS THAN (3))", [(3,)]),
        ("LIST (a) (PARTITION p VALUES IN (1, NULL), PARTITION q VALUES IN (2))", [(3,)]),
        ("LIST COLUMNS (a) (PARTITION p VALUES IN (3, 1))", [(2,)]),
        ("LIST (a) (PARTITION p VALUES IN (1), PARTITION q DEFAULT)", []),
        ("HASH (a) PARTITIONS 2", []),
    ],
)
def test_rows_without_a_partition_are_found_before(
    two: tuple[str, str], mariadb: Server, clause: str, rows: list[tuple[int]]
) -> None:
    load(mariadb, two[0], "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2), (3)")
    load(mariadb, two[1], f"CREATE TABLE t (a int) PARTITION BY {clause}")
    with opened(two[0]) as live, opened(two[1]) as direct:
        steps = [step for phase in plan_between(live, direct).plan.phases for step in phase.steps]
        assert [row for step in steps for check in step.checks for row in live.query(check.query)] == rows


def test_nothing_that_cannot_matter_is_a_difference(two: tuple[str, str], mariadb: Server) -> None:
    load(mariadb, two[0], "SET sql_mode = ''; SET time_zone = '+03:00'; CREATE PROCEDURE p() SELECT 1;"
         "SET time_zone = DEFAULT; CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1")  # fmt: skip
    load(mariadb, two[1], "CREATE PROCEDURE P() SELECT 1; DROP PROCEDURE P; CREATE PROCEDURE p () SELECT 1;"
         "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1")  # fmt: skip
    with opened(two[0]) as live, opened(two[1]) as direct:
        assert not plan_between(live, direct).plan.phases


def test_what_a_program_runs_as_and_under_stays(two: tuple[str, str], mariadb: Server) -> None:
    load(mariadb, two[0], "SET sql_mode = 'ANSI'; CREATE DEFINER = 'nobody'@'%' PROCEDURE p() SELECT \"a\" FROM t")
    load(mariadb, two[1], "SET sql_mode = 'ANSI'; CREATE PROCEDURE p() SELECT \"b\" FROM t")
    with opened(two[0]) as live, opened(two[1]) as direct:
        carry_out(plan_between(live, direct).plan.phases, live)
        row = live.query("SELECT definer, sql_mode LIKE '%ANSI_QUOTES%' FROM information_schema.routines"
                         f" WHERE routine_schema = '{live.database}'")  # fmt: skip
        assert row == [("nobody@%", 1)]
        assert set(live.query("SELECT @@sql_mode")[0][0].split(",")) == set(live.features.sql_mode.split(","))


def test_a_view_needs_its_function_and_a_routine_needs_nothing(two: tuple[str, str], mariadb: Server) -> None:
    load(mariadb, two[0], "CREATE TABLE t (a int); CREATE FUNCTION f() RETURNS int RETURN (SELECT MAX(a) FROM t);"
         "CREATE VIEW v AS SELECT f() AS x")  # fmt: skip
    with opened(two[0]) as session:
        found = DIALECT.read(session)
    function = Key(Kind.FUNCTION, None, "f")
    assert found.needs_of(Key(Kind.VIEW, None, "v")) == {function}
    assert not found.needs_of(function)


def test_the_number_of_queries_does_not_grow(two: tuple[str, str], mariadb: Server) -> None:
    load(mariadb, two[0], PROGRAMS)
    more = "".join(f"CREATE PROCEDURE more{n}() SELECT 1; CREATE EVENT more{n} ON SCHEDULE EVERY 1 DAY DO SELECT 1;"
                   f"CREATE TABLE more{n} (a int) PARTITION BY HASH (a) PARTITIONS 2;" for n in range(5))  # fmt: skip
    counts = []
    for script in ("", more):
        if script:
            load(mariadb, two[0], script)
        with opened(two[0]) as session:
            before = int(session.query("SHOW SESSION STATUS LIKE 'Questions'")[0][1])
            DIALECT.read(session)
            counts.append(int(session.query("SHOW SESSION STATUS LIKE 'Questions'")[0][1]) - before)
    assert counts[0] == counts[1]


def test_classes_say_what_they_are() -> None:
    key = Key(Kind.EVENT, None, "e")
    assert Event(key=key, schedule="EVERY 1 DAY", body="SELECT 1", definer="a@b") == Event(
        key=key, schedule="EVERY 1 DAY", body="SELECT 1", made_under="ANSI"
    )
    assert str(child_key(Kind.PACKAGE_BODY, Package(key=Key(Kind.PACKAGE, None, "p"), definition="").key)) == (
        "package body p"
    )
