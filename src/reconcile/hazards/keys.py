"""What rules of design ask about keys and indexes. No rule itself."""

from __future__ import annotations

from typing import Any

from reconcile.hazards.base import Schema
from reconcile.state import Column, Index, Key, PrimaryKey, Unique

Keyed = PrimaryKey | Unique | Index


def keys_of(schema: Schema, table: Key) -> list[Keyed]:
    """The table's primary key, unique keys and indexes, in that order."""
    found: list[Keyed] = [*schema.of(table, PrimaryKey), *schema.of(table, Unique)]
    return [*found, *schema.of(table, Index)]


def columns_of(item: Keyed) -> tuple[str, ...]:
    """Its columns, up to the first part that is an expression."""
    names: list[str] = []
    for part in item.parts:
        if part.column is None:
            break
        names.append(part.column)
    return tuple(names)


def is_unique(item: object) -> bool:
    """Whether it refuses duplicates."""
    return isinstance(item, PrimaryKey | Unique) or (isinstance(item, Index) and item.unique)


def shape_of(item: Keyed) -> tuple[Any, ...]:
    """What decides which queries it serves: parts first, then the rest."""
    return (
        item.parts,
        getattr(item, "method", None),
        getattr(item, "where", None),
        item.include,
        getattr(item, "invisible", False),
    )


def is_numbered(schema: Schema, column: Column) -> bool:
    """Whether the server numbers it by itself: identity, AUTO_INCREMENT, or a default from a sequence."""
    numbered = column.identity is not None or column.auto_increment
    return numbered or "nextval(" in schema.default(column.key).lower()
