"""Roles: who there is, who is a member of whom, what is set for whom. They belong to a server, not to a database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar

from reconcile.state.key import Key, Kind
from reconcile.state.objects import Object, register
from reconcile.state.state import State


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Role(Object):
    """CREATE ROLE. Its password is neither read nor kept; superusers are no business of ours."""

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.ROLE,)

    login: bool = False
    inherit: bool = True
    create_database: bool = False
    create_role: bool = False
    replication: bool = False
    bypass_row_security: bool = False
    connection_limit: int = -1  # none
    valid_until: str | None = None  # of its password


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Membership(Object):
    """GRANT role TO member: its parent is the member, its name the role that it is a member of.

    ``inherit`` and ``set`` None: the server has no such options (before PostgreSQL 16), or nothing is said.
    """

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.MEMBERSHIP,)

    admin: bool = False
    inherit: bool | None = None
    set: bool | None = None
    grantors: tuple[str, ...] = field(default=(), compare=False)  # only in their name can it be taken back

    @property
    def requires(self) -> frozenset[Key]:
        assert self.key.parent is not None
        return frozenset({self.key.parent, role_key(self.key.name)})


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class RoleSetting(Object):
    """ALTER ROLE … SET: a parameter (the key's name) for sessions of a role (its parent), everywhere and ``here``."""

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.ROLE_SETTING,)

    value: str | None = None
    here: str | None = None  # IN DATABASE: in this one


def role_key(name: str) -> Key:
    """The key of a role."""
    return Key(Kind.ROLE, None, name)


def with_shared(state: State, shared: Iterable[Object]) -> State:
    """The state with roles and what belongs to them; who names a role needs it."""
    whole = [*state, *shared]
    needs = [(item.key, role_key(name)) for item in whole for name in item.roles_named]
    needs += [(item.key, need) for item in shared for need in item.requires]
    return state.with_objects(whole, needs)
