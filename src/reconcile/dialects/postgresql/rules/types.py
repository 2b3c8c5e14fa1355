"""Enums: labels are added in place; to remove or move one the type is made anew under its columns."""

from __future__ import annotations

from collections.abc import Iterable

from reconcile.dialects.base import Draft, Scene
from reconcile.dialects.postgresql.rules.compare import is_extended
from reconcile.dialects.postgresql.rules.text import ident, literal, name_of
from reconcile.dialects.sqltext import POSTGRESQL
from reconcile.state import Action, Check, Column, Enum, Hazard, Kind, Level, Verb


def render(action: Action, scene: Scene) -> Iterable[Draft]:
    """CREATE TYPE, DROP TYPE, ADD VALUE, or the swap."""
    if action.verb is Verb.DROP:
        yield Draft(summary=f"drop {action.key}", sql=(f"DROP TYPE {name_of(action.key)}",))
        return
    assert isinstance(action.new, Enum)
    if action.verb is Verb.CREATE:
        yield Draft(summary=f"create {action.key}", sql=(_create(action.new),))
        return
    assert isinstance(action.old, Enum)
    if is_extended(action.old, action.new):
        yield _extend(action.old, action.new)
    else:
        yield _swap(action.old, action.new, scene)


def rename_labels(old: Enum, new: Enum) -> Draft:
    """RENAME VALUE for each label that is called otherwise in the same place."""
    head = f"ALTER TYPE {name_of(old.key)} RENAME VALUE"
    pairs = [(a, b) for a, b in zip(old.labels, new.labels, strict=True) if a != b]
    names = ", ".join(f"{a} to {b}" for a, b in pairs)
    return Draft(
        summary=f"rename labels of {old.key}: {names}",
        sql=tuple(f"{head} {literal(a)} TO {literal(b)}" for a, b in pairs),
    )


def _create(item: Enum) -> str:
    return f"CREATE TYPE {name_of(item.key)} AS ENUM ({', '.join(map(literal, item.labels))})"


def _extend(old: Enum, new: Enum) -> Draft:
    """ADD VALUE. The manual: "a new value cannot be used until after the transaction has been committed"."""
    head = f"ALTER TYPE {name_of(new.key)} ADD VALUE"
    statements: list[str] = []
    there = list(old.labels)
    for index, label in enumerate(new.labels):
        if label in old.labels:
            continue
        place = ""
        if index < len(there):
            place = f" AFTER {literal(there[index - 1])}" if index else f" BEFORE {literal(there[0])}"
        statements.append(f"{head} {literal(label)}{place}")
        there.insert(index, label)
    added = ", ".join(label for label in new.labels if label not in old.labels)
    return Draft(summary=f"add to {new.key}: {added}", sql=tuple(statements), commits=True)


def _swap(old: Enum, new: Enum, scene: Scene) -> Draft:
    name = name_of(new.key)
    aside = _free_name(new, scene)
    columns = [
        item
        for key in sorted(scene.base.dependents(old.key))
        if isinstance(item := scene.base[key], Column)
        and item.generated is None
        and isinstance(target := scene.target.get(key), Column)
        and target.type == item.type
    ]
    statements = [f"ALTER TYPE {name} RENAME TO {ident(aside)}", _create(new)]
    checks: list[Check] = []
    locks: list[str] = []
    filled = []
    gone = [label for label in old.labels if label not in new.labels]
    by_table: dict[str, list[str]] = {}
    for column in columns:
        assert column.key.parent is not None
        table = name_of(column.key.parent)
        suffix = column.type[column.type.index("[") :] if column.type.endswith("]") else ""
        quoted = ident(column.key.name)
        by_table.setdefault(table, []).append(
            f"ALTER COLUMN {quoted} TYPE {name}{suffix} USING {quoted}::text{suffix}::{name}{suffix}"
        )
        if gone:
            values = ", ".join(map(literal, gone))
            condition = f"{quoted}::text[] && ARRAY[{values}]" if suffix else f"{quoted}::text IN ({values})"
            checks.append(
                Check(
                    key=column.key,
                    query=f"SELECT {quoted} FROM {table} WHERE {condition}",
                    message=f"{column.key} has values that {new.key} shall no longer have",
                    advice="change those values first",
                )
            )
        if column.key.parent in scene.filled:
            filled.append(column.key.parent)
    for table, commands in by_table.items():
        statements.append(f"ALTER TABLE {table} {', '.join(commands)}")
        locks.append(f"ACCESS EXCLUSIVE on {table}")
    statements.append(f"DROP TYPE {POSTGRESQL.qualified(new.key.schema, aside)}")
    return Draft(
        summary=f"make {new.key} anew with other labels",
        sql=tuple(statements),
        lock=" and ".join(locks) or None,
        rewrites=bool(columns),
        checks=tuple(checks),
        hazards=tuple(
            Hazard(
                code="table-rewrite",
                level=Level.WARNING,
                key=table_key,
                message=f"{table_key} is written anew, and nobody can read or write it meanwhile",
                advice="run it when the table is not in use",
            )
            for table_key in dict.fromkeys(filled)
        ),
    )


def _free_name(item: Enum, scene: Scene) -> str:
    """A name that no type or relation of the schema has before or after."""
    taken = {
        other.key.name
        for state in (scene.base, scene.target)
        for kind in (Kind.ENUM, Kind.TABLE, Kind.VIEW, Kind.MATERIALIZED_VIEW)
        for other in state.of_kind(kind)
        if other.key.schema == item.key.schema
    }
    stem = item.key.name.encode()[:50].decode(errors="ignore")
    name, number = f"{stem}_old", 1
    while name in taken:
        number += 1
        name = f"{stem}_old{number}"
    return name
