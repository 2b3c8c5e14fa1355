"""PostgreSQL: materialized views, row-level security, privileges of all kinds, extended statistics."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconcile import api
from reconcile.config import Project
from reconcile.dialects.postgresql import DIALECT
from reconcile.planning.build import creation
from reconcile.sources.yaml.write import to_yaml
from reconcile.state import (
    OWNER,
    DefaultPrivilege,
    Key,
    Kind,
    MaterializedView,
    Policy,
    Privilege,
    State,
    child_key,
    parse_key,
    table_key,
)
from reconcile.state.hints import RenameHint
from tests import servers
from tests.conftest import NewDatabase
from tests.servers import Server
from tests.unit.test_postgresql import Pair, database_of, differences, opened, read, run

both = pytest.mark.parametrize("server", [servers.POSTGRESQL15, servers.POSTGRESQL18], indirect=True)
one = pytest.mark.parametrize("server", [servers.POSTGRESQL18], indirect=True)

# Roles that every server has: nothing to make and to clear away.
READER, WRITER = "pg_monitor", "pg_signal_backend"

EVERYTHING = f"""
CREATE SCHEMA other;
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE SEQUENCE counter;
CREATE TABLE people (id int PRIMARY KEY, email text, "Odd one" int, mood mood);
CREATE TABLE secrets (id int, owner text);
CREATE VIEW emails AS SELECT id, email FROM people;
CREATE MATERIALIZED VIEW totals WITH (fillfactor = 70) AS SELECT id, lower(email) AS low, count(*) AS n
    FROM people GROUP BY id, email;
ALTER MATERIALIZED VIEW totals ALTER low SET STATISTICS 55, ALTER low SET STORAGE external;
CREATE UNIQUE INDEX totals_id ON totals (id);
CREATE INDEX totals_low ON totals (upper(low) DESC) INCLUDE (n) WHERE n > 1;
ALTER TABLE totals CLUSTER ON totals_id;
CREATE MATERIALIZED VIEW other.over AS SELECT low FROM totals WITH NO DATA;
CREATE STATISTICS plain (dependencies, mcv) ON id, email FROM people;
CREATE STATISTICS other.mixed ON id, (lower(email)), (id + 1) FROM people;
CREATE STATISTICS single ON (lower(email)) FROM people;
CREATE STATISTICS of_totals ON id, n FROM totals;
ALTER STATISTICS plain SET STATISTICS 77;
ALTER TABLE people ENABLE ROW LEVEL SECURITY;
ALTER TABLE secrets ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY all_of_it ON people;
CREATE POLICY "the Reader's" ON people AS RESTRICTIVE FOR SELECT TO {READER}, {WRITER} USING (email <> 'x' AND id > 0);
CREATE POLICY adding ON secrets FOR INSERT WITH CHECK (owner = CURRENT_USER);
CREATE POLICY changing ON secrets FOR UPDATE TO {WRITER} USING (true) WITH CHECK (id > 0);
GRANT SELECT, INSERT ON people TO {READER};
GRANT SELECT ON people TO {WRITER} WITH GRANT OPTION;
GRANT UPDATE (email, "Odd one"), INSERT (email) ON people TO {WRITER};
GRANT SELECT ON secrets TO PUBLIC;
REVOKE TRUNCATE ON secrets FROM CURRENT_USER;
GRANT SELECT ON emails, totals TO {READER};
GRANT UPDATE (email) ON emails TO {READER};
GRANT SELECT (low) ON totals TO {WRITER};
GRANT USAGE ON SCHEMA other TO {READER} WITH GRANT OPTION;
REVOKE USAGE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SEQUENCE counter TO {READER};
REVOKE USAGE ON TYPE mood FROM PUBLIC;
GRANT USAGE ON TYPE mood TO {WRITER};
ALTER DEFAULT PRIVILEGES IN SCHEMA other GRANT SELECT ON TABLES TO {READER};
ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO {WRITER} WITH GRANT OPTION;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
COMMENT ON MATERIALIZED VIEW totals IS 'materialized';
COMMENT ON COLUMN totals.n IS 'how many';
COMMENT ON INDEX totals_low IS 'index';
COMMENT ON POLICY adding ON secrets IS 'policy';
COMMENT ON STATISTICS plain IS 'statistics';
"""

PROGRAMS = f"""
CREATE FUNCTION f(a int, b numeric(4,2) DEFAULT 1) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE PROCEDURE p(x text) LANGUAGE sql AS '';
CREATE AGGREGATE s(int) (sfunc = int4pl, stype = int);
CREATE DOMAIN d AS text; CREATE TYPE c AS (a int); CREATE TYPE r AS RANGE (subtype = float8);
CREATE FOREIGN DATA WRAPPER w; CREATE SERVER "Far" FOREIGN DATA WRAPPER w;
CREATE FOREIGN TABLE away (a int) SERVER "Far"; CREATE TABLE parts (a int) PARTITION BY LIST (a);
CREATE TABLE part PARTITION OF parts DEFAULT;
REVOKE EXECUTE ON FUNCTION f FROM PUBLIC; GRANT EXECUTE ON FUNCTION f, s TO {READER};
GRANT EXECUTE ON PROCEDURE p TO {READER} WITH GRANT OPTION; REVOKE USAGE ON TYPE d, c, r FROM PUBLIC;
GRANT USAGE ON FOREIGN DATA WRAPPER w TO {READER}; GRANT USAGE ON FOREIGN SERVER "Far" TO {READER};
REVOKE ALL ON FOREIGN SERVER "Far" FROM CURRENT_USER;
GRANT SELECT ON away, parts, part TO {READER}; GRANT SELECT (a) ON away, part TO {WRITER};
ALTER TABLE part ENABLE ROW LEVEL SECURITY; CREATE POLICY pp ON parts USING (a > 0);
"""


def privileges_of(state: State, about: Key, grantee: str) -> Privilege:
    found = state[child_key(Kind.PRIVILEGE, about, grantee)]
    assert isinstance(found, Privilege)
    return found


@both
def test_what_is_read_can_be_made_again(server: Server, new_database: NewDatabase) -> None:
    source, copy = new_database(server), new_database(server)
    server.execute(database_of(source), EVERYTHING + PROGRAMS)
    wanted = read(source)
    assert wanted.unmanaged == ()
    people = table_key("public", "people")
    assert privileges_of(wanted, people, WRITER).grantable == ("SELECT",)
    assert privileges_of(wanted, Key(Kind.SCHEMA, None, "public"), "public").privileges == ()
    assert "TRUNCATE" not in privileges_of(wanted, table_key("public", "secrets"), OWNER).privileges
    policy = wanted[child_key(Kind.POLICY, people, "the Reader's")]
    assert isinstance(policy, Policy) and policy.roles == (READER, WRITER) and not policy.permissive
    assert len(wanted.of_kind(Kind.STATISTICS)) == 4
    with opened(copy) as session:
        features = DIALECT.features(session)
        run(session, creation(DIALECT.read(session), wanted, rules=DIALECT.rules(features), features=features))
    made = read(copy)
    assert differences(made, wanted) == []
    assert dict(made.needs) == dict(wanted.needs)
    over = made[Key(Kind.MATERIALIZED_VIEW, "other", "over")]
    assert isinstance(over, MaterializedView) and not over.populated


@both
def test_everything_can_be_dropped_and_brought_back(server: Server, new_database: NewDatabase) -> None:
    pair = Pair(server, new_database, EVERYTHING + PROGRAMS, "")
    pair.revert(pair.converge())


@one
def test_keys_are_read_back_from_their_text(server: Server, new_database: NewDatabase) -> None:
    database = new_database(server)
    server.execute(database_of(database), EVERYTHING)
    state = read(database)
    wrong = [key for key in state.objects if parse_key(str(key), namespaces=True) != key and key.kind is Kind.PRIVILEGE]
    assert wrong == []
    of_views = [key for key in state.objects if key.kind is Kind.PRIVILEGE and "of view" in str(key)]
    assert len(of_views) == 1


@one
def test_yaml_says_everything(server: Server, new_database: NewDatabase, tmp_path: Path) -> None:
    database = new_database(server)
    server.execute(database_of(database), EVERYTHING + PROGRAMS)
    file = tmp_path / "desired.yaml"
    file.write_text(to_yaml(read(database), DIALECT), encoding="utf-8")
    project = Project(root=tmp_path, database=database, desired=(str(file),), cache=tmp_path / "cache")
    assert [step.summary for step in api.plan(project).plan.steps] == []


TABLES = "CREATE TABLE t (a int, b int); CREATE TABLE u (x int);"
CHANGES = {
    "a type under a materialized view": (
        "CREATE TABLE t (a int); CREATE MATERIALIZED VIEW m AS SELECT a FROM t; CREATE INDEX i ON m (a);"
        f"CREATE VIEW v AS SELECT a FROM m; GRANT SELECT ON m, v TO {READER}; COMMENT ON COLUMN m.a IS 'c';"
        f"GRANT SELECT (a) ON m TO {WRITER}",
        "CREATE TABLE t (a bigint); CREATE MATERIALIZED VIEW m AS SELECT a FROM t; CREATE INDEX i ON m (a);"
        f"CREATE VIEW v AS SELECT a FROM m; GRANT SELECT ON m, v TO {READER}; COMMENT ON COLUMN m.a IS 'c';"
        f"GRANT SELECT (a) ON m TO {WRITER}",
    ),
    "a materialized view": (
        f"{TABLES} CREATE MATERIALIZED VIEW m AS SELECT a FROM t; CREATE INDEX i ON m (a); CREATE VIEW v AS TABLE m",
        f"{TABLES} CREATE MATERIALIZED VIEW m AS SELECT a, b FROM t; CREATE INDEX i ON m (a); CREATE INDEX j ON m (b);"
        "CREATE VIEW v AS SELECT a FROM m",
    ),
    "a view for a materialized one": (
        f"{TABLES} CREATE VIEW m AS SELECT a FROM t; GRANT SELECT ON m TO {READER}",
        f"{TABLES} CREATE MATERIALIZED VIEW m AS SELECT a FROM t; GRANT SELECT ON m TO {READER}",
    ),
    "options of a materialized view": (
        f"{TABLES} CREATE MATERIALIZED VIEW m WITH (fillfactor = 50) AS SELECT a FROM t",
        f"{TABLES} CREATE MATERIALIZED VIEW m WITH (autovacuum_enabled = false) AS SELECT a FROM t;"
        "ALTER MATERIALIZED VIEW m ALTER a SET STATISTICS 5",
    ),
    "policies": (
        f"{TABLES} ALTER TABLE t ENABLE ROW LEVEL SECURITY; ALTER TABLE u FORCE ROW LEVEL SECURITY;"
        "CREATE POLICY p ON t USING (a > 0); CREATE POLICY q ON t USING (a > 0); CREATE POLICY r ON t FOR INSERT;"
        "CREATE POLICY s ON u",
        f"{TABLES} ALTER TABLE t FORCE ROW LEVEL SECURITY; ALTER TABLE u ENABLE ROW LEVEL SECURITY;"
        f"CREATE POLICY p ON t TO {READER} USING (a > 1); CREATE POLICY q ON t AS RESTRICTIVE FOR UPDATE USING (b > 0);"
        "CREATE POLICY r ON t FOR INSERT WITH CHECK (a > 0)",
    ),
    "a type under a policy": (
        "CREATE TABLE t (a int); CREATE POLICY p ON t USING (a > 0); COMMENT ON POLICY p ON t IS 'x'",
        "CREATE TABLE t (a bigint); CREATE POLICY p ON t USING (a > 0); COMMENT ON POLICY p ON t IS 'x'",
    ),
    "a policy about another table": (
        "CREATE TABLE t (a int); CREATE TABLE u (x int); CREATE POLICY p ON t USING (a IN (SELECT x FROM u))",
        "CREATE TABLE t (a int); CREATE TABLE w (x int); CREATE POLICY p ON t USING (a IN (SELECT x FROM w))",
    ),
    "an enum that shrinks": (
        "CREATE TYPE e AS ENUM ('a', 'b'); CREATE TABLE t (x e); CREATE POLICY p ON t USING (x = 'a');"
        "CREATE MATERIALIZED VIEW m AS SELECT x FROM t; COMMENT ON TYPE e IS 'c';"
        f"GRANT USAGE ON TYPE e TO {READER}; GRANT SELECT (x) ON t TO {READER}",
        "CREATE TYPE e AS ENUM ('a'); CREATE TABLE t (x e); CREATE POLICY p ON t USING (x = 'a');"
        "CREATE MATERIALIZED VIEW m AS SELECT x FROM t; COMMENT ON TYPE e IS 'c';"
        f"GRANT USAGE ON TYPE e TO {READER}; GRANT SELECT (x) ON t TO {READER}",
    ),
    "privileges": (
        f"{TABLES} GRANT SELECT, INSERT, UPDATE ON t TO {READER}; GRANT SELECT ON t TO {WRITER} WITH GRANT OPTION;"
        f"GRANT SELECT ON u TO PUBLIC; GRANT UPDATE (b) ON t TO {READER}",
        f"{TABLES} GRANT SELECT, DELETE ON t TO {READER} WITH GRANT OPTION; GRANT SELECT ON t TO {WRITER};"
        f"REVOKE ALL ON u FROM CURRENT_USER; GRANT UPDATE (b) ON t TO {READER}",
    ),
    "privileges of another owner": (
        f"{TABLES} ALTER TABLE t OWNER TO {READER}; CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';"
        f"ALTER FUNCTION f OWNER TO {READER}; REVOKE EXECUTE ON FUNCTION f FROM {READER}",
        f"{TABLES} ALTER TABLE t OWNER TO {READER}; CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';"
        f"ALTER FUNCTION f OWNER TO {READER}; REVOKE INSERT ON t FROM {READER};"
        "REVOKE CREATE ON SCHEMA public FROM pg_database_owner; GRANT CREATE ON SCHEMA public TO PUBLIC",
    ),
    "columns with privileges come and go": (
        f"CREATE TABLE t (a int, b int); GRANT SELECT (a, b) ON t TO {READER}",
        f"CREATE TABLE t (a int, c int); GRANT SELECT (a), UPDATE (c) ON t TO {READER}",
    ),
    "a table for all for columns": (
        f"{TABLES} GRANT SELECT ON t TO {READER}",
        f"{TABLES} GRANT SELECT (a) ON t TO {READER}",
    ),
    "new objects under default privileges": (
        f"ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {READER}, {WRITER};"
        "ALTER DEFAULT PRIVILEGES REVOKE USAGE ON TYPES FROM PUBLIC;"
        "ALTER DEFAULT PRIVILEGES REVOKE TRUNCATE ON TABLES FROM CURRENT_USER",
        f"CREATE TABLE t (a int); CREATE TYPE e AS ENUM ('a'); CREATE TABLE u (x int); GRANT SELECT ON u TO {READER};"
        f"CREATE MATERIALIZED VIEW m AS SELECT a FROM t;"
        f"ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT ON TABLES TO {READER}, {WRITER};"
        "ALTER DEFAULT PRIVILEGES REVOKE USAGE ON TYPES FROM PUBLIC",
    ),
    "default privileges": (
        f"CREATE SCHEMA s; ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT ALL ON TABLES TO {READER};"
        "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
        f"CREATE SCHEMA s; ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT SELECT ON TABLES TO {READER} WITH GRANT OPTION;"
        f"ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO {READER}",
    ),
    "privileges on routines and types": (
        "CREATE FUNCTION f(a int, b numeric(4,2)) RETURNS int LANGUAGE sql AS 'SELECT 1';"
        "CREATE FUNCTION g() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE PROCEDURE p(x text) LANGUAGE sql AS '';"
        "CREATE DOMAIN d AS text; CREATE TYPE c AS (a int); CREATE TYPE r AS RANGE (subtype = float8);"
        f"REVOKE EXECUTE ON FUNCTION f FROM PUBLIC; GRANT EXECUTE ON FUNCTION f TO {READER};"
        f"GRANT USAGE ON TYPE d, c, r TO {READER}",
        "CREATE FUNCTION f(a int, b numeric(4,2)) RETURNS text LANGUAGE sql AS 'SELECT 1';"
        "CREATE FUNCTION g() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE PROCEDURE p(x text) LANGUAGE sql AS '';"
        "CREATE DOMAIN d AS text; CREATE TYPE c AS (a int); CREATE TYPE r AS RANGE (subtype = float8);"
        f"REVOKE EXECUTE ON FUNCTION f FROM PUBLIC; GRANT EXECUTE ON FUNCTION f TO {READER};"
        f"REVOKE ALL ON FUNCTION g FROM PUBLIC; GRANT EXECUTE ON PROCEDURE p TO {READER} WITH GRANT OPTION;"
        f"REVOKE USAGE ON TYPE d, c, r FROM PUBLIC",
    ),
    "statistics": (
        f"{TABLES} CREATE STATISTICS s (mcv) ON a, b FROM t; CREATE STATISTICS gone ON a, b FROM t;"
        "CREATE STATISTICS kept ON a, b FROM t",
        f"{TABLES} CREATE STATISTICS s ON a, (b + 1) FROM t; CREATE STATISTICS kept ON a, b FROM t;"
        "ALTER STATISTICS kept SET STATISTICS 9; COMMENT ON STATISTICS kept IS 'x'",
    ),
    "a column with statistics": (
        "CREATE TABLE t (a int, b int, c int); CREATE STATISTICS s ON a, b FROM t; CREATE STATISTICS r ON a, c FROM t",
        "CREATE TABLE t (a bigint, c int); CREATE STATISTICS r ON a, c FROM t",
    ),
}


@both
@pytest.mark.parametrize("case", CHANGES)
def test_there_and_back(case: str, server: Server, new_database: NewDatabase) -> None:
    old, new = CHANGES[case]
    pair = Pair(server, new_database, old, new)
    assert pair.start.unmanaged == ()
    plan = pair.converge()
    assert plan.phases, "there was a difference"
    pair.revert(plan)


@one
def test_a_rebuilt_materialized_view_is_as_full_as_it_was(server: Server, new_database: NewDatabase) -> None:
    old = "CREATE TABLE t (a int); INSERT INTO t VALUES (1); CREATE MATERIALIZED VIEW m AS SELECT a FROM t;"
    old += "CREATE MATERIALIZED VIEW n AS SELECT a FROM t WITH NO DATA"
    pair = Pair(server, new_database, old, old.replace("a int", "a bigint").replace("AS SELECT a FROM t;", ";", 0))
    pair.converge()
    assert pair.rows("SELECT relname::text, relispopulated FROM pg_class WHERE relkind = 'm' ORDER BY 1") == [
        ("m", True),
        ("n", False),
    ]
    assert pair.rows("SELECT a FROM m") == [(1,)]


@one
def test_renames(server: Server, new_database: NewDatabase) -> None:
    old = (
        "CREATE TABLE t (a int, b int); CREATE MATERIALIZED VIEW m AS SELECT a FROM t; CREATE UNIQUE INDEX i ON m (a);"
    )
    old += f"GRANT SELECT ON m TO {READER}; CREATE POLICY p ON t; CREATE STATISTICS s ON a, b FROM t"
    new = old.replace("m ", "n ").replace("POLICY p", "POLICY q").replace("STATISTICS s", "STATISTICS r")
    pair = Pair(server, new_database, old, new)
    plan = pair.converge(
        [
            RenameHint(new=Key(Kind.MATERIALIZED_VIEW, "public", "n"), old_name="m"),
            RenameHint(new=child_key(Kind.POLICY, table_key("public", "t"), "q"), old_name="p"),
            RenameHint(new=Key(Kind.STATISTICS, "public", "r"), old_name="s"),
        ]
    )
    assert len(plan.steps) == 3
    pair.revert(plan)


@one
def test_disabling_row_security_is_said(server: Server, new_database: NewDatabase) -> None:
    plan = Pair(
        server, new_database, "CREATE TABLE t (); ALTER TABLE t ENABLE ROW LEVEL SECURITY", "CREATE TABLE t ()"
    ).plan()
    assert [hazard.code for step in plan.steps for hazard in step.hazards] == ["row-security-off"]


@one
def test_a_default_privilege_tells_what_it_is_for(server: Server, new_database: NewDatabase) -> None:
    database = new_database(server)
    server.execute(
        database_of(database), f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT ON TABLES TO {READER}"
    )
    (item,) = read(database).of_kind(Kind.DEFAULT_PRIVILEGE)
    assert isinstance(item, DefaultPrivilege)
    assert (item.key.schema, item.role, item.objects, item.grantee) == ("public", "postgres", "tables", READER)
    assert item.privileges == ("INSERT", "SELECT")
    assert parse_key(str(item.key), namespaces=True) == item.key


MODELS = """
from sqlalchemy import Column, Integer, MetaData, Table
metadata = MetaData()
Table("u", metadata, Column("b", Integer, info={"renamed_from": "a"}), info={"renamed_from": "t"})
Table("fresh", metadata, Column("x", Integer))
"""


@one
def test_models_leave_security_alone(server: Server, new_database: NewDatabase, tmp_path: Path) -> None:
    """They speak of tables. What is on a renamed table follows it; a new one gets what default privileges give it."""
    database = new_database(server)
    server.execute(
        database_of(database),
        f"CREATE TABLE t (a int); CREATE POLICY p ON t USING (a > 0); ALTER TABLE t ENABLE ROW LEVEL SECURITY;"
        f"GRANT SELECT ON t TO {READER}; GRANT UPDATE (a) ON t TO {READER};"
        f"CREATE MATERIALIZED VIEW m AS SELECT a FROM t; GRANT SELECT ON m TO {READER};"
        f"ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {READER}",
    )
    name = f"rc_models_{tmp_path.name}"
    (tmp_path / f"{name}.py").write_text(MODELS)
    project = Project(root=tmp_path, database=database, desired=(f"models:{name}:metadata",), cache=tmp_path / "cache")
    api.apply(project, proposal=api.plan(project))
    assert [step.summary for step in api.plan(project).plan.steps] == []
    state = read(database)
    table = table_key("public", "u")
    policy = state[child_key(Kind.POLICY, table, "p")]
    assert isinstance(policy, Policy) and policy.using == "(b > 0)"
    assert child_key(Kind.ROW_SECURITY, table) in state
    assert privileges_of(state, table, READER).privileges == ("SELECT",)
    assert privileges_of(state, child_key(Kind.COLUMN, table, "b"), READER).privileges == ("UPDATE",)
    assert privileges_of(state, Key(Kind.MATERIALIZED_VIEW, "public", "m"), READER).privileges == ("SELECT",)
    assert privileges_of(state, table_key("public", "fresh"), READER).privileges == ("SELECT",)
