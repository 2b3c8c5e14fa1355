"""Which action must come before which: a few rules over needs, the same for every kind."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

from reconcile.state import Action, Alter, Change, Create, Drop, Key, Object, Rename, Replace, State, Verb

Edges = dict[Action, set[Action]]  # action → the actions that come before it


def actions_of(changes: Iterable[Change]) -> tuple[Action, ...]:
    """The nodes of the graph, sorted: a Replace is a drop and a create. Renames are not among them."""
    return tuple(sorted(_split(changes), key=lambda action: action.order))


def _split(changes: Iterable[Change]) -> Iterator[Action]:
    for change in changes:
        match change:
            case Create(new=new):
                yield Action(Verb.CREATE, new.key, None, new)
            case Drop(old=old):
                yield Action(Verb.DROP, old.key, old, None)
            case Alter(old=old, new=new, fields=fields):
                yield Action(Verb.ALTER, new.key, old, new, fields)
            case Replace(old=old, new=new):
                yield Action(Verb.DROP, old.key, old, None)
                yield Action(Verb.CREATE, new.key, None, new)
            case Rename():
                raise TypeError("renames are carried out before the graph is made")


def precedence(
    actions: Sequence[Action],
    base: State,
    goal: State,
    slots: Callable[[Object], Iterable[Hashable]],
    follows: Callable[[Object], Iterable[Key]],
) -> Edges:
    """What comes before each action.

    x needs y: create or alter x after create or alter y; drop x before drop or alter y; alter x away from y
    before drop or alter y. One key: drop before create. One name that only one object can have: whoever gives
    it up before whoever takes it. And what the rules say that it follows.
    """
    makes: dict[Key, list[Action]] = {}
    drops: dict[Key, Action] = {}
    alters: dict[Key, Action] = {}
    for action in actions:
        if action.verb is Verb.DROP:
            drops[action.key] = action
        else:
            makes.setdefault(action.key, []).append(action)
            if action.verb is Verb.ALTER:
                alters[action.key] = action
    edges: Edges = {action: set() for action in actions}
    for action in actions:
        if action.verb is Verb.DROP:
            for later in makes.get(action.key, ()):
                edges[later].add(action)
            for need in base.needs_of(action.key):
                for other in (drops.get(need), alters.get(need)):
                    if other is not None:
                        edges[other].add(action)
        else:
            for need in goal.needs_of(action.key):
                edges[action].update(makes.get(need, ()))
            if action.verb is Verb.CREATE and action.new is not None:
                for first in follows(action.new):
                    edges[action].update(other for other in (*makes.get(first, ()), drops.get(first)) if other)
            if action.verb is Verb.ALTER:
                for need in base.needs_of(action.key) - goal.needs_of(action.key):
                    for other in (drops.get(need), alters.get(need)):
                        if other is not None:
                            edges[other].add(action)
    _add_slots(actions, edges, slots)
    return edges


def _add_slots(actions: Sequence[Action], edges: Edges, slots: Callable[[Object], Iterable[Hashable]]) -> None:
    leaving: dict[Hashable, list[Action]] = {}
    taking: dict[Action, set[Hashable]] = {}
    for action in actions:
        had = set(slots(action.old)) if action.old is not None else set()
        has = set(slots(action.new)) if action.new is not None else set()
        for slot in had - has:
            leaving.setdefault(slot, []).append(action)
        taking[action] = has - had
    for action, taken in taking.items():
        for slot in taken:
            edges[action].update(other for other in leaving.get(slot, ()) if other != action)
