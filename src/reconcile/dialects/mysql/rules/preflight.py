"""Queries that tell before the first step whether rows stand in the way."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reconcile.dialects.base import Scene
from reconcile.dialects.mysql.rules.clauses import own_collation
from reconcile.dialects.sqltext import MYSQL
from reconcile.state import (
    Action,
    Check,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Key,
    Kind,
    PrimaryKey,
    Verb,
    child_key,
)

_LENGTH = re.compile(r"(varchar|char|varbinary|binary)\((\d+)\)")
_INTEGER = re.compile(r"(tinyint|smallint|mediumint|int|bigint)(?:\(\d+\))?( unsigned)?(?: zerofill)?")
_LABELS = re.compile(r"enum\((.*)\)", re.DOTALL)
_BITS = {"tinyint": 8, "smallint": 16, "mediumint": 24, "int": 32, "bigint": 64}


def checks_for(action: Action, scene: Scene) -> Iterator[Check]:
    """The preflight queries of one action on a table that exists."""
    if action.key.root not in scene.base:
        return
    match action.verb, action.old, action.new:
        case Verb.ALTER, Column() as old, Column() as new:
            yield from _column(old, new)
        case Verb.CREATE, _, (PrimaryKey() | Index()) as key:
            yield from _duplicates(key, scene)
        case Verb.CREATE, _, CheckConstraint() as check if check.enforced:
            yield from _violators(check, scene)
        case Verb.CREATE, _, ForeignKey() as foreign:
            yield from _orphans(foreign, scene)
        case _:
            pass


def _column(old: Column, new: Column) -> Iterator[Check]:
    name, table = MYSQL.ident(new.key.name), MYSQL.ident(new.key.root.name)
    if old.nullable and not new.nullable and new.generated is None:
        yield Check(
            key=new.key,
            query=f"SELECT * FROM {table} WHERE {name} IS NULL",
            message=f"{new.key} has rows that are NULL",
            advice="give these rows a value first, or leave the column nullable",
        )
    condition = misfits(old.type, new.type, name)
    if condition and new.generated is None:
        yield Check(
            key=new.key,
            query=f"SELECT * FROM {table} WHERE {condition}",
            message=f"{new.key} has values that do not fit {new.type}",
            advice="shorten or correct these values first, or choose a wider type",
        )


def misfits(old: str, new: str, name: str) -> str | None:
    """The condition that a value of type ``old`` in column ``name`` does not fit ``new``; None: all fit, or unknown."""
    if old == new:
        return None
    length = _LENGTH.fullmatch(new)
    if length:
        measure = "OCTET_LENGTH" if "binary" in length[1] else "CHAR_LENGTH"
        before = _LENGTH.fullmatch(old)
        return None if before and int(before[2]) <= int(length[2]) else f"{measure}({name}) > {length[2]}"
    integer, before = _INTEGER.fullmatch(new), _INTEGER.fullmatch(old)
    if integer and before:
        low, high = _range(integer[1], bool(integer[2]))
        old_low, old_high = _range(before[1], bool(before[2]))
        return None if low <= old_low and old_high <= high else f"{name} NOT BETWEEN {low} AND {high}"
    labels = _LABELS.fullmatch(new)
    if labels and (_LABELS.fullmatch(old) or _LENGTH.fullmatch(old)):
        return f"{name} NOT IN ({labels[1]})"
    return None


def _range(word: str, unsigned: bool) -> tuple[int, int]:
    bits = _BITS[word]
    return (0, 2**bits - 1) if unsigned else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def _duplicates(key: PrimaryKey | Index, scene: Scene) -> Iterator[Check]:
    if isinstance(key, Index) and (not key.unique or any(part.expression for part in key.parts)):
        return
    table = key.key.root
    if not _have_columns(scene, table, [part.column or "" for part in key.parts]):
        return
    cells = [
        f"LEFT({MYSQL.ident(part.column or '')}, {part.length})" if part.length else MYSQL.ident(part.column or "")
        for part in key.parts
    ]
    names = ", ".join(cells)
    present = " AND ".join(f"{cell} IS NOT NULL" for cell in cells)
    yield Check(
        key=key.key,
        query=f"SELECT {names}, COUNT(*) FROM {MYSQL.ident(table.name)} WHERE {present} GROUP BY {names} "
        "HAVING COUNT(*) > 1",
        message=f"{table} has rows that are equal in {names}",
        advice="remove or change the duplicates first",
    )


def _violators(check: CheckConstraint, scene: Scene) -> Iterator[Check]:
    table = check.key.root
    mentioned = [key.name for key in scene.target.needs_of(check.key) if key.kind is Kind.COLUMN]
    if not mentioned or not _have_columns(scene, table, mentioned):
        return
    yield Check(
        key=check.key,
        query=f"SELECT * FROM {MYSQL.ident(table.name)} WHERE NOT ({check.expression})",
        message=f"{table} has rows that violate CHECK ({check.expression})",
        advice="correct these rows first",
    )


def _orphans(foreign: ForeignKey, scene: Scene) -> Iterator[Check]:
    child, parent = foreign.key.root, foreign.target
    if not _have_columns(scene, child, foreign.columns) or not _have_columns(scene, parent, foreign.target_columns):
        return
    pairs = list(zip(foreign.columns, foreign.target_columns, strict=True))
    if any(_collation(scene, child, ours) != _collation(scene, parent, theirs) for ours, theirs in pairs):
        return  # such a comparison is an error of its own; the columns are about to be changed
    matches = " AND ".join(f"p.{MYSQL.ident(theirs)} = c.{MYSQL.ident(ours)}" for ours, theirs in pairs)
    present = " AND ".join(f"c.{MYSQL.ident(ours)} IS NOT NULL" for ours, _ in pairs)
    yield Check(
        key=foreign.key,
        query=f"SELECT c.* FROM {MYSQL.ident(child.name)} AS c WHERE {present} AND NOT EXISTS "
        f"(SELECT 1 FROM {MYSQL.ident(parent.name)} AS p WHERE {matches})",
        message=f"{child} has rows that refer to no row of {parent}",
        advice="remove these rows, or add what they refer to, first",
    )


def _have_columns(scene: Scene, table: Key, names: list[str] | tuple[str, ...]) -> bool:
    return all(child_key(Kind.COLUMN, table, name) in scene.base for name in names)


def _collation(scene: Scene, table: Key, name: str) -> str | None:
    column = scene.base.get(child_key(Kind.COLUMN, table, name))
    return own_collation(column, scene.base) if isinstance(column, Column) else None
