"""Extended statistics."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from reconcile.state.indexes import IndexPart
from reconcile.state.key import Key, Kind
from reconcile.state.objects import Object, register


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics(Object):
    """CREATE STATISTICS. ``types``: ndistinct, dependencies, mcv; none where it is on a single expression."""

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.STATISTICS,)

    target: Key  # the table or materialized view
    parts: tuple[IndexPart, ...] = field(metadata={"target_columns": True})
    types: tuple[str, ...] = ()
    rows: int | None = None  # ALTER STATISTICS … SET STATISTICS: how much ANALYZE looks at

    @property
    def requires(self) -> frozenset[Key]:
        columns = (Key(Kind.COLUMN, self.target.schema, p.column, self.target) for p in self.parts if p.column)
        found = {self.target, *columns}
        if self.key.schema is not None:
            found.add(Key(Kind.SCHEMA, None, self.key.schema))
        return frozenset(found)
