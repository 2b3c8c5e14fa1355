"""Comments on any object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reconcile.state.key import Kind
from reconcile.state.objects import Object, register


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Comment(Object):
    """COMMENT ON its parent."""

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.COMMENT,)

    text: str
