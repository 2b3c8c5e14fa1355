"""PostgreSQL: partitions, inheriting tables, foreign data and publications: read, made, changed, taken back."""

from __future__ import annotations

import pytest

from reconcile.dialects.postgresql import DIALECT
from reconcile.planning.build import creation
from reconcile.state import Column, Kind, PartitionOf, UserMapping, child_key, table_key
from reconcile.state.digest import canonical, to_plain
from tests import servers
from tests.conftest import NewDatabase
from tests.servers import Server
from tests.unit.test_postgresql import Pair, both, database_of, differences, one, opened, read, run, statements

EVERYTHING = """
CREATE TABLE ref (id int PRIMARY KEY);
CREATE TABLE m (id int GENERATED ALWAYS AS IDENTITY, at date NOT NULL, v numeric DEFAULT 0 CHECK (v >= 0),
    r int REFERENCES ref, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE m1 PARTITION OF m FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE m2 PARTITION OF m FOR VALUES FROM ('2021-01-01') TO ('2022-01-01') PARTITION BY LIST (at);
CREATE TABLE m2a PARTITION OF m2 (v DEFAULT 5) FOR VALUES IN ('2021-03-01', '2021-04-01');
CREATE UNLOGGED TABLE md PARTITION OF m DEFAULT;
CREATE INDEX mi ON m (v);
CREATE INDEX m1_only ON m1 (r, v);
CREATE TABLE h (k text, n int) PARTITION BY HASH (lower(k));
CREATE TABLE h0 PARTITION OF h FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE h1 PARTITION OF h FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE pointing (x int, y date, FOREIGN KEY (x, y) REFERENCES m (id, at));
CREATE TABLE par (a int DEFAULT 1, b text NOT NULL, CHECK (a > 0));
CREATE TABLE ch (c int, b text) INHERITS (par);
CREATE TABLE ch2 () INHERITS (par);
ALTER TABLE ch2 ALTER a SET DEFAULT 7;
COMMENT ON COLUMN ch2.a IS 'its own';
CREATE FOREIGN DATA WRAPPER w OPTIONS (debug 'true');
CREATE SERVER s TYPE 't' VERSION '2' FOREIGN DATA WRAPPER w OPTIONS (host 'a', port '5');
CREATE USER MAPPING FOR public SERVER s OPTIONS ("user" 'bob');
CREATE FOREIGN TABLE ft (a int OPTIONS (name 'x') NOT NULL, b text DEFAULT 'q', CHECK (a > 0)) SERVER s
    OPTIONS (t 'y', u 'z');
COMMENT ON FOREIGN TABLE ft IS 'c';
COMMENT ON SERVER s IS 'cs';
CREATE PUBLICATION p1 FOR TABLE ref (id), m WHERE (id > 3)
    WITH (publish = 'insert, delete', publish_via_partition_root);
CREATE PUBLICATION p2 FOR ALL TABLES;
CREATE PUBLICATION p3 FOR TABLES IN SCHEMA public;
COMMENT ON PUBLICATION p1 IS 'x';
"""


@both
def test_what_is_read_can_be_made_again(server: Server, new_database: NewDatabase) -> None:
    source, copy = new_database(server), new_database(server)
    server.execute(database_of(source), EVERYTHING)
    wanted = read(source)
    assert wanted.unmanaged == ()
    with opened(copy) as session:
        features = DIALECT.features(session)
        run(session, creation(DIALECT.read(session), wanted, rules=DIALECT.rules(features), features=features))
    assert differences(read(copy), wanted) == []


@both
def test_everything_can_be_dropped_and_brought_back(server: Server, new_database: NewDatabase) -> None:
    pair = Pair(server, new_database, EVERYTHING, "")
    pair.revert(pair.converge())


_RANGE = "CREATE TABLE m (id int, at date NOT NULL, v int) PARTITION BY RANGE (at);"
_P1 = "CREATE TABLE p1 PARTITION OF m FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');"
_P2 = "CREATE TABLE p2 PARTITION OF m FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');"

CHANGES = {
    "partitions come and go": (_RANGE + _P1, _RANGE + _P2),
    "a partition of an indexed table": (
        _RANGE + "CREATE INDEX mi ON m (v); ALTER TABLE m ADD PRIMARY KEY (id, at)",
        _RANGE + "CREATE INDEX mi ON m (v); ALTER TABLE m ADD PRIMARY KEY (id, at);" + _P1,
    ),
    "bounds move past each other": (
        _RANGE + _P1 + _P2,
        _RANGE + "CREATE TABLE p1 PARTITION OF m FOR VALUES FROM ('2020-01-01') TO ('2020-02-01');"
        "CREATE TABLE p2 PARTITION OF m FOR VALUES FROM ('2020-02-01') TO ('2022-01-01');",
    ),
    "detached and attached": (
        _RANGE + _P1 + _P2 + "CREATE INDEX mi ON m (v); ALTER TABLE m DETACH PARTITION p1",
        _RANGE + _P1 + _P2 + "CREATE INDEX mi ON m (v); ALTER TABLE m DETACH PARTITION p2",
    ),
    "columns go down the tree": (
        _RANGE + _P1 + "CREATE VIEW w AS SELECT v FROM p1",
        "CREATE TABLE m (id bigint, at date NOT NULL, v bigint NOT NULL, e text NOT NULL DEFAULT 'x') "
        "PARTITION BY RANGE (at);" + _P1 + "CREATE VIEW w AS SELECT v FROM p1; ALTER TABLE p1 ALTER e SET DEFAULT 'y'",
    ),
    "keys and indexes go down the tree": (
        _RANGE + _P1 + "ALTER TABLE m ADD PRIMARY KEY (id, at); CREATE INDEX mi ON m (v)",
        _RANGE
        + _P1
        + "ALTER TABLE m ADD PRIMARY KEY (at, id); CREATE INDEX mi ON m (v, id); ALTER TABLE m ADD UNIQUE (v, at);"
        "ALTER TABLE m ADD CONSTRAINT c CHECK (v > 0); CREATE INDEX twin ON p1 (v, id)",
    ),
    "a local default stays": (
        _RANGE + _P1 + "ALTER TABLE p1 ALTER v SET DEFAULT 3",
        _RANGE + _P1 + "ALTER TABLE p1 ALTER v SET DEFAULT 3; ALTER TABLE ONLY m ALTER v SET DEFAULT 4",
    ),
    "inheritance comes and goes": (
        "CREATE TABLE a (x int); CREATE TABLE b (y int); CREATE TABLE c (x int, y int) INHERITS (a)",
        "CREATE TABLE a (x int); CREATE TABLE b (y int); CREATE TABLE c (x int, y int) INHERITS (b)",
    ),
    "a check of inheriting tables": (
        "CREATE TABLE a (x int, CONSTRAINT k CHECK (x > 0)); CREATE TABLE c (y int) INHERITS (a)",
        "CREATE TABLE a (x bigint, z int); CREATE TABLE c (y int) INHERITS (a)",
    ),
    "partitioned after all": ("CREATE TABLE m (id int, at date NOT NULL, v int)", _RANGE + _P1),
    "foreign things": (
        "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (a '1', b '2');"
        "CREATE FOREIGN TABLE f (x int OPTIONS (o 'p')) SERVER s OPTIONS (t '1')",
        "CREATE FOREIGN DATA WRAPPER w OPTIONS (q 'r');"
        "CREATE SERVER s VERSION '3' FOREIGN DATA WRAPPER w OPTIONS (b '3', c '4');"
        "CREATE FOREIGN TABLE f (x bigint OPTIONS (o 'q', s 't'), y text) SERVER s OPTIONS (u '1');"
        "CREATE USER MAPPING FOR public SERVER s",
    ),
    "publications": (
        "CREATE TABLE t (id int PRIMARY KEY, a int); CREATE TABLE u (a int); CREATE PUBLICATION p FOR TABLE t, u;"
        "CREATE PUBLICATION q; CREATE PUBLICATION z FOR ALL TABLES",
        "CREATE TABLE t (id int PRIMARY KEY, a bigint); CREATE PUBLICATION p FOR TABLE t (id) WHERE (id > 5)"
        " WITH (publish = 'insert'); CREATE PUBLICATION q FOR TABLES IN SCHEMA public; CREATE PUBLICATION z",
    ),
}


@one
@pytest.mark.parametrize("name", CHANGES)
def test_changes(server: Server, new_database: NewDatabase, name: str) -> None:
    pair = Pair(server, new_database, *CHANGES[name])
    pair.revert(pair.converge())


@one
def test_rows_stay_where_partitions_are_rearranged(server: Server, new_database: NewDatabase) -> None:
    new = _RANGE + _P1.replace("2021-01-01", "2020-07-01") + _P2
    pair = Pair(server, new_database, _RANGE + _P1 + _P2, new)
    pair.execute("INSERT INTO m VALUES (1, '2020-02-02', 1), (2, '2021-02-02', 2)")
    plan = pair.converge()
    assert pair.rows("SELECT id FROM m ORDER BY id") == [(1,), (2,)]
    pair.revert(plan)
    assert pair.rows("SELECT id FROM m ORDER BY id") == [(1,), (2,)]


@one
def test_a_partition_key_changes_only_while_there_are_no_rows(server: Server, new_database: NewDatabase) -> None:
    pair = Pair(server, new_database, _RANGE, _RANGE.replace("RANGE (at)", "LIST (at)"))
    checks = [check for step in pair.plan().steps for check in step.checks]
    assert [check.key for check in checks] == [table_key("public", "m")]
    pair.execute(_P1 + "INSERT INTO m VALUES (1, '2020-02-02', 1)")
    assert len(pair.rows(checks[0].query)) == 1


@one
def test_what_a_parent_does_is_not_said_again(server: Server, new_database: NewDatabase) -> None:
    pair = Pair(server, new_database, _RANGE + _P1, _RANGE.replace("v int", "v bigint, e int") + _P1)
    sql = statements(pair.converge().phases)
    assert sql.count("ADD COLUMN") == 1
    assert sql.count("TYPE bigint") == 1
    assert "p1" not in sql


@one
def test_parts_that_come_from_above_are_marked(server: Server, new_database: NewDatabase) -> None:
    url = new_database(server)
    server.execute(database_of(url), EVERYTHING)
    state = read(url)
    m, m1 = table_key("public", "m"), table_key("public", "m1")
    partition = state[child_key(Kind.PARTITION, m1)]
    assert isinstance(partition, PartitionOf) and partition.of == m
    assert partition.bound == "FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')"
    column = state[child_key(Kind.COLUMN, m1, "v")]
    assert isinstance(column, Column) and column.inherited and not column.local
    index = state[child_key(Kind.INDEX, m1, "m1_v_idx")]
    assert getattr(index, "inherited_from", None) == child_key(Kind.INDEX, m, "mi")


@pytest.mark.parametrize("server", [servers.POSTGRESQL15], indirect=True)
def test_secrets_of_user_mappings_are_never_read(server: Server, new_database: NewDatabase) -> None:
    url = new_database(server)
    server.execute(
        database_of(url),
        "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;"
        "CREATE USER MAPPING FOR public SERVER s OPTIONS (\"user\" 'bob', password 'geheim')",
    )
    state = read(url)
    (mapping,) = state.of_kind(Kind.USER_MAPPING)
    assert isinstance(mapping, UserMapping)
    assert mapping.options == (("user", "bob"),)
    assert mapping.secrets == ("password",)
    assert "geheim" not in canonical([to_plain(item) for item in state])
