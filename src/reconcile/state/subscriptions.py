"""Subscriptions: what logical replication receives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from reconcile.state.key import Kind
from reconcile.state.objects import Object, Options, register


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription(Object):
    """CREATE SUBSCRIPTION. ``options`` are those of WITH (…) that are not at their defaults.

    Its connection is a secret: neither read nor kept. So whether it is ``enabled`` is not compared: one that is made
    has nothing to connect to yet.
    """

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.SUBSCRIPTION,)

    publications: tuple[str, ...]
    options: Options = ()
    enabled: bool = field(default=False, compare=False)
