"""Preflight: queries that return the rows on which a step would fail."""

from __future__ import annotations

from collections.abc import Iterable

from reconcile.dialects.base import Scene
from reconcile.dialects.postgresql.rules import casts
from reconcile.dialects.postgresql.rules.text import enclosed, ident, idents, name_of
from reconcile.state import (
    Check,
    CheckConstraint,
    Column,
    ForeignKey,
    Key,
    Kind,
    Object,
    PrimaryKey,
    Table,
    Unique,
    child_key,
)

# What holds the rows that are asked about, and has conditions of its own here.
_ROWS = frozenset({Kind.TABLE, Kind.COLUMN, Kind.SCHEMA})


def not_null(column: Column) -> Check:
    """Rows that stand in the way of SET NOT NULL."""
    table = _table(column.key)
    return Check(
        key=column.key,
        query=f"SELECT * FROM {name_of(table)} WHERE {ident(column.key.name)} IS NULL",
        message=f"{column.key} has rows that are NULL",
        advice="give those rows a value first, or leave the column nullable",
    )


def no_rows(column: Column) -> Check:
    """A new column that is NOT NULL and has no default can be added only to an empty table."""
    table = _table(column.key)
    return Check(
        key=column.key,
        query=f"SELECT * FROM {name_of(table)}",
        message=f"{table} has rows, which would have no value for the new {column.key}",
        advice="give the column a default, or add it as nullable and fill it first",
    )


def none_to_lose(table: Key) -> Check:
    """A table that has to be made anew must be empty."""
    return Check(
        key=table,
        query=f"SELECT * FROM {name_of(table)}",
        message=f"{table} has rows; how it is partitioned, or where it is, can be changed only by making it anew",
        advice="make a new table under another name, move the rows, and rename (reconcile revision)",
    )


def fits(old: Column, new: Column, *, can_ask_server: bool) -> Iterable[Check]:
    """Values that the new type does not take."""
    condition = casts.misfits(old.key.name, old.type, new.type, can_ask_server=can_ask_server)
    if condition is not None:
        yield Check(
            key=new.key,
            query=f"SELECT {ident(old.key.name)} FROM {name_of(_table(old.key))} WHERE {condition}",
            message=f"{new.key} has values that do not fit {new.type}",
            advice="correct those values first, or choose a wider type",
        )


def constraint(item: Object, scene: Scene) -> Iterable[Check]:
    """Rows that violate a constraint which is new on an existing table."""
    if not _is_there(item, scene):
        return
    table = name_of(_table(item.key))
    if isinstance(item, PrimaryKey | Unique) and not dict(item.options).get("without_overlaps"):
        distinct = isinstance(item, Unique) and item.nulls_not_distinct
        yield duplicates(item.key, item.columns, None, nulls_not_distinct=distinct)
    elif isinstance(item, CheckConstraint) and item.enforced and item.validated:
        if not calls_what_is_there(item.key, scene):
            return
        yield Check(
            key=item.key,
            query=f"SELECT * FROM {table} WHERE NOT {enclosed(item.expression)}",
            message=f"rows violate the new {item.key}",
            advice="correct those rows first",
        )
    elif isinstance(item, ForeignKey) and item.enforced and item.validated and not item.period:
        yield from _orphans(item, scene)


def duplicates(key: Key, columns: tuple[str, ...], where: str | None, *, nulls_not_distinct: bool = False) -> Check:
    """Values that occur more than once."""
    names = idents(columns)
    conditions = [] if nulls_not_distinct else [f"{ident(name)} IS NOT NULL" for name in columns]
    if where is not None:
        conditions.append(where)
    filtered = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return Check(
        key=key,
        query=f"SELECT {names}, count(*) FROM {name_of(_table(key))}{filtered} GROUP BY {names} HAVING count(*) > 1",
        message=f"{key}: these values occur more than once",
        advice="remove or correct the duplicates first",
    )


def columns_are_as_wanted(keys: Iterable[Key], scene: Scene) -> bool:
    """Whether these columns are there already and keep their type, so that rows can be asked about them."""
    for key in keys:
        old, new = scene.base.get(key), scene.target.get(key)
        if not (isinstance(old, Column) and isinstance(new, Column)):
            return False
        if old.type != new.type or old.collation != new.collation or old.generated != new.generated:
            return False
    return True


def calls_what_is_there(key: Key, scene: Scene) -> bool:
    """Whether the functions, operators and types that an expression uses are there already, and stay what they are."""
    needs = {need for each in scene.target.needs_of(key) for need in (each, *scene.target.needs_of(each))}
    return all(scene.base.get(need) == scene.target.get(need) for need in needs if need.kind not in _ROWS)


def _is_there(item: Object, scene: Scene) -> bool:
    keys = {key for key in (*item.requires, *scene.target.needs_of(item.key)) if key.kind is Kind.COLUMN}
    own = {key for key in keys if key.parent == item.key.parent}
    table = scene.base.get(_table(item.key))
    # What a foreign table shows is checked by nobody.
    return isinstance(table, Table) and table.server is None and columns_are_as_wanted(own, scene)


def _orphans(item: ForeignKey, scene: Scene) -> Iterable[Check]:
    table, target = name_of(_table(item.key)), name_of(item.target)
    present = " AND ".join(f"t.{ident(name)} IS NOT NULL" for name in item.columns)
    query = f"SELECT {', '.join(f't.{ident(n)}' for n in item.columns)} FROM {table} t WHERE {present}"
    if scene.base.get(item.target) is not None:
        targets = [child_key(Kind.COLUMN, item.target, name) for name in item.target_columns]
        if not columns_are_as_wanted(targets, scene):
            return  # what it points at is made or changed by this plan: nobody can say yet
        same = " AND ".join(
            f"r.{ident(theirs)} = t.{ident(ours)}"
            for ours, theirs in zip(item.columns, item.target_columns, strict=True)
        )
        query += f" AND NOT EXISTS (SELECT FROM {target} r WHERE {same})"
    yield Check(
        key=item.key,
        query=query,
        message=f"{item.key}: rows point at nothing in {item.target}",
        advice="remove those rows, or add what they point at, first",
    )


def _table(key: Key) -> Key:
    assert key.parent is not None
    return key.parent
