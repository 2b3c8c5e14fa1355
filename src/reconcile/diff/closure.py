"""Dependents that cannot live through a change are replaced with it: one loop until nothing more is found."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from reconcile.diff.compare import Judgement
from reconcile.errors import Unplannable
from reconcile.state import Alter, Change, Drop, Key, Object, Opaque, Rename, Replace, State


def close(
    base: State, goal: State, changes: Iterable[Change], judgement: Judgement, managed: Callable[[Key], bool]
) -> tuple[Change, ...]:
    """``changes`` and the replacements they force, sorted by key. ``managed``: whether an object is in the scope.

    Raises Unplannable where something unmanaged, or something that holds rows, stands in the way.
    """
    found: dict[Key, Change] = {change.key: change for change in changes}
    todo = sorted(found.values(), key=lambda change: change.key, reverse=True)
    while todo:
        change = todo.pop()
        if not isinstance(change, Drop | Replace | Alter | Rename):
            continue
        for key in sorted(base.dependents(change.key)):
            if _is_gone(found.get(key)):
                continue
            dependent = base[key]
            if not _must_go(change, dependent, found.get(key), goal, judgement):
                continue
            replacement = _replacement(change, dependent, goal, managed)
            found[key] = replacement
            todo.append(replacement)
    return tuple(found[key] for key in sorted(found))


def _is_gone(change: Change | None) -> bool:
    return isinstance(change, Drop | Replace)


def _must_go(change: Change, dependent: Object, own: Change | None, goal: State, judgement: Judgement) -> bool:
    if isinstance(change, Drop | Replace):
        moves_away = isinstance(own, Alter) and change.key not in goal.needs_of(dependent.key)
        return not moves_away
    return judgement.disrupts(change, dependent)


def _replacement(change: Change, dependent: Object, goal: State, managed: Callable[[Key], bool]) -> Change:
    if isinstance(dependent, Opaque):
        raise Unplannable(
            f"{dependent.key.name} ({dependent.reason}) depends on {change.key}, which has to change",
            key=dependent.key,
            hint="drop it and make it again by hand round the change (reconcile revision)",
        )
    if isinstance(change, Drop) and not managed(dependent.key):
        raise Unplannable(
            f"{dependent.key} is not managed here and needs {change.key}, which the plan would drop",
            key=dependent.key,
            hint=f"keep {change.key}, or bring {dependent.key} under management",
        )
    # What lives in it goes and comes with it; whether there are rows is asked before (preflight).
    part = dependent.key.within(change.key)
    if dependent.holds_data and not part and isinstance(change, Drop | Replace) and not _regenerates(dependent):
        raise Unplannable(
            f"{dependent.key} would have to be dropped and made again, with its rows, because of {change.key}",
            key=dependent.key,
            hint="split the change into two plans, or write the revision by hand (reconcile revision)",
        )
    return Replace(old=dependent, new=goal[dependent.key], because=change.key)


def _regenerates(item: Object) -> bool:
    """What a generated column holds comes back by itself; some tables keep no rows themselves."""
    return getattr(item, "generated", None) is not None or not getattr(item, "keeps_rows", True)
