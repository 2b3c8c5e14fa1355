"""A table's place among the partitions of another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reconcile.state.key import Key, Kind
from reconcile.state.objects import Object, register


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionOf(Object):
    """That its parent, a table, is a partition of ``of``: apart, because a table is attached and detached whole.

    ``bound`` is the server's text: ``FOR VALUES FROM (1) TO (10)``, ``DEFAULT``.
    """

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.PARTITION,)

    of: Key
    bound: str

    @property
    def requires(self) -> frozenset[Key]:
        assert self.key.parent is not None
        return frozenset({self.key.parent, self.of})
