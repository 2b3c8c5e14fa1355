"""PostgreSQL: what depends on a change is rebuilt round it, whole; and knots come undone. Judged by pg_dump.

Each scenario is led there and back, planned again, and taken through YAML: see tests/corpus/trial.py.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests import servers
from tests.corpus.cases import made
from tests.corpus.trial import UNLOADABLE, try_case
from tests.oracle import ABSENT, shared_folder
from tests.servers import Server

both = pytest.mark.parametrize("server", [servers.POSTGRESQL15, servers.POSTGRESQL18], indirect=True)
ROLES = ("rc_reader", "rc_writer")


@dataclass(frozen=True)
class Scenario:
    """``old`` and ``new`` each follow ``around``, which is the same in both, with $X in it replaced."""

    around: str
    old: str
    new: str

    def text(self, which: str) -> str:
        """The whole of one end."""
        return self.around.replace("$X", which)


# Everything a view, a materialized view, a function and a table can have that would be lost by DROP and CREATE.
_DRESSED = """
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE t (id integer PRIMARY KEY, $X, m mood NOT NULL DEFAULT 'ok');
CREATE VIEW plain AS SELECT id, a, m FROM t;
COMMENT ON VIEW plain IS 'a view';
COMMENT ON COLUMN plain.a IS 'its column';
GRANT SELECT ON plain TO rc_reader;
GRANT INSERT, UPDATE (a) ON plain TO rc_writer WITH GRANT OPTION;
ALTER VIEW plain ALTER COLUMN m SET DEFAULT 'sad';
CREATE VIEW guarded WITH (security_barrier = true, security_invoker = true) AS SELECT * FROM plain WHERE id > 0;
GRANT SELECT ON guarded TO PUBLIC;
CREATE VIEW checked WITH (check_option = 'cascaded') AS SELECT id, a FROM t WHERE id > 7;
CREATE FUNCTION trg() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER instead INSTEAD OF INSERT ON guarded FOR EACH ROW EXECUTE FUNCTION trg();
COMMENT ON TRIGGER instead ON guarded IS 'a trigger of a view';
CREATE RULE nothing AS ON DELETE TO plain DO INSTEAD NOTHING;
COMMENT ON RULE nothing ON plain IS 'a rule of a view';
CREATE MATERIALIZED VIEW stored WITH (fillfactor = 70) AS SELECT id, a FROM guarded WITH NO DATA;
CREATE UNIQUE INDEX stored_id ON stored (id);
CREATE INDEX stored_a ON stored (a) WHERE id > 3;
ALTER TABLE stored CLUSTER ON stored_id;
ALTER MATERIALIZED VIEW stored ALTER COLUMN a SET STATISTICS 77;
COMMENT ON MATERIALIZED VIEW stored IS 'stored';
COMMENT ON INDEX stored_a IS 'an index of it';
COMMENT ON COLUMN stored.a IS 'a column of it';
GRANT SELECT (id) ON stored TO rc_reader;
CREATE STATISTICS both_of_it ON id, a FROM stored;
CREATE FUNCTION rows_of(lowest integer DEFAULT 1) RETURNS SETOF guarded LANGUAGE sql STABLE SECURITY DEFINER COST 7
    ROWS 9 SET work_mem = '4MB' AS 'SELECT * FROM guarded WHERE id > lowest';
COMMENT ON FUNCTION rows_of(integer) IS 'a function over a view';
REVOKE ALL ON FUNCTION rows_of(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rows_of(integer) TO rc_reader;
CREATE FUNCTION over_all() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(a) FROM guarded; END;
CREATE TRIGGER t_a BEFORE UPDATE OF a ON t FOR EACH ROW WHEN (new.a IS NOT NULL) EXECUTE FUNCTION trg();
ALTER TABLE t DISABLE TRIGGER t_a;
COMMENT ON TRIGGER t_a ON t IS 'a trigger of the table';
ALTER TABLE t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY over_a ON t AS RESTRICTIVE FOR UPDATE TO rc_writer USING (a IS NOT NULL)
    WITH CHECK (id IN (SELECT id FROM t));
COMMENT ON POLICY over_a ON t IS 'a policy';
CREATE INDEX t_a ON t (a) INCLUDE (id) WHERE a IS NOT NULL;
COMMENT ON INDEX t_a IS 'an index of the table';
CREATE STATISTICS of_t (ndistinct) ON id, a FROM t;
ALTER STATISTICS of_t SET STATISTICS 33;
COMMENT ON STATISTICS of_t IS 'statistics';
GRANT SELECT (a), UPDATE (a) ON t TO rc_reader;
COMMENT ON COLUMN t.a IS 'the column';
ALTER TABLE t ALTER COLUMN a SET STATISTICS 55;
CREATE INDEX t_up ON t ((upper(a::text)));
ALTER INDEX t_up ALTER COLUMN 1 SET STATISTICS 44; ALTER TABLE t CLUSTER ON t_up;
CREATE PUBLICATION of_t FOR TABLE t (id, a) WHERE (id > 3);
"""

# One enum in use by everything that can use one.
_ENUM = """
CREATE TYPE mood AS ENUM ($X);
COMMENT ON TYPE mood IS 'moods';
GRANT USAGE ON TYPE mood TO rc_reader;
CREATE TABLE p (id integer PRIMARY KEY, m mood NOT NULL DEFAULT 'ok', list mood[] DEFAULT '{ok}'::mood[]);
CREATE INDEX p_m ON p (m) WHERE m <> 'sad'::mood;
CREATE UNIQUE INDEX p_e ON p ((CASE WHEN m = 'ok'::mood THEN id END));
ALTER TABLE p ADD CONSTRAINT no_sad CHECK (m <> 'sad'::mood OR id > 0);
ALTER TABLE p ADD CONSTRAINT apart EXCLUDE USING btree (m WITH =) WHERE (m = 'sad'::mood);
CREATE VIEW of_m AS SELECT id, m FROM p WHERE m = 'ok'::mood;
CREATE VIEW over_it WITH (security_invoker = on) AS SELECT m, count(*) AS n FROM of_m GROUP BY m;
CREATE MATERIALIZED VIEW held AS SELECT m FROM over_it WITH NO DATA;
CREATE INDEX held_m ON held (m);
CREATE POLICY only_ok ON p USING (m = 'ok'::mood);
CREATE FUNCTION of_mood(x mood, y mood[] DEFAULT '{ok}'::mood[]) RETURNS mood LANGUAGE sql IMMUTABLE AS 'SELECT x';
GRANT EXECUTE ON FUNCTION of_mood(mood, mood[]) TO rc_reader;
COMMENT ON FUNCTION of_mood(mood, mood[]) IS 'of a mood';
CREATE FUNCTION fired() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER when_ok AFTER INSERT ON p FOR EACH ROW WHEN (new.m = 'ok'::mood) EXECUTE FUNCTION fired();
CREATE DOMAIN good AS mood CHECK (VALUE <> 'sad'::mood);
CREATE TYPE pair AS (first mood, second integer);
CREATE TABLE q (g good, c pair, parent integer REFERENCES p);
CREATE TABLE parts (m mood NOT NULL, n integer) PARTITION BY LIST (m);
CREATE TABLE parts_ok PARTITION OF parts FOR VALUES IN ('ok');
CREATE TABLE gen (m mood, twice mood GENERATED ALWAYS AS (of_mood(m)) STORED);
"""

# Bodies that no catalog looks into, and default, table and function that need one another.
_KNOTS = """
CREATE FUNCTION next_code() RETURNS integer LANGUAGE plpgsql VOLATILE
    AS 'BEGIN RETURN (SELECT count(*) $X FROM coded); END';
CREATE TABLE coded (id integer DEFAULT next_code(), b text);
CREATE FUNCTION rows_of(c coded) RETURNS integer LANGUAGE sql AS 'SELECT c.id $X';
CREATE VIEW seen AS SELECT rows_of(c) AS n, c.b FROM coded c;
CREATE FUNCTION of_view() RETURNS SETOF seen LANGUAGE sql AS 'SELECT * FROM seen';
CREATE VIEW again AS SELECT n FROM of_view();
ALTER TABLE coded ADD CONSTRAINT by_rows CHECK (rows_of(coded) IS NOT NULL);
CREATE FUNCTION trg() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM next_code() $X; RETURN new; END';
CREATE TRIGGER t BEFORE INSERT ON coded FOR EACH ROW EXECUTE FUNCTION trg();
"""

SCENARIOS = {
    "a column under everything is widened": Scenario(_DRESSED, "a varchar(10)", "a text"),
    "a column under everything gets another type": Scenario(_DRESSED, "a varchar(10)", "a integer"),
    "a column before the others": Scenario(_DRESSED, "a integer", "a bigint NOT NULL DEFAULT 3, extra text"),
    "a label more": Scenario(_ENUM, "'sad', 'ok'", "'sad', 'so so', 'ok'"),
    "a label less": Scenario(_ENUM, "'sad', 'ok', 'happy'", "'sad', 'ok'"),
    "labels in another order": Scenario(_ENUM, "'sad', 'ok', 'happy'", "'happy', 'ok', 'sad'"),
    "a knot changes": Scenario(_KNOTS, "+ 1", "+ 2"),
}


def held(server: Server, old: str, new: str) -> None:
    outcome = try_case(made(server.name, old, new, roles=ROLES), allow=("all",))
    assert outcome.status != UNLOADABLE, outcome.unloadable
    assert outcome.problems == {}, outcome.details


@both
@pytest.mark.skipif(shared_folder() is None, reason=ABSENT)
@pytest.mark.parametrize("name", SCENARIOS)
def test_dependents_come_back_whole(server: Server, name: str) -> None:
    scenario = SCENARIOS[name]
    held(server, scenario.text(scenario.old), scenario.text(scenario.new))


# Found by tests/properties: (old, new).
PAIRS = {
    "a generated column goes with what it is made of": (
        "CREATE TABLE t (id integer, a integer, x integer GENERATED ALWAYS AS (id * 2) STORED)",
        "CREATE TABLE t (a integer)",
    ),
    "a table partitioned otherwise, with another column of a new type": (
        "CREATE TABLE p (id integer NOT NULL) PARTITION BY RANGE (id); CREATE TABLE p_rest PARTITION OF p DEFAULT",
        "CREATE TYPE mood AS ENUM ('ok'); CREATE TABLE p (id integer NOT NULL, m mood) PARTITION BY LIST (id);"
        "CREATE TABLE p_rest PARTITION OF p DEFAULT",
    ),
    "a check goes and a partition comes": (
        "CREATE TABLE p (id integer NOT NULL, v text, CONSTRAINT p_v CHECK (v <> 'q')) PARTITION BY LIST (id);"
        "CREATE INDEX p_i ON p (v)",
        "CREATE TABLE p (id integer NOT NULL, v text) PARTITION BY LIST (id); CREATE INDEX p_i ON p (v);"
        "CREATE TABLE p_rest PARTITION OF p DEFAULT",
    ),
    "a check by a function, and an index by a condition, that are new": (
        "CREATE TYPE mood AS ENUM ('ok'); CREATE TABLE t (id integer, m mood)",
        "CREATE TYPE mood AS ENUM ('ok', 'sad'); CREATE TABLE t (id integer, m mood);"
        "CREATE FUNCTION f(integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 > 0';"
        "ALTER TABLE t ADD CHECK (f(id)), ADD CHECK (m <> 'sad'); CREATE UNIQUE INDEX i ON t (id) WHERE m = 'sad'",
    ),
    "a partition comes under a table that gets a column of a new type and loses an index": (
        "CREATE TABLE p (id integer NOT NULL, v text, PRIMARY KEY (id)) PARTITION BY RANGE (id);"
        "CREATE INDEX p_v ON p (v DESC) WHERE v IS NOT NULL",
        "CREATE TYPE mood AS ENUM ('ok'); CREATE TABLE p (id integer NOT NULL, v text NOT NULL, m mood,"
        "CONSTRAINT p_v CHECK (v <> 'q')) PARTITION BY RANGE (id); CREATE TABLE p_rest PARTITION OF p DEFAULT",
    ),
    "a function takes one argument more, with a default, and all that calls it stays": (
        "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'; CREATE TABLE t (a integer DEFAULT f(),"
        "b integer CHECK (f() > b)); CREATE VIEW z AS SELECT f() AS n, a FROM t; CREATE POLICY p ON t USING (f() > 0)",
        "CREATE FUNCTION f(x integer DEFAULT 1) RETURNS integer LANGUAGE sql AS 'SELECT x';"
        "CREATE TABLE t (a integer DEFAULT f(), b integer CHECK (f() > b));"
        "CREATE VIEW z AS SELECT f() AS n, a FROM t; CREATE POLICY p ON t USING (f() > 0)",
    ),
    "a published table loses its key and a generated column": (
        "CREATE TABLE t (id bigint NOT NULL, b text, x bigint GENERATED ALWAYS AS (id + 1) STORED, PRIMARY KEY (id));"
        "CREATE PUBLICATION pub FOR TABLE t",
        "CREATE TABLE t (b text)",
    ),
}


@both
@pytest.mark.skipif(shared_folder() is None, reason=ABSENT)
@pytest.mark.parametrize("name", PAIRS)
def test_it_goes_there_and_back(server: Server, name: str) -> None:
    old, new = PAIRS[name]
    held(server, old, new)
    held(server, new, old)
