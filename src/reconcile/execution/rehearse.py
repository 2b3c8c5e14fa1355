"""Rehearsal: the plan runs on scratch, forwards and backwards, by the applier's own code, and is held to its word."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import insert, table
from sqlalchemy.exc import DBAPIError

from reconcile.dialects.base import Dialect
from reconcile.dialects.session import Session
from reconcile.diff.describe import describe_differences, shortened
from reconcile.errors import ConnectError, ReconcileError, RehearsalFailed, ServerError
from reconcile.execution.events import Listener, Notice, silent
from reconcile.execution.steps import NoJournal, Runner
from reconcile.state import Key, Kind, Object, Opaque, Phase, Plan, Proof, Rehearsal, State
from reconcile.state.scope import is_bookkeeping

Build = Callable[[State, State], Sequence[Phase]]  # (what a new database holds, what it shall hold) → how

_ROWS = 2  # put into each touched table


def rehearse(
    plan: Plan,
    base: State,
    target: State,
    *,
    dialect: Dialect,
    near: Session,
    spec: str,
    build: Build,
    listen: Listener = silent,
    root: Path | None = None,
) -> Rehearsal:
    """Make real what the plan touches and what belongs to that, run the plan, compare, run it back, compare.

    What cannot be made real is no failure: the rehearsal is then SKIPPED, with the reason. Raises RehearsalFailed
    with the differences, or with the statement that did not run.
    """
    stage = _Stage(plan, base, target)
    if stage.obstacle:
        return _skipped(stage.obstacle)
    with ExitStack() as stack:
        try:
            scratch = stack.enter_context(dialect.scratch(near, spec))
        except ConnectError as error:
            return _skipped("; ".join(part for part in (error.message, error.hint) if part))
        fresh = dialect.read(scratch)
        runner = Runner(session=scratch, root=root or Path.cwd(), journal=NoJournal())
        try:
            for phase in build(fresh, base.select(stage.part.__contains__)):
                runner.run(phase)
        except ReconcileError as error:
            return _skipped(f"the present state could not be made on scratch: {error.message}")
        read = _Reader(scratch, dialect, fresh)
        unlike = describe_differences(stage.start, read(stage.start))
        if unlike:
            said = "; ".join(shortened(unlike, 3))
            return _skipped(f"the present state did not come out the same on scratch: {said}")
        rows = _Rows(scratch, dialect, stage.lasting_tables)
        _run(runner, plan.phases, "forwards")
        _compare("forwards", stage.end, read(stage.end))
        rows.require("forwards")
        if not plan.revert_phases:
            return Rehearsal(
                forward=Proof.PASSED, backward=Proof.SKIPPED, reason="there is no way back", rows=rows.total
            )
        _run(runner, plan.revert_phases, "backwards")
        _compare("backwards", stage.start, read(stage.start))
        rows.require("backwards")
        if stage.left_out:
            listen(Notice(message=f"rehearsed without {', '.join(key.name for key in stage.left_out[:3])}"))
        return Rehearsal(forward=Proof.PASSED, backward=Proof.PASSED, rows=rows.total)


def _skipped(reason: str) -> Rehearsal:
    return Rehearsal(forward=Proof.SKIPPED, backward=Proof.SKIPPED, reason=reason)


class _Stage:
    """What of the two states has to be on scratch."""

    def __init__(self, plan: Plan, base: State, target: State) -> None:
        steps = (*plan.steps, *(step for phase in plan.revert_phases for step in phase.steps))
        touched = frozenset(effect.key for step in steps for effect in step.effects)
        roots = frozenset(key.root for key in touched if key.root.kind is not Kind.SCHEMA)
        bound = base.depending_on(touched)  # cannot be left out: they take part
        self.part = _part(base, target, touched, roots, bound)
        blocks = sorted(key for key in self.part if isinstance(base[key], Opaque))
        self.obstacle = f"{blocks[0].name} takes part and cannot be made on scratch" if blocks else ""
        self.start: Mapping[Key, Object] = {key: item for key, item in base.objects.items() if key in self.part}
        self.left_out = tuple(
            key
            for key, item in target.objects.items()
            if isinstance(item, Opaque) and key.root in roots and key not in self.part
        )
        self.end: Mapping[Key, Object] = {
            key: item
            for key, item in target.objects.items()
            if (key in self.part or key in touched or key.root in roots) and key not in self.left_out
        }
        self.lasting_tables = [key for key in self.start if key.kind is Kind.TABLE and key in roots and key in target]


def _part(
    base: State, target: State, touched: frozenset[Key], roots: frozenset[Key], bound: frozenset[Key]
) -> frozenset[Key]:
    """The touched tables whole; what needs them; what all that and the new objects need. Other tables come without
    their own foreign keys, or a well-connected schema would come along whole."""
    whole = {key for key in base.objects if key.root in roots}
    others = {
        key for key in base.depending_on(whole) if key.root in roots or key.kind not in (Kind.FOREIGN_KEY, Kind.OPAQUE)
    }
    needed = {key for key in target.needed_by(touched) if key in base}
    part = {key for key in whole | others if not isinstance(base[key], Opaque)} | bound | needed
    while True:
        tables = {key.root for key in part if key.root.kind is Kind.TABLE} - roots
        grown = part | {key for parent in tables for key in _plain_parts(base, parent)}
        grown = set(base.needed_by(grown))
        if len(grown) == len(part):
            return frozenset(part)
        part = grown


_ALONG = frozenset({Kind.COLUMN, Kind.DEFAULT, Kind.PRIMARY_KEY, Kind.UNIQUE, Kind.CHECK, Kind.EXCLUSION, Kind.INDEX})


def _plain_parts(base: State, parent: Key) -> Iterable[Key]:
    """A table with its parts, but without what would lead on to other tables or run code."""
    if parent in base:
        yield parent
    for item in base.children(parent):
        if item.key.kind in _ALONG:
            yield from (item.key, *(each.key for each in base.children(item.key) if each.key.kind in _ALONG))


class _Reader:
    """Reads scratch back, without what was there from the start or is ours."""

    def __init__(self, scratch: Session, dialect: Dialect, fresh: State) -> None:
        self.scratch, self.dialect, self.fresh = scratch, dialect, fresh

    def __call__(self, wanted: Mapping[Key, Object]) -> Mapping[Key, Object]:
        found = self.dialect.read(self.scratch).objects
        return {
            key: item
            for key, item in found.items()
            if (key in wanted or key not in self.fresh) and not is_bookkeeping(key.root)
        }


class _Rows:
    """Rows that are put into tables that live through the plan, and must still be there."""

    def __init__(self, scratch: Session, dialect: Dialect, tables: Sequence[Key]) -> None:
        self.scratch, self.dialect = scratch, dialect
        self.counts = {key: self._fill(key) for key in tables}

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def _fill(self, key: Key) -> int:
        """A row of nothing but defaults; where the table wants more than that it stays empty."""
        statement = insert(table(key.name, schema=key.schema))
        for count in range(_ROWS):
            try:
                self.scratch.connection.execute(statement)
            except DBAPIError:
                return count
        return _ROWS

    def require(self, direction: str) -> None:
        """Raises RehearsalFailed where rows were lost."""
        lost = [
            f"{key}: {now} of {count} rows are left"
            for key, count in self.counts.items()
            if count and (now := self._count(key)) != count
        ]
        if lost:
            raise RehearsalFailed(f"on scratch the plan lost rows ({direction})", differences=lost, hint=_OURS)

    def _count(self, key: Key) -> int:
        path = [key.name] if key.schema is None else [key.schema, key.name]
        name = ".".join(self.dialect.grammar.ident(part) for part in path)
        return int(self.scratch.query(f"SELECT count(*) FROM {name}")[0][0])


_OURS = "nothing was changed; this is a fault of reconcile or of an edited step: please report the plan"


def _run(runner: Runner, phases: Iterable[Phase], direction: str) -> None:
    try:
        for phase in phases:
            runner.run(phase)
    except ServerError as error:
        raise RehearsalFailed(
            f"on scratch the plan does not run {direction}: {error.message}",
            differences=[error.sql] if error.sql else [],
            hint=_OURS,
        ) from error


def _compare(direction: str, expected: Mapping[Key, Object], found: Mapping[Key, Object]) -> None:
    lines = describe_differences(expected, found)
    if lines:
        raise RehearsalFailed(
            f"on scratch the plan ({direction}) does not lead where it should", differences=lines, hint=_OURS
        )
