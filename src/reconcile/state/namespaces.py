"""Schema: a PostgreSQL namespace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reconcile.state.key import Kind
from reconcile.state.objects import Object, register


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Schema(Object):
    """A namespace (PostgreSQL). Its key has no schema: ``Key(SCHEMA, None, name)``."""

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.SCHEMA,)
