"""Publications: what logical replication sends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reconcile.state.key import Key, Kind
from reconcile.state.objects import Object, Options, register


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedTable:
    """One table of a publication; all its columns where ``columns`` is empty, all rows without ``where``."""

    table: Key
    columns: tuple[str, ...] = ()
    where: str | None = None


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Publication(Object):
    """CREATE PUBLICATION. ``options`` are those of WITH (…) that are not at their defaults."""

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.PUBLICATION,)

    all_tables: bool = False
    tables: tuple[PublishedTable, ...] = ()
    schemas: tuple[str, ...] = ()
    options: Options = ()

    @property
    def requires(self) -> frozenset[Key]:
        return frozenset(
            {
                *(published.table for published in self.tables),
                *(Key(Kind.SCHEMA, None, name) for name in self.schemas),
            }
        )
