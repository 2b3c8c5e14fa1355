"""How many ALTER TABLEs the changes of one table become: one, unless that would do dearer work than several.

A statement uses one algorithm for all it says, so folding can cost: a column is added in an instant and an index in
place, but the two together write the whole table anew (seen on MariaDB 10.11 and in "Online DDL Operations", MySQL).
What has to write the table anew takes everything else along, since that is paid once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import IntEnum

from reconcile.dialects.base import Scene
from reconcile.dialects.mysql.features import Features
from reconcile.dialects.mysql.rules.history import starts_history
from reconcile.dialects.mysql.rules.locks import Algorithm, algorithm_of, is_virtual
from reconcile.state import Action, CheckConstraint, Column, Index, Key, Kind, Verb, child_key

_ON_COLUMN = frozenset({Kind.DEFAULT, Kind.COMMENT})


class _Part(IntEnum):
    """In the order in which they run: an index finds its new columns, and has left the old ones before they go."""

    ADDED = 0
    VIRTUAL_ADDED = 1  # no other clause may stand beside those of virtual columns
    IN_PLACE = 2
    SHARED = 3  # what makes writers wait stands alone, so that nothing else does
    VIRTUAL_DROPPED = 4
    DROPPED = 5


def statements(actions: Sequence[Action], scene: Scene, features: Features) -> Iterator[tuple[Action, ...]]:
    """The actions of each statement, in order."""
    starting = starts_history(actions)
    if starting is not None:
        yield (starting,)
        actions = [action for action in actions if action is not starting]
    parts = _parts(actions, scene, features)
    for part in sorted(set(parts.values())):
        yield tuple(action for action in actions if parts[action] is part)


def combined(actions: Sequence[Action], scene: Scene, features: Features) -> Algorithm:
    """The algorithm for these in one statement."""
    found = [algorithm_of(action, scene, features) for action in actions]
    dearest = max(found, default=Algorithm.METADATA)
    moved = [action for action in actions if _moves(action)]
    if any(map(is_virtual, moved)) and not all(map(is_virtual, moved)):
        return Algorithm.COPY
    if dearest in (Algorithm.INPLACE, Algorithm.SHARED) and any(not is_virtual(action) for action in moved):
        return Algorithm.REBUILD if dearest is Algorithm.INPLACE else Algorithm.SHARED_REBUILD
    return dearest


def column_of(action: Action) -> Key | None:
    """The column whose definition the action is part of: MODIFY repeats all of it."""
    item = action.new or action.old
    if isinstance(item, Column):
        return action.key
    if action.key.kind in _ON_COLUMN and action.key.parent is not None and action.key.parent.kind is Kind.COLUMN:
        return action.key.parent
    if isinstance(item, CheckConstraint) and item.column is not None:
        return child_key(Kind.COLUMN, action.key.root, item.column)
    return None


def _parts(actions: Sequence[Action], scene: Scene, features: Features) -> dict[Action, _Part]:
    algorithms = {action: algorithm_of(action, scene, features) for action in actions}
    together = dict.fromkeys(actions, _Part.IN_PLACE)
    if max(algorithms.values()) >= Algorithm.ONLINE_COPY:
        return together
    places = {action.key: part for action in actions if (part := _place(action, actions)) is not None}
    if _is_knotted(actions, places):
        return together
    found: dict[Action, _Part] = {}
    for action in actions:
        column = column_of(action)
        mates = [
            other for other in actions if other.key == action.key or (column is not None and column_of(other) == column)
        ]
        dearest = max(algorithms[mate] for mate in mates)
        if column is not None and column in places:
            found[action] = places[column]
        elif dearest in (Algorithm.SHARED, Algorithm.SHARED_REBUILD):
            found[action] = _Part.SHARED
        elif dearest >= Algorithm.INPLACE:
            found[action] = _Part.IN_PLACE
    rebuilding = [part for action, part in found.items() if algorithms[action] in _REBUILDING]
    if rebuilding:  # all that may stand beside it does
        virtual = {_Part.VIRTUAL_ADDED, _Part.VIRTUAL_DROPPED}
        if virtual & set(found.values()):
            return together
        if _Part.SHARED in rebuilding:
            return together
        found = {action: part if part is _Part.SHARED else _Part.IN_PLACE for action, part in found.items()}
    plain = [part for part in sorted(set(found.values())) if part in (_Part.ADDED, _Part.IN_PLACE, _Part.DROPPED)]
    return {action: found.get(action, plain[0] if plain else _Part.IN_PLACE) for action in actions}


_REBUILDING = frozenset({Algorithm.REBUILD, Algorithm.SHARED_REBUILD})


def _place(action: Action, actions: Sequence[Action]) -> _Part | None:
    """Where a column that is added or dropped belongs; one that is made anew is dropped where it is added."""
    if not _moves(action):
        return None
    made = any(other.key == action.key and other.verb is Verb.CREATE for other in actions)
    if is_virtual(action):
        return _Part.VIRTUAL_ADDED if made else _Part.VIRTUAL_DROPPED
    return _Part.ADDED if made else _Part.DROPPED


def _is_knotted(actions: Sequence[Action], places: dict[Key, _Part]) -> bool:
    """Whether a column that is made anew ties an index or a virtual column to it: no order would do."""
    dropped = {action.key for action in actions if action.verb is Verb.DROP}
    anew = {action.key for action in actions if action.verb is Verb.CREATE and _moves(action)} & dropped
    if not anew:
        return False
    virtual = any(part in (_Part.VIRTUAL_ADDED, _Part.VIRTUAL_DROPPED) for part in places.values())
    kinds = {places[key] for key in anew}
    mentioned = {
        part.column
        for action in actions
        for item in (action.old, action.new)
        if isinstance(item, Index)
        for part in item.parts
    }
    return (virtual and kinds != {_Part.VIRTUAL_ADDED}) or any(key.name in mentioned for key in anew)


def _moves(action: Action) -> bool:
    return action.key.kind is Kind.COLUMN and action.verb in (Verb.CREATE, Verb.DROP)
