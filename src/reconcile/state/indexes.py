"""Indexes and their parts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from reconcile.state.key import Key, Kind, child_key
from reconcile.state.objects import Object, Options, register

# Marks fields that hold names of columns of the object's own table (they follow a rename).
COLUMNS = {"columns": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexPart:
    """One column or expression of an index or key. Exactly one of ``column`` and ``expression`` is set.

    ``nulls`` is set ("first" or "last") only where it is not what the direction implies;
    ``collation`` and ``opclass`` only where they are not the column's or the type's default.
    """

    column: str | None = None
    expression: str | None = None
    descending: bool = False
    nulls: str | None = None
    collation: str | None = None
    opclass: str | None = None
    length: int | None = None  # MySQL prefix length, in characters or bytes as the type counts


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Index(Object):
    """An index that is not the shadow of a constraint."""

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.INDEX,)

    parts: tuple[IndexPart, ...] = field(metadata=COLUMNS)
    unique: bool = False
    method: str | None = None  # only where not the default: gin, hash, fulltext, spatial …
    include: tuple[str, ...] = field(default=(), metadata=COLUMNS)
    where: str | None = None
    nulls_not_distinct: bool = False
    invisible: bool = False  # MySQL INVISIBLE, MariaDB IGNORED
    options: Options = ()  # storage parameters, tablespace, parser, comment, key_block_size
    valid: bool = True  # False: the leftover of an interrupted concurrent build (PostgreSQL)

    # The index of the partitioned table that it is a part of (PostgreSQL): they are made and dropped together.
    inherited_from: Key | None = field(default=None, compare=False)
    implied_by: Key | None = field(default=None, compare=False)  # a foreign key that made it (MySQL)

    @property
    def requires(self) -> frozenset[Key]:
        table = self.key.parent
        assert table is not None
        names = (*(p.column for p in self.parts if p.column is not None), *self.include)
        return frozenset({table, *(child_key(Kind.COLUMN, table, name) for name in names)})
