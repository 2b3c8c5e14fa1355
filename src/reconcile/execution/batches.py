"""Carrying a step out in parts: each in a transaction of its own that also writes down how far it came.

The key's last value is looked up before the first part: rows that are written later, behind it, are no part of it.
Waits between the parts, so that others get their turn.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from reconcile.config import Pace
from reconcile.dialects.session import Session
from reconcile.events import Filling, Listener, silent
from reconcile.state import Batch, Step

_AIM = 0.25  # seconds that a part should take: so long may one who wants to change a row have to wait
_FIRST, _FEWEST, _MOST = 1_000, 100, 50_000  # rows of a part


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """How far a step came: values of the key as literals. ``last`` is empty before the first part."""

    last: tuple[str, ...]
    end: tuple[str, ...]
    done: int  # rows


class Progress(Protocol):
    """Remembers positions, in whatever transaction is open."""

    def reached(self, step: Step) -> Position | None: ...

    def reach(self, step: Step, position: Position) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Batches:
    """How steps are carried out in parts."""

    session: Session
    progress: Progress
    pace: Pace
    listen: Listener = silent
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def run(self, step: Step, batch: Batch) -> None:
        """From where it was left to the end. Raises ServerError; what has been done by then stays done."""
        at = self.progress.reached(step) or self._start(batch)
        if at is None:
            return
        before, since = at.done, self.clock()
        total = before + self._count(batch, at)
        rows = self._next(_FIRST, _AIM)
        while at.last != at.end:
            start = self.clock()
            at, changed = self._part(step, batch, at, rows)
            spent = self.clock() - start
            rate = (at.done - before) / max(self.clock() - since, 1e-6)
            self.listen(Filling(step=step, done=at.done, total=max(total, at.done), rate=rate))
            if at.last != at.end:
                self.sleep(self.pace.pause(spent, changed))
            rows = self._next(rows, spent)

    def _start(self, batch: Batch) -> Position | None:
        """None: there are no rows."""
        end = self._key(batch, "", f"{', '.join(f'{key} DESC' for key in batch.keys)} LIMIT 1")
        return None if end is None else Position(last=(), end=end, done=0)

    def _count(self, batch: Batch, at: Position) -> int:
        query = f"SELECT count(*) FROM {batch.table} WHERE {_wanted(batch, at.last, at.end)}"
        return int(self.session.query(query)[0][0])

    def _part(self, step: Step, batch: Batch, at: Position, rows: int) -> tuple[Position, int]:
        where = f"WHERE {_wanted(batch, at.last, at.end)}"
        with self.session.transaction():
            upto = self._key(batch, where, f"{', '.join(batch.keys)} LIMIT 1 OFFSET {rows - 1}") or at.end
            changed = self.session.change(
                f"UPDATE {batch.table} SET {batch.assigns} WHERE {_wanted(batch, at.last, upto)}"
            )
            reached = replace(at, last=upto, done=at.done + changed)
            self.progress.reach(step, reached)
        return reached, changed

    def _next(self, rows: int, spent: float) -> int:
        """Up to twice as many, or down to half, so that a part takes about as long as it should."""
        most = _MOST if self.pace.rows is None else max(1, min(_MOST, int(self.pace.rows)))
        factor = min(2.0, max(0.5, _AIM / max(spent, 1e-3)))
        return min(most, max(_FEWEST, int(rows * factor)))

    def _key(self, batch: Batch, where: str, order: str) -> tuple[str, ...] | None:
        query = f"SELECT {', '.join(batch.literals)} FROM {batch.table} {where} ORDER BY {order}"
        found = self.session.query(query)
        return tuple(map(_text, found[0])) if found else None


def _wanted(batch: Batch, after: Sequence[str], upto: Sequence[str]) -> str:
    """The rows that are still to be done behind ``after`` and up to ``upto``."""
    bounds = [f"({batch.wanting})", _compared(batch.keys, "<", upto, or_equal=True)]
    if after:
        bounds.append(_compared(batch.keys, ">", after, or_equal=False))
    return " AND ".join(bounds)


def _compared(keys: Sequence[str], sign: str, values: Sequence[str], *, or_equal: bool) -> str:
    """The row comparison, spelled out: not every server finds its way into an index through ``(a, b) > (x, y)``."""
    key, value = keys[0], values[0]
    if len(keys) == 1:
        return f"{key} {sign}{'=' if or_equal else ''} {value}"
    rest = _compared(keys[1:], sign, values[1:], or_equal=or_equal)
    return f"({key} {sign}= {value} AND ({key} {sign} {value} OR ({rest})))"


def _text(value: object) -> str:
    """A literal, from drivers that give bytes for some expressions as well."""
    return bytes(value).decode() if isinstance(value, bytes | bytearray | memoryview) else str(value)
