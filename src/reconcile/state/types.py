"""User-defined types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reconcile.state.key import Kind
from reconcile.state.objects import Object, register


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Enum(Object):
    """CREATE TYPE … AS ENUM (PostgreSQL). MySQL's ENUM is part of a column's type."""

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.ENUM,)

    labels: tuple[str, ...]
