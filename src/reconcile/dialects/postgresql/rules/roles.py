"""Roles, memberships and settings of roles: the business of a server, not of one database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconcile.dialects.base import Draft, Scene
from reconcile.dialects.postgresql.features import Features
from reconcile.dialects.postgresql.rules.routines import dollar_quoted, setting_name, setting_value
from reconcile.dialects.postgresql.rules.text import ident, literal
from reconcile.state import Action, Check, Hazard, Key, Kind, Level, Membership, Role, RoleSetting, Verb

KINDS = frozenset({Kind.ROLE, Kind.MEMBERSHIP, Kind.ROLE_SETTING})

_WORDS = {Verb.CREATE: "create", Verb.DROP: "drop", Verb.ALTER: "change"}
_FLAGS = {
    "login": "LOGIN",
    "inherit": "INHERIT",
    "create_database": "CREATEDB",
    "create_role": "CREATEROLE",
    "replication": "REPLICATION",
    "bypass_row_security": "BYPASSRLS",
}


def render(action: Action, scene: Scene) -> Iterable[Draft]:
    """CREATE, ALTER or DROP ROLE; GRANT or REVOKE of a membership; ALTER ROLE … SET."""
    assert isinstance(scene.features, Features)
    match action.key.kind:
        case Kind.ROLE:
            sql = tuple(_role(action))
        case Kind.MEMBERSHIP:
            sql = tuple(_membership(action, scene.features))
        case _:
            sql = tuple(_setting(action))
    dropped = action.verb is Verb.DROP and action.key.kind is Kind.ROLE
    yield Draft(
        summary=f"{_WORDS[action.verb]} {action.key}",
        sql=sql,
        hazards=tuple(_hazards(action)),
        checks=(_unused(action.key),) if dropped else (),
    )


def _role(action: Action) -> Iterator[str]:
    name, old, new = ident(action.key.name), action.old, action.new
    if new is None:
        yield f"DROP ROLE {name}"
        return
    assert isinstance(new, Role)
    before = old if isinstance(old, Role) else Role(key=new.key)
    words = [
        word if getattr(new, field) else f"NO{word}"
        for field, word in _FLAGS.items()
        if getattr(new, field) != getattr(before, field)
    ]
    if new.connection_limit != before.connection_limit:
        words.append(f"CONNECTION LIMIT {new.connection_limit}")
    if new.valid_until != before.valid_until:
        words.append(f"VALID UNTIL {literal(new.valid_until or 'infinity')}")
    yield " ".join(["CREATE ROLE" if old is None else "ALTER ROLE", name, *words])


def _membership(action: Action, features: Features) -> Iterator[str]:
    assert action.key.parent is not None
    role, member = ident(action.key.name), ident(action.key.parent.name)
    old, new = action.old, action.new
    if new is None:
        assert isinstance(old, Membership)
        names = old.grantors if features.has_membership_options else ()
        for by in [f" GRANTED BY {ident(name)}" for name in names] or [""]:
            yield f"REVOKE {role} FROM {member}{by}"
        return
    assert isinstance(new, Membership)
    if not features.has_membership_options:
        if isinstance(old, Membership) and old.admin and not new.admin:
            yield f"REVOKE ADMIN OPTION FOR {role} FROM {member}"
        else:
            yield f"GRANT {role} TO {member}{' WITH ADMIN OPTION' if new.admin else ''}"
        return
    said = {"ADMIN": new.admin or (False if old is not None else None), "INHERIT": new.inherit, "SET": new.set}
    options = ", ".join(f"{word} {str(value).upper()}" for word, value in said.items() if value is not None)
    yield f"GRANT {role} TO {member}{f' WITH {options}' if options else ''}"


def _setting(action: Action) -> Iterator[str]:
    assert action.key.parent is not None
    name, role = setting_name(action.key.name), ident(action.key.parent.name)
    none = RoleSetting(key=action.key)
    old, new = action.old or none, action.new or none
    assert isinstance(old, RoleSetting) and isinstance(new, RoleSetting)
    if old.value != new.value:
        yield f"ALTER ROLE {role} {_set(name, action.key.name, new.value)}"
    if old.here != new.here:
        # The statement wants the database's name, and the plan is for databases of any name.
        before, after = f"ALTER ROLE {role} IN DATABASE ", f" {_set(name, action.key.name, new.here)}"
        command = literal("%I".join(text.replace("%", "%%") for text in (before, after)))
        yield f"DO {dollar_quoted(f'BEGIN EXECUTE format({command}, current_database()); END')}"


def _set(name: str, parameter: str, value: str | None) -> str:
    return f"RESET {name}" if value is None else f"SET {name} TO {setting_value(parameter, value)}"


def _unused(key: Key) -> Check:
    """The manual, DROP ROLE: "A role cannot be removed if it is still referenced in any database of the cluster"."""
    name = literal(key.name)
    return Check(
        key=key,
        query=(
            "SELECT coalesce(d.datname::text, 'the server') AS database, count(*) AS objects"
            " FROM pg_catalog.pg_shdepend s LEFT JOIN pg_catalog.pg_database d ON d.oid = s.dbid"
            " WHERE s.refclassid = 'pg_catalog.pg_authid'::regclass"
            f" AND s.refobjid = (SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = {name})"
            " GROUP BY 1"
        ),
        message=f"{key} owns objects or has privileges",
        advice="in each of these databases: REASSIGN OWNED BY … TO …, then DROP OWNED BY …; or keep the role",
        at_step=True,  # what this plan takes from it is gone by then
    )


def _hazards(action: Action) -> Iterator[Hazard]:
    new = action.new
    if action.verb is Verb.CREATE and isinstance(new, Role) and new.login:
        yield Hazard(
            code="secret",
            level=Level.WARNING,
            key=action.key,
            message=f"{action.key} is made without a password",
            advice=f"then: ALTER ROLE {ident(action.key.name)} PASSWORD '…', or \\password in psql",
        )
