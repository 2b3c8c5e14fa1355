"""Queries that tell before the first step whether rows stand in the way."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.dialects.base import Scene
from reconcile.dialects.mysql.rules.casts import misfits
from reconcile.dialects.mysql.rules.clauses import charset_of, own_collation
from reconcile.dialects.sqltext import MYSQL
from reconcile.state import (
    Action,
    Check,
    CheckConstraint,
    Column,
    Default,
    ForeignKey,
    Index,
    IndexPart,
    Key,
    Kind,
    PrimaryKey,
    Verb,
    child_key,
)


def checks_for(action: Action, scene: Scene) -> Iterator[Check]:
    """The preflight queries of one action on a table that exists."""
    if action.key.root not in scene.base:
        return
    match action.verb, action.old, action.new:
        case Verb.ALTER, Column() as old, Column() as new:
            yield from _column(old, new)
        case Verb.CREATE, _, Column() as new:
            yield from _no_rows(new, scene)
        case Verb.CREATE, _, (PrimaryKey() | Index()) as key:
            yield from _duplicates(key, scene)
        case Verb.CREATE, _, CheckConstraint() as check if check.enforced:
            yield from _violators(check, scene)
        case Verb.CREATE, _, ForeignKey() as foreign:
            yield from _orphans(foreign, scene)
        case _:
            pass


def _no_rows(new: Column, scene: Scene) -> Iterator[Check]:
    """The server would put 0 or '' into the rows that are there, which nobody has chosen, or a date that is none."""
    fills = new.generated is not None or new.auto_increment
    if not new.nullable and not fills and child_key(Kind.DEFAULT, new.key) not in scene.target:
        yield Check(
            key=new.key,
            query=f"SELECT * FROM {MYSQL.ident(new.key.root.name)}",
            message=f"{new.key.root} has rows, which would have no value for the new {new.key}",
            advice="give the column a default, or add it as nullable and fill it first",
        )


def _column(old: Column, new: Column) -> Iterator[Check]:
    name, table = MYSQL.ident(new.key.name), MYSQL.ident(new.key.root.name)
    if new.generated is not None:
        return
    if old.nullable and not new.nullable:
        yield Check(
            key=new.key,
            query=f"SELECT * FROM {table} WHERE {name} IS NULL",
            message=f"{new.key} has rows that are NULL",
            advice="give these rows a value first, or leave the column nullable",
        )
    condition = misfits(old.type, new.type, name)
    if condition:
        yield Check(
            key=new.key,
            query=f"SELECT * FROM {table} WHERE {condition}",
            message=f"{new.key} has values that do not fit {new.type}",
            advice="shorten or correct these values first, or choose a wider type",
        )


def of_collation(column: Key, scene: Scene) -> Iterator[Check]:
    """A column that is compared in another way, or written in another character set."""
    old, new = scene.base.get(column), scene.target.get(column)
    if not isinstance(old, Column) or not isinstance(new, Column) or new.generated is not None:
        return
    before, after = own_collation(old, scene.base), own_collation(new, scene.target)
    if before == after or before is None or after in (None, "binary"):
        return
    name, charset = MYSQL.ident(column.name), charset_of(after)
    if charset not in (charset_of(before), "utf8mb4", "binary"):
        there = f"CONVERT(CONVERT({name} USING {charset}) USING utf8mb4)"
        yield Check(
            key=column,
            query=f"SELECT * FROM {MYSQL.ident(column.root.name)} "
            f"WHERE HEX(CONVERT({name} USING utf8mb4)) <> HEX({there})",
            message=f"{column} has values that cannot be written in {charset}",
            advice="correct these values first, or keep the character set",
        )
    for item in scene.target.children(column.root):
        if isinstance(item, PrimaryKey | Index) and any(part.column == column.name for part in item.parts):
            yield from _duplicates(item, scene)


def _duplicates(key: PrimaryKey | Index, scene: Scene) -> Iterator[Check]:
    if isinstance(key, Index) and not key.unique:
        return
    table = key.key.root
    cells: dict[str, str] = {}
    for number, part in enumerate(key.parts, start=1):
        value = _value(part, scene, table)
        if value is None:
            return
        cells[MYSQL.ident(part.column or f"expression{number}")] = value
    names = ", ".join(cells)
    listed = ", ".join(f"{cell} AS {name}" for name, cell in cells.items())
    present = " AND ".join(f"{name} IS NOT NULL" for name in cells)
    yield Check(
        key=key.key,
        query=f"SELECT {names}, COUNT(*) FROM (SELECT {listed} FROM {MYSQL.ident(table.name)}) AS cells "
        f"WHERE {present} GROUP BY {names} HAVING COUNT(*) > 1",
        message=f"{table} has rows that are equal in {names}",
        advice="remove or change the duplicates first",
    )


def _value(part: IndexPart, scene: Scene, table: Key) -> str | None:
    """What the part of a key will be in the rows that are there; None: NULL, or nobody can say yet."""
    if part.expression is not None:
        return f"({part.expression})"
    column = child_key(Kind.COLUMN, table, part.column or "")
    old, new = scene.base.get(column), scene.target.get(column)
    if not isinstance(new, Column):
        return None
    if isinstance(old, Column):
        before, after = own_collation(old, scene.base), own_collation(new, scene.target)
        cell = MYSQL.ident(column.name)
        if before != after and before is not None and after is not None:
            cell = f"CONVERT({cell} USING {charset_of(after)}) COLLATE {after}"
    else:
        default = scene.target.get(child_key(Kind.DEFAULT, column))
        if not isinstance(default, Default) or new.generated is not None or "(" in default.expression:
            return None  # a call may give each row a value of its own
        cell = f"({default.expression})"
    return f"LEFT({cell}, {part.length})" if part.length else cell


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
