"""Reads how tables are partitioned: by one query, and one more for the tables of which that does not tell all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from itertools import groupby

from reconcile.dialects.mysql.read.catalog import Catalog, Row
from reconcile.dialects.mysql.read.keys import Keys
from reconcile.dialects.sqltext import MYSQL
from reconcile.state import Kind, Partition, Partitioning, child_key

_BY_TIME = re.compile(r"PARTITION BY (SYSTEM_TIME[^\n]*)")
_BY_KEY = re.compile(r"\b((?:SUB)?PARTITION) BY (?:LINEAR )?KEY(?: /\*!50611)?( ALGORITHM = \d+)")
_SPACES = re.compile(r"\s+")


def read_partitioning(catalog: Catalog, keys: Keys, tables: Set[str]) -> Iterator[Partitioning]:
    """The partitioning of those of ``tables`` that have any."""
    found = {table: list(rows) for table, rows in groupby(catalog.rows("partitions"), key=lambda row: row[0])}
    statements = catalog.shown(("TABLE", name) for name in found if name in tables and not _tells_all(found[name]))
    for table in found.keys() & tables:
        yield _partitioning(keys, table, found[table], statements.get(("TABLE", table), ""))


def _tells_all(rows: list[Row]) -> bool:
    """Not of the interval of a history, of the ALGORITHM of keys, and of whether a partition takes 0 or the rest."""
    _, _, _, method, _, _, sub_method, *_ = rows[0]
    by_key = method.endswith("KEY") or (sub_method or "").endswith("KEY")
    return not (method == "SYSTEM_TIME" or by_key or (method == "LIST" and any(row[5] == "0" for row in rows)))


def _partitioning(keys: Keys, table: str, rows: list[Row], shown: str) -> Partitioning:
    _, _, first, method, expression, _, sub_method, sub_expression, _ = rows[0]
    algorithms = dict(_BY_KEY.findall(shown))
    by = f"{method}{algorithms.get('PARTITION', '')} ({_one_line(expression or '')})"
    by_time = _BY_TIME.search(shown) if method == "SYSTEM_TIME" else None
    if by_time is not None:
        by = by_time[1].strip()
    members = [_partition(list(group), method, shown) for _, group in groupby(rows, key=lambda row: row[1])]
    unnamed = all(_is_unnamed(item, number, members) for number, item in enumerate(members))
    counts_itself = by_time is not None and by.endswith(" AUTO")  # more are added as time goes by
    return Partitioning(
        key=child_key(Kind.PARTITIONING, keys.table(table)),
        by=by,
        # One is what there is without saying so.
        count=len(members) if unnamed and not counts_itself and len(members) > 1 else None,
        partitions=() if unnamed else tuple(members),
        subpartition_by=f"{sub_method}{algorithms.get('SUBPARTITION', '')} ({_one_line(sub_expression or '')})"
        if first
        else None,
        subpartition_count=sum(row[1] == rows[0][1] for row in rows)
        if first and not any(item.subpartitions for item in members)
        else None,
    )


def _one_line(expression: str) -> str:
    return _SPACES.sub(" ", expression) if "'" not in expression else expression


def _partition(rows: list[Row], method: str, shown: str) -> Partition:
    _, name, sub, _, _, description, _, _, comment = rows[0]
    named = sub is not None and any(row[2] != f"{name}sp{number}" for number, row in enumerate(rows))
    return Partition(
        name=name,
        values=_values(method, name, description, shown),
        comment=None if named else comment or None,
        subpartitions=tuple(Partition(name=row[2], comment=row[8] or None) for row in rows) if named else (),
    )


def _values(method: str, name: str, description: str | None, shown: str) -> str | None:
    if method == "SYSTEM_TIME":
        return "CURRENT" if description == "CURRENT" else "HISTORY"
    if description is None:
        return None
    if method.startswith("RANGE"):
        return "LESS THAN MAXVALUE" if description == "MAXVALUE" and method == "RANGE" else f"LESS THAN ({description})"
    if description == "MAXVALUE" or f"PARTITION {MYSQL.ident(name)} DEFAULT" in shown:
        return "DEFAULT"
    return f"IN ({description})"


def _is_unnamed(item: Partition, number: int, members: list[Partition]) -> bool:
    """Whether it is called as the server calls those that nobody named."""
    last = number == len(members) - 1 and item.values == "CURRENT"
    usual = item.name == ("pn" if last else f"p{number}")
    return usual and item.values in (None, "HISTORY", "CURRENT") and not (item.comment or item.subpartitions)
