"""GRANT and REVOKE: on objects and columns, and by default."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reconcile.dialects.base import Draft, Scene, Unit
from reconcile.dialects.postgresql.features import Features
from reconcile.dialects.postgresql.rules.routines import routine_name
from reconcile.dialects.postgresql.rules.text import ident, literal, name_of
from reconcile.state import (
    EVERYBODY,
    OWNER,
    Action,
    DefaultPrivilege,
    Key,
    Kind,
    Object,
    Privilege,
    State,
    Verb,
    child_key,
)

_WORDS = {
    Kind.SCHEMA: "SCHEMA",
    Kind.TABLE: "TABLE",
    Kind.VIEW: "TABLE",
    Kind.MATERIALIZED_VIEW: "TABLE",
    Kind.SEQUENCE: "SEQUENCE",
    Kind.FUNCTION: "FUNCTION",
    Kind.AGGREGATE: "FUNCTION",
    Kind.PROCEDURE: "PROCEDURE",
    Kind.ENUM: "TYPE",
    Kind.DOMAIN: "TYPE",
    Kind.COMPOSITE: "TYPE",
    Kind.RANGE: "TYPE",
    Kind.LANGUAGE: "LANGUAGE",
    Kind.FOREIGN_WRAPPER: "FOREIGN DATA WRAPPER",
    Kind.FOREIGN_SERVER: "FOREIGN SERVER",
}
# What ALTER DEFAULT PRIVILEGES calls the objects.
_PLURALS = {
    "TABLE": "tables",
    "SEQUENCE": "sequences",
    "FUNCTION": "functions",
    "PROCEDURE": "functions",
    "TYPE": "types",
    "SCHEMA": "schemas",
    "LANGUAGE": "languages",  # only for what follows: they have no default privileges
}
_OF_EVERYBODY = {"functions": frozenset({"EXECUTE"}), "types": frozenset({"USAGE"}), "languages": frozenset({"USAGE"})}
_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Held:
    """What a grantee may do; None: all that there is."""

    privileges: frozenset[str] | None = _NONE
    grantable: frozenset[str] = _NONE


def is_on(key: Key) -> Key:
    """The object that a privilege is on: of a column, its table or view."""
    assert key.parent is not None
    return key.parent.parent if key.parent.kind is Kind.COLUMN and key.parent.parent is not None else key.parent


def _usual(about: Key, grantee: str) -> Held:
    """What a grantee may do with a new object by itself."""
    if about.kind is Kind.COLUMN:
        return Held()
    if grantee == OWNER:
        return Held(None)
    if grantee != EVERYBODY:
        return Held()
    if about == Key(Kind.SCHEMA, None, "public"):
        return Held(frozenset({"USAGE"}))
    return Held(_OF_EVERYBODY.get(_PLURALS.get(_WORDS[about.kind], ""), _NONE))


def _held(item: Object | None, otherwise: Held) -> Held:
    if isinstance(item, Privilege | DefaultPrivilege):
        return Held(frozenset(item.privileges), frozenset(item.grantable))
    return otherwise


# -- statements


def _target(key: Key) -> str:
    if key.kind in (Kind.FUNCTION, Kind.PROCEDURE, Kind.AGGREGATE):
        return f"{_WORDS[key.kind]} {routine_name(key)}"
    if key.kind in (Kind.FOREIGN_WRAPPER, Kind.FOREIGN_SERVER, Kind.LANGUAGE):
        return f"{_WORDS[key.kind]} {ident(key.name)}"
    return f"{_WORDS[key.kind]} {name_of(key)}"


def _role(name: str) -> str:
    if name == OWNER:
        return "CURRENT_ROLE"  # who makes an object owns it
    return "PUBLIC" if name == EVERYBODY else ident(name)


_PUBLIC = Key(Kind.SCHEMA, None, "public")  # in every database, and pg_database_owner's

# Where the catalog says who owns an object; {} is its name as a literal.
_OWNERS = {
    "TABLE": "relowner::regrole FROM pg_catalog.pg_class WHERE oid = {}::regclass",
    "SEQUENCE": "relowner::regrole FROM pg_catalog.pg_class WHERE oid = {}::regclass",
    "FUNCTION": "proowner::regrole FROM pg_catalog.pg_proc WHERE oid = {}::regprocedure",
    "PROCEDURE": "proowner::regrole FROM pg_catalog.pg_proc WHERE oid = {}::regprocedure",
    "TYPE": "typowner::regrole FROM pg_catalog.pg_type WHERE oid = {}::regtype",
    "SCHEMA": "nspowner::regrole FROM pg_catalog.pg_namespace WHERE oid = {}::regnamespace",
    "FOREIGN DATA WRAPPER": "fdwowner::regrole FROM pg_catalog.pg_foreign_data_wrapper WHERE fdwname = {}",
    "LANGUAGE": "lanowner::regrole FROM pg_catalog.pg_language WHERE lanname = {}",
    "FOREIGN SERVER": "srvowner::regrole FROM pg_catalog.pg_foreign_server WHERE srvname = {}",
}


def _granted(old: Held, new: Held, on: Key, grantee: str, scene: Scene, column: str = "") -> Iterator[str]:
    """The statements for one grantee. What is there already may be somebody else's: only the catalog knows whose."""
    if grantee != OWNER or (on not in scene.base and on != _PUBLIC):
        yield from _statements(old, new, _target(on), _role(grantee), column=column)
        return
    word = _WORDS[on.kind]
    name = on.name if "name = " in _OWNERS[word] else _target(on).removeprefix(f"{word} ")
    owner = _OWNERS[word].format(literal(name))
    for pattern in _statements(old, new, _target(on).replace("%", "%%"), "%s", column=column):
        yield f"DO {literal(f'BEGIN EXECUTE format({literal(pattern)}, (SELECT {owner})); END')}"


def _statements(old: Held, new: Held, on: str, to: str, *, column: str = "", head: str = "") -> Iterator[str]:
    """From what is held to what shall be, taking away first."""
    suffix = f" ({ident(column)})" if column else ""

    def listed(privileges: Iterable[str]) -> str:
        return ", ".join(f"{privilege}{suffix}" for privilege in sorted(privileges))

    if new.privileges is None:
        if old.privileges is not None:
            yield f"{head}GRANT {listed(['ALL'])} ON {on} TO {to}"
        return
    if old.privileges is None:
        yield f"{head}REVOKE {listed(['ALL'])} ON {on} FROM {to}"
        old = Held()
    assert old.privileges is not None
    if gone := old.privileges - new.privileges:
        yield f"{head}REVOKE {listed(gone)} ON {on} FROM {to}"
    if kept := (old.grantable - new.grantable) & new.privileges:
        yield f"{head}REVOKE GRANT OPTION FOR {listed(kept)} ON {on} FROM {to}"
    if more := new.privileges - old.privileges - new.grantable:
        yield f"{head}GRANT {listed(more)} ON {on} TO {to}"
    if granting := new.grantable - old.grantable:
        yield f"{head}GRANT {listed(granting)} ON {on} TO {to} WITH GRANT OPTION"


def render(unit: Unit, scene: Scene) -> Iterable[Draft]:
    """All changes to the privileges on one object and its columns."""
    on = is_on(unit.actions[0].key)
    statements: list[str] = []
    revoked: dict[str, frozenset[str] | None] = {}
    brought = {item.grantee for state in _at_work(scene) for item in defaults_of(on, state, scene)}
    columns: dict[Key, Action | None] = {}
    for action in unit.actions:
        if action.key.parent != on:
            columns[action.key] = action
            continue
        grantee = action.key.name
        unknown = action.verb is Verb.CREATE and grantee in brought
        old = Held(None) if unknown else _held(action.old, _usual(on, grantee))
        new = _held(action.new, _usual(on, grantee))
        statements += _granted(old, new, on, grantee, scene)
        # The manual, REVOKE: what is revoked from a table is revoked from its columns as well.
        if old.privileges is None or new.privileges is None or old.privileges - new.privileges:
            lost = None if old.privileges is None or new.privileges is None else old.privileges - new.privileges
            revoked[grantee] = lost
    if revoked and any(key.kind is Kind.COLUMN for key in _columns_of(on, scene.target)):
        for key in _columns_of(on, scene.target):
            for item in scene.target.children(key, Kind.PRIVILEGE):
                if item.key.name in revoked:
                    columns.setdefault(item.key, None)
    for key in sorted(columns):
        statements += _of_column(key, columns[key], revoked, scene)
    grantees = ", ".join(dict.fromkeys(_said(action.key.name) for action in unit.actions))
    yield Draft(summary=f"change privileges of {grantees} on {on}", sql=tuple(statements))


def _said(grantee: str) -> str:
    return {EVERYBODY: "everybody", OWNER: "the owner"}.get(grantee, grantee)


def _columns_of(on: Key, state: State) -> list[Key]:
    """Columns with privileges: those of a view are no objects."""
    return sorted(
        {
            item.key.parent
            for item in state.of_kind(Kind.PRIVILEGE)
            if item.key.parent is not None and item.key.parent.kind is Kind.COLUMN and item.key.parent.parent == on
        }
    )


def _of_column(
    key: Key, action: Action | None, revoked: dict[str, frozenset[str] | None], scene: Scene
) -> Iterator[str]:
    column = key.parent
    assert column is not None
    old = _held(scene.base.get(key) if action is None else action.old, Held())
    new = _held(scene.target.get(key) if action is None else action.new, Held())
    if key.name in revoked and old.privileges is not None:
        lost = revoked[key.name]
        left = _NONE if lost is None else old.privileges - lost
        old = Held(left, old.grantable & left)
    yield from _granted(old, new, is_on(key), key.name, scene, column.name)


# -- default privileges


def render_default(action: Action) -> Iterable[Draft]:
    """ALTER DEFAULT PRIVILEGES."""
    item = action.new or action.old
    assert isinstance(item, DefaultPrivilege)
    usual = Held()
    if action.key.schema is None:
        if item.grantee == item.role:
            usual = Held(None)
        elif item.grantee == EVERYBODY:
            usual = Held(_OF_EVERYBODY.get(item.objects, _NONE))
    where = "" if action.key.schema is None else f"IN SCHEMA {ident(action.key.schema)} "
    statements = _statements(
        _held(action.old, usual),
        _held(action.new, usual),
        item.objects.upper(),
        _role(item.grantee),
        head=f"ALTER DEFAULT PRIVILEGES FOR ROLE {ident(item.role)} {where}",
    )
    verb = {Verb.CREATE: "set", Verb.ALTER: "change"}.get(action.verb, "drop")
    yield Draft(summary=f"{verb} {action.key}", sql=tuple(statements))


def defaults_of(about: Key, state: State, scene_or_features: Scene | Features) -> tuple[Privilege, ...]:
    """The privileges that a new object gets from the default privileges of ``state``, where we make it."""
    features = scene_or_features.features if isinstance(scene_or_features, Scene) else scene_or_features
    objects = _PLURALS.get(_WORDS.get(about.kind, ""))
    if objects is None:
        return ()
    everywhere: dict[str, DefaultPrivilege] = {}
    here: dict[str, DefaultPrivilege] = {}
    for item in state.of_kind(Kind.DEFAULT_PRIVILEGE):
        assert isinstance(item, DefaultPrivilege)
        if item.objects != objects or item.role != features.role:
            continue
        if item.key.schema is None:
            everywhere[item.grantee] = item
        elif item.key.schema == about.schema:
            here[item.grantee] = item
    found = []
    for grantee in sorted({*everywhere, *here}):
        name = OWNER if grantee == features.role else grantee
        usual = _usual(about, name)
        held = _held(everywhere.get(grantee), usual)
        extra = _held(here.get(grantee), Held())
        if held.privileges is None or extra.privileges is None:
            continue  # the owner, who has all
        privileges = held.privileges | extra.privileges
        grantable = (held.grantable | extra.grantable) if name != OWNER else _NONE
        if Held(privileges, grantable) != usual:
            key = child_key(Kind.PRIVILEGE, about, name)
            found.append(Privilege(key=key, privileges=tuple(sorted(privileges)), grantable=tuple(sorted(grantable))))
    return tuple(found)


def _at_work(scene: Scene) -> tuple[State, ...]:
    """The states whose default privileges may be there when the plan makes an object.

    In a new database they come last, by their kind: nothing is made after them. (A base without even a schema is a
    description that is made real piece by piece, in an order that is found by trying.)
    """
    states = [scene.base] if scene.base.of_kind(Kind.DEFAULT_PRIVILEGE) else []
    if scene.target.of_kind(Kind.DEFAULT_PRIVILEGE):
        is_new = len(scene.base) > 0 and all(key.root.kind is Kind.SCHEMA for key in scene.base.objects)
        states += [] if is_new else [scene.target]
    return tuple(states)


def undone(unit: Unit, scene: Scene) -> tuple[str, ...]:
    """Statements that take from the objects a unit creates what default privileges gave and nobody wants."""
    states = _at_work(scene)
    statements: list[str] = []
    for action in unit.actions:
        if action.verb is not Verb.CREATE or action.key.kind not in _WORDS:
            continue
        brought = {item.grantee for state in states for item in defaults_of(action.key, state, scene)}
        for grantee in sorted(brought):
            if child_key(Kind.PRIVILEGE, action.key, grantee) not in scene.target:
                usual = _usual(action.key, grantee)
                if usual.privileges is not None:
                    statements.append(f"REVOKE ALL ON {_target(action.key)} FROM {_role(grantee)}")
                statements += _statements(Held(), usual, _target(action.key), _role(grantee))
    return tuple(statements)
