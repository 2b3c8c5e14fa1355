"""Values that a person wants otherwise before what their column takes is narrowed: which are due, and the steps.

Must not know how they are kept: the attic does that, as for whatever else a plan destroys.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set

from reconcile.dialects.base import AtticRules, Draft, Scene
from reconcile.state import Change, Column, Create, Key, Kind, State

# What decides which values a column takes, beside its own type.
_NARROWS = frozenset({Kind.ENUM, Kind.DOMAIN, Kind.CHECK})


def due(start: State, goal: State, given: Mapping[Key, str], changes: Iterable[Change]) -> Mapping[Key, str]:
    """The columns that are there before and after, and whose type, or a label or check of it, the changes concern."""
    touched = _narrowed(start, goal, changes) if given else frozenset()
    return {
        key: text
        for key, text in sorted(given.items())
        if key in touched
        and isinstance(old := start.get(key), Column)
        and isinstance(new := goal.get(key), Column)
        and old.generated is None
        and new.generated is None
    }


def _narrowed(start: State, goal: State, changes: Iterable[Change]) -> Set[Key]:
    found: set[Key] = set()
    for change in changes:
        key = change.key
        old, new = start.get(key), goal.get(key)
        if isinstance(old, Column) and isinstance(new, Column) and old.type != new.type:
            found.add(key)
        elif key.kind is Kind.CHECK and new is not None:
            found |= {need for need in (*new.requires, *goal.needs_of(key)) if need.kind is Kind.COLUMN}
        elif key.kind in _NARROWS and not isinstance(change, Create):
            found |= {user for user in start.dependents(key) if user.kind is Kind.COLUMN}
    return found


def converting(columns: Mapping[Key, str], scene: Scene, rules: AtticRules) -> Iterator[Draft]:
    """The values become what was said, table by table, while all else is as it was."""
    for table in sorted({key.root for key in columns}):
        yield rules.convert(table, {key: text for key, text in columns.items() if key.root == table}, scene)
