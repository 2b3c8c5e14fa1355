"""Rename hints in a MetaData: ``info={"renamed_from": "old"}`` on tables, columns, indexes and constraints.

A SQLAlchemy Enum has no ``info``. Its hints stand on a column that uses it:
``info={"enum_renamed_from": "old_type", "renamed_labels": {"new": "old"}}``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)
from sqlalchemy import Enum as SqlalchemyEnum
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeEngine

from reconcile.sources.base import Target
from reconcile.state.hints import RenameHint, ValueHint
from reconcile.state.key import Key, Kind, child_key, table_key

_NOTHING: Mapping[Any, Any] = MappingProxyType({})
_CONSTRAINTS: dict[type, Kind] = {
    PrimaryKeyConstraint: Kind.PRIMARY_KEY,
    UniqueConstraint: Kind.UNIQUE,
    ForeignKeyConstraint: Kind.FOREIGN_KEY,
    CheckConstraint: Kind.CHECK,
}


def renames_of(metadata: MetaData, target: Target, origin: str) -> Iterator[RenameHint]:
    """Every hint, in the order of tables and columns."""
    for table in metadata.tables.values():
        key = table_key(_schema(table.schema, target), table.name)
        yield from _hint(info_of(table), key, origin)
        for column in table.columns:
            yield from _hint(info_of(column), child_key(Kind.COLUMN, key, column.name), origin)
            yield from _enum_hints(column.type, info_of(column), table, target, origin)
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            if index.name is not None:
                yield from _hint(info_of(index), child_key(Kind.INDEX, key, str(index.name)), origin)
        for constraint in sorted(table.constraints, key=lambda constraint: str(constraint.name)):
            kind = next((k for cls, k in _CONSTRAINTS.items() if isinstance(constraint, cls)), None)
            if kind is not None and isinstance(constraint.name, str):
                yield from _hint(info_of(constraint), child_key(kind, key, constraint.name), origin)


def unpreserved_in(metadata: MetaData, target: Target) -> Iterator[Key]:
    """Tables with ``info={"preserve": False}``: nothing of them goes into the attic."""
    for table in metadata.tables.values():
        if info_of(table).get("preserve") is False:
            yield table_key(_schema(table.schema, target), table.name)


def values_in(word: str, metadata: MetaData, target: Target, origin: str) -> Iterator[ValueHint]:
    """Columns with ``info={"backfill": "SQL expression"}``, or "convert"."""
    for table in metadata.tables.values():
        for column in table.columns:
            expression = info_of(column).get(word)
            if expression is not None:
                key = child_key(Kind.COLUMN, table_key(_schema(table.schema, target), table.name), column.name)
                yield ValueHint(column=key, expression=str(expression), origin=f"{origin}, {table.name}.{column.name}")


def info_of(item: SchemaItem) -> Mapping[Any, Any]:
    """What a person said about it. Asking SQLAlchemy for it makes a dict for each of ten thousand columns, for good."""
    found: Mapping[Any, Any] = vars(item).get("info") or _NOTHING
    return found


def _hint(info: Mapping[Any, Any], key: Key, origin: str) -> Iterator[RenameHint]:
    old = info.get("renamed_from")
    if old is not None:
        yield RenameHint(new=key, old_name=str(old), origin=origin)


def _enum_hints(
    type_: TypeEngine[Any], info: Mapping[Any, Any], table: Table, target: Target, origin: str
) -> Iterator[RenameHint]:
    if not isinstance(type_, SqlalchemyEnum) or type_.name is None or not target.dialect.namespaces:
        return
    schema = type_.schema or (table.schema if vars(type_).get("inherit_schema") else None)
    key = Key(Kind.ENUM, _schema(schema, target), type_.name)
    if "enum_renamed_from" in info:
        yield RenameHint(new=key, old_name=str(info["enum_renamed_from"]), origin=origin)
    for new, old in dict(info.get("renamed_labels", {})).items():
        yield RenameHint(new=key, old_name=str(old), label=str(new), origin=origin)


def _schema(named: str | None, target: Target) -> str | None:
    return (named or target.dialect.default_schema) if target.dialect.namespaces else None
