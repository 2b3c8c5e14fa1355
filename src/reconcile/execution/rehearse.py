"""Rehearsal: the plan runs on scratch, forwards and backwards, by the applier's own code, and is held to its word."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from reconcile.dialects.base import EMBEDDED, SAME_SERVER, Dialect
from reconcile.dialects.session import Session
from reconcile.diff.describe import describe_differences, shortened
from reconcile.errors import ConnectError, FormRefused, NotAvailable, ReconcileError, RehearsalFailed, ServerError
from reconcile.events import Listener, Notice, silent
from reconcile.execution.attic import Attic, OnScratch
from reconcile.execution.preflight import ask
from reconcile.execution.samples import Samples
from reconcile.execution.steps import NoJournal, Runner, beforehand
from reconcile.hazards.base import kept_in
from reconcile.state import Check, Column, Key, Kind, Object, Opaque, Phase, Plan, Proof, Rehearsal, State, Step
from reconcile.state.scope import is_bookkeeping

Build = Callable[[State, State], Sequence[Phase]]  # (what a new database holds, what it shall hold) → how


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
    with the differences, or with the statement that did not run; FormRefused where another form of it would do.
    """
    try:
        return _rehearsed(plan, base, target, dialect, near, spec, build, listen, root or Path.cwd())
    except NotAvailable as error:
        if spec != EMBEDDED:
            return _skipped(error.message)
        listen(Notice(message=f"{error.message}: so it is rehearsed on a database of the server itself"))
    return rehearse(
        plan, base, target, dialect=dialect, near=near, spec=SAME_SERVER, build=build, listen=listen, root=root
    )


def _rehearsed(
    plan: Plan,
    base: State,
    target: State,
    dialect: Dialect,
    near: Session,
    spec: str,
    build: Build,
    listen: Listener,
    root: Path,
) -> Rehearsal:
    for unseen in (frozenset[Kind](), dialect.on_request):
        stage = _Stage(plan, base, target, dialect, unseen=unseen)
        found = _on_stage(stage, plan, base, dialect, near, spec, build, listen, root)
        # Another role's objects: whoever may not say whose they are, not even on scratch, goes without that.
        if found.forward is not Proof.SKIPPED or not any(key.kind in dialect.on_request for key in stage.part):
            break
    return found


def _on_stage(
    stage: _Stage,
    plan: Plan,
    base: State,
    dialect: Dialect,
    near: Session,
    spec: str,
    build: Build,
    listen: Listener,
    root: Path,
) -> Rehearsal:
    if stage.obstacle:
        return _skipped(stage.obstacle)
    if stage.elsewhere:
        listen(Notice(message=f"rehearsed without what is about {', '.join(map(str, sorted(stage.elsewhere)[:3]))}"))
    if stage.left_out:
        listen(Notice(message=f"rehearsed without {', '.join(key.name for key in stage.left_out[:3])}"))
    for with_rows in (True, False):
        with ExitStack() as stack:
            try:
                scratch = stack.enter_context(dialect.scratch(near, spec))
            except ConnectError as error:
                return _skipped("; ".join(part for part in (error.message, error.hint) if part))
            runner = on_scratch(scratch, dialect, root)
            try:
                return _Play(plan, base, stage, dialect, runner, build).run(with_rows=with_rows)
            except _RowsInTheWay:
                continue  # our rows need not be such as the plan can live with; only real ones must
    raise AssertionError("without rows nothing is in their way")


def on_scratch(scratch: Session, dialect: Dialect, root: Path, python: tuple[str, ...] = ()) -> Runner:
    """What runs steps on scratch: no journal, and an attic without an index."""
    rules = dialect.rules(dialect.features(scratch))
    attic = OnScratch(attic=Attic(scratch, dialect.grammar, rules.attic))
    return Runner(
        session=scratch,
        root=root,
        python=python,
        journal=NoJournal(),
        attic=attic,
        look=_proved,
        spares=lambda step: bool(step.effects) and all(dialect.is_shared(e.key) for e in step.effects),
    )


def _proved(checks: Iterable[Check], scratch: Session) -> None:
    """What checks find is of no matter here: the rows are ours. That they can be asked is."""
    for each in checks:
        try:
            ask(each, scratch)
        except ServerError as error:
            raise _Unaskable(each.key, error) from error


class _Unaskable(Exception):
    """A check's query does not run."""

    def __init__(self, key: Key, error: ServerError) -> None:
        super().__init__(error.message)
        self.key, self.error = key, error


class _RowsInTheWay(Exception):
    """The plan does not run with the sample rows; whether it does without them is to be seen."""


class _Play:
    """One run on one scratch database."""

    def __init__(self, plan: Plan, base: State, stage: _Stage, dialect: Dialect, runner: Runner, build: Build) -> None:
        self.plan, self.base, self.stage, self.runner = plan, base, stage, runner
        self.dialect, self.scratch, self.build = dialect, runner.session, build
        self.fresh = dialect.read_scratch(self.scratch)

    def run(self, *, with_rows: bool) -> Rehearsal:
        stage, plan = self.stage, self.plan
        part = self.base.select(stage.part.__contains__)
        try:
            for phase in self.build(self.fresh, part):
                self.runner.run(phase)
        except NotAvailable:
            raise
        except ReconcileError as error:
            return _skipped(f"the present state could not be made on scratch: {error.message}")
        unlike = describe_differences(stage.start, self._read(stage.start))
        if unlike:
            said = "; ".join(shortened(unlike, 3))
            return _skipped(f"the present state did not come out the same on scratch: {said}")
        filled = part if with_rows else part.select(lambda _: False)
        lasting = [key for key in stage.lasting if not self._is_converted(key)]
        samples = Samples(self.scratch, self.dialect.grammar, filled, lasting=lasting, returning=stage.returning)
        self._go(plan.phases, "forwards", stage.end, samples)
        complaints = self._complaints()
        if not plan.revert_phases:
            reason = "there is no way back"
            return Rehearsal(
                forward=Proof.PASSED, backward=Proof.SKIPPED, reason=reason, rows=samples.count, complaints=complaints
            )
        self._go(plan.revert_phases, "backwards", stage.start, samples)
        return Rehearsal(forward=Proof.PASSED, backward=Proof.PASSED, rows=samples.count, complaints=complaints)

    def _is_converted(self, key: Key) -> bool:
        """Whether a column that is not touched itself holds something else because its table is another one."""
        old, new = self.base.get(key), self.stage.target.get(key)
        attic = self.dialect.rules(self.dialect.features(self.scratch)).attic
        return (
            isinstance(old, Column) and isinstance(new, Column) and attic.lossy(old, new, self.base, self.stage.target)
        )

    def _go(self, phases: tuple[Phase, ...], direction: str, expected: Mapping[Key, Object], samples: Samples) -> None:
        """One way: run, compare, look for the rows."""
        try:
            # Those of transactions are asked as they begin.
            self.runner.check(beforehand(phase for phase in phases if not phase.transactional))
            for phase in phases:
                self.runner.run(self._seen(phase))
        except (FormRefused, NotAvailable):
            raise
        except (ServerError, _Unaskable) as caught:
            if samples.filled:
                raise _RowsInTheWay from caught
            error, asked = (caught.error, caught.key) if isinstance(caught, _Unaskable) else (caught, None)
            raise RehearsalFailed(
                f"on scratch the plan does not run {direction}: {error.message}",
                differences=[error.sql] if error.sql else [],
                hint=_OURS,
                asked=asked,
            ) from error
        lines = describe_differences(expected, self._read(expected))
        if lines:
            raise RehearsalFailed(
                f"on scratch the plan ({direction}) does not lead where it should", differences=lines, hint=_OURS
            )
        samples.require(direction, _OURS, back=phases is self.plan.revert_phases)

    def _seen(self, phase: Phase) -> Phase:
        """The phase without steps that are only about what is not seen here."""
        hides = self.stage.hides
        steps = tuple(s for s in phase.steps if not s.effects or not all(hides(e.key) for e in s.effects))
        return phase if len(steps) == len(phase.steps) else replace(phase, steps=steps)

    def _complaints(self) -> tuple[str, ...]:
        """What the server says of the bodies that this plan brings, now that all they speak of is there."""
        if self.dialect.validate is None or not self.stage.unread:
            return ()
        found = self.dialect.validate(self.scratch, self.stage.unread)
        return tuple(f"the body of {key} does not validate: {message}" for key, message in sorted(found.items()))

    def _read(self, wanted: Mapping[Key, Object]) -> Mapping[Key, Object]:
        """What is on scratch, without what was there from the start or is ours."""
        found = self.dialect.read_scratch(self.scratch).objects
        return {
            key: item
            for key, item in found.items()
            if (key in wanted or key not in self.fresh) and not is_bookkeeping(key.root) and not self.stage.hides(key)
        }


_OURS = "nothing was changed; this is a fault of reconcile or of an edited step: please report the plan"


def _skipped(reason: str) -> Rehearsal:
    return Rehearsal(forward=Proof.SKIPPED, backward=Proof.SKIPPED, reason=reason)


class _Stage:
    """What of the two states has to be on scratch."""

    def __init__(
        self,
        plan: Plan,
        base: State,
        target: State,
        dialect: Dialect,
        *,
        unseen: frozenset[Kind],
    ) -> None:
        steps = (*plan.steps, *(step for phase in plan.revert_phases for step in phase.steps))
        self.unseen, self.target = unseen, target
        self.elsewhere = frozenset(e.key.root for step in steps for e in step.effects if dialect.is_shared(e.key))
        self.hidden = _hidden(steps, (base, target), dialect)
        touched = frozenset(effect.key for step in steps for effect in step.effects)
        roots = frozenset(key.root for key in touched if key.root.kind is not Kind.SCHEMA)
        bound = base.depending_on(touched)  # cannot be left out: they take part
        # Who owns what needs roles that scratch may lack: only what the plan itself changes of it takes part.
        untouched = {
            key
            for state in (base, target)
            for key in state.objects
            if self.hides(key) or (key.kind in dialect.on_request and key not in touched)
        }
        kept = (step.keeps for step in plan.steps if step.keeps is not None)
        self.returning = frozenset(key for each in kept for key in kept_in(each))
        self.unread = (
            tuple(sorted(key for key in touched if key in target and target[key].unread)) if dialect.validate else ()
        )
        spoken_of = _spoken_of(base, " ".join(target[key].unread for key in self.unread))
        self.part = _part(base, target, touched, roots, bound, spoken_of) - untouched
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
            if (key in self.part or key in touched or key.root in roots)
            and key not in self.left_out
            and key not in untouched
        }
        # Made anew only where preflight has found them empty: no rows are promised to last.
        anew = {
            effect.key
            for step in steps
            for effect in step.effects
            if effect.after is None and any(check.key == effect.key for check in step.checks)
        }
        self.lasting = tuple(
            key
            for key in self.start
            if key in target
            and key.root in roots
            and key.root not in anew
            and (key.kind is Kind.TABLE or not (key in touched or _leans_on(base, key, touched)))
        )

    def hides(self, key: Key) -> bool:
        """Whether nobody looks at it here."""
        return key.kind in self.unseen or key in self.hidden


def _hidden(steps: Iterable[Step], states: Iterable[State], dialect: Dialect) -> frozenset[Key]:
    """What the server's databases share, and what steps do that speak of things the server does not have yet."""
    shared = {key for state in states for key in state.objects if dialect.is_shared(key)}
    come_or_go = {e.key for step in steps for e in step.effects if e.key in shared and None in (e.before, e.after)}
    about = {key for state in states for thing in come_or_go for key in state.dependents(thing)}
    along = {effect.key for step in steps if any(e.key in about for e in step.effects) for effect in step.effects}
    return frozenset(shared | about | along)


def _leans_on(state: State, key: Key, touched: frozenset[Key]) -> bool:
    """Whether it needs something elsewhere that is touched: the type of a column, whose values then look otherwise."""
    return any(need in touched and need.root != key.root for need in state.needs_of(key))


_WORD = re.compile(r"\w+")


def _spoken_of(base: State, text: str) -> frozenset[Key]:
    """Objects whose name occurs in the text: more than it speaks of, but none less."""
    words = set(_WORD.findall(text.casefold()))
    return frozenset(
        key
        for key, item in base.objects.items()
        if key.parent is None
        and key.kind is not Kind.SCHEMA
        and not isinstance(item, Opaque)
        and (found := _WORD.match(key.name.casefold()))
        and found.group() in words
    )


def _part(
    base: State,
    target: State,
    touched: frozenset[Key],
    roots: frozenset[Key],
    bound: frozenset[Key],
    spoken_of: frozenset[Key],
) -> frozenset[Key]:
    """The touched tables whole; what needs them; what all that and the new objects need. Other tables come without
    their own foreign keys, or a well-connected schema would come along whole."""
    whole = {key for key in base.objects if key.root in roots}
    others = {
        key for key in base.depending_on(whole) if key.root in roots or key.kind not in (Kind.FOREIGN_KEY, Kind.OPAQUE)
    }
    needed = {key for key in _with_requirements(target, target.needed_by(touched)) if key in base}
    part = {key for key in whole | others if not isinstance(base[key], Opaque)} | bound | needed | spoken_of
    while True:
        tables = {key.root for key in part if key.root.kind is Kind.TABLE} - roots
        grown = part | {key for parent in tables for key in _plain_parts(base, parent)}
        grown = _with_requirements(base, base.needed_by(grown))
        if len(grown) == len(part):
            return frozenset(part)
        part = grown


def _with_requirements(state: State, keys: Iterable[Key]) -> set[Key]:
    """The keys and what their own fields name: where a server lets a foreign key dangle, ``needs`` does not say."""
    found = set(keys)
    return found | {need for key in found for need in state[key].requires if need in state}


_ALONG = frozenset({Kind.COLUMN, Kind.DEFAULT, Kind.PRIMARY_KEY, Kind.UNIQUE, Kind.CHECK, Kind.EXCLUSION, Kind.INDEX})


def _plain_parts(base: State, parent: Key) -> Iterable[Key]:
    """A table with its parts, but without what would lead on to other tables or run code."""
    if parent in base:
        yield parent
    for item in base.children(parent):
        if item.key.kind in _ALONG:
            yield from (item.key, *(each.key for each in base.children(item.key) if each.key.kind in _ALONG))
