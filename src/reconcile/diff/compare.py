"""What separates two states, object by object. Must not know kinds, dialects or SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from reconcile.errors import Unplannable
from reconcile.state import (
    Alter,
    Change,
    Create,
    Drop,
    How,
    Key,
    Object,
    Opaque,
    Replace,
    Scope,
    State,
    differing_fields,
)
from reconcile.state.scope import is_bookkeeping


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the comparison asks the rules of a database, handed in as two functions."""

    how: Callable[[Alter], How]
    disrupts: Callable[[Change, Object], bool]


def without_bookkeeping(state: State) -> State:
    """The state without this tool's and other tools' own tables, which come and go without a plan."""
    return state.select(lambda key: not is_bookkeeping(key.root))


Brings = Callable[[Object, State], Iterable[Object]]


def _nothing(item: Object, state: State) -> Iterable[Object]:
    del item, state
    return ()


def goal_of(base: State, wanted: State, scope: Scope, brings: Brings = _nothing) -> State:
    """The state to end in: what is wanted inside the scope, and outside of it (and unmanaged) what is there.

    Both states without bookkeeping. An object that is there as wanted is the one that is there: what is not
    compared (a column's position, the name a server chose for an unnamed constraint) is then true of it.
    ``brings``: what the database itself adds to a new object; kept where the scope does not speak of it.
    """
    if base.objects == wanted.objects:
        return base
    inside = [item for item in wanted if _ours(item, wanted, scope)]
    outside = [item for item in base if not _ours(item, base, scope)]
    going = {item.key for item in base} - {item.key for item in outside} - {item.key for item in inside}
    # What is not ours goes all the same where the whole that it is a part of goes: a trigger with its table.
    kept = [item for item in outside if not _has_ancestor(item.key, going)]
    from_base = {item.key for item in kept}
    objects = [*kept, *(_present(item, base) for item in inside if item.key not in from_base)]
    present = {item.key for item in objects}
    added = [
        part
        for item in inside
        if item.key not in base
        for part in brings(item, base)
        if not scope.covers(part.key) and part.key not in present
    ]
    known = {key: found for key, found in wanted.needs.items() if key not in from_base}
    known |= {key: found for key, found in base.needs.items() if key in from_base or known.get(key) == found}
    objects += added
    needs = [(part.key, need) for part in added for need in part.requires]
    return State.build(objects, needs, dialect=base.dialect, server=base.server, structural=False, known=known)


def _has_ancestor(key: Key, among: set[Key]) -> bool:
    return key.parent is not None and (key.parent in among or _has_ancestor(key.parent, among))


def _present(item: Object, base: State) -> Object:
    there = base.get(item.key)
    if there is None:
        return item
    return there if there is item or there == item else item.heir_of(there)


def _ours(item: Object, state: State, scope: Scope) -> bool:
    return not isinstance(item, Opaque) and scope.covers(state.home(item.key))


def compare(base: State, goal: State, judgement: Judgement) -> tuple[Change, ...]:
    """The changes that lead from ``base`` to ``goal``, sorted by key; dependents not yet considered.

    Raises Unplannable where a difference is not for us to make good.
    """
    return tuple(_changes(base, goal, judgement))


def _changes(base: State, goal: State, judgement: Judgement) -> Iterable[Change]:
    missing = object()
    differing = [key for key, old in base.objects.items() if goal.objects.get(key, missing) != old]
    for key in sorted([*differing, *(goal.objects.keys() - base.objects.keys())]):
        old, new = base.get(key), goal.get(key)
        if old is None:
            assert new is not None
            yield Create(new=new)
        elif new is None:
            yield Drop(old=old)
        else:
            yield _difference(old, new, judgement)


def _difference(old: Object, new: Object, judgement: Judgement) -> Change:
    alter = Alter(old=old, new=new, fields=differing_fields(old, new))
    match judgement.how(alter):
        case How.REPLACE:
            return Replace(old=old, new=new)
        case How.REFUSE:
            raise Unplannable(
                f"{old.key}: {', '.join(sorted(alter.fields))} cannot be changed on this database",
                key=old.key,
                hint="make the change by hand (reconcile revision), or leave the object out with 'ignore'",
            )
        case _:
            return alter
