"""Opaque: an object that is there but that we cannot describe; carried so that it is neither forgotten nor touched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reconcile.state.key import Kind
from reconcile.state.objects import Object, register


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Opaque(Object):
    """Something unmanaged. Never created, altered or dropped; a plan that would break it is refused.

    The key's name says what it is and its name: ``Key(OPAQUE, "public", "materialized view stats")``.
    """

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.OPAQUE,)

    what: str  # "materialized view", "function", "event" …
    reason: str = "not modelled yet"
