"""A deterministic graph: sort by what must come before, and find what is knotted. Must not know what nodes are."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, TypeVar

Node = TypeVar("Node", bound=Hashable)


class CycleError(ValueError):
    """Some nodes each wait for another; ``knots`` are the groups of them."""

    def __init__(self, knots: list[list[Any]]) -> None:
        super().__init__(f"{len(knots)} cycle(s)")
        self.knots = knots


def sort(nodes: Iterable[Node], before: Mapping[Node, set[Node]], rank: Callable[[Node], Any]) -> list[Node]:
    """``nodes`` so that all of ``before[n]`` come before n; of those that are free the least ``rank`` is first.

    Kahn's algorithm with a heap. Raises CycleError with every knot.
    """
    order = sorted(nodes, key=rank)
    place = {node: index for index, node in enumerate(order)}
    waiting = {node: {b for b in before.get(node, ()) if b in place and b != node} for node in order}
    after: dict[Node, list[Node]] = {}
    for node, befores in waiting.items():
        for b in befores:
            after.setdefault(b, []).append(node)
    free = [place[node] for node, befores in waiting.items() if not befores]
    heapq.heapify(free)
    done: list[Node] = []
    while free:
        node = order[heapq.heappop(free)]
        done.append(node)
        for follower in after.get(node, ()):
            waiting[follower].discard(node)
            if not waiting[follower]:
                heapq.heappush(free, place[follower])
    if len(done) < len(order):
        finished = set(done)
        rest = [node for node in order if node not in finished]
        raise CycleError(knots(rest, waiting))
    return done


def knots(nodes: Iterable[Node], before: Mapping[Node, set[Node]]) -> list[list[Node]]:
    """The strongly connected components of more than one node (Tarjan, without recursion)."""
    index: dict[Node, int] = {}
    low: dict[Node, int] = {}
    stack: list[Node] = []
    on_stack: set[Node] = set()
    found: list[list[Node]] = []
    for root in nodes:
        if root in index:
            continue
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        work = [(root, iter(sorted(before.get(root, ()), key=repr)))]
        while work:
            node, following = work[-1]
            for step in following:
                if step not in index:
                    index[step] = low[step] = len(index)
                    stack.append(step)
                    on_stack.add(step)
                    work.append((step, iter(sorted(before.get(step, ()), key=repr))))
                    break
                if step in on_stack:
                    low[node] = min(low[node], index[step])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    component: list[Node] = []
                    while True:
                        member = stack.pop()
                        on_stack.discard(member)
                        component.append(member)
                        if member == node:
                            break
                    if len(component) > 1:
                        found.append(component)
    return found
