"""Every catalog of PostgreSQL: what is in it is modelled, reported as not managed, or none of a schema's business."""

from __future__ import annotations

import pytest

from reconcile.dialects.postgresql import DIALECT
from tests import servers
from tests.conftest import NewDatabase
from tests.servers import Server
from tests.unit.test_postgresql import database_of, opened, read

both = pytest.mark.parametrize("server", [servers.POSTGRESQL15, servers.POSTGRESQL18], indirect=True)

# catalog → SQL that puts something into it, and what we call that: the text of its key.
SEEN: dict[str, tuple[str, str]] = {
    "pg_aggregate": ("CREATE AGGREGATE ag(int) (sfunc = int4pl, stype = int)", "aggregate public.ag(integer)"),
    "pg_am": ("CREATE ACCESS METHOD am TYPE INDEX HANDLER bthandler", "access method am"),
    "pg_amop": (
        "CREATE OPERATOR FAMILY lf USING btree; ALTER OPERATOR FAMILY lf USING btree ADD OPERATOR 1 < (int, bigint)",
        'operator family public."lf USING btree"',
    ),
    "pg_amproc": (
        "CREATE OPERATOR CLASS oc FOR TYPE int USING btree AS FUNCTION 1 btint4cmp(int, int)",
        'operator class public."oc USING btree"',
    ),
    "pg_attrdef": ("CREATE TABLE d (a int DEFAULT 1)", "default public.d.a"),
    "pg_attribute": ("CREATE TABLE co (a int)", "column public.co.a"),
    "pg_cast": ("CREATE TYPE ce AS ENUM (); CREATE CAST (ce AS text) WITH INOUT", 'cast "(public.ce AS text)"'),
    "pg_class": ("CREATE TABLE cl (a int)", "table public.cl"),
    "pg_collation": ("CREATE COLLATION k (locale = 'C')", "collation public.k"),
    "pg_constraint": ("CREATE TABLE cn (a int CONSTRAINT ck CHECK (a > 0))", "check public.cn.ck"),
    "pg_conversion": ("CREATE CONVERSION cv FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8", "conversion public.cv"),
    "pg_db_role_setting": (
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = 1234', current_database()); END $$",
        'opaque "setting of the database: work_mem"',
    ),
    "pg_default_acl": (
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO pg_monitor",
        'default privilege "tables of postgres for pg_monitor"',
    ),
    "pg_description": ("CREATE TABLE ct (a int); COMMENT ON TABLE ct IS 'x'", "comment on table public.ct"),
    "pg_enum": ("CREATE TYPE en AS ENUM ('a')", "enum public.en"),
    "pg_event_trigger": (
        "CREATE FUNCTION ef() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';"
        "CREATE EVENT TRIGGER et ON ddl_command_end EXECUTE FUNCTION ef()",
        "event trigger et",
    ),
    "pg_foreign_data_wrapper": ("CREATE FOREIGN DATA WRAPPER fw", "foreign data wrapper fw"),
    "pg_foreign_server": (
        "CREATE FOREIGN DATA WRAPPER fs; CREATE SERVER sv FOREIGN DATA WRAPPER fs",
        "foreign server sv",
    ),
    "pg_foreign_table": (
        "CREATE FOREIGN DATA WRAPPER ft; CREATE SERVER fts FOREIGN DATA WRAPPER ft;"
        "CREATE FOREIGN TABLE fta (a int) SERVER fts",
        "table public.fta",
    ),
    "pg_index": ("CREATE TABLE ix (a int); CREATE INDEX ixa ON ix (a)", "index public.ix.ixa"),
    "pg_inherits": ("CREATE TABLE h1 (a int); CREATE TABLE h2 () INHERITS (h1)", "table public.h2"),
    "pg_init_privs": (
        "GRANT USAGE ON LANGUAGE plpgsql TO pg_monitor",
        'opaque "privileges on language plpgsql of an extension"',
    ),
    "pg_language": ("CREATE LANGUAGE la HANDLER plpgsql_call_handler", "language la"),
    "pg_largeobject_metadata": ("SELECT lo_create(0)", 'opaque "large objects in the database: 1"'),
    "pg_namespace": ("CREATE SCHEMA ns", "schema ns"),
    "pg_opclass": (
        "CREATE OPERATOR CLASS op FOR TYPE int USING btree AS OPERATOR 1 <, FUNCTION 1 btint4cmp(int, int)",
        'operator class public."op USING btree"',
    ),
    "pg_operator": (
        "CREATE OPERATOR === (FUNCTION = int4eq, LEFTARG = int, RIGHTARG = int)",
        'operator public."===(integer, integer)"',
    ),
    "pg_opfamily": ("CREATE OPERATOR FAMILY fm USING hash", 'operator family public."fm USING hash"'),
    "pg_partitioned_table": ("CREATE TABLE pt (a int) PARTITION BY LIST (a)", "table public.pt"),
    "pg_policy": ("CREATE TABLE po (a int); CREATE POLICY pp ON po", "policy public.po.pp"),
    "pg_proc": ("CREATE FUNCTION fu(int) RETURNS int LANGUAGE sql AS 'SELECT 1'", "function public.fu(integer)"),
    "pg_publication": ("CREATE PUBLICATION pb", "publication pb"),
    "pg_publication_namespace": ("CREATE PUBLICATION pn FOR TABLES IN SCHEMA public", "publication pn"),
    "pg_publication_rel": ("CREATE TABLE pr (a int); CREATE PUBLICATION prr FOR TABLE pr", "publication prr"),
    "pg_range": ("CREATE TYPE ra AS RANGE (subtype = float8)", "range type public.ra"),
    "pg_rewrite": (
        "CREATE TABLE rw (a int); CREATE RULE ru AS ON DELETE TO rw DO INSTEAD NOTHING",
        "rule public.rw.ru",
    ),
    "pg_sequence": ("CREATE SEQUENCE sq", "sequence public.sq"),
    "pg_statistic_ext": (
        "CREATE TABLE st (a int, b int); CREATE STATISTICS sx ON a, b FROM st",
        "statistics public.sx",
    ),
    "pg_subscription": (
        "CREATE SUBSCRIPTION su CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false, slot_name = NONE)",
        "subscription su",
    ),
    "pg_transform": (
        "CREATE LANGUAGE tl HANDLER plpgsql_call_handler;"
        "CREATE TRANSFORM FOR int LANGUAGE tl (FROM SQL WITH FUNCTION prsd_lextype(internal))",
        'transform "FOR integer LANGUAGE tl"',
    ),
    "pg_seclabel": (
        # SECURITY LABEL wants a provider loaded into the server, of which there is none to be had; so by hand.
        "CREATE TABLE lb (a int); SET allow_system_table_mods = on;"
        "INSERT INTO pg_catalog.pg_seclabel VALUES ('lb'::regclass, 'pg_class'::regclass, 0, 'somebody', 'secret')",
        'opaque "security label of somebody on table public.lb"',
    ),
    "pg_trigger": (
        "CREATE TABLE tr (a int); CREATE TRIGGER tg BEFORE UPDATE ON tr"
        " EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "trigger public.tr.tg",
    ),
    "pg_ts_config": (
        "CREATE TEXT SEARCH CONFIGURATION tc (PARSER = default)",
        "text search configuration public.tc",
    ),
    "pg_ts_config_map": ("CREATE TEXT SEARCH CONFIGURATION tm (COPY = simple)", "text search configuration public.tm"),
    "pg_ts_dict": ("CREATE TEXT SEARCH DICTIONARY td (TEMPLATE = simple)", "text search dictionary public.td"),
    "pg_ts_parser": (
        "CREATE TEXT SEARCH PARSER tp (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end,"
        " LEXTYPES = prsd_lextype)",
        "text search parser public.tp",
    ),
    "pg_ts_template": ("CREATE TEXT SEARCH TEMPLATE tt (LEXIZE = dsimple_lexize)", "text search template public.tt"),
    "pg_type": (
        "CREATE TYPE bt; CREATE FUNCTION bi(cstring) RETURNS bt LANGUAGE internal IMMUTABLE STRICT AS 'textin';"
        "CREATE FUNCTION bo(bt) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';"
        "CREATE TYPE bt (INPUT = bi, OUTPUT = bo, LIKE = text); CREATE TYPE shell",
        'opaque public."base type bt"',
    ),
    "pg_user_mapping": (
        "CREATE FOREIGN DATA WRAPPER uw; CREATE SERVER us FOREIGN DATA WRAPPER uw;"
        "CREATE USER MAPPING FOR pg_monitor SERVER us",
        "user mapping us.pg_monitor",
    ),
}
# Not within what one sample script can make here; each has its own reason.
ELSEWHERE = {
    "pg_extension": "an embedded server has none to create; see test_extensions_are_seen",
}
# Shared by all databases of a server: roles, databases, tablespaces, and what is said of them.
OF_THE_SERVER = {
    "pg_auth_members", "pg_authid", "pg_database", "pg_parameter_acl", "pg_replication_origin", "pg_shdepend",
    "pg_shdescription", "pg_shseclabel", "pg_tablespace",
}  # fmt: skip
# What the server keeps about objects: nobody writes into these, and all that matters stands in the others.
DERIVED = {
    "pg_depend", "pg_largeobject", "pg_statistic", "pg_statistic_ext_data", "pg_subscription_rel",
}  # fmt: skip


@both
def test_no_catalog_is_forgotten(server: Server, new_database: NewDatabase) -> None:
    with opened(new_database(server)) as session:
        rows = session.query(
            "SELECT relname::text FROM pg_catalog.pg_class"
            " WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'r'"
        )
    catalogs = {name for (name,) in rows}
    assert catalogs == {*SEEN, *ELSEWHERE, *OF_THE_SERVER, *DERIVED}


@both
def test_one_of_each_is_seen(server: Server, new_database: NewDatabase) -> None:
    url = new_database(server)
    try:
        for sql, _ in SEEN.values():
            server.execute(database_of(url), sql)
        state = read(url)
    finally:
        server.execute(database_of(url), "DROP SUBSCRIPTION IF EXISTS su")
    keys = {str(key) for key in state.objects}
    assert {catalog: name for catalog, (_, name) in SEEN.items() if name not in keys} == {}
    reported = [item.key.name for item in state.unmanaged]
    assert sorted(reported) == sorted(
        [
            "base type bt",
            "base type shell",
            "large objects in the database: 1",
            "privileges on language plpgsql of an extension",
            "security label of somebody on table public.lb",
            "setting of the database: work_mem",
        ]
    )


@both
def test_an_empty_database_has_nothing_to_report(server: Server, new_database: NewDatabase) -> None:
    with opened(new_database(server)) as session:
        assert [str(item.key) for item in DIALECT.read(session)] == ["schema public"]


@pytest.mark.parametrize("server", [servers.POSTGRESQL15], indirect=True)
def test_extensions_are_seen(server: Server, new_database: NewDatabase) -> None:
    url = new_database(server)
    with opened(url) as session:
        if not session.query("SELECT FROM pg_catalog.pg_available_extensions WHERE name = 'citext'"):
            pytest.skip("this server has no citext to make")
    server.execute(
        database_of(url),
        "CREATE EXTENSION citext; GRANT EXECUTE ON FUNCTION citext_eq(citext, citext) TO pg_monitor;"
        "CREATE TABLE t (a citext)",
    )
    state = read(url)
    # Its types, casts, operators and classes are its own: they are neither managed nor reported.
    assert {str(key) for key in state.objects} == {
        "schema public",
        "extension citext",
        "table public.t",
        "column public.t.a",
        'opaque "privileges on function public.citext_eq(public.citext,public.citext) of an extension"',
    }
