"""What the use cases return."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reconcile.errors import Place
from reconcile.execution.attic import AtticEntry
from reconcile.hazards.policy import Mute
from reconcile.state import Change, Hazard, Key, Level, Opaque, Plan, State
from reconcile.state.hints import RenameHint
from reconcile.state.revision import Revision


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
    notes: tuple[str, ...] = ()  # ignored objects, cannot-compare with reasons
    asides: tuple[str, ...] = ()  # what is no difference (the order of columns): for those who ask for more
    renames: tuple[RenameHint, ...] = ()  # the hints that were followed
    pending: tuple[Revision, ...] = ()  # revision files that the database has not seen; the plan starts after them
    memory: tuple[str, ...] = ()  # keys under which the cache knows the desired state


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of history."""

    id: str
    message: str
    direction: str  # "apply" or "revert" or "baseline"
    state: str  # "applied" (a revert: "done"), "reverted", "running", "failed"
    started: str  # ISO 8601, UTC
    seconds: float | None
    who: str  # user@host
    tool: str  # reconcile version
    steps: int
    checksum: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEdit:
    """What a file of the desired state is to become."""

    path: Path
    shown: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    """A change of the desired state that a person must make: in models, in SQL."""

    where: str  # "class shop.models.Order (shop/models.py:12)", "views.sql"
    table: Key | None = None  # of models: what it is in ``before`` and ``after``
    before: State | None = None
    after: State | None = None
    sql: str = ""  # of all else: what makes the difference
    reason: str = ""  # why no program does it


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """Drift, and what it takes to want it: the revision that records it, edits, and what is left to a person."""

    drift: tuple[Change, ...]
    live: str  # the digest of the state that was looked at
    revision: Revision | None  # None: nothing has drifted
    edits: tuple[FileEdit, ...] = ()
    by_hand: tuple[ByHand, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """Something about the history that does not fit together.

    ``kind``: missing, unreadable, unknown, edited, unsealed, out of order, chain, tampered, copy.
    """

    kind: str
    revision: str  # empty where it is about none in particular
    message: str
    remedy: str = ""  # what ``repair`` would do; empty where nothing shows what is right
    evidence: str = ""  # why that is right
    advice: str = ""  # what a person can do, where ``repair`` cannot


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
    attic: tuple[AtticEntry, ...] = ()  # what is kept of what plans dropped
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something a rule found, where it stands, and what the project makes of it."""

    hazard: Hazard
    denied: bool = False  # by the configuration
    step: int | None = None  # of the plan or revision
    place: Place | None = None  # in a file of the user's
    mute: Mute | None = None  # the comment that silences it

    @property
    def refuses(self) -> bool:
        """Whether a run would be refused, or a review should be."""
        return self.mute is None and (self.denied or self.hazard.level is Level.DANGER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Linted:
    """What lint found in ``what``, the worst first. ``codes``: the rules that looked."""

    what: str
    findings: tuple[Finding, ...]
    codes: tuple[str, ...] = ()

    @property
    def told(self) -> tuple[Finding, ...]:
        """Those that no comment silences."""
        return tuple(finding for finding in self.findings if finding.mute is None)

    @property
    def refused(self) -> bool:
        """Whether any of them refuses."""
        return any(finding.refuses for finding in self.findings)
