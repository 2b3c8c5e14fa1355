"""Job: a revision in one direction, as the applier runs it. World: where and with what it runs."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from reconcile.config import Pace, Timeouts
from reconcile.dialects.base import Dialect
from reconcile.dialects.session import Session
from reconcile.events import Listener, silent
from reconcile.execution.attic import Attic
from reconcile.execution.history import History
from reconcile.execution.progress import ProgressTable
from reconcile.state import Key, Object, Phase, State, Step
from reconcile.state.revision import Revision

Digests = tuple[str | None, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is to run. ``direction`` is "apply" or "revert": to the applier only a word for history."""

    id: str
    message: str
    direction: str
    parents: tuple[str, ...]
    checksum: str
    built_on: tuple[str, ...] = ()  # the checksums of the parents
    phases: tuple[Phase, ...]
    before: Mapping[Key, Object] = field(default_factory=dict)  # images of touched objects, for saying what differs
    after: Mapping[Key, Object] = field(default_factory=dict)
    text: str = ""  # the revision file, kept in the database

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(step for phase in self.phases for step in phase.steps)

    @property
    def touches(self) -> dict[Key, Digests]:
        """key → (digest before, digest after) over all steps."""
        found: dict[Key, Digests] = {}
        for step in self.steps:
            for effect in step.effects:
                first = found[effect.key][0] if effect.key in found else effect.before
                found[effect.key] = (first, effect.after)
        return dict(sorted(found.items()))

    @classmethod
    def of(cls, revision: Revision, direction: str, *, text: str = "") -> Job:
        """The revision in the direction "apply" or "revert"; ``text`` is its file's."""
        forward = direction != "revert"
        before = {item.key: item for item in revision.before}
        after = {item.key: item for item in revision.after}
        return cls(
            id=revision.id,
            message=revision.message,
            direction=direction,
            parents=revision.parents,
            checksum=revision.checksum,
            built_on=revision.built_on,
            phases=revision.plan.phases if forward else revision.plan.revert_phases,
            before=before if forward else after,
            after=after if forward else before,
            text=text,
        )


def _now() -> datetime:
    return datetime.now(UTC)


_TIMEOUTS = Timeouts()
_PACE = Pace()


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Where jobs run: the database, its memory, and the outside (time, chance, the listener)."""

    session: Session
    dialect: Dialect
    read: Callable[[Session], State]  # the live state, in the project's scope
    history: History
    who: str  # user@host
    tool: str  # our version
    root: Path = field(default_factory=Path.cwd)  # Python steps are imported from here
    python: tuple[str, ...] = ()  # and only from these modules
    timeouts: Timeouts = _TIMEOUTS
    pace: Pace = _PACE
    listen: Listener = silent
    now: Callable[[], datetime] = _now
    clock: Callable[[], float] = time.monotonic  # seconds
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random  # 0 … 1

    @property
    def attic(self) -> Attic:
        """The attic of this database."""
        rules = self.dialect.rules(self.dialect.features(self.session))
        return Attic(self.session, self.dialect.grammar, rules.attic, place=self.history.place)

    @property
    def progress(self) -> ProgressTable:
        """How far steps came that are carried out in parts."""
        return ProgressTable(self.session, place=self.history.place)

    def stamp(self) -> str:
        """The time, as history writes it."""
        return self.now().astimezone(UTC).isoformat(timespec="seconds")
