"""What a plan is: steps in phases. Not how one is made, nor how it is run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from reconcile.state.key import Key


class Level(StrEnum):
    """How bad a hazard is. DANGER refuses to run without ``--allow CODE``."""

    INFO = "info"
    WARNING = "warning"
    DANGER = "danger"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hazard:
    """Something a person should know before the step runs. ``code`` is stable: users put it in scripts."""

    code: str
    level: Level
    key: Key
    message: str
    advice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A query that tells beforehand whether the step would fail on the data: it returns the offending rows.

    No rows: all is well. Run before the first step; on rows nothing is changed.
    """

    key: Key
    query: str  # returns offending rows; the runner counts them and shows up to 5
    message: str  # "column public.users.email has rows that are NULL"
    advice: str
    at_step: bool = False  # asked only just before its step: what it is about is changed by earlier steps of the plan
    kept: str = ""  # asked only where the attic holds this table


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A table of the attic, and the table or column whose rows or values are in it.

    ``lost`` counts, before the step, kept values that yield to what was written since; ``left``, after it, those whose
    rows are gone. Both are queries, or empty.
    """

    name: str  # in the attic, fixed when the plan is made
    key: Key
    columns: tuple[str, ...] = ()  # of the table, where their values are kept; none: all of it
    lost: str = ""
    left: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """How long a step that reads or writes whole tables may take: a range, from what the server says of their size."""

    rows: int
    bytes: int
    least: float  # seconds
    most: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Rows that are changed a part at a time, in the order of a key, each part in a transaction of its own.

    All are pieces of SQL. The statement of a part is the step's own with the bounds of the part.
    """

    table: str
    assigns: str  # what stands after SET
    wanting: str  # a condition: the row has still to be done
    keys: tuple[str, ...]  # the columns of the key
    literals: tuple[str, ...]  # for each of them an expression that gives its value as a literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a step does to one object: the digests before and after; None is absent."""

    key: Key
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing a person would call one thing. Runs as a whole."""

    number: int  # 1-based, over the whole plan
    summary: str  # "create table public.orders"
    sql: tuple[str, ...]  # complete statements without final semicolons
    call: str | None = None  # "package.module:function" instead of SQL, in hand-written revisions
    transactional: bool = True
    effects: tuple[Effect, ...] = ()
    lock: str | None = None  # the server's own lock name and on what, "ACCESS EXCLUSIVE on public.users"
    rewrites: bool = False  # the whole table is written anew
    scans: bool = False  # every row is read while the lock is held: to check it, or to build an index
    reason: str = ""  # why it is there, where that is not its own change: "view v needs column t.c"
    hazards: tuple[Hazard, ...] = ()
    checks: tuple[Check, ...] = ()
    estimate: Estimate | None = field(default=None, compare=False)  # of one database at one time; files keep none
    keeps: Kept | None = None  # it puts this into the attic
    restores: Kept | None = None  # it takes this out of the attic; passed over where that is not there
    batch: Batch | None = None  # its statement is carried out in parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """Steps that commit together; a phase that is not transactional holds one step.

    ``before`` and ``after`` are statements outside the transaction (SQLite: PRAGMA foreign_keys).
    """

    transactional: bool
    steps: tuple[Step, ...]
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


class Proof(StrEnum):
    """How a rehearsal ended."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """The plan was run on scratch, forwards and backwards. SKIPPED and FAILED carry the reason."""

    forward: Proof
    backward: Proof
    reason: str = ""
    rows: int = 0  # rows that were put in and survived the way there and back
    complaints: tuple[str, ...] = ()  # what the server says of programs whose bodies it did not look at; not in files


NOT_REHEARSED = Rehearsal(forward=Proof.SKIPPED, backward=Proof.SKIPPED, reason="not asked for")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """An ordered way from one state to another, and back."""

    dialect: str
    server: str
    base: str  # digest of the state it starts from; of an empty plan, which touches nothing, there is none
    target: str  # digest of the state it ends in; likewise
    phases: tuple[Phase, ...]
    revert_phases: tuple[Phase, ...] = ()
    rehearsal: Rehearsal = NOT_REHEARSED

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(step for phase in self.phases for step in phase.steps)

    @property
    def empty(self) -> bool:
        return not self.phases

    @property
    def hazards(self) -> Iterator[Hazard]:
        return (hazard for step in self.steps for hazard in step.hazards)
