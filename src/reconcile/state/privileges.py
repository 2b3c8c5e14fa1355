"""Who may do what: privileges on objects, and those that new objects get by default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reconcile.state.key import Key, Kind
from reconcile.state.objects import Object, register

EVERYBODY = "public"  # the grantee PUBLIC: no role can have this name
OWNER = "(owner)"  # whoever owns the object: its name differs from database to database
NO_ROLES = frozenset({EVERYBODY, OWNER})


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Privilege(Object):
    """What one grantee (the key's name) may do with the parent: an object, or a column.

    Only where that is not what the grantee has by itself: no privileges at all says that those were revoked.
    Privileges in upper case, sorted; ``grantable`` are those with grant option.
    """

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.PRIVILEGE,)

    privileges: tuple[str, ...] = ()
    grantable: tuple[str, ...] = ()

    @property
    def grantee(self) -> str:
        """The role; EVERYBODY or OWNER."""
        return self.key.name

    @property
    def on(self) -> Key:
        """What the privileges are on: an object or a column."""
        assert self.key.parent is not None
        return self.key.parent

    @property
    def roles_named(self) -> frozenset[str]:
        return frozenset({self.grantee}) - NO_ROLES

    @property
    def requires(self) -> frozenset[Key]:
        """The column's table or view too: a view's columns are no objects of their own."""
        about = self.on
        return frozenset({about, about.parent}) if about.parent is not None else frozenset({about})


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultPrivilege(Object):
    """ALTER DEFAULT PRIVILEGES FOR ROLE ``role`` [IN SCHEMA the key's] … ON ``objects`` TO ``grantee``.

    Without a schema these are all that the grantee gets, instead of the usual; in a schema they come on top.
    """

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.DEFAULT_PRIVILEGE,)

    role: str
    objects: str  # "tables", "sequences", "functions", "types", "schemas", "large objects"
    grantee: str
    privileges: tuple[str, ...] = ()
    grantable: tuple[str, ...] = ()

    @property
    def roles_named(self) -> frozenset[str]:
        return frozenset({self.role, self.grantee}) - NO_ROLES


def default_privilege_key(schema: str | None, role: str, objects: str, grantee: str) -> Key:
    """The key of a DefaultPrivilege."""
    return Key(Kind.DEFAULT_PRIVILEGE, schema, f"{objects} of {role} for {grantee}")
