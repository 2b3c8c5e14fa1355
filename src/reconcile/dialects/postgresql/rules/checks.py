"""Preflight: queries that return the rows on which a step would fail."""

from __future__ import annotations

from collections.abc import Iterable

from reconcile.dialects.base import Scene
from reconcile.dialects.postgresql.features import Features
from reconcile.dialects.postgresql.rules import casts
from reconcile.dialects.postgresql.rules.text import enclosed, ident, literal, name_of
from reconcile.state import (
    Check,
    CheckConstraint,
    Column,
    Enum,
    ForeignKey,
    Key,
    Kind,
    Object,
    Table,
    child_key,
)

# What holds the rows that are asked about, and has conditions of its own here.
_ROWS = frozenset({Kind.TABLE, Kind.COLUMN, Kind.SCHEMA})
USERS_TYPES = frozenset({Kind.ENUM, Kind.DOMAIN, Kind.COMPOSITE, Kind.RANGE})


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


def fits(old: Column, new: Column, scene: Scene) -> Iterable[Check]:
    """Values that the new type does not take."""
    condition = _misfits(old, new, scene)
    if condition is not None:
        yield Check(
            key=new.key,
            query=f"SELECT {ident(old.key.name)} FROM {name_of(_table(old.key))} WHERE {condition}",
            message=f"{new.key} has values that do not fit {new.type}",
            advice="correct those values first, or choose a wider type",
        )


def _misfits(old: Column, new: Column, scene: Scene) -> str | None:
    name = ident(old.key.name)
    types = [need for need in scene.target.needs_of(new.key) if need.kind in USERS_TYPES]
    for key in types:
        item = scene.target[key]
        if isinstance(item, Enum) and not new.type.endswith("[]"):
            return f"{name}::text NOT IN ({', '.join(map(literal, item.labels))})" if item.labels else None
        if scene.base.get(key) != item:
            return None  # it is made or changed by this plan: the server knows nothing of it yet
    features: Features = scene.features
    return casts.misfits(name, old.type, new.type, can_ask_server=features.can_ask_for_valid_input)


def constraint(item: Object, scene: Scene) -> Iterable[Check]:
    """Rows that violate a check or foreign key which is new, or is to be proved, on an existing table."""
    if not _is_there(item, scene):
        return
    table = name_of(_table(item.key))
    if isinstance(item, CheckConstraint) and item.enforced and item.validated:
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


def rows_of(key: Key, scene: Scene) -> Key | None:
    """The table that the constraint or index is on, where it is there and has rows of its own to look at: what a
    foreign table shows is checked by nobody, and a materialized view may be about to be made anew."""
    table = scene.base.get(_table(key))
    return table.key if isinstance(table, Table) and table.server is None else None


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
    return rows_of(item.key, scene) is not None and columns_are_as_wanted(own, scene)


def _orphans(item: ForeignKey, scene: Scene) -> Iterable[Check]:
    table, target = name_of(_table(item.key)), name_of(item.target)
    given = [f"t.{ident(name)} IS NOT NULL" for name in item.columns]
    present = " AND ".join(given)
    if item.match == "FULL" and len(given) > 1:  # some NULL and some not match nothing
        present = f"({' OR '.join(given)})"
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
