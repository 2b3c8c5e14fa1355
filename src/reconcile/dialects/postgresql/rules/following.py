"""What comes before an object that does not need it, as the catalog sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from reconcile.dialects.postgresql.rules.routines import KINDS, signature
from reconcile.state import Key, Kind, Object, PartitionOf, State


def follows(base: State, goal: State) -> Callable[[Object], Iterable[Key]]:
    """A partition has the columns and checks of the table above when it is attached, neither more nor less.

    Whoever calls a routine is made when those of the same name are gone that go: with their defaults they may take the
    same call ("function … is not unique").
    """
    namesakes: dict[tuple[str | None, str], list[Key]] = {}
    for kind in KINDS:
        for item in base.of_kind(kind):
            if item.key not in goal:
                namesakes.setdefault(_called(item.key), []).append(item.key)

    def found(item: Object) -> Iterator[Key]:
        if isinstance(item, PartitionOf):
            for kind in (Kind.COLUMN, Kind.CHECK):
                yield from (part.key for part in goal.children(item.of, kind))
        for need in goal.needs_of(item.key) if namesakes else ():
            if need.kind in KINDS:
                yield from namesakes.get(_called(need), ())

    return found


def _called(key: Key) -> tuple[str | None, str]:
    return key.schema, signature(key)[0]
