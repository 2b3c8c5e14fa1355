"""Comments on any object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reconcile.state.key import Key, Kind, child_key
from reconcile.state.objects import Object, register


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Comment(Object):
    """COMMENT ON its parent."""

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.COMMENT,)

    text: str


def not_null_key(column: Key) -> Key:
    """What stands for a column's NOT NULL where that can have a comment of its own (PostgreSQL 18)."""
    return child_key(Kind.CHECK, column, "not null")
