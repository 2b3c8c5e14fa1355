"""What the server has counted: scans of tables and indexes, sizes, where numbering has come to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from reconcile.dialects.postgresql.read.queries import text
from reconcile.dialects.session import Session
from reconcile.hazards.evidence import Evidence, Size
from reconcile.state import Key, Kind, State, child_key, table_key


def read_usage(session: Session, state: State) -> Evidence:
    """pg_stat_user_tables, pg_stat_user_indexes (The Cumulative Statistics System) and pg_sequences, in one query."""
    used: dict[Key, str] = {}
    numbers: dict[Key, int] = {}
    sizes: dict[Key, Size] = {}
    for what, schema, table, name, count, size, since in session.query(text("usage")):
        key = table_key(schema, table)
        when = f" since {since}" if since else ", statistics were never reset"
        if what == "table":
            sizes[key] = Size(rows=max(0, count), bytes=size)
        elif what == "scans":
            used[key] = f"read {_times(count)}{when}"
        elif what == "index":
            used |= {found: f"used {_times(count)}{when}" for found in _index_keys(key, name, state)}
        elif count is not None:
            numbers[child_key(Kind.COLUMN, key, name)] = count
    return Evidence(used=used, numbers=numbers, sizes=sizes)


def read_survey(session: Session, state: State) -> Evidence:
    """The same with pg_stats, of the columns that ANALYZE has looked at and this role may read."""
    found = session.query(text("nulls"))
    return replace(
        read_usage(session, state),
        nulls={child_key(Kind.COLUMN, table_key(schema, table), column): part for schema, table, column, part in found},
    )


def _index_keys(table: Key, name: str, state: State) -> Iterable[Key]:
    kinds = (Kind.INDEX, Kind.PRIMARY_KEY, Kind.UNIQUE, Kind.EXCLUSION)
    return (key for kind in kinds if (key := child_key(kind, table, name)) in state)


def _times(count: Any) -> str:
    return "never" if not count else "once" if count == 1 else f"{count:,} times"
