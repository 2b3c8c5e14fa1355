"""The use cases, each on a page. The command line calls nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from reconcile.config import Project
from reconcile.execution.events import Listener, silent
from reconcile.state import Change, Key, Opaque, Plan, State
from reconcile.state.revision import Revision

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A drop and a create that look like a rename; ``hint`` is the exact thing to add or to pass."""

    old: Key
    new: Key
    likeness: float  # 0 … 1
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A plan with all that a person wants to know beside it."""

    plan: Plan
    base: State
    target: State
    changes: tuple[Change, ...]
    unmanaged: tuple[Opaque, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    notes: tuple[str, ...] = ()  # column order, ignored objects, cannot-compare with reasons
    pending: tuple[Revision, ...] = ()  # revision files that the database has not seen; the plan starts after them


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of history."""

    id: str
    message: str
    direction: str  # "apply" or "revert" or "baseline"
    state: str  # "applied", "reverted", "running", "failed"
    started: str  # ISO 8601, UTC
    seconds: float | None
    who: str  # user@host
    tool: str  # reconcile version
    steps: int
    checksum: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Where the database stands."""

    database: str  # URL without password
    server: str
    heads: tuple[str, ...]  # applied revisions nothing else builds on
    pending: tuple[Revision, ...]
    unknown: tuple[str, ...]  # applied, but no file (and a folder is configured)
    drift: tuple[Change, ...]  # live against what history says it should be
    unfinished: str | None  # a sentence about an interrupted run
    unmanaged: tuple[Opaque, ...]
    proposal: Proposal | None  # live (+ pending) against desired; None where no desired state is configured

    @property
    def changes_pending(self) -> bool:
        return bool(self.pending or self.drift or self.unfinished or (self.proposal and not self.proposal.plan.empty))


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What an apply or revert did."""

    revisions: tuple[Revision, ...]  # in the order in which they ran; empty: nothing to do
    seconds: float
    written: tuple[Path, ...] = ()  # revision files written on the way


def run(url: str, work: Callable[[], T]) -> T:
    """Call ``work`` so that asynchronous drivers function: plainly, or inside an event loop's greenlet."""
    raise NotImplementedError


def plan(
    project: Project,
    *,
    renames: Sequence[str] = (),
    rehearse: bool = True,
    listen: Listener = silent,
) -> Proposal:
    """What it takes to make the live database (after pending revisions) like the desired state. Changes nothing.

    ``renames``: "table old=new", "column t.old=new".
    """
    raise NotImplementedError


def save(project: Project, proposal: Proposal, message: str) -> tuple[Revision, Path]:
    """Write the proposal as a sealed revision file on top of the folder's heads."""
    raise NotImplementedError


def apply(
    project: Project,
    *,
    upto: str | None = None,
    proposal: Proposal | None = None,
    allow: Sequence[str] = (),
    lock_wait: float = 0.0,
    listen: Listener = silent,
) -> Applied:
    """Run pending revision files in the order of the DAG (as far as ``upto``), or else the given ``proposal``."""
    raise NotImplementedError


def pending(project: Project) -> tuple[Revision, ...]:
    """Revision files that the database has not seen, in the order in which they would run."""
    raise NotImplementedError


def to_revert(
    project: Project, *, revision: str | None = None, last: int | None = None, to: str | None = None
) -> tuple[Revision, ...]:
    """The revisions a revert would undo, newest first; raises RevisionError with the reason where it may not."""
    raise NotImplementedError


def revert(
    project: Project,
    revisions: Sequence[Revision],
    *,
    allow: Sequence[str] = (),
    lock_wait: float = 0.0,
    listen: Listener = silent,
) -> Applied:
    """Undo these revisions, newest first."""
    raise NotImplementedError


def history(project: Project) -> tuple[Entry, ...]:
    """All runs the database remembers, oldest first."""
    raise NotImplementedError


def status(project: Project, *, listen: Listener = silent) -> Status:
    """Where the database stands: pending, drift, unfinished work."""
    raise NotImplementedError


def show(project: Project, revision: str) -> Revision:
    """One revision by id, unique prefix, or "head": from the folder, else from the database's own copy."""
    raise NotImplementedError


def diff(project: Project, a: str, b: str, *, listen: Listener = silent) -> tuple[State, State, tuple[Change, ...]]:
    """The changes that make source ``a`` like source ``b``, and both states."""
    raise NotImplementedError


def inspect(project: Project, *, listen: Listener = silent) -> State:
    """The live database as a State, in the project's scope."""
    raise NotImplementedError


def new_revision(project: Project, message: str) -> Path:
    """Write an empty, unsealed revision for a person to fill in."""
    raise NotImplementedError


def seal(project: Project, revision: str, *, listen: Listener = silent) -> tuple[Revision, Path]:
    """Rehearse an edited or hand-written revision and renew its checksum and effects."""
    raise NotImplementedError


def baseline(project: Project, *, message: str = "baseline", listen: Listener = silent) -> Revision:
    """Record the live database as it is as the start of history; runs no schema change."""
    raise NotImplementedError


def verify(project: Project, *, listen: Listener = silent) -> tuple[str, ...]:
    """Replay all revision files on scratch, forwards and backwards; a line for each that differs."""
    raise NotImplementedError
