"""revision, seal, verify: revisions that people write, and proof of those there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from reconcile.api.bench import Bench, database_url, open_bench, run
from reconcile.api.proposing import after_revisions
from reconcile.api.stored import folder_of
from reconcile.config import Project
from reconcile.dialects.registry import dialect_for
from reconcile.dialects.session import Session
from reconcile.diff.compare import without_bookkeeping
from reconcile.diff.describe import describe_differences
from reconcile.errors import ConfigError, RehearsalFailed, RevisionError, ServerError
from reconcile.events import Listener, Reading, silent
from reconcile.execution.rehearse import on_scratch
from reconcile.planning.build import creation
from reconcile.revisions import file as revision_file
from reconcile.state import Effect, Opaque, Phase, Plan, Proof, Rehearsal, State
from reconcile.state.revision import Revision


def new_revision(project: Project, message: str) -> Path:
    """Write an empty, unsealed revision for a person to fill in. Needs no connection."""
    if project.revisions is None:
        raise ConfigError(
            "no folder for revision files is configured", hint="set 'revisions: revisions/' in reconcile.yaml"
        )
    dialect = dialect_for(database_url(project))
    now = datetime.now(UTC)
    revision = Revision(
        id=revision_file.new_id(message, now),
        parents=folder_of(project).heads,
        created=now.isoformat(timespec="seconds"),
        message=message,
        plan=Plan(dialect=dialect.name, server="", base="", target="", phases=()),
        manual=True,
    )
    return revision_file.write_template(revision, project.revisions)


def seal(project: Project, revision: str, *, listen: Listener = silent) -> tuple[Revision, Path]:
    """Rehearse an edited or hand-written revision, note what each step does, and renew the checksum.

    Raises RehearsalFailed where it does not run, or where its way back does not lead back; RevisionError where it
    has been applied already.
    """
    return run((database_url(project),), lambda: _seal(project, revision, listen))


def _seal(project: Project, name: str, listen: Listener) -> tuple[Revision, Path]:
    folder = folder_of(project)
    revision = folder.find(name)
    with open_bench(project, listen) as bench:
        if revision.id in bench.history.applied():
            raise RevisionError(
                f"revision {revision.id} has been applied here: editing it would falsify history",
                revision=revision.id,
                hint="write another revision that changes what it did",
            )
        earlier = [one for one in folder.in_order() if one.id != revision.id]
        applied = set(bench.history.applied())
        base = after_revisions(bench.read(), [one for one in earlier if one.id not in applied and one.checksum])
        listen(Reading(what="rehearsal on scratch"))
        sealed = revision_file.sealed(_observed(revision, base, bench))
        return sealed, revision_file.rewrite(sealed, project.revisions or Path())


def _observed(revision: Revision, base: State, bench: Bench) -> Revision:
    """The revision with the effects its steps were seen to have on scratch."""
    start = base.select(lambda key: not isinstance(base[key], Opaque))
    with bench.scratch() as scratch:
        for phase in creation(bench.dialect.read(scratch), start, rules=bench.rules, features=bench.features):
            on_scratch(scratch, bench.dialect, bench.project.root, bench.project.python).run(phase)
        before = _read(scratch, bench)
        phases, middle = _walk(revision.plan.phases, before, scratch, bench)
        back, end = _walk(revision.plan.revert_phases, middle, scratch, bench)
    if revision.plan.revert_phases and end != before:
        raise RehearsalFailed(
            f"revert of {revision.id} does not lead back to where apply began",
            differences=describe_differences(before.objects, end.objects),
            hint="correct the steps under 'revert:' and seal again",
        )
    touched = sorted(key for key in before.objects.keys() | middle.objects.keys() if before.get(key) != middle.get(key))
    proved = Proof.PASSED if revision.plan.revert_phases else Proof.SKIPPED
    return replace(
        revision,
        plan=replace(
            revision.plan,
            server=bench.session.server,
            base=base.digest,
            target=base.digest if before == middle else middle.digest,
            phases=phases,
            revert_phases=back,
            rehearsal=Rehearsal(
                forward=Proof.PASSED, backward=proved, reason="" if proved is Proof.PASSED else "there is no way back"
            ),
        ),
        before=tuple(before[key] for key in touched if key in before),
        after=tuple(middle[key] for key in touched if key in middle),
    )


def _read(scratch: Session, bench: Bench) -> State:
    return without_bookkeeping(bench.dialect.read(scratch))


def _walk(phases: Sequence[Phase], state: State, scratch: Session, bench: Bench) -> tuple[tuple[Phase, ...], State]:
    """Run phases step by step, each with the effects it was seen to have."""
    walked: list[Phase] = []
    for phase in phases:
        steps = []
        for step in phase.steps:
            single = replace(phase, steps=(step,))
            try:
                on_scratch(scratch, bench.dialect, bench.project.root, bench.project.python).run(single)
            except ServerError as error:
                raise RehearsalFailed(f"it does not run on scratch: {error.message}", hint=error.hint) from error
            after = _read(scratch, bench)
            steps.append(replace(step, effects=tuple(_effects(state, after))))
            state = after
        walked.append(replace(phase, steps=tuple(steps)))
    return tuple(walked), state


def _effects(before: State, after: State) -> Iterator[Effect]:
    for key in sorted(before.objects.keys() | after.objects.keys()):
        old, new = before.digests.get(key), after.digests.get(key)
        if old != new:
            yield Effect(key=key, before=old, after=new)


def verify(project: Project, *, listen: Listener = silent) -> tuple[str, ...]:
    """Replay all revision files on scratch from nothing, forwards and then backwards; a line for each that differs."""

    def work() -> tuple[str, ...]:
        folder = folder_of(project)
        with open_bench(project, listen) as bench, bench.scratch() as scratch:
            return tuple(_replayed(folder.in_order(), bench, scratch))

    return run((database_url(project),), work)


def _replayed(revisions: Sequence[Revision], bench: Bench, scratch: Session) -> Iterator[str]:
    states = [_read(scratch, bench)]
    for revision in revisions:
        bench.listen(Reading(what=f"replaying {revision.id}"))
        revision_file.check_sealed(revision)
        phases = revision.plan.phases
        if not phases and revision.after:  # a baseline: what was there when history began
            wanted = states[-1].with_objects(revision.after, [(o.key, n) for o in revision.after for n in o.requires])
            phases = creation(states[-1], wanted, rules=bench.rules, features=bench.features)
        wrong = _run_all(phases, scratch, bench)
        states.append(_read(scratch, bench))
        if wrong:
            yield f"{revision.id}: does not run: {wrong}"
            return
        promised = {item.key: item for item in revision.after}
        found = {key: states[-1][key] for key in promised if key in states[-1]}
        for line in describe_differences(promised, found):
            yield f"{revision.id}: forwards: {line}"
    for revision, before in zip(reversed(revisions), reversed(states[:-1]), strict=True):
        if not revision.plan.revert_phases:
            return  # nothing goes back beyond a revision without a way back
        wrong = _run_all(revision.plan.revert_phases, scratch, bench)
        if wrong:
            yield f"{revision.id}: its revert does not run: {wrong}"
            return
        for line in describe_differences(before.objects, _read(scratch, bench).objects):
            yield f"{revision.id}: backwards: {line}"


def _run_all(phases: Sequence[Phase], scratch: Session, bench: Bench) -> str:
    runner = on_scratch(scratch, bench.dialect, bench.project.root, bench.project.python)
    try:
        for phase in phases:
            runner.run(phase)
    except ServerError as error:
        return error.message
    return ""


def unsealed(project: Project) -> tuple[Revision, ...]:
    """Revision files that were written or edited and not sealed yet, in order."""
    return tuple(one for one in folder_of(project).in_order() if not revision_file.is_sealed(one))
