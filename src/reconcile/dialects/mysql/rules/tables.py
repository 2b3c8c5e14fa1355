"""CREATE TABLE and DROP TABLE."""

from __future__ import annotations

from collections.abc import Iterable

from reconcile.dialects.base import Draft, Scene
from reconcile.dialects.mysql.features import Features
from reconcile.dialects.mysql.rules.clauses import (
    check_clause,
    column_clause,
    foreign_key_clause,
    is_versioned,
    key_clause,
    option_words,
    period_clause,
)
from reconcile.dialects.mysql.rules.partitions import partition_clause
from reconcile.dialects.sqltext import MYSQL
from reconcile.state import (
    Action,
    CheckConstraint,
    Column,
    Comment,
    ForeignKey,
    Index,
    Key,
    Kind,
    Object,
    Partitioning,
    PrimaryKey,
    Table,
    child_key,
)


def create_table(table: Table, actions: Iterable[Action], scene: Scene, features: Features) -> Draft:
    """One CREATE TABLE with all parts that are made in this unit."""
    parts = [action.new for action in actions if action.new is not None]
    lines = list(_lines(parts, scene, features))
    words = option_words(table.options)
    partitioning = scene.target.get(child_key(Kind.PARTITIONING, table.key))
    comment = scene.target.get(child_key(Kind.COMMENT, table.key))
    if isinstance(comment, Comment):
        words.append(f"COMMENT={MYSQL.literal(comment.text)}")
    if is_versioned(table):
        words.append("WITH SYSTEM VERSIONING")
    tail = f" {' '.join(words)}" if words else ""
    if isinstance(partitioning, Partitioning):
        tail += f"\n{partition_clause(partitioning)}"
    body = ",\n  ".join(lines)
    return Draft(
        summary=f"create {table.key}",
        sql=(f"CREATE TABLE {MYSQL.ident(table.key.name)} (\n  {body}\n){tail}",),
        transactional=False,
    )


def _lines(parts: list[Object], scene: Scene, features: Features) -> Iterable[str]:
    """Columns in their order, then keys, foreign keys and checks."""
    columns = [item for item in parts if isinstance(item, Column)]
    for column in sorted(columns, key=lambda item: (item.position, item.key.order)):
        yield column_clause(column, scene.target, features)
    period = period_clause(columns)
    if period is not None:
        yield period
    for table in parts:
        if isinstance(table, Table) and "period" in dict(table.options):
            yield f"PERIOD FOR {dict(table.options)['period']}"
    for item in parts:
        if isinstance(item, PrimaryKey):
            yield key_clause(item, features)
    for item in parts:
        if isinstance(item, Index):
            yield key_clause(item, features)
    for item in parts:
        if isinstance(item, ForeignKey):
            yield foreign_key_clause(item, scene)
    for item in parts:
        if isinstance(item, CheckConstraint) and item.column is None:
            yield check_clause(item, scene)


def drop_table(key: Key) -> Draft:
    """DROP TABLE; whatever lives in it goes along."""
    return Draft(
        summary=f"drop {key}",
        sql=(f"DROP TABLE {MYSQL.ident(key.name)}",),
        transactional=False,
        lock=f"MDL_EXCLUSIVE on {key.name}",
    )
