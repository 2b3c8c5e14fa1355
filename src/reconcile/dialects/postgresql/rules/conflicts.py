"""Preflight of keys, unique indexes and exclusions: rows that do not go together.

Rows are asked about as they will be: a column that the plan adds holds its default, one that gets another collation is
compared by that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from reconcile.dialects.base import Scene
from reconcile.dialects.postgresql.rules import checks, columns
from reconcile.dialects.postgresql.rules.text import enclosed, ident, name_of
from reconcile.state import (
    Check,
    Collation,
    Column,
    Default,
    Exclusion,
    Index,
    IndexPart,
    Key,
    Kind,
    Object,
    PrimaryKey,
    Unique,
    child_key,
)

# Ranges can be sorted so that of those that overlap some are neighbours (range_cmp: by the lower bound first).
_RANGE = re.compile(r"(int4|int8|num|ts|tstz|date)range")
_RANGE_CALL = re.compile(rf"\(*({_RANGE.pattern})\(")
# Rows that are compared each with each where there is no better way.
_EACH = 10_000


def of_key(item: Object, scene: Scene) -> Iterator[Check]:
    """Rows in the way of a new primary key, unique or exclusion constraint, or unique index."""
    match item:
        case PrimaryKey() | Unique() if dict(item.options).get("without_overlaps"):
            operators = ["="] * (len(item.parts) - 1) + ["&&"]
            yield from _excluded(item.key, item.parts, operators, None, scene)
        case PrimaryKey() | Unique():
            distinct = isinstance(item, Unique) and item.nulls_not_distinct
            yield from _duplicates(item.key, item.parts, None, scene, nulls_not_distinct=distinct)
        case Index(unique=True):
            yield from _duplicates(item.key, item.parts, item.where, scene, nulls_not_distinct=item.nulls_not_distinct)
        case Exclusion():
            yield from _excluded(item.key, item.parts, item.operators, item.where, scene)
        case _:
            pass


def of_collation(old: Column, new: Column, scene: Scene) -> Iterator[Check]:
    """Values that the new collation of a column calls equal, under keys that stay. Only one that is not deterministic
    calls anything equal that is not the same (CREATE COLLATION)."""
    assert new.key.parent is not None
    if old.collation == new.collation or not _is_loose(new, scene):
        return
    for item in scene.target.children(new.key.parent):
        parts = item.parts if isinstance(item, PrimaryKey | Unique | Index) else ()
        if any(part.column == new.key.name for part in parts):
            yield from of_key(item, scene)


def _is_loose(column: Column, scene: Scene) -> bool:
    return any(
        isinstance(item := scene.target[key], Collation) and not item.deterministic and key in scene.base
        for key in scene.target.needs_of(column.key)
        if key.kind is Kind.COLLATION
    )


def _duplicates(
    key: Key, parts: Sequence[IndexPart], where: str | None, scene: Scene, *, nulls_not_distinct: bool
) -> Iterator[Check]:
    cells = _cells(key, parts, where, scene)
    table = checks.rows_of(key, scene)
    if cells is None or table is None:
        return
    conditions = [] if nulls_not_distinct else [f"{cell} IS NOT NULL" for cell in cells.values()]
    conditions += [enclosed(where)] if where is not None else []
    filtered = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    names = ", ".join(cells)
    listed = ", ".join(name if cell == name else f"{cell} AS {name}" for name, cell in cells.items())
    source = f"{name_of(table)}{filtered}"
    if listed != names:  # a name means what is selected, not the column of the table
        source = f"(SELECT {listed} FROM {source}) AS cells"
    yield Check(
        key=key,
        query=f"SELECT {names}, count(*) FROM {source} GROUP BY {names} HAVING count(*) > 1",
        message=f"{key}: these values occur more than once",
        advice="remove or correct the duplicates first",
    )


def _excluded(
    key: Key, parts: Sequence[IndexPart], operators: Sequence[str], where: str | None, scene: Scene
) -> Iterator[Check]:
    cells = _cells(key, parts, where, scene)
    table = checks.rows_of(key, scene)
    if cells is None or table is None:
        return
    pairs = list(zip(cells, parts, operators, strict=True))
    listed = ", ".join(f"{cell} AS {name}" for name, cell in cells.items())
    conditions = [f"{cell} IS NOT NULL" for cell in cells.values()]
    conditions += [enclosed(where)] if where is not None else []
    source = f"SELECT {listed}, ctid AS reconcile_row FROM {name_of(table)} WHERE {' AND '.join(conditions)}"
    same = [name for name, _, operator in pairs if operator == "="]
    other = [(name, part, operator) for name, part, operator in pairs if operator != "="]
    names = ", ".join(cells)
    if len(other) == 1 and other[0][2] == "&&" and _is_range(key, other[0][1], scene):
        span = other[0][0]
        window = (f"PARTITION BY {', '.join(same)} " if same else "") + f"ORDER BY {span}"
        before = f"lag({span}) OVER ({window}) AS reconcile_before"
        spans = f"SELECT {names}, {before} FROM ({source}) AS cells WHERE NOT isempty({span})"
        query = f"SELECT {names} FROM ({spans}) AS sorted WHERE reconcile_before && {span}"
    else:
        few = "" if same else f" LIMIT {_EACH}"  # with something equal, they are joined by that
        meet = " AND ".join(f"a.{name} {operator} b.{name}" for name, _, operator in pairs)
        query = (
            f"SELECT {', '.join(f'b.{name}' for name in cells)} FROM ({source}{few}) AS a "
            f"JOIN ({source}{few}) AS b ON a.reconcile_row < b.reconcile_row AND {meet}"
        )
    yield Check(
        key=key,
        query=query,
        message=f"{key}: rows exclude one another",
        advice="remove or correct one of each pair first",
    )


def _is_range(key: Key, part: IndexPart, scene: Scene) -> bool:
    if part.expression is not None:
        return _RANGE_CALL.match(part.expression) is not None
    column = scene.target.get(child_key(Kind.COLUMN, key.parent, part.column or "")) if key.parent else None
    return isinstance(column, Column) and _RANGE.fullmatch(column.type) is not None


def _cells(key: Key, parts: Iterable[IndexPart], where: str | None, scene: Scene) -> dict[str, str] | None:
    """Name → what it will be in the rows that are there; None where that cannot be asked yet, or is always NULL."""
    parts = tuple(parts)
    table = key.parent
    assert table is not None
    said = any(part.expression is not None for part in parts) or where is not None
    if said:
        named = [need for need in scene.target.needs_of(key) if need.kind is Kind.COLUMN and need.parent == table]
        if not checks.columns_are_as_wanted(named, scene) or not checks.calls_what_is_there(key, scene):
            return None
    found: dict[str, str] = {}
    for number, part in enumerate(parts, start=1):
        collation = f" COLLATE {part.collation}" if part.collation is not None else ""
        if part.expression is not None:
            found[ident(f"expression{number}")] = f"({enclosed(part.expression)}{collation})"
            continue
        value = _value(child_key(Kind.COLUMN, table, part.column or ""), scene)
        if value is None:
            return None
        found[ident(part.column or "")] = f"({value}{collation})" if collation else value
    return found


def _value(key: Key, scene: Scene) -> str | None:
    old, new = scene.base.get(key), scene.target.get(key)
    if not isinstance(new, Column) or new.generated is not None:
        return ident(key.name) if checks.columns_are_as_wanted([key], scene) else None
    if old is None:
        default = scene.target.get(child_key(Kind.DEFAULT, key))
        constant = isinstance(default, Default) and not columns.is_volatile(default.expression)
        if not constant or not checks.calls_what_is_there(key, scene):
            return None
        assert isinstance(default, Default)
        return f"({enclosed(default.expression)}::{new.type})"
    if not isinstance(old, Column) or old.type != new.type or old.generated is not None:
        return None
    if old.collation == new.collation:
        return ident(key.name)
    if new.collation is None or not checks.calls_what_is_there(key, scene):
        return None
    return f"({ident(key.name)} COLLATE {new.collation})"
