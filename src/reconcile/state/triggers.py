"""Triggers, rewrite rules and event triggers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reconcile.state.key import Key, Kind
from reconcile.state.made import Made
from reconcile.state.objects import Object, Options, register


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger(Made):
    """A trigger, as the whole statement that makes it. Its parent is the table or view it is on.

    ``enabled`` (PostgreSQL): ``origin`` (as every new one), ``disabled``, ``replica`` or ``always``.
    ``options`` (MySQL): ``sql_mode`` as far as it decides how the statement is read.
    """

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.TRIGGER,)

    definition: str
    enabled: str = "origin"
    options: Options = ()

    @property
    def grammar(self) -> str | None:
        return dict(self.options).get("sql_mode")


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Object):
    """A rewrite rule (PostgreSQL) other than a view's own, as the whole statement that makes it."""

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.RULE,)

    definition: str
    enabled: str = "origin"


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class EventTrigger(Object):
    """A trigger on DDL (PostgreSQL). ``function`` has no arguments and returns event_trigger; ``tags`` empty: all."""

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.EVENT_TRIGGER,)

    event: str
    function: Key
    tags: tuple[str, ...] = ()
    enabled: str = "origin"

    @property
    def requires(self) -> frozenset[Key]:
        return frozenset({self.function})
