"""revision, seal, verify: revisions that people write, and proof of those there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import takewhile
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
from reconcile.execution.attic import Attic
from reconcile.execution.rehearse import on_scratch
from reconcile.planning.build import creation
from reconcile.revisions import file as revision_file
from reconcile.revisions.folder import Folder
from reconcile.state import Effect, Key, Object, Opaque, Phase, Plan, Proof, Rehearsal, State
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
        revision = replace(revision, built_on=_checksums(folder, revision))
        earlier = takewhile(lambda one: one.id != revision.id, folder.in_order())
        applied = set(bench.history.applied())
        base = after_revisions(bench.read(), [one for one in earlier if one.id not in applied and one.checksum])
        listen(Reading(what="rehearsal on scratch"))
        sealed = revision_file.sealed(_observed(revision, base, bench))
        return sealed, revision_file.rewrite(sealed, project.revisions or Path())


def _checksums(folder: Folder, revision: Revision) -> tuple[str, ...]:
    """Of the parents. Raises RevisionError where one of them is not sealed."""
    folder.check_seals(folder[parent] for parent in revision.parents)
    return folder.built_on(revision.parents)


def _observed(revision: Revision, base: State, bench: Bench) -> Revision:
    """The revision with the effects its steps were seen to have on scratch."""
    shared = sorted(key for key in revision.touches if bench.dialect.is_shared(key))
    if shared:
        raise RevisionError(
            f"revision {revision.id} changes {shared[0]}, which scratch shares with the server: it cannot be sealed",
            revision=revision.id,
            hint="plan such changes (plan --save); what else it does, write as a revision of its own",
        )
    start = base.select(lambda key: not isinstance(base[key], Opaque) and not bench.dialect.is_shared(key))
    with bench.scratch() as scratch:
        for phase in creation(bench.dialect.read_scratch(scratch), start, rules=bench.rules, features=bench.features):
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
    return without_bookkeeping(bench.dialect.read_scratch(scratch))


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
    """Replay all revision files on scratch from nothing, each there, back and there again; a line for what differs."""

    def work() -> tuple[str, ...]:
        folder = folder_of(project)
        with open_bench(project, listen) as bench, bench.scratch() as scratch:
            return tuple(_replayed(folder, bench, scratch))

    return run((database_url(project),), work)


def _replayed(folder: Folder, bench: Bench, scratch: Session) -> Iterator[str]:
    before = _read(scratch, bench)
    for revision in folder.in_order():
        bench.listen(Reading(what=f"replaying {revision.id}"))
        try:
            folder.check_seals([revision])
        except RevisionError as error:
            yield error.message
            return
        phases = revision.plan.phases
        if not phases and revision.after:  # a baseline: what was there when history began
            wanted = before.with_objects(revision.after, [(o.key, n) for o in revision.after for n in o.requires])
            phases = creation(before, wanted, rules=bench.rules, features=bench.features)
        if wrong := _run_all(phases, scratch, bench):
            yield f"{revision.id}: does not run: {wrong}"
            return
        after = _read(scratch, bench)
        promised = _promised(revision, before)
        promised = {key: item for key, item in promised.items() if not bench.dialect.is_shared(key)}
        for line in describe_differences(promised, after.objects):
            yield f"{revision.id}: forwards: {line}"
        if revision.plan.revert_phases:
            if wrong := _run_all(revision.plan.revert_phases, scratch, bench):
                yield f"{revision.id}: its revert does not run: {wrong}"
                return
            for line in describe_differences(before.objects, _read(scratch, bench).objects):
                yield f"{revision.id}: backwards: {line}"
            attic = Attic(scratch, bench.dialect.grammar, bench.rules.attic)
            attic.remove(attic.tables())  # it kept no rows that anybody would want
            if wrong := _run_all(phases, scratch, bench):
                yield f"{revision.id}: does not run again after its revert: {wrong}"
                return
            again = _read(scratch, bench)
            for line in describe_differences(after.objects, again.objects):
                yield f"{revision.id}: forwards again: {line}"
            after = again
        before = after


def _promised(revision: Revision, before: State) -> Mapping[Key, Object]:
    """What the revision says will be there: what it touches as its images show it, all else as it was."""
    images = {item.key: item for item in revision.after}
    touched = revision.touches.keys() | images.keys()
    return {key: item for key, item in before.objects.items() if key not in touched} | images


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
