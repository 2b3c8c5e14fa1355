"""Typed progress events. Library code calls a listener with them; only the console module prints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reconcile.state.plan import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A state is being read or made real: "live database", "desired state on scratch"."""

    what: str
    done: int = 0
    total: int = 0  # 0: unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The lock is held by another; told again now and then."""

    holder: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """What an earlier, interrupted run left behind and what was made of it."""

    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionStarted:
    """A revision begins to run; ``direction`` is "apply" or "revert"."""

    id: str
    message: str
    direction: str
    steps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStarted:
    step: Step


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDone:
    step: Step
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """A step that is carried out in parts has done one more."""

    step: Step
    done: int  # rows
    total: int
    rate: float  # rows a second, pauses included

    @property
    def left(self) -> float:
        """Seconds, should it go on like this."""
        return (self.total - self.done) / self.rate if self.rate else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrying:
    """A lock was not to be had in time; the phase was rolled back and is tried again."""

    attempt: int
    seconds: float  # until the next attempt
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionDone:
    id: str
    direction: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something worth a line: unrelated drift, a scratch fallback."""

    message: str


Event = (
    Reading
    | Waiting
    | Recovered
    | RevisionStarted
    | StepStarted
    | Filling
    | StepDone
    | Retrying
    | RevisionDone
    | Notice
)
Listener = Callable[[Event], None]


def silent(event: Event) -> None:
    """The listener for those who do not want to know."""
    del event
