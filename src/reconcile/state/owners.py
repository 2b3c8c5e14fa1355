"""Who owns an object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reconcile.state.key import Kind
from reconcile.state.objects import Object, register


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Owner(Object):
    """The role that owns the parent, where that is not the one we connect as: whoever makes an object owns it."""

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.OWNER,)

    role: str

    @property
    def roles_named(self) -> frozenset[str]:
        return frozenset({self.role})
