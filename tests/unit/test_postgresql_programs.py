"""PostgreSQL: routines, triggers, rules, domains, types, collations and extensions, there and back."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconcile import api
from reconcile.config import Project
from reconcile.dialects.postgresql import DIALECT
from reconcile.dialects.postgresql.rules import routines
from reconcile.dialects.session import Session
from reconcile.diff.compare import without_bookkeeping
from reconcile.planning.build import creation
from reconcile.sources.yaml.write import to_yaml
from reconcile.state import Key, Kind, Phase, Scope, State, child_key, parse_key, table_key
from reconcile.state.hints import RenameHint
from tests import servers
from tests.conftest import NewDatabase
from tests.servers import Server
from tests.unit.test_postgresql import Pair, database_of, differences, opened, read

both = pytest.mark.parametrize("server", [servers.POSTGRESQL15, servers.POSTGRESQL18], indirect=True)
one = pytest.mark.parametrize("server", [servers.POSTGRESQL18], indirect=True)

EVERYTHING = """
CREATE DOMAIN posint AS int DEFAULT 1 NOT NULL CONSTRAINT pos CHECK (VALUE > 0);
CREATE TYPE addr AS (street text COLLATE "C", zip varchar(5));
COMMENT ON COLUMN addr.zip IS 'zip';
CREATE TYPE trange AS RANGE (subtype = time);
CREATE COLLATION german (provider = libc, locale = 'C');
CREATE TABLE t (id posint, a addr, r trange, n text COLLATE german);
CREATE FUNCTION f(a int, b text DEFAULT 'x', OUT c int) LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER COST 7
    SET search_path = public, pg_temp SET work_mem = '4MB'
    AS $$ begin c := 1; end $$;
CREATE FUNCTION g(t) RETURNS int LANGUAGE sql IMMUTABLE RETURN 1;
CREATE FUNCTION tb() RETURNS TABLE(x int, y text) LANGUAGE sql BEGIN ATOMIC SELECT 1, n FROM t; END;
CREATE PROCEDURE p(INOUT a int) LANGUAGE plpgsql AS 'begin end';
CREATE FUNCTION sf(int, int) RETURNS int LANGUAGE sql AS 'select $1+$2';
CREATE AGGREGATE mysum(int) (sfunc = sf, stype = int, initcond = '0', parallel = safe);
CREATE FUNCTION trg() RETURNS trigger LANGUAGE plpgsql AS $$ begin return new; end $$;
CREATE TRIGGER tr1 BEFORE UPDATE OF n ON t FOR EACH ROW WHEN (old.n IS DISTINCT FROM new.n) EXECUTE FUNCTION trg('a');
CREATE TRIGGER tr2 AFTER INSERT ON t REFERENCING NEW TABLE AS nt FOR EACH STATEMENT EXECUTE FUNCTION trg();
CREATE CONSTRAINT TRIGGER tr3 AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION trg();
ALTER TABLE t DISABLE TRIGGER tr1; ALTER TABLE t ENABLE ALWAYS TRIGGER tr3;
CREATE VIEW v AS SELECT n FROM t;
CREATE TRIGGER vt INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION trg();
CREATE RULE r1 AS ON DELETE TO t DO INSTEAD NOTHING;
ALTER TABLE t DISABLE RULE r1;
CREATE FUNCTION evt() RETURNS event_trigger LANGUAGE plpgsql AS 'begin end';
CREATE EVENT TRIGGER et ON ddl_command_start WHEN TAG IN ('CREATE TABLE', 'DROP TABLE') EXECUTE FUNCTION evt();
COMMENT ON FUNCTION f(int, text) IS 'f';
COMMENT ON TRIGGER tr1 ON t IS 'tr';
COMMENT ON RULE r1 ON t IS 'rule';
COMMENT ON DOMAIN posint IS 'd';
COMMENT ON AGGREGATE mysum(int) IS 'agg';
COMMENT ON TYPE trange IS 'r';
COMMENT ON COLLATION german IS 'c';
COMMENT ON EVENT TRIGGER et IS 'e';
COMMENT ON CONSTRAINT pos ON DOMAIN posint IS 'p';
COMMENT ON PROCEDURE p(int) IS 'proc';
CREATE FUNCTION "Odd (name"(text, "char") RETURNS text LANGUAGE sql AS $q$ select '$$' || $1 $q$;
CREATE FUNCTION rank_like() RETURNS bigint LANGUAGE internal WINDOW IMMUTABLE STRICT AS 'window_row_number';
CREATE FUNCTION listed(VARIADIC n numeric[] DEFAULT '{}') RETURNS SETOF int LANGUAGE plpgsql
    ROWS 7 LEAKPROOF PARALLEL RESTRICTED SET search_path = '' SET "my.setting" = 'a''b' AS 'begin end';
CREATE AGGREGATE none_at_all(*) (sfunc = int8inc, stype = int8, initcond = '0');
CREATE AGGREGATE middle(float8 ORDER BY float8) (
    sfunc = ordered_set_transition, stype = internal, finalfunc = percentile_disc_final, finalfunc_extra);
COMMENT ON AGGREGATE middle(float8 ORDER BY float8) IS 'ordered set';
CREATE TYPE nothing AS ();
CREATE FUNCTION of_table(t) RETURNS posint LANGUAGE sql AS 'select 1';
ALTER TABLE t ADD CHECK (of_table(t) > 0) NOT VALID;
ALTER DOMAIN posint ADD CONSTRAINT late CHECK (VALUE <> 7) NOT VALID;
"""

OLD = """
CREATE DOMAIN d1 AS int CHECK (VALUE > 0);
CREATE DOMAIN d2 AS text DEFAULT 'a';
CREATE DOMAIN d3 AS int CONSTRAINT big CHECK (VALUE > 10);
COMMENT ON CONSTRAINT big ON DOMAIN d3 IS 'big';
CREATE TYPE addr AS (street text, zip varchar(5));
CREATE TYPE loc AS (x int, y int);
CREATE TYPE rng AS RANGE (subtype = int4);
CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql IMMUTABLE AS 'select a';
CREATE FUNCTION ren(a int) RETURNS int LANGUAGE sql IMMUTABLE AS 'select a';
CREATE FUNCTION body() RETURNS int LANGUAGE sql AS 'select 1';
CREATE TABLE t (id int PRIMARY KEY, v int DEFAULT f(1), w d3, a addr, l loc, r rng, n text, CHECK (f(v) > 0));
CREATE INDEX i ON t (f(id));
COMMENT ON INDEX i IS 'index';
CREATE VIEW v WITH (security_invoker) AS SELECT id, f(v) AS fv, w FROM t;
COMMENT ON VIEW v IS 'view';
GRANT SELECT ON v TO PUBLIC;
CREATE FUNCTION trg() RETURNS trigger LANGUAGE plpgsql AS $$ begin return new; end $$;
CREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION trg();
CREATE TRIGGER b AFTER UPDATE OF n ON t FOR EACH ROW WHEN (new.n = 'x') EXECUTE FUNCTION trg();
CREATE CONSTRAINT TRIGGER c AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION trg();
CREATE TRIGGER vi INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION trg();
CREATE RULE r AS ON DELETE TO t DO ALSO NOTIFY x;
CREATE FUNCTION std() RETURNS SETOF text LANGUAGE sql BEGIN ATOMIC SELECT n FROM t; END;
CREATE AGGREGATE s(int) (sfunc = int4pl, stype = int, initcond = '0');
CREATE PROCEDURE p(a int) LANGUAGE plpgsql AS 'begin end';
INSERT INTO t VALUES (1, 2, 11, NULL, (1, 2), '[1,2]', 'x');
"""

NEW = """
CREATE DOMAIN d1 AS int NOT NULL CONSTRAINT d1_check CHECK (VALUE > 5) CONSTRAINT lim CHECK (VALUE < 100);
CREATE DOMAIN d2 AS text DEFAULT 'b';
CREATE DOMAIN d3 AS bigint CONSTRAINT big CHECK (VALUE > 10);
COMMENT ON CONSTRAINT big ON DOMAIN d3 IS 'big';
CREATE TYPE addr AS (street text, country text);
CREATE TYPE loc AS (x bigint, y int);
CREATE TYPE rng AS RANGE (subtype = int8);
CREATE FUNCTION f(a int) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'select a::bigint';
CREATE FUNCTION ren(b int) RETURNS int LANGUAGE sql IMMUTABLE AS 'select b';
SET check_function_bodies=off;
CREATE FUNCTION body() RETURNS int LANGUAGE sql STABLE PARALLEL SAFE COST 5
    SET search_path = '' AS 'select count(*)::int from later';
CREATE TABLE t (id int PRIMARY KEY, v int DEFAULT f(1), w d3, a addr, l loc, r rng, n varchar(20), CHECK (f(v) > 0));
CREATE INDEX i ON t (f(id));
COMMENT ON INDEX i IS 'index';
CREATE VIEW v WITH (security_invoker) AS SELECT id, f(v) AS fv, w FROM t;
COMMENT ON VIEW v IS 'view';
GRANT SELECT ON v TO PUBLIC;
CREATE FUNCTION trg() RETURNS trigger LANGUAGE plpgsql AS $$ begin return null; end $$;
CREATE TRIGGER a BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION trg();
ALTER TABLE t DISABLE TRIGGER a;
CREATE TRIGGER b AFTER UPDATE OF n ON t FOR EACH ROW WHEN (new.n = 'x') EXECUTE FUNCTION trg();
CREATE CONSTRAINT TRIGGER c AFTER INSERT ON t DEFERRABLE FOR EACH ROW EXECUTE FUNCTION trg();
CREATE TRIGGER vi INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION trg();
CREATE RULE r AS ON DELETE TO t DO ALSO NOTIFY y;
CREATE FUNCTION std() RETURNS SETOF text LANGUAGE sql BEGIN ATOMIC SELECT n FROM t; END;
CREATE AGGREGATE s(int) (sfunc = int4pl, stype = int, initcond = '1');
CREATE FUNCTION p(a int) RETURNS int LANGUAGE plpgsql AS 'begin end';
CREATE TABLE later (id int);
"""


def run(session: Session, phases: tuple[Phase, ...]) -> None:
    for phase in phases:
        for sql in phase.before:
            session.execute(sql)
        with session.transaction():
            for step in phase.steps:
                for sql in step.sql:
                    session.execute(sql)
        for sql in phase.after:
            session.execute(sql)


def ours(url: str) -> State:
    return without_bookkeeping(read(url))


class Whole:
    """A database and what it shall become, by the public door: planned, rehearsed, applied."""

    def __init__(self, server: Server, new_database: NewDatabase, folder: Path, old: str, new: str) -> None:
        self.live, self.wanted, self.folder = new_database(server), new_database(server), folder
        server.execute(database_of(self.live), old)
        server.execute(database_of(self.wanted), new)

    def project(self, *desired: str) -> Project:
        return Project(root=self.folder, database=self.live, desired=desired, cache=self.folder / "cache")

    def converge(self) -> api.Proposal:
        before = ours(self.live)
        project = self.project(self.wanted)
        proposal = api.plan(project)
        assert proposal.plan.rehearsal.reason == ""
        api.apply(project, proposal=proposal, allow=["attribute-loss", "data-loss"])
        assert differences(ours(self.live), read(self.wanted)) == []
        assert api.plan(project).plan.empty
        file = self.folder / "desired.yaml"
        file.write_text(to_yaml(ours(self.live), DIALECT), encoding="utf-8")
        assert api.plan(self.project(str(file))).plan.empty
        api.revert(project, api.to_revert(project, last=1), allow=["attribute-loss", "data-loss"])
        assert differences(ours(self.live), before) == []
        return proposal


@both
def test_what_is_read_can_be_made_again(server: Server, new_database: NewDatabase) -> None:
    source, copy = new_database(server), new_database(server)
    server.execute(database_of(source), EVERYTHING)
    wanted = read(source)
    assert wanted.unmanaged == ()
    with opened(copy) as session:
        features = DIALECT.features(session)
        run(session, creation(DIALECT.read(session), wanted, rules=DIALECT.rules(features), features=features))
    made = read(copy)
    assert differences(made, wanted) == []
    assert dict(made.needs) == dict(wanted.needs)


@both
def test_everything_comes_and_goes(server: Server, new_database: NewDatabase, tmp_path: Path) -> None:
    Whole(server, new_database, tmp_path, "", EVERYTHING).converge()


@both
def test_everything_changes_and_changes_back(server: Server, new_database: NewDatabase, tmp_path: Path) -> None:
    """Dependents of what cannot be altered come again with their comments, privileges, options and triggers."""
    Whole(server, new_database, tmp_path, OLD, NEW).converge()


CHANGES = {
    "a default that calls a function over its own table": (
        "",
        "CREATE TABLE t (a int, b int); CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'select count(*)::int from t';"
        "ALTER TABLE t ALTER b SET DEFAULT f(); CREATE FUNCTION g(t) RETURNS int LANGUAGE sql AS 'select 1';"
        "CREATE VIEW v AS SELECT g(t) FROM t; CREATE FUNCTION h() RETURNS SETOF v LANGUAGE sql AS 'select * from v'",
    ),
    "functions that call each other": (
        "",
        "SET check_function_bodies = off;"
        "CREATE FUNCTION a(int) RETURNS int LANGUAGE sql AS 'select b($1)';"
        "CREATE FUNCTION b(int) RETURNS int LANGUAGE sql AS 'select a($1)'",
    ),
    "an enum in use everywhere": (
        "CREATE TYPE e AS ENUM ('a', 'b', 'c'); CREATE TABLE t (x e DEFAULT 'a');"
        "CREATE INDEX i ON t (x) WHERE x = 'b';"
        "CREATE FUNCTION f(e) RETURNS e LANGUAGE sql AS 'select $1'; CREATE VIEW v AS SELECT f(x) FROM t;"
        "CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end';"
        "CREATE TRIGGER tr BEFORE UPDATE ON t FOR EACH ROW WHEN (new.x = 'a') EXECUTE FUNCTION tf()",
        "CREATE TYPE e AS ENUM ('b', 'a'); CREATE TABLE t (x e DEFAULT 'a');"
        "CREATE INDEX i ON t (x) WHERE x = 'b';"
        "CREATE FUNCTION f(e) RETURNS e LANGUAGE sql AS 'select $1'; CREATE VIEW v AS SELECT f(x) FROM t;"
        "CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end';"
        "CREATE TRIGGER tr BEFORE UPDATE ON t FOR EACH ROW WHEN (new.x = 'a') EXECUTE FUNCTION tf()",
    ),
    "a domain's check that calls a function over the domain": (
        "",
        "CREATE DOMAIN d AS int; CREATE FUNCTION f(d) RETURNS bool LANGUAGE sql IMMUTABLE AS 'select true';"
        "ALTER DOMAIN d ADD CONSTRAINT c CHECK (f(VALUE)); CREATE TABLE t (x d, y d NOT NULL)",
    ),
    "a function becomes a procedure and a table a view": (
        "CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'select 1'; CREATE TYPE n AS (a int)",
        "CREATE PROCEDURE f(int) LANGUAGE sql AS 'select 1'; CREATE DOMAIN n AS int",
    ),
    "a domain that others may use": (
        "CREATE DOMAIN d AS int CHECK (VALUE > 0); REVOKE ALL ON DOMAIN d FROM PUBLIC; COMMENT ON DOMAIN d IS 'd'",
        "",
    ),
    "a collation": (
        "CREATE COLLATION c (provider = libc, locale = 'C')",
        "CREATE COLLATION c (provider = libc, locale = 'POSIX')",
    ),
    "triggers": (
        "CREATE TABLE t (a int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end';"
        "CREATE TRIGGER a AFTER INSERT ON t EXECUTE FUNCTION f();"
        "CREATE TRIGGER gone AFTER INSERT ON t EXECUTE FUNCTION f();"
        "COMMENT ON TRIGGER a ON t IS 'kept';"
        "CREATE CONSTRAINT TRIGGER b AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();"
        "ALTER TABLE t ENABLE REPLICA TRIGGER a",
        "CREATE TABLE t (a int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'begin return null; end';"
        "CREATE TRIGGER a AFTER INSERT OR DELETE ON t EXECUTE FUNCTION f(); COMMENT ON TRIGGER a ON t IS 'kept';"
        "CREATE TRIGGER b AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE t ENABLE ALWAYS TRIGGER a",
    ),
}


@pytest.mark.parametrize("case", CHANGES)
@one
def test_it_converges_and_goes_back(server: Server, new_database: NewDatabase, tmp_path: Path, case: str) -> None:
    Whole(server, new_database, tmp_path, *CHANGES[case]).converge()


@one
def test_a_body_is_replaced_in_place(server: Server, new_database: NewDatabase) -> None:
    old = "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'select 1'; CREATE VIEW v AS SELECT f(1)"
    new = old.replace("select 1", "select 2").replace("a int", "a int DEFAULT 7")
    plan = Pair(server, new_database, old, new).converge()
    assert [step.summary for step in plan.steps] == ["replace function public.f(integer)"]


def _hint(key: Key, old: str) -> RenameHint:
    return RenameHint(new=key, old_name=old)


@one
def test_renames(server: Server, new_database: NewDatabase) -> None:
    script = (
        "CREATE DOMAIN {0}_d AS int CONSTRAINT {0}_c CHECK (VALUE > 0); CREATE TYPE {0}_k AS (a int);"
        "CREATE TABLE t (a int); CREATE FUNCTION {0}_f() RETURNS trigger LANGUAGE plpgsql AS 'begin end';"
    )
    script += "CREATE TRIGGER {0}_t BEFORE INSERT ON t EXECUTE FUNCTION {0}_f();"
    script += "CREATE RULE {0}_r AS ON DELETE TO t DO NOTHING"
    pair = Pair(server, new_database, script.format("old"), script.format("new"))
    domain, table = Key(Kind.DOMAIN, "public", "new_d"), table_key("public", "t")
    plan = pair.converge(
        [
            _hint(domain, "old_d"),
            _hint(child_key(Kind.CHECK, domain, "new_c"), "old_c"),
            _hint(Key(Kind.COMPOSITE, "public", "new_k"), "old_k"),
            _hint(Key(Kind.FUNCTION, "public", "new_f()"), "old_f()"),
            _hint(child_key(Kind.TRIGGER, table, "new_t"), "old_t"),
            _hint(child_key(Kind.RULE, table, "new_r"), "old_r"),
        ]
    )
    assert not any(sql.startswith(("DROP", "CREATE TRIGGER")) for step in plan.steps for sql in step.sql)


def test_models_leave_the_triggers_of_their_tables_alone() -> None:
    trigger = child_key(Kind.TRIGGER, table_key("public", "t"), "tr")
    only_tables = Scope(kinds=frozenset({Kind.TABLE}))
    assert not only_tables.covers(trigger)
    assert not only_tables.covers(child_key(Kind.COMMENT, trigger))
    assert only_tables.covers(child_key(Kind.COLUMN, table_key("public", "t"), "a"))
    assert Scope(kinds=frozenset({Kind.TABLE, Kind.TRIGGER})).covers(trigger)
    assert Scope().covers(trigger)


def test_signatures() -> None:
    key = Key(Kind.FUNCTION, "public", 'odd (name(text, "my (type".x)')
    assert routines.signature(key) == ("odd (name", '(text, "my (type".x)')
    plain = Key(Kind.FUNCTION, "public", "add(integer, public.mood)")
    assert str(plain) == "function public.add(integer, public.mood)"
    assert parse_key(str(plain), namespaces=True) == plain


@pytest.mark.parametrize("text", ["", "x", "$", "a$$b", "$body", "$$ $body$ $", "a$body"])
def test_a_body_between_dollars_is_read_whole(text: str) -> None:
    quoted = routines.dollar_quoted(text)
    (token,) = DIALECT.grammar.tokens(quoted)
    tag = quoted[: quoted.index("$", 1) + 1]
    assert token.text == f"{tag}{text}{tag}"
