"""What an application, a reader or a role sees of a hazard: statements that end otherwise once it has come true.

Must not know how plans are made. The examples they speak of are those of the rules themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.places import ROLE

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """``sql``: run one after the other; what the last one gives, or that it is refused, is what is seen.

    ``first``: statements before the plan, rows that the example lacks. ``sees``: what of the rows is looked at.
    ``new``: it asks about what the example's start does not have, so that only bad and good are compared.
    """

    sql: tuple[str, ...]
    first: tuple[str, ...] = ()
    sees: Callable[[Rows], object] = repr
    new: bool = False


def _probe(*sql: str, first: tuple[str, ...] = (), new: bool = False) -> Probe:
    return Probe(sql=sql, first=first, new=new)


def _as_another(*sql: str, first: tuple[str, ...] = ()) -> Probe:
    """By a role that may do nothing but what the example grants: every PostgreSQL has this one."""
    return Probe(sql=("SET ROLE pg_signal_backend", *sql), first=("GRANT USAGE ON SCHEMA public TO PUBLIC", *first))


_CAN_READ = "SELECT count(*) FROM t"
_MAY_READ = "GRANT SELECT ON t TO PUBLIC"
_NEGATIVE = "INSERT INTO t VALUES (5, -1)"

_FRACTION = Probe(sql=("SELECT n FROM t",), sees=lambda rows: rows[0][0].microsecond)
_LAST_DIGIT = Probe(sql=("SELECT n FROM t",), sees=lambda rows: int(rows[0][0]))

# By code and dialect; "" is every dialect that the rule's examples name. Several examples of one dialect in order.
PROBES: dict[str, dict[str, tuple[Probe, ...]]] = {
    # -- loss
    "attribute-loss": {"": (_probe("SELECT (a).y FROM t"),)},
    "cascade-added": {
        "": (_probe("INSERT INTO p VALUES (1)", "INSERT INTO t VALUES (1, 1)", "DELETE FROM p", _CAN_READ),)
    },
    "data-loss": {"": (_probe("SELECT a FROM t"),)},
    "drop-extension": {"": (_probe("SELECT encode(digest('a', 'md5'), 'hex')"),)},
    "drop-history": {"": (_probe("UPDATE t SET id = 2", "SELECT count(*) FROM t FOR SYSTEM_TIME ALL"),)},
    "drop-partition": {"": (_probe(_CAN_READ),)},
    "drop-schema": {"": (_probe("CREATE TABLE s.t (a int)"),)},
    "drop-sequence": {"": (_probe("SELECT nextval('s')"),) * 2},
    "drop-table": {"": (_probe(_CAN_READ),)},
    "drop-virtual-table": {"": (_probe(_CAN_READ),)},
    "label-removed": {"": (_probe("INSERT INTO t VALUES (1, 'ok')"),)},
    "precision-loss": {"": (_probe("SELECT n FROM t"), _FRACTION, _probe("SELECT n FROM t"), _LAST_DIGIT)},
    "set-unlogged": {
        "": (
            Probe(
                sql=("EXPLAIN (ANALYZE, WAL, FORMAT JSON) INSERT INTO t SELECT n FROM generate_series(2, 999) n",),
                sees=lambda rows: rows[0][0][0]["Plan"]["WAL Records"] >= 998,
            ),
        )
    },
    # -- running code
    "becomes-generated": {
        "mysql": (_probe("INSERT INTO t VALUES (5, 5, 9)"),),
        "postgresql": (_probe("INSERT INTO t VALUES (5, 5)"),),
    },
    "becomes-nullable": {"": (_probe("INSERT INTO t VALUES (5, NULL)"),)},
    "breaks-readers": {"": (_probe("SELECT a FROM t"),)},
    "constraint-dropped": {"": (_probe(_NEGATIVE),)},
    "default-changed": {"": (_probe("INSERT INTO t (id) VALUES (5)", "SELECT a FROM t WHERE id = 5"),)},
    "default-dropped": {"": (_probe("INSERT INTO t (id) VALUES (5)"),)},
    "drop-routine": {"": (_probe("SELECT f()"),)},
    "drop-view": {"": (_probe("SELECT a FROM v"),)},
    "index-dropped": {
        "postgresql": (
            Probe(sql=("SET enable_seqscan = off", "EXPLAIN SELECT a FROM t"), sees=lambda rows: "Index" in str(rows)),
        ),
        "mysql": (Probe(sql=("EXPLAIN SELECT a FROM t",), sees=lambda rows: "'i'" in str(rows)),),
        "sqlite": (
            Probe(sql=("EXPLAIN QUERY PLAN SELECT id FROM t WHERE a = 1",), sees=lambda rows: "INDEX i " in str(rows)),
        ),
    },
    "new-constraint": {
        "": (_probe(_NEGATIVE),),
        "sqlite": (_probe("INSERT INTO t VALUES (5, 7)", "INSERT INTO t VALUES (6, 7)"),),
    },
    "numbering-stops": {
        "postgresql": (_probe("INSERT INTO t DEFAULT VALUES"),),
        "mysql": (_probe("INSERT t VALUES ()"),),
    },
    "replica-identity": {"": (_probe("SELECT relreplident FROM pg_class WHERE oid = 't'::regclass"),)},
    "required-column": {
        "postgresql": (_probe("INSERT INTO t (id, a) VALUES (5, 5)", first=("DELETE FROM t",)),),
        "mysql": (_probe("INSERT INTO t (id, a) VALUES (5, 5)"),),
    },
    "signature-changed": {
        "postgresql": (_probe("SELECT pg_typeof(f(1))::text"),),
        "mysql": (_probe("CREATE TABLE seen AS SELECT f(1) AS v", "SHOW COLUMNS FROM seen"),),
    },
    "silent-zero": {"": (_probe("SELECT b FROM t", new=True),)},
    "stricter-constraint": {"": (_probe("INSERT INTO t VALUES (5, NULL)"),)},
    "trigger-change": {
        "postgresql": (
            Probe(sql=("EXPLAIN (ANALYZE) INSERT INTO t VALUES (5, 5)",), sees=lambda rows: "Trigger r" in str(rows)),
        ),
        "": (_probe("INSERT INTO t VALUES (-5, 5)", _CAN_READ),),
    },
    "type-changed": {"": (_probe("SELECT a + 1 FROM t"),)},
    "view-columns": {"": (_probe("SELECT a FROM v"),)},
    # -- rows in the way: the plan itself is what fails
    "collation-change": {
        "postgresql": (_probe("SELECT pg_collation_for(s) FROM t"),),
        "mysql": (_probe("SELECT count(*) FROM t WHERE s = 'A'"),),
    },
    "may-fail": {"": (_probe("SELECT 1", first=("INSERT INTO t VALUES (5, NULL)",)),)},
    "narrower-type": {
        "": (
            _probe("SELECT 1", first=("UPDATE t SET s = 'longer than ten'",)),
            _probe("SELECT 1", first=("UPDATE t SET n = 70000",)),
        )
    },
    # -- access
    "drop-role": {"": (_probe(f"SET ROLE {ROLE}"),)},
    "definer-search-path": {"": (_probe("SELECT proconfig IS NULL FROM pg_proc WHERE proname = 'f'"),)},
    "no-policies": {"": (_as_another(_CAN_READ, first=("INSERT INTO t VALUES (5)", _MAY_READ)),)},
    "policies-not-in-force": {"": (_as_another(_CAN_READ, first=("INSERT INTO t VALUES (1)", _MAY_READ)),)},
    "policy-change": {"": (_as_another(_CAN_READ, first=("INSERT INTO t VALUES (2, 2)", _MAY_READ)),)},
    "privilege-granted": {"": (_as_another(_CAN_READ),)},
    "privilege-revoked": {"": (_as_another(_CAN_READ),)},
    "row-security-off": {"": (_as_another(_CAN_READ, first=("INSERT INTO t VALUES (2, 2)", _MAY_READ)),)},
    "secret": {"": (_probe("SELECT umoptions FROM pg_user_mappings"),)},
    # -- what else of locks and rewrites can be told by a query
    "detach-partition": {"": (_probe(_CAN_READ),)},
    "engine-change": {"": (_probe("START TRANSACTION", "DELETE FROM t", "ROLLBACK", _CAN_READ),)},
}
