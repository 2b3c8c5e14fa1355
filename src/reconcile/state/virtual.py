"""Virtual tables (SQLite): FTS5, R*Tree and whatever else a module keeps in its own way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reconcile.state.key import Kind
from reconcile.state.objects import Object, register


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualTable(Object):
    """A virtual table. ``definition``: the module and its arguments, ``fts5(title, body)``.

    The tables in which the module keeps rows are its own business and are no objects.
    """

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.VIRTUAL_TABLE,)
    holds_data: ClassVar[bool] = True

    definition: str
