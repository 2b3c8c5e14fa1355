"""Making thousands of declarations real a portion at a time, each on a scratch database of its own.

For a database whose objects of some kinds need nothing of others to be made, and that takes ever longer to make one
the more there are. SQLite reads all of sqlite_schema at every CREATE (fileformat2.html, 2.6: a table without an index):
9,000 statements on one database take fourteen times as long as 3,000.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import chain, groupby
from operator import attrgetter, length_hint
from typing import Protocol

from reconcile.scratch.realise import Declared
from reconcile.state import Key, Kind, Object, State

PORTION = 250  # declarations

Slots = Callable[[Object], Iterable[Hashable]]


class Make(Protocol):
    """Makes some units real on an empty database, and reads it. Raises SourceError."""

    def __call__(self, units: Iterable[Declared], /, *, before: int = 0) -> State:
        """``before``: how many others have been made."""
        ...


def made_in_portions(units: Iterable[Declared], make: Make, *, alone: frozenset[Kind], slots: Slots) -> State:
    """What the units become on an empty database, as ``make`` makes and reads some of them.

    ``alone``: kinds that need nothing of others. If all units make one of these, the portions are made one by one;
    else, and where two would take the same name, all are made at once, so that the server has its say.
    """
    if not alone or length_hint(units) < 2 * PORTION:
        return make(units)
    done: list[Declared] = []
    parts: list[State] = []
    made: set[Key] = set()
    portion: list[Declared] = []
    runs = groupby(_by_object(units) if isinstance(units, tuple) else units, attrgetter("makes"))
    for key, run in runs:
        portion += run
        if key is None or key.kind not in alone or key in made:
            rest = chain.from_iterable(run for _, run in runs)
            return make(units if isinstance(units, tuple) else [*done, *portion, *rest])
        made.add(key)
        if len(portion) >= PORTION:
            parts.append(make(portion, before=len(done)))
            done += portion
            portion = []
    if portion:
        parts.append(make(portion, before=len(done)))
    return _together(parts, slots) or make(units if isinstance(units, tuple) else [*done, *portion])


def _by_object(units: Sequence[Declared]) -> Sequence[Declared]:
    """What makes one object together, where the first of it stands."""
    first: dict[Key | None, int] = {}
    for number, unit in enumerate(units):
        first.setdefault(unit.makes, number)
    return sorted(units, key=lambda unit: first[unit.makes])


def _together(parts: Sequence[State], slots: Slots) -> State | None:
    """All parts as one; None where two of their objects cannot be in one database."""
    objects = list(chain.from_iterable(parts))
    taken = [*(item.key for item in objects), *(slot for item in objects for slot in slots(item))]
    if len(set(taken)) < len(taken):
        return None
    needs = {key: found for part in parts for key, found in part.needs.items()}
    return State.of(objects, needs, dialect=parts[0].dialect, server=parts[0].server)
