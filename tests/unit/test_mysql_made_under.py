"""MySQL and MariaDB: triggers, views and programs stay what they were made as, whoever changes them."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import make_url

from reconcile import api
from reconcile.config import Project
from reconcile.dialects.mysql import DIALECT
from reconcile.dialects.mysql.scratch import without_view_definer
from reconcile.errors import CheckFailed
from tests.conftest import NewDatabase
from tests.servers import Server

# Made by somebody who is not there any more, through a connection that spoke latin1, under a loose sql_mode.
OTHERWISE = "SET NAMES latin1; SET sql_mode = 'NO_ENGINE_SUBSTITUTION';"
TABLE = "CREATE TABLE t (a int, b varchar(9));"
TRIGGERS = """
CREATE {0} TRIGGER t1 BEFORE INSERT ON t FOR EACH ROW SET NEW.a = {1};
CREATE {0} TRIGGER t2 BEFORE INSERT ON t FOR EACH ROW FOLLOWS t1 SET NEW.b = 'x';
"""
VIEWS = """
CREATE {0} VIEW v AS SELECT a, 'x' = 'X' AS same, _latin1'y' AS y FROM t WHERE a > {1};
CREATE {0} ALGORITHM = TEMPTABLE VIEW w AS SELECT a FROM v;
"""
PROGRAMS = """
CREATE {0} PROCEDURE p() SELECT 'x' = 'X', {1};
CREATE {0} EVENT e ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' DISABLE DO DELETE FROM t WHERE a = {1};
"""
AS_MADE = """
SELECT trigger_name, definer, sql_mode, collation_connection, action_order FROM information_schema.triggers
WHERE trigger_schema = DATABASE()
UNION SELECT table_name, definer, algorithm, collation_connection, '' FROM information_schema.views
WHERE table_schema = DATABASE()
UNION SELECT routine_name, definer, sql_mode, collation_connection, '' FROM information_schema.routines
WHERE routine_schema = DATABASE()
UNION SELECT event_name, definer, sql_mode, collation_connection, '' FROM information_schema.events
WHERE event_schema = DATABASE()
ORDER BY 1
"""


def as_made(url: str) -> list[tuple[object, ...]]:
    with DIALECT.open(url) as session:
        return session.query(AS_MADE)


def test_what_is_changed_stays_its_makers(mariadb: Server, new_database: NewDatabase, tmp_path: Path) -> None:
    url = new_database(mariadb)
    definer = "DEFINER = 'gone'@'nowhere'"
    script = TABLE + TRIGGERS + VIEWS + PROGRAMS
    # MariaDB lets nobody make a view over one whose definer is not there.
    made = script.replace("CREATE {0} ALGORITHM", "CREATE ALGORITHM").format(definer, 1)
    made = made.replace(f"{definer} VIEW v", "VIEW v")
    mariadb.execute(url.rpartition("/")[2], OTHERWISE + made)
    mariadb.execute(url.rpartition("/")[2], f"SET NAMES latin1; ALTER {definer} VIEW v AS SELECT a, 'x' = 'X' AS same, "
                    "_latin1'y' AS y FROM t WHERE a > 1")  # fmt: skip
    before = as_made(url)
    assert {row[1] for row in before if row[0] != "w"} == {"gone@nowhere"}
    assert {row[3] for row in before} == {"latin1_swedish_ci"}
    (tmp_path / "wanted.sql").write_text(script.format("", 2), encoding="utf-8")
    project = Project(root=tmp_path, database=url, desired=("wanted.sql",), cache=tmp_path / "cache")
    proposal = api.plan(project)
    changed = {effect.key.name for step in proposal.plan.steps for effect in step.effects}
    assert changed >= {"t1", "v", "p", "e"}
    done = api.apply(project, proposal=proposal, allow=["all"])
    assert as_made(url) == before
    with DIALECT.open(url) as session:
        assert "> 2" in str(session.query("SHOW CREATE VIEW v"))
    assert api.plan(project).plan.empty
    api.revert(project, done.revisions, allow=["all"])
    assert as_made(url) == before


def test_what_is_dropped_comes_back_its_makers(mariadb: Server, new_database: NewDatabase, tmp_path: Path) -> None:
    url = new_database(mariadb)
    script = OTHERWISE + (TABLE + TRIGGERS + VIEWS.partition("CREATE {0} ALG")[0] + PROGRAMS).format(
        "DEFINER = 'gone'@'nowhere'", 1
    )
    mariadb.execute(url.rpartition("/")[2], script)
    before = as_made(url)
    (tmp_path / "wanted.sql").write_text("CREATE TABLE other (a int);", encoding="utf-8")
    project = Project(root=tmp_path, database=url, desired=("wanted.sql",), cache=tmp_path / "cache")
    done = api.apply(project, proposal=api.plan(project), allow=["all"])
    assert as_made(url) == []
    api.revert(project, done.revisions, allow=["all"])
    assert as_made(url) == before


def test_literals_of_a_view_keep_their_character_set(
    mariadb: Server, new_database: NewDatabase, tmp_path: Path
) -> None:
    """information_schema.views forgets the introducer (MariaDB), SHOW CREATE VIEW does not."""
    url = new_database(mariadb)
    view = "CREATE VIEW v AS SELECT _latin1'x' AS x, _utf8mb3'AS é' AS `AS`, 'WITH CASCADED CHECK OPTION' AS z"
    (tmp_path / "wanted.sql").write_text(view, encoding="utf-8")
    project = Project(root=tmp_path, database=url, desired=("wanted.sql",), cache=tmp_path / "cache")
    api.apply(project, proposal=api.plan(project))
    assert api.plan(project).plan.empty
    with DIALECT.open(url) as session:
        assert session.query("SELECT CHARSET(x), CHARSET(`AS`), `AS`, z FROM v") == [
            ("latin1", "utf8mb3", "AS é", "WITH CASCADED CHECK OPTION")
        ]


@pytest.mark.parametrize(
    ("sql", "made"),
    [
        ("CREATE DEFINER=`a`@`b` VIEW v AS SELECT 1", "CREATE VIEW v AS SELECT 1"),
        (
            "CREATE OR REPLACE ALGORITHM=MERGE DEFINER = 'x' @ 'VIEW' SQL SECURITY DEFINER VIEW v AS SELECT 1",
            "CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW v AS SELECT 1",
        ),
        ("ALTER DEFINER = CURRENT_USER() VIEW v AS SELECT 1", "ALTER VIEW v AS SELECT 1"),
        ("CREATE SQL SECURITY DEFINER VIEW v AS SELECT 1", None),
        ("CREATE DEFINER=`a`@`b` TRIGGER t BEFORE INSERT ON x FOR EACH ROW SELECT 1", None),
        ("CREATE VIEW v AS SELECT definer FROM t", None),
        ("INSERT INTO t VALUES ('CREATE DEFINER = x VIEW')", None),
    ],
)
def test_on_scratch_views_are_our_own(sql: str, made: str | None) -> None:
    assert without_view_definer(sql) == (sql if made is None else made)


BODY = r"""concat('a\\b', 'q\'q', "d\"d", 'n\nn', 'dd''dd', 'p\%', 'é\t', _latin1'x\\', 'z\z' /* c \\ */)"""


def test_escapes_in_bodies_are_kept(mariadb: Server, new_database: NewDatabase, tmp_path: Path) -> None:
    """information_schema prints bodies with half of their escapes undone: made from that, they are others, or none."""
    one, other = new_database(mariadb), new_database(mariadb)
    script = (
        "CREATE TABLE t (s varchar(90));"
        f"CREATE FUNCTION f() RETURNS varchar(90) RETURN {BODY};"
        f"CREATE PROCEDURE p() SELECT {BODY};"
        f"CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.s = {BODY};"
        f"CREATE TRIGGER tr2 BEFORE INSERT ON t FOR EACH ROW FOLLOWS tr SET NEW.s = {BODY};"
        f"CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' DISABLE DO INSERT INTO t SELECT {BODY};"
    )
    mariadb.execute(one.rpartition("/")[2], script)
    (tmp_path / "wanted.sql").write_text(script, encoding="utf-8")
    project = Project(root=tmp_path, database=other, desired=("wanted.sql",), cache=tmp_path / "cache")
    api.apply(project, proposal=api.plan(project))
    assert api.plan(project).plan.empty
    with DIALECT.open(one) as here, DIALECT.open(other) as there:
        assert here.query("SELECT f()") == there.query("SELECT f()")
        for what, column in (
            ("FUNCTION f", 2),
            ("PROCEDURE p", 2),
            ("TRIGGER tr", 2),
            ("TRIGGER tr2", 2),
            ("EVENT e", 3),
        ):
            shown = [str(session.query(f"SHOW CREATE {what}")[0][column]) for session in (here, there)]
            assert all(text.rstrip().endswith(BODY) for text in shown), shown


def test_who_may_not_make_anothers_is_told_before_the_first_step(
    mariadb: Server, new_database: NewDatabase, tmp_path: Path
) -> None:
    url = new_database(mariadb)
    name = url.rpartition("/")[2]
    user = f"{name}_l"
    mariadb.execute(
        name,
        "CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t;"
        f"CREATE USER {user}@'%' IDENTIFIED BY 'pw'; GRANT ALL ON `{name}`.* TO {user}@'%';"
        f"GRANT ALL ON `reconcile\\_scratch\\_%`.* TO {user}@'%'",
    )
    try:
        (tmp_path / "wanted.sql").write_text("CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a, b FROM t;")
        limited = make_url(url).set(username=user, password="pw").render_as_string(hide_password=False)
        project = Project(root=tmp_path, database=limited, desired=("wanted.sql",), cache=tmp_path / "cache")
        with pytest.raises(CheckFailed, match="may not make what runs as another"):
            api.apply(project, proposal=api.plan(project))
        with DIALECT.open(url) as session:
            assert session.query("SHOW COLUMNS FROM t LIKE 'b'") == []
        mariadb.execute(name, f"GRANT SET USER ON *.* TO {user}@'%'")
        api.apply(project, proposal=api.plan(project))
    finally:
        mariadb.execute(name, f"DROP USER {user}@'%'")
