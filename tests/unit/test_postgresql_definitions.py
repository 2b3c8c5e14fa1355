"""PostgreSQL: operators and their classes, casts, conversions, languages, transforms, access methods, text search."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconcile import api
from reconcile.config import Project
from reconcile.dialects.postgresql import DIALECT
from reconcile.dialects.postgresql.rules.definitions import settings
from reconcile.sources.yaml.write import to_yaml
from reconcile.state import Definition, Key, Kind, parse_key
from reconcile.state.hints import RenameHint
from tests import oracle, servers
from tests.conftest import NewDatabase
from tests.servers import Server
from tests.unit.test_postgresql import Pair, database_of, read

both = pytest.mark.parametrize("server", [servers.POSTGRESQL15, servers.POSTGRESQL18], indirect=True)
one = pytest.mark.parametrize("server", [servers.POSTGRESQL18], indirect=True)

EVERYTHING = """
CREATE SCHEMA s;
CREATE TYPE s."Mood" AS ENUM ('sad', 'happy');
CREATE FUNCTION near(int, int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT abs($1 - $2) < 2';
CREATE FUNCTION far(int, int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT abs($1 - $2) >= 2';
CREATE FUNCTION s.mood_of(int) RETURNS s."Mood" LANGUAGE sql IMMUTABLE AS $$ SELECT 'sad'::s."Mood" $$;
CREATE FUNCTION compare(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT pg_catalog.btint4cmp($1, $2)';
CREATE OPERATOR ~~~ (FUNCTION = near, LEFTARG = int, RIGHTARG = int, COMMUTATOR = ~~~, NEGATOR = !~~~,
    RESTRICT = eqsel, JOIN = eqjoinsel);
CREATE OPERATOR !~~~ (FUNCTION = far, LEFTARG = int, RIGHTARG = int, NEGATOR = ~~~);
CREATE OPERATOR s.## (FUNCTION = s.mood_of, RIGHTARG = int);
CREATE OPERATOR s.=== (FUNCTION = int4eq, LEFTARG = int, RIGHTARG = int, COMMUTATOR = OPERATOR(s.===), HASHES, MERGES);
CREATE OPERATOR FAMILY loose USING btree;
CREATE OPERATOR CLASS plain FOR TYPE int USING btree FAMILY loose AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =,
    OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 compare(int, int);
ALTER OPERATOR FAMILY loose USING btree ADD OPERATOR 1 < (int, bigint),
    FUNCTION 1 (int, bigint) btint48cmp(int, bigint);
CREATE OPERATOR FAMILY s.empty USING gin;
CREATE OPERATOR CLASS s."Stored" DEFAULT FOR TYPE s."Mood" USING btree AS FUNCTION 1 enum_cmp(anyenum, anyenum);
CREATE TABLE t (a int, body text, g tsvector);
CREATE INDEX by_class ON t (a plain);
CREATE CAST (int AS s."Mood") WITH FUNCTION s.mood_of(int) AS ASSIGNMENT;
CREATE CAST (s."Mood" AS varchar) WITH INOUT AS IMPLICIT;
CREATE CONVERSION odd FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
CREATE DEFAULT CONVERSION s.odder FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1;
CREATE TRUSTED LANGUAGE mine HANDLER plpgsql_call_handler INLINE plpgsql_inline_handler VALIDATOR plpgsql_validator;
CREATE FUNCTION in_mine() RETURNS int LANGUAGE mine AS 'BEGIN RETURN 1; END';
CREATE TRANSFORM FOR s."Mood" LANGUAGE mine (FROM SQL WITH FUNCTION prsd_lextype(internal));
CREATE ACCESS METHOD other_heap TYPE TABLE HANDLER heap_tableam_handler;
CREATE TABLE in_other (a int) USING other_heap;
CREATE ACCESS METHOD other_btree TYPE INDEX HANDLER bthandler;
CREATE TEXT SEARCH PARSER s.pieces (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end,
    LEXTYPES = prsd_lextype, HEADLINE = prsd_headline);
CREATE TEXT SEARCH TEMPLATE tidy (INIT = dsimple_init, LEXIZE = dsimple_lexize);
CREATE TEXT SEARCH DICTIONARY "Own" (TEMPLATE = tidy, accept = false);
CREATE TEXT SEARCH DICTIONARY s.stems (TEMPLATE = snowball, language = 'english', stopwords = 'english');
CREATE TEXT SEARCH CONFIGURATION words (PARSER = s.pieces);
ALTER TEXT SEARCH CONFIGURATION words ADD MAPPING FOR asciiword, word WITH s.stems, "Own";
ALTER TEXT SEARCH CONFIGURATION words ADD MAPPING FOR int WITH simple;
CREATE TEXT SEARCH CONFIGURATION s.nothing (COPY = simple);
ALTER TABLE t ADD h tsvector GENERATED ALWAYS AS (to_tsvector('words', body)) STORED;
CREATE INDEX searched ON t USING gin (to_tsvector('s.nothing', body));
COMMENT ON OPERATOR ~~~ (int, int) IS 'near';
COMMENT ON OPERATOR s.## (NONE, int) IS 'prefix';
COMMENT ON OPERATOR CLASS plain USING btree IS 'class';
COMMENT ON OPERATOR FAMILY loose USING btree IS 'family';
COMMENT ON CAST (int AS s."Mood") IS 'cast';
COMMENT ON CONVERSION odd IS 'conversion';
COMMENT ON LANGUAGE mine IS 'language';
COMMENT ON TRANSFORM FOR s."Mood" LANGUAGE mine IS 'transform';
COMMENT ON ACCESS METHOD other_heap IS 'method';
COMMENT ON TEXT SEARCH PARSER s.pieces IS 'parser';
COMMENT ON TEXT SEARCH TEMPLATE tidy IS 'template';
COMMENT ON TEXT SEARCH DICTIONARY "Own" IS 'dictionary';
COMMENT ON TEXT SEARCH CONFIGURATION words IS 'configuration';
ALTER OPERATOR ~~~ (int, int) OWNER TO pg_monitor;
ALTER OPERATOR CLASS plain USING btree OWNER TO pg_monitor;
ALTER OPERATOR FAMILY loose USING btree OWNER TO pg_monitor;
ALTER CONVERSION odd OWNER TO pg_monitor;
ALTER LANGUAGE mine OWNER TO pg_monitor;
ALTER TEXT SEARCH DICTIONARY "Own" OWNER TO pg_monitor;
ALTER TEXT SEARCH CONFIGURATION words OWNER TO pg_monitor;
GRANT USAGE ON LANGUAGE mine TO pg_monitor;
REVOKE USAGE ON LANGUAGE mine FROM PUBLIC;
"""

CHANGES = {
    "estimates of an operator": (
        "CREATE OPERATOR === (FUNCTION = int4eq, LEFTARG = int, RIGHTARG = int, RESTRICT = eqsel)",
        "CREATE OPERATOR === (FUNCTION = int4eq, LEFTARG = int, RIGHTARG = int, JOIN = eqjoinsel)",
    ),
    "the function of an operator under a view": (
        "CREATE TABLE t (a int); CREATE OPERATOR === (FUNCTION = int4eq, LEFTARG = int, RIGHTARG = int);"
        "CREATE VIEW v AS SELECT a FROM t WHERE a === 1; COMMENT ON OPERATOR === (int, int) IS 'x'",
        "CREATE TABLE t (a int); CREATE OPERATOR === (FUNCTION = int4ne, LEFTARG = int, RIGHTARG = int);"
        "CREATE VIEW v AS SELECT a FROM t WHERE a === 1; COMMENT ON OPERATOR === (int, int) IS 'x'",
    ),
    "settings of a dictionary": (
        "CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = snowball, language = 'english', stopwords = 'english')",
        "CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = snowball, language = 'german')",
    ),
    "mappings of a configuration under an index": (
        "CREATE TABLE t (b text); CREATE TEXT SEARCH CONFIGURATION c (COPY = english);"
        "CREATE INDEX i ON t USING gin (to_tsvector('c', b))",
        "CREATE TABLE t (b text); CREATE TEXT SEARCH CONFIGURATION c (COPY = english);"
        "CREATE INDEX i ON t USING gin (to_tsvector('c', b));"
        "ALTER TEXT SEARCH CONFIGURATION c DROP MAPPING FOR email, url;"
        "ALTER TEXT SEARCH CONFIGURATION c ALTER MAPPING FOR word WITH simple, german_stem",
    ),
    "members of a family": (
        "CREATE OPERATOR FAMILY f USING btree; ALTER OPERATOR FAMILY f USING btree ADD OPERATOR 1 < (int, bigint)",
        "CREATE OPERATOR FAMILY f USING btree; ALTER OPERATOR FAMILY f USING btree ADD OPERATOR 2 <= (int, bigint),"
        "FUNCTION 1 (int, bigint) btint48cmp(int, bigint)",
    ),
    "a cast": (
        "CREATE TYPE e AS ENUM ('a'); CREATE CAST (e AS text) WITH INOUT; CREATE CAST (text AS e) WITH INOUT",
        "CREATE TYPE e AS ENUM ('a'); CREATE CAST (e AS text) WITH INOUT AS IMPLICIT",
    ),
    "a language": (
        "CREATE LANGUAGE l HANDLER plpgsql_call_handler;"
        "CREATE FUNCTION f() RETURNS int LANGUAGE l AS 'BEGIN RETURN 1; END'",
        "CREATE TRUSTED LANGUAGE l HANDLER plpgsql_call_handler VALIDATOR plpgsql_validator;"
        "CREATE FUNCTION f() RETURNS int LANGUAGE l AS 'BEGIN RETURN 1; END'",
    ),
    "an operator class under an index": (
        "CREATE TABLE t (a int); CREATE OPERATOR CLASS o FOR TYPE int USING btree AS OPERATOR 1 <, OPERATOR 3 =,"
        "FUNCTION 1 btint4cmp(int, int); CREATE INDEX i ON t (a o)",
        "CREATE TABLE t (a int); CREATE OPERATOR CLASS o FOR TYPE int USING btree AS OPERATOR 1 <, OPERATOR 5 >,"
        "FUNCTION 1 btint4cmp(int, int); CREATE INDEX i ON t (a o)",
    ),
}


@both
def test_everything_comes_and_goes(server: Server, new_database: NewDatabase) -> None:
    pair = Pair(server, new_database, "", EVERYTHING)
    assert read(pair.wanted).unmanaged == ()
    plan = pair.converge()
    assert oracle.difference(server, database_of(pair.live), database_of(pair.wanted)) == ""
    pair.revert(plan)


@both
@pytest.mark.parametrize("case", CHANGES)
def test_it_changes_and_changes_back(server: Server, new_database: NewDatabase, case: str) -> None:
    pair = Pair(server, new_database, *CHANGES[case])
    plan = pair.converge()
    assert not plan.empty
    assert oracle.difference(server, database_of(pair.live), database_of(pair.wanted)) == ""
    pair.revert(plan)


@one
def test_yaml_says_everything(server: Server, new_database: NewDatabase, tmp_path: Path) -> None:
    database = new_database(server)
    server.execute(database_of(database), EVERYTHING)
    state = read(database)
    assert [key for key in state.objects if parse_key(str(key), namespaces=True) != key and key.kind in KINDS] == []
    file = tmp_path / "desired.yaml"
    file.write_text(to_yaml(state, DIALECT), encoding="utf-8")
    project = Project(
        root=tmp_path, database=database, desired=(str(file),), cache=tmp_path / "cache", manage=("owners",)
    )
    assert [step.summary for step in api.plan(project).plan.steps] == []


KINDS = frozenset(Definition.kinds)


@one
def test_renames(server: Server, new_database: NewDatabase) -> None:
    made = (
        "CREATE SCHEMA s; CREATE TEXT SEARCH DICTIONARY {0}(TEMPLATE = simple);"
        "CREATE TEXT SEARCH CONFIGURATION {1} (PARSER = default);"
        "CREATE OPERATOR FAMILY {2} USING btree; CREATE CONVERSION {3} FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8"
    )
    pair = Pair(server, new_database, made.format("a", "b", "c", "d"), made.format("a2", "b2", "c2", "d2"))
    plan = pair.converge(
        [
            RenameHint(new=Key(Kind.TEXT_SEARCH_DICTIONARY, "public", "a2"), old_name="a"),
            RenameHint(new=Key(Kind.TEXT_SEARCH_CONFIGURATION, "public", "b2"), old_name="b"),
            RenameHint(new=Key(Kind.OPERATOR_FAMILY, "public", "c2 USING btree"), old_name="c USING btree"),
            RenameHint(new=Key(Kind.CONVERSION, "public", "d2"), old_name="d"),
        ]
    )
    assert all(step.summary.startswith("rename") for step in plan.steps)
    pair.revert(plan)


def test_a_dictionarys_settings_are_taken_apart() -> None:
    assert settings("""a = 'x, y = ''z''', "B c" = 1 , d='='""") == {
        "a": "'x, y = ''z'''",
        '"B c"': "1",
        "d": "'='",
    }
    assert settings("") == {}
