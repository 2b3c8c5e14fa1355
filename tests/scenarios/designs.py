"""What is seen of a design that rules find fault with, and not of the one they call good: statements, see probes.py."""

from __future__ import annotations

from tests.scenarios.probes import PROBES, Probe

_EXPLAINED = ("SET enable_seqscan = off", "EXPLAIN SELECT * FROM t WHERE {}")


def _probe(*sql: str) -> tuple[Probe, ...]:
    return (Probe(sql=sql),)


def _by_index(condition: str) -> tuple[Probe, ...]:
    sql = tuple(each.format(condition) for each in _EXPLAINED)
    return (Probe(sql=sql, sees=lambda rows: "Index" in str(rows)),)


_PENNIES = ("INSERT INTO t (id, price) VALUES (1, 0.1)", "INSERT INTO t (id, price) VALUES (2, 0.2)")
_COUNT = "SELECT count(*) FROM t"

DESIGNS: dict[str, dict[str, tuple[Probe, ...]]] = {
    "char-n": {"": _probe("INSERT INTO t VALUES (1, 'a')", "SELECT octet_length(a) FROM t")},
    "engine": {"": _probe("START TRANSACTION", "INSERT INTO t VALUES (1)", "ROLLBACK", _COUNT)},
    "float-digits": {"": _probe("INSERT INTO t VALUES (1, 99999.99)", "SELECT a FROM t")},
    "float-for-money": {
        "postgresql": _probe(*_PENNIES, "SELECT sum(price) = 0.3 FROM t"),
        "mysql": _probe(*_PENNIES, "SELECT sum(price) = 0.3 FROM t"),
    },
    "foreign-key-type": {"": _probe("INSERT INTO p VALUES (3000000000)", "INSERT INTO t VALUES (1, 3000000000)")},
    "foreign-key-without-index": {
        "postgresql": _by_index("p = 1"),
        "sqlite": (
            Probe(sql=("EXPLAIN QUERY PLAN SELECT * FROM t WHERE p = 1",), sees=lambda rows: "INDEX i " in str(rows)),
        ),
    },
    "hash-index": {"": _by_index("a > 1")},
    "identity-by-default": {"": _probe("INSERT INTO t VALUES (5, 5)")},
    "inheritance": {"": _probe("INSERT INTO t VALUES (1)", "INSERT INTO p VALUES (1)", "SELECT count(*) FROM p")},
    "json-type": {"": _probe("SELECT DISTINCT a FROM t")},
    "key-running-out": {
        "postgresql": _probe("INSERT INTO t SELECT FROM generate_series(1, 3000)"),
        "mysql": _probe("INSERT INTO t SELECT NULL FROM seq_1_to_3000"),
    },
    "mixed-case-name": {"": _probe("SELECT count(*) FROM Users")},
    "mixed-collations": {
        "": _probe(
            "INSERT INTO a VALUES (1, 'x')",
            "INSERT INTO b VALUES (1, 'X')",
            "SELECT count(*) FROM a JOIN b ON a.code = b.code",
        )
    },
    "money-type": {"": _probe("INSERT INTO t VALUES (1, 1)", "SELECT a * 1.19::numeric FROM t")},
    "no-primary-key": {"": _probe("INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (1)", _COUNT)},
    "no-type": {"": _probe("INSERT INTO t VALUES (1, 1)", "SELECT typeof(a) FROM t")},
    "not-integer-key": {"": _probe("INSERT INTO t VALUES (NULL)", "SELECT id FROM t")},
    "nullable-key": {"": _probe("INSERT INTO t VALUES (NULL)")},
    "nullable-unique": {"": _probe("INSERT INTO t VALUES (1, 1, NULL), (2, 2, NULL)")},
    "prefix-unique": {"": _probe("INSERT INTO t VALUES (1, 'beginning, this'), (2, 'beginning, that')")},
    "small-key": {
        "postgresql": _probe("INSERT INTO t OVERRIDING SYSTEM VALUE VALUES (3000000000)"),
        "mysql": _probe("INSERT INTO t VALUES (3000000000)"),
    },
    "timestamp-2038": {"": _probe("INSERT INTO t VALUES (1, '2040-01-01')")},
    "timestamp-precision": {
        "": _probe("INSERT INTO t VALUES (1, '2000-01-01 00:00:00.6')", "SELECT extract(second FROM a) FROM t")
    },
    "timestamp-without-zone": {
        "": _probe(
            "SET TIME ZONE 'UTC'",
            "INSERT INTO t VALUES (1, '2000-01-01 00:00:00+05')",
            "SELECT extract(hour FROM a) FROM t",
        )
    },
    "trigger-disabled": PROBES["trigger-change"],
    "unlogged": PROBES["set-unlogged"],
    "utf8mb3": {"": _probe("INSERT INTO t VALUES (1, '\N{PILE OF POO}')")},
    "varchar-n": {"": _probe("INSERT INTO t VALUES (1, 'more than twenty letters')")},
    "zerofill": {"": _probe("INSERT INTO t VALUES (1, 5)", "SELECT concat(a) FROM t")},
}

# Of these no single statement tells: they are about names, about taste, about what will be one day.
ADVICE = frozenset(
    {
        "autoincrement", "cascade", "domain-check", "double-quoted-string", "duplicate-index", "index-on-boolean",
        "name-too-long", "no-columns", "not-strict", "not-validated", "odd-name", "one-column-type", "redundant-index",
        "reserved-word", "serial", "set-type", "time-with-zone", "two-label-enum", "wide-index", "zero-date",
    }
)  # fmt: skip
