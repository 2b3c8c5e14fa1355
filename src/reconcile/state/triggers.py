"""Triggers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reconcile.state.key import Kind
from reconcile.state.objects import Object, register


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger(Object):
    """A trigger, as the whole statement that makes it. Its parent is the table or view it is on."""

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.TRIGGER,)

    definition: str
