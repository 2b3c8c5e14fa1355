"""Row-level security: the switch of a table, and its policies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reconcile.state.key import Kind
from reconcile.state.objects import Object, register
from reconcile.state.privileges import NO_ROLES


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class RowSecurity(Object):
    """ALTER TABLE … ENABLE and FORCE ROW LEVEL SECURITY. A table with neither has no such object."""

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.ROW_SECURITY,)

    enabled: bool = True
    forced: bool = False


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Policy(Object):
    """CREATE POLICY. ``command`` in upper case; the role "public" is everybody."""

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.POLICY,)

    permissive: bool = True
    command: str = "ALL"
    roles: tuple[str, ...] = ("public",)
    using: str | None = None
    check: str | None = None

    @property
    def roles_named(self) -> frozenset[str]:
        return frozenset(self.roles) - NO_ROLES
