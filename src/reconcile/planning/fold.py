"""Fold actions into the units a person would write, and take apart again only what would be a knot."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

from reconcile.dialects.base import Rules, Scene, Unit
from reconcile.errors import Unplannable
from reconcile.planning.graph import CycleError, sort
from reconcile.planning.order import Edges
from reconcile.state import Action


def units_in_order(actions: Sequence[Action], edges: Edges, rules: Rules, scene: Scene) -> list[Unit]:
    """The units in the order in which they run.

    Contract first (parts join the unit of their table), then sort; whatever is still knotted gives up members
    that can stand alone, the highest-ranking kind first (foreign keys before checks before defaults before
    columns), until it sorts. Raises Unplannable that names the knot: a bug of the rules.
    """
    hosts: dict[Action, Hashable] = dict(rules.group(actions, scene))
    while True:
        units = _units(actions, hosts)
        unit_of = {action: number for number, unit in enumerate(units) for action in unit.actions}
        before: dict[int, set[int]] = {number: set() for number in range(len(units))}
        for action, earlier in edges.items():
            before[unit_of[action]].update(unit_of[other] for other in earlier)
        ranks = [_rank(unit) for unit in units]
        try:
            return [units[number] for number in sort(range(len(units)), before, ranks.__getitem__)]
        except CycleError as error:
            if not _loosen(error.knots, edges, unit_of, hosts, rules):
                names = "; ".join(
                    " ⇄ ".join(str(units[number].actions[0].key) for number in knot) for knot in error.knots
                )
                raise Unplannable(
                    f"these changes each have to come before the other: {names}",
                    hint="this is a defect of reconcile; split the change into two plans meanwhile",
                ) from None


def _units(actions: Sequence[Action], hosts: Mapping[Action, Hashable]) -> list[Unit]:
    members: dict[Hashable, list[Action]] = {}
    for action in actions:
        members.setdefault((True, hosts[action]) if action in hosts else (False, action), []).append(action)
    return [
        Unit(host=host[1] if isinstance(host, tuple) and host[0] else None, actions=tuple(found))
        for host, found in members.items()
    ]


def _rank(unit: Unit) -> tuple[object, ...]:
    first = min(unit.actions, key=lambda action: action.order)
    lead = min(unit.actions, key=lambda action: (len(action.key.path), action.order))
    return first.verb.rank, lead.key.root.order, first.order


def _loosen(
    knots: Sequence[Sequence[int]],
    edges: Edges,
    unit_of: Mapping[Action, int],
    hosts: dict[Action, Hashable],
    rules: Rules,
) -> bool:
    """Take members out of knotted units; whether any could be."""
    freed = False
    for knot in knots:
        inside = set(knot)
        crossing: set[Action] = set()
        for action, earlier in edges.items():
            if unit_of[action] not in inside:
                continue
            for other in earlier:
                if unit_of[other] in inside and unit_of[other] != unit_of[action]:
                    crossing |= {action, other}
        loose = [action for action in crossing if action in hosts and rules.separable(action)]
        if loose:
            highest = max(action.key.kind.rank for action in loose)
            for action in loose:
                if action.key.kind.rank == highest:
                    del hosts[action]
                    freed = True
    return freed
