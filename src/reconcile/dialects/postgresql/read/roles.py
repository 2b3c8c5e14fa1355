"""Roles, their memberships and settings: what the databases of a server share. Read only where they are asked for."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.dialects.postgresql.features import Features, detect
from reconcile.dialects.postgresql.read import printing_plainly, queries, read
from reconcile.dialects.session import Session
from reconcile.state import (
    Comment,
    Key,
    Kind,
    Membership,
    Object,
    Opaque,
    Role,
    RoleSetting,
    State,
    child_key,
    role_key,
    with_shared,
)


def read_with_roles(session: Session, *, schemas: frozenset[str] | None = None) -> State:
    """Everything that is there, and the roles of the server."""
    if not session.in_transaction:
        with session.reading():
            return read_with_roles(session, schemas=schemas)
    shared = read_shared(session)
    superseded = {_setting_in_database(item) for item in shared if isinstance(item, RoleSetting) and item.here}
    state = read(session, schemas=schemas)
    return with_shared(state.select(lambda key: key not in superseded), shared)


def read_shared(session: Session) -> list[Object]:
    """Only the roles, in the transaction that is open."""
    features = detect(session)
    with printing_plainly(session):
        return list(_roles(session, features))


def _roles(session: Session, features: Features) -> Iterator[Object]:
    keys: dict[int, Key] = {}
    for oid, name, is_super, login, inherit, databases, roles, replication, bypass, limit, until, comment in _rows(
        session, features, "roles"
    ):
        if is_super:
            yield Opaque(key=Key(Kind.OPAQUE, None, f"superuser {name}"), what="superuser")
            continue
        key = keys[oid] = role_key(name)
        yield Role(
            key=key,
            login=login,
            inherit=inherit,
            create_database=databases,
            create_role=roles,
            replication=replication,
            bypass_row_security=bypass,
            connection_limit=limit,
            valid_until=until,
        )
        if comment is not None:
            yield Comment(key=child_key(Kind.COMMENT, key), text=comment)
    for member, name, admin, inherit, may_set, grantors in _rows(session, features, "memberships"):
        if member in keys:
            yield Membership(
                key=child_key(Kind.MEMBERSHIP, keys[member], name),
                admin=admin,
                inherit=inherit,
                set=may_set,
                grantors=tuple(grantors or ()),
            )
    yield from _settings(session, features, keys)


def _settings(session: Session, features: Features, keys: dict[int, Key]) -> Iterator[RoleSetting]:
    found: dict[Key, dict[bool, str]] = {}
    for role, is_here, setting in _rows(session, features, "role_settings"):
        if role in keys:
            name, _, value = setting.partition("=")
            found.setdefault(child_key(Kind.ROLE_SETTING, keys[role], name), {})[is_here] = value
    for key, values in found.items():
        yield RoleSetting(key=key, value=values.get(False), here=values.get(True))


def _rows(session: Session, features: Features, name: str) -> list[queries.Row]:
    return queries.run(session, features, name, ())


def _setting_in_database(item: RoleSetting) -> Key:
    """The key under which ``others.sql`` tells of it."""
    assert item.key.parent is not None
    return Key(Kind.OPAQUE, None, f"setting of the database for {item.key.parent.name}: {item.key.name}")
