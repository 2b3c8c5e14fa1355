"""Partitioning of a table by the server itself (MySQL, MariaDB); where partitions are tables, they are tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reconcile.state.key import Kind
from reconcile.state.objects import Object, register


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """One partition or subpartition. ``values``: ``LESS THAN (10)``, ``IN (1,2)``, ``DEFAULT`` …"""

    name: str
    values: str | None = None
    comment: str | None = None
    subpartitions: tuple[Partition, ...] = ()  # where somebody named them


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Partitioning(Object):
    """PARTITION BY, a facet of its table. ``by`` and ``subpartition_by``: ``RANGE (year(`d`))``, ``LINEAR KEY ()``."""

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.PARTITIONING,)

    by: str
    count: int | None = None  # PARTITIONS n, where nobody named them
    subpartition_by: str | None = None
    subpartition_count: int | None = None
    partitions: tuple[Partition, ...] = ()
