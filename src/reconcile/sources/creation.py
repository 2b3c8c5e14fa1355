"""From objects to the SQL that makes them, by the dialect's own rules. Knows no kind."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import partial
from heapq import heapify, heappop, heappush

from reconcile.dialects.base import Scene, Unit
from reconcile.errors import Place
from reconcile.scratch.realise import Declared, Landmark, Stated
from reconcile.sources.base import Target
from reconcile.state import Action, Key, Kind, Opaque, State, Verb
from reconcile.state.key import Order


def units_of(
    state: State,
    target: Target,
    origin: str,
    place_of: Callable[[Key], Place],
    landmarks_of: Callable[[Key], Iterable[Landmark]] = lambda _: (),
) -> tuple[Declared, ...]:
    """One unit for each thing the rules make in one go, in an order of need; left out are opaque objects, and where
    that is not managed what the server's databases share."""
    scene = Scene(
        base=State.empty(state.dialect, state.server),
        target=state,
        features=target.features,
    )
    rules = target.dialect.rules(target.features)
    there = Key(Kind.SCHEMA, None, target.dialect.default_schema or "")  # in every empty database
    others = frozenset(key for key in state.objects if target.dialect.is_shared(key))
    left = {there} if target.dialect.manages_shared else {there, *others}
    wanted = [item for item in state if not isinstance(item, Opaque) and item.key not in left]
    actions = [Action(Verb.CREATE, item.key, None, item) for item in wanted]
    groups = rules.group(actions, scene)

    def declared(members: Sequence[Action], *, whole: bool = True) -> Declared | None:
        unit = Unit(host=groups.get(members[0]) if len(members) > 1 else None, actions=tuple(members))
        keys = [action.key for action in members]
        landmarks = tuple(mark for key in keys for mark in landmarks_of(key))
        place = place_of(keys[0])
        statements = tuple(
            Stated(sql=sql, place=place, landmarks=landmarks)
            for draft in rules.render(unit, scene)
            for sql in (*draft.before, *draft.sql, *draft.after)
        )
        if not statements:
            return None
        inner, outer = _parted(members, rules.separable)
        apart = partial(pieces, inner, outer) if whole and inner and outer else None
        makes = keys[0].root if len({key.root for key in keys}) == 1 else None
        return Declared(
            name=str(keys[0]),
            statements=statements,
            origin=origin,
            shared=keys[0] in others,
            makes=makes,
            spelled=makes is not None and _is_spelled(makes, state),
            apart=apart,
        )

    def pieces(inner: Sequence[Action], outer: Sequence[Action]) -> tuple[Declared, ...]:
        found = (declared(inner, whole=False), *(declared([action], whole=False) for action in outer))
        return tuple(unit for unit in found if unit is not None)

    units = map(declared, _ordered(actions, groups, state, rules.separable))
    return tuple(unit for unit in units if unit is not None)


def _parted(members: Sequence[Action], separable: Callable[[Action], bool]) -> tuple[list[Action], list[Action]]:
    """The core of a unit, columns included since their order counts, and what can be added to it one by one."""
    outer = [action for action in members if action.key.kind.rank > Kind.COLUMN.rank and separable(action)]
    loose = set(outer)
    return [action for action in members if action not in loose], outer


def _is_spelled(root: Key, state: State) -> bool:
    """Whether it names every column that it uses: a table that takes none from another, and is no query."""
    item = state.get(root)
    takes = {need.root for need in state.needs_of(root)} - {root}
    return item is not None and item.holds_data and all(need.kind is Kind.SCHEMA for need in takes)


def _ordered(
    actions: Sequence[Action],
    groups: Mapping[Action, Hashable],
    state: State,
    separable: Callable[[Action], bool],
) -> list[list[Action]]:
    """Groups of actions, each after what it needs; where groups need each other, separable actions leave theirs."""
    members: dict[Hashable, list[Action]] = {}
    home: dict[Key, Hashable] = {}
    for action in actions:
        host = groups.get(action)
        name: Hashable = ("host", host) if host is not None else action
        members.setdefault(name, []).append(action)
        home[action.key] = name
    while True:
        order, stuck = _sorted(members, home, state)
        if not stuck:
            return [members[name] for name in order]
        loose = [
            action
            for name in stuck
            if len(members[name]) > 1
            for action in members[name]
            if separable(action)
            and any(home.get(need) in stuck and home[need] != name for need in state.needs_of(action.key))
        ]
        if not loose:  # the server and another round must tell
            return [members[name] for name in (*order, *stuck)]
        for action in loose:
            left = members[home[action.key]]
            left.remove(action)
            if not left:  # indexes of a tree: each can stand alone
                del members[home[action.key]]
            members[action] = [action]
            home[action.key] = action


def _sorted(
    members: dict[Hashable, list[Action]], home: dict[Key, Hashable], state: State
) -> tuple[list[Hashable], list[Hashable]]:
    """Kahn's algorithm, smallest key first; also those that are left in, or behind, a cycle."""
    needs: dict[Hashable, set[Hashable]] = {}
    needed_by: dict[Hashable, list[Hashable]] = {}
    for name, group in members.items():
        found = {home[need] for action in group for need in state.needs_of(action.key) if need in home} - {name}
        needs[name] = found
        for other in found:
            needed_by.setdefault(other, []).append(name)
    ranks: dict[Hashable, Order] = {name: min(a.key.order for a in group) for name, group in members.items()}
    names = list(members)
    numbers = {name: number for number, name in enumerate(names)}
    ready = [(ranks[name], numbers[name]) for name in names if not needs[name]]
    heapify(ready)
    order: list[Hashable] = []
    while ready:
        name = names[heappop(ready)[1]]
        order.append(name)
        for other in needed_by.get(name, ()):
            needs[other].discard(name)
            if not needs[other]:
                heappush(ready, (ranks[other], numbers[other]))
    placed = set(order)
    return order, [name for name in names if name not in placed]
