"""PostgreSQL 18: what older servers do not have, there and back, planned again and through YAML. Judged by pg_dump."""

from __future__ import annotations

import pytest

from tests import servers
from tests.oracle import ABSENT, shared_folder
from tests.servers import Server
from tests.unit.test_postgresql_dependents import held

newest = pytest.mark.parametrize("server", [servers.POSTGRESQL18], indirect=True)

# What the tables and ranges of temporal keys are like; btree_gist is not needed where all columns are ranges.
_BOOKINGS = "CREATE TABLE b (room int4range NOT NULL, during tstzrange NOT NULL, note text"
_STAYS = "CREATE TABLE s (room int4range, during tstzrange"

PAIRS = {
    "a temporal primary key comes": (f"{_BOOKINGS})", f"{_BOOKINGS}, PRIMARY KEY (room, during WITHOUT OVERLAPS))"),
    "a temporal key becomes a plain one": (
        f"{_BOOKINGS}, CONSTRAINT k PRIMARY KEY (room, during WITHOUT OVERLAPS))",
        f"{_BOOKINGS}, CONSTRAINT k PRIMARY KEY (room, during))",
    ),
    "a temporal unique constraint gets another column": (
        f"{_BOOKINGS}, UNIQUE (room, during WITHOUT OVERLAPS))",
        f"{_BOOKINGS}, more int4range, UNIQUE (room, more, during WITHOUT OVERLAPS))",
    ),
    "a foreign key over periods comes": (
        f"{_BOOKINGS}, PRIMARY KEY (room, during WITHOUT OVERLAPS)); {_STAYS})",
        f"{_BOOKINGS}, PRIMARY KEY (room, during WITHOUT OVERLAPS)); {_STAYS},"
        "FOREIGN KEY (room, PERIOD during) REFERENCES b (room, PERIOD during))",
    ),
    "the key under a foreign key over periods is renamed, commented and moved": (
        f"{_BOOKINGS}, CONSTRAINT k PRIMARY KEY (room, during WITHOUT OVERLAPS)); {_STAYS},"
        "CONSTRAINT f FOREIGN KEY (room, PERIOD during) REFERENCES b (room, PERIOD during))",
        f"{_BOOKINGS}, CONSTRAINT k2 PRIMARY KEY (room, during WITHOUT OVERLAPS)); {_STAYS},"
        "CONSTRAINT f FOREIGN KEY (room, PERIOD during) REFERENCES b (room, PERIOD during) NOT VALID);"
        "COMMENT ON CONSTRAINT k2 ON b IS 'x'",
    ),
    "a NOT NULL is named": ("CREATE TABLE t (a int NOT NULL)", "CREATE TABLE t (a int CONSTRAINT must NOT NULL)"),
    "a NOT NULL is renamed": (
        "CREATE TABLE t (a int CONSTRAINT one NOT NULL)",
        "CREATE TABLE t (a int CONSTRAINT two NOT NULL)",
    ),
    "a NOT NULL is not for those below": (
        "CREATE TABLE t (a int, b int NOT NULL); CREATE TABLE h () INHERITS (t)",
        "CREATE TABLE t (a int CONSTRAINT n NOT NULL NO INHERIT, b int); CREATE TABLE h () INHERITS (t)",
    ),
    "a NOT NULL that no row has been held to": (
        "CREATE TABLE t (a int)",
        "CREATE TABLE t (a int); ALTER TABLE t ADD CONSTRAINT n NOT NULL a NOT VALID",
    ),
    "a NOT NULL is proved": (
        "CREATE TABLE t (a int); ALTER TABLE t ADD CONSTRAINT n NOT NULL a NOT VALID",
        "CREATE TABLE t (a int); ALTER TABLE t ADD CONSTRAINT n NOT NULL a",
    ),
    "a NOT NULL with a comment": (
        "CREATE TABLE t (a int CONSTRAINT n NOT NULL)",
        "CREATE TABLE t (a int CONSTRAINT n NOT NULL); COMMENT ON CONSTRAINT n ON t IS 'must'",
    ),
    "a NOT NULL goes with its comment, another comes": (
        "CREATE TABLE t (a int NOT NULL, b int); COMMENT ON CONSTRAINT t_a_not_null ON t IS 'must';"
        "COMMENT ON COLUMN t.a IS 'a'",
        "CREATE TABLE t (a int, b int NOT NULL); COMMENT ON CONSTRAINT t_b_not_null ON t IS 'must';"
        "COMMENT ON COLUMN t.a IS 'a'",
    ),
    "a NOT NULL that has a comment is renamed, and a column with one goes": (
        "CREATE TABLE t (a int CONSTRAINT n NOT NULL, b int NOT NULL); COMMENT ON CONSTRAINT n ON t IS 'must';"
        "COMMENT ON CONSTRAINT t_b_not_null ON t IS 'goes'",
        "CREATE TABLE t (a int CONSTRAINT m NOT NULL); COMMENT ON CONSTRAINT m ON t IS 'must'",
    ),
    "a NOT NULL over a tree of partitions": (
        "CREATE TABLE p (a int, b int) PARTITION BY LIST (a); CREATE TABLE q PARTITION OF p DEFAULT",
        "CREATE TABLE p (a int CONSTRAINT n NOT NULL, b int NOT NULL) PARTITION BY LIST (a);"
        "CREATE TABLE q PARTITION OF p DEFAULT",
    ),
    "checks and foreign keys that nobody enforces": (
        "CREATE TABLE o (id int PRIMARY KEY); CREATE TABLE t (a int, b int REFERENCES o, CONSTRAINT c CHECK (a > 0))",
        "CREATE TABLE o (id int PRIMARY KEY); CREATE TABLE t (a int, b int REFERENCES o NOT ENFORCED,"
        "CONSTRAINT c CHECK (a > 0) NOT ENFORCED)",
    ),
    "a foreign key that nobody enforces comes, with a name": (
        "CREATE TABLE o (id int PRIMARY KEY); CREATE TABLE t (b int)",
        "CREATE TABLE o (id int PRIMARY KEY); CREATE TABLE t (b int CONSTRAINT f REFERENCES o ON DELETE CASCADE"
        " DEFERRABLE NOT ENFORCED)",
    ),
    "a virtual generated column comes": (
        "CREATE TABLE t (a int)",
        "CREATE TABLE t (a int, v int GENERATED ALWAYS AS (a * 2), w int GENERATED ALWAYS AS (a * 3) VIRTUAL)",
    ),
    "a virtual generated column is computed otherwise": (
        "CREATE TABLE t (a int, v int GENERATED ALWAYS AS (a * 2)); CREATE VIEW x AS SELECT v FROM t",
        "CREATE TABLE t (a int, v int GENERATED ALWAYS AS (a * 3)); CREATE VIEW x AS SELECT v FROM t",
    ),
    "a virtual generated column is stored": (
        "CREATE TABLE t (a int, v int GENERATED ALWAYS AS (a * 2)); CREATE VIEW x AS SELECT v FROM t",
        "CREATE TABLE t (a int, v int GENERATED ALWAYS AS (a * 2) STORED); CREATE VIEW x AS SELECT v FROM t",
    ),
    "a virtual generated column becomes a plain one": (
        "CREATE TABLE t (a int, v int GENERATED ALWAYS AS (a * 2))",
        "CREATE TABLE t (a int, v int)",
    ),
    "what a virtual generated column is made of changes its type": (
        "CREATE TABLE t (a int, v bigint GENERATED ALWAYS AS (a * 2) NOT NULL, CHECK (v > 0))",
        "CREATE TABLE t (a bigint, v bigint GENERATED ALWAYS AS (a * 2) NOT NULL, CHECK (v > 0))",
    ),
    "a virtual generated column in a tree of partitions": (
        "CREATE TABLE p (a int, b int) PARTITION BY LIST (a); CREATE TABLE q PARTITION OF p DEFAULT",
        "CREATE TABLE p (a int, b int, v int GENERATED ALWAYS AS (b * 2)) PARTITION BY LIST (a);"
        "CREATE TABLE q PARTITION OF p DEFAULT",
    ),
    "generated columns are published": (
        "CREATE TABLE t (id int PRIMARY KEY, x int GENERATED ALWAYS AS (id + 1) STORED);"
        "CREATE PUBLICATION p FOR TABLE t",
        "CREATE TABLE t (id int PRIMARY KEY, x int GENERATED ALWAYS AS (id + 1) STORED);"
        "CREATE PUBLICATION p FOR TABLE t WITH (publish_generated_columns = stored)",
    ),
}


@newest
@pytest.mark.skipif(shared_folder() is None, reason=ABSENT)
@pytest.mark.parametrize("name", PAIRS)
def test_it_goes_there_and_back(server: Server, name: str) -> None:
    old, new = PAIRS[name]
    held(server, old, new)
    held(server, new, old)
