"""Foreign data: wrappers, servers, and who uses them as whom (SQL/MED)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from reconcile.state.key import Key, Kind
from reconcile.state.objects import Object, Options, register
from reconcile.state.privileges import NO_ROLES


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignWrapper(Object):
    """CREATE FOREIGN DATA WRAPPER. Its functions are named as the server prints them; None: it has none."""

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.FOREIGN_WRAPPER,)

    handler: str | None = None
    validator: str | None = None
    options: Options = ()


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignServer(Object):
    """CREATE SERVER."""

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.FOREIGN_SERVER,)

    wrapper: str
    type: str | None = None
    version: str | None = None
    options: Options = ()

    @property
    def requires(self) -> frozenset[Key]:
        return frozenset({Key(Kind.FOREIGN_WRAPPER, None, self.wrapper)})


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class UserMapping(Object):
    """CREATE USER MAPPING. Its parent is the server, its name the role, or ``public``.

    ``secrets`` are the names of options whose values are nobody's business: they are neither compared nor kept.
    """

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.USER_MAPPING,)

    options: Options = ()
    secrets: tuple[str, ...] = field(default=(), compare=False)

    @property
    def roles_named(self) -> frozenset[str]:
        return frozenset({self.key.name}) - NO_ROLES
