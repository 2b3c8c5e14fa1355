"""Which actions fold together: into CREATE TABLE, into one native ALTER TABLE, or else into one rebuild."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reconcile.dialects.base import Scene
from reconcile.dialects.sqlite.features import Features
from reconcile.dialects.sqlite.rules.columns import can_add, can_drop
from reconcile.state import FACETS, Action, ForeignKey, Key, Kind, Object, State, Verb, child_key

_STANDING_APART = frozenset({Kind.INDEX, Kind.TRIGGER})  # they have statements of their own


@dataclass(frozen=True, slots=True)
class Host:
    """What a unit is: "create", "drop" (table or view), "add", "remove" (column) or "rebuild" (table)."""

    what: str
    key: Key


def group(actions: Sequence[Action], scene: Scene, features: Features) -> dict[Action, Host]:
    """See ``dialects.base.Rules.group``."""
    roots = {(action.verb, action.key) for action in actions if action.key.parent is None}
    hosts: dict[Action, Host] = {}
    inside: dict[Key, list[Action]] = {}  # what changes in tables that stay
    for action in actions:
        root = action.key.root
        if action.verb is Verb.DROP and (Verb.DROP, root) in roots:
            hosts[action] = Host("drop", root)
        elif action.verb is Verb.CREATE and (Verb.CREATE, root) in roots:
            if action.key.kind not in _STANDING_APART and root.kind is Kind.TABLE:
                hosts[action] = Host("create", root)
        elif root.kind is Kind.TABLE:
            inside.setdefault(root, []).append(action)
    for table, found in inside.items():
        hosts.update(_in_table(table, found, scene, features))
    return hosts


def _in_table(table: Key, actions: Sequence[Action], scene: Scene, features: Features) -> dict[Action, Host]:
    structural = [action for action in actions if action.key.kind not in _STANDING_APART]
    if not structural:
        return {}
    native = _native(table, structural, scene, features)
    if native is not None:
        return native
    return dict.fromkeys(actions, Host("rebuild", table))  # indexes and triggers go and come with the table


def _native(table: Key, actions: Sequence[Action], scene: Scene, features: Features) -> dict[Action, Host] | None:
    """A host for each action where every one of them is part of an exact ADD or DROP COLUMN."""
    by_column: dict[Key, list[Action]] = {}
    hosts: dict[Action, Host] = {}
    for action in actions:
        column = _column_of(action)
        if column is None:
            return None
        by_column.setdefault(column, []).append(action)
    dropped = [a.key for a in actions if a.verb is Verb.DROP and a.key.kind is Kind.COLUMN]
    kept = [c for c in scene.base.children(table, Kind.COLUMN) if c.key not in dropped]
    for column, found in by_column.items():
        own = next((action for action in found if action.key == column), None)
        if own is None or any(action.verb is not own.verb for action in found):
            return None
        if own.verb is Verb.CREATE and can_add(column, scene):
            host = Host("add", column)
        elif own.verb is Verb.DROP and kept and features.drop_column and can_drop(column, dropped, scene):
            host = Host("remove", column)
        else:
            return None
        hosts.update(dict.fromkeys(found, host))
    return hosts


def _column_of(action: Action) -> Key | None:
    """The column that an action could be carried out beside; None: only with the whole table."""
    key = action.key
    if key.kind is Kind.COLUMN:
        return key
    if key.kind is Kind.DEFAULT:
        return key.parent
    new = action.new
    if isinstance(new, ForeignKey) and action.verb is Verb.CREATE and len(new.columns) == 1 and key.parent is not None:
        return child_key(Kind.COLUMN, key.parent, new.columns[0])
    return None


def is_rebuilt(table: Key, scene: Scene) -> bool:
    """Whether something inside the table's own statement differs between the two ends."""
    if table.kind is not Kind.TABLE or table not in scene.base or table not in scene.target:
        return False

    def inside(state: State) -> set[Object]:
        parts: list[Object] = [state[table]]
        for part in state.children(table):
            parts += [part, *(facet for facet in state.children(part.key) if facet.key.kind in FACETS)]
        return {part for part in parts if part.key.kind not in _STANDING_APART}

    return inside(scene.base) != inside(scene.target)
