"""apply, revert, baseline: everything that changes the database."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from reconcile.api.bench import Bench, database_url, open_bench, run
from reconcile.api.judging import check_allowed, jury_of, policy_of, refusal
from reconcile.api.proposing import make_revision, proved_between
from reconcile.api.stored import find, folder_of, from_database, pending_of, tips_of
from reconcile.api.values import Applied, Proposal
from reconcile.config import Project
from reconcile.errors import RevisionError, ServerError
from reconcile.events import Listener, Notice, silent
from reconcile.execution.applier import execute, locked, recover, stranded
from reconcile.execution.history import Run
from reconcile.execution.job import Job, World
from reconcile.hazards.evidence import NOTHING
from reconcile.revisions import file as revision_file
from reconcile.state import Hazard, Plan
from reconcile.state.revision import Revision


def apply(
    project: Project,
    *,
    upto: str | None = None,
    proposal: Proposal | None = None,
    allow: Sequence[str] = (),
    lock_wait: float = 0.0,
    listen: Listener = silent,
) -> Applied:
    """Run pending revision files in the order of the DAG (as far as ``upto``), or else the given ``proposal``.

    A proposal becomes a revision, and a file where the project has a folder. ``lock_wait`` in seconds. Raises
    Refused, Mismatch, CheckFailed, LockHeld, ServerError, RevisionError.
    """
    return run((database_url(project),), lambda: _apply(project, upto, proposal, allow, lock_wait, listen))


def _apply(
    project: Project,
    upto: str | None,
    proposal: Proposal | None,
    allow: Sequence[str],
    lock_wait: float,
    listen: Listener,
) -> Applied:
    check_allowed(allow)
    start = time.monotonic()
    written: tuple[Path, ...] = ()
    with open_bench(project, listen) as bench, _locked(bench, lock_wait) as world:
        # Asked inside the lock: whoever held it before may have run the same revisions.
        revisions = pending_of(bench, upto=upto)
        interrupted = bench.history.unfinished()
        if interrupted is not None and not revisions:
            recover(world)
            if proposal is not None:
                listen(Notice(message="an interrupted run was settled first; plan again for what is left to do"))
        elif not revisions and proposal is not None and not proposal.plan.empty and _done_by_others(proposal, bench):
            listen(Notice(message="another run has done this meanwhile; nothing is left to do"))
        elif not revisions and upto is None and proposal is not None and not proposal.plan.empty:
            tips = tips_of(bench)
            revision = make_revision(proposal, _summary(proposal.plan), tips, datetime.now(UTC))
            _refuse_danger([Job.of(revision, "apply")], bench, allow)
            if project.revisions is not None:
                written = (revision_file.write(revision, project.revisions),)
            revisions = (revision,)
        _run([Job.of(r, "apply", text=revision_file.text(r)) for r in revisions], bench, world, allow)
        if proposal is not None:
            _shelve(bench, proposal)
    return Applied(revisions=revisions, seconds=time.monotonic() - start, written=written)


def _done_by_others(proposal: Proposal, bench: Bench) -> bool:
    """Whether all that the plan touches is as it was to be: containers of one release start together."""
    live = bench.read()
    touched = {effect.key for step in proposal.plan.steps for effect in step.effects}
    return bool(touched) and all(live.digests.get(key) == proposal.target.digests.get(key) for key in touched)


def _shelve(bench: Bench, proposal: Proposal) -> None:
    """Leave with the database what its desired state became, so that no other machine need make it again."""
    texts = {key: text for key in proposal.memory if (text := bench.cache.get_text(key)) is not None}
    if not texts or not bench.history.exists:
        return
    try:
        bench.shelf.put(texts)
    except ServerError as error:
        bench.listen(Notice(message=error.message))


def settle(project: Project, *, lock_wait: float = 0.0, listen: Listener = silent) -> Applied | None:
    """Finish the run that was interrupted here, as ``apply`` does before it begins; None where none was.

    What is to be done after that can only be told then. One whose revision is pending is left to ``apply``: its file
    may have been mended since. Raises LockHeld, Mismatch, CheckFailed, ServerError, RevisionError.
    """

    def work() -> Applied | None:
        start = time.monotonic()
        with open_bench(project, listen) as bench:
            if _left_to_settle(bench) is None:
                return None
            with _locked(bench, lock_wait) as world:
                # Asked again inside the lock: it may have been at work until now, and have come to its end.
                left = _left_to_settle(bench)
                if left is None or recover(world) is None:
                    return None
                return Applied(revisions=(from_database(bench, left.revision),), seconds=time.monotonic() - start)

    return run((database_url(project),), work)


def _left_to_settle(bench: Bench) -> Run | None:
    left = bench.history.unfinished()
    if left is None or left.direction != "apply":
        return left
    return None if left.revision in {one.id for one in pending_of(bench)} else left


def undo(project: Project, *, allow: Sequence[str] = (), lock_wait: float = 0.0, listen: Listener = silent) -> Applied:
    """Take back what an interrupted run did, instead of finishing it: the database is then as before that run.

    An interrupted way back is undone by going there again. Raises RevisionError where nothing is unfinished or
    the revision has no way back, else as apply does.
    """

    def work() -> Applied:
        check_allowed(allow)
        start = time.monotonic()
        with open_bench(project, listen) as bench, _locked(bench, lock_wait) as world:
            # Asked inside the lock: whoever held it before may have settled it.
            interrupted = bench.history.unfinished()
            if interrupted is None:
                raise RevisionError("no run was interrupted here", hint="to take back the last one: reconcile revert")
            revision = from_database(bench, interrupted.revision)
            if revision.plan.phases and not revision.plan.revert_phases:
                raise RevisionError(f"revision {revision.id} has no way back", revision=revision.id)
            direction = "revert" if interrupted.direction != "revert" else "apply"
            back = Job.of(revision, direction, text=revision_file.text(revision))
            done = stranded(world, back)
            if done is not None and any(step.keeps is not None for step in done):
                # What went into the attic comes back by the way that the revision knows, and that begins at the end.
                listen(Notice(message="the way back begins where the run would have ended: it is finished first"))
                _refuse_danger([back], bench, allow)
                recover(world)
                execute(back, world)
                return Applied(revisions=(revision,), seconds=time.monotonic() - start)
            if done is not None:
                back = _detour(bench, revision, back)
            _refuse_danger([back], bench, allow)
            settled = recover(world, back)
            if settled is not None and settled.job.direction != direction:
                execute(back, world)  # it had been carried out whole
        return Applied(revisions=(revision,), seconds=time.monotonic() - start)

    return run((database_url(project),), work)


def _detour(bench: Bench, revision: Revision, back: Job) -> Job:
    """The way back from where the database stands, planned anew: the one of the revision does not come by there."""
    live = bench.read()
    # Also what is there only on the way: the index that a key built online takes over.
    ways = (*revision.plan.phases, *revision.plan.revert_phases)
    touched = {effect.key for phase in ways for step in phase.steps for effect in step.effects}
    objects = {key: item for key, item in live.objects.items() if key not in touched} | dict(back.after)
    needs = [(item.key, need) for item in back.after.values() for need in item.requires]
    goal = live.with_objects(objects.values(), [(who, need) for who, need in needs if need in objects])
    phases = proved_between(bench, live, goal, live).plan.phases
    plan = revision.plan
    plan = replace(plan, revert_phases=phases) if back.direction == "revert" else replace(plan, phases=phases)
    # Kept with the run, so that one that is interrupted again can be taken up.
    changed = revision_file.sealed(replace(revision, plan=plan))
    return Job.of(changed, back.direction, text=revision_file.text(changed))


@contextmanager
def _locked(bench: Bench, wait: float) -> Iterator[World]:
    world = bench.world()
    with locked(world, wait=wait):
        yield world


def _run(jobs: Sequence[Job], bench: Bench, world: World, allow: Sequence[str]) -> None:
    """Refuse what is dangerous, then run the jobs in order; the first settles what an earlier run left."""
    _refuse_danger(jobs, bench, allow)
    for job in jobs:
        execute(job, world)


def _summary(plan: Plan) -> str:
    """A message for a plan that nobody named: its first steps."""
    steps = tuple(step for step in plan.steps if step.effects) or plan.steps
    more = f" and {len(steps) - 1} more" if len(steps) > 1 else ""
    return steps[0].summary + more


def _refuse_danger(jobs: Sequence[Job], bench: Bench, allow: Sequence[str]) -> None:
    """Raises Refused for hazards of level danger, as things are now, that are not allowed."""
    found: list[Hazard] = []
    policy = policy_of(bench.project, bench.dialect)
    bench = replace(bench, assumed=NOTHING)  # what runs here is judged by what is here
    live = before = bench.read()
    known = bench.counted(live)
    for job in jobs:
        # Whole states, not only the images of what is touched: a dropped column's table tells whether rows go.
        touched = job.touches
        # The way back may leave alone what the way there had to touch, so images can be of what stays.
        kept = {key: item for key, item in before.objects.items() if key not in touched}
        after = before.with_objects((kept | dict(job.after)).values())
        keys = set(touched).union(*(after.needs_of(key) for key in touched))
        for phase in jury_of(bench, live, keys, known)(job.phases, before, after):
            for step in phase.steps:
                found.extend(hazard for hazard in step.hazards if policy.stops(hazard, allow))
        before = after
    if not found:
        return
    raise refusal(found, policy)


# -- revert


def to_revert(
    project: Project, *, revision: str | None = None, last: int | None = None, to: str | None = None
) -> tuple[Revision, ...]:
    """The revisions a revert would undo, newest first; raises RevisionError with the reason where it may not.

    ``last`` N runs, everything after ``to`` ("base": everything), or one ``revision`` in the middle if nothing
    later touches its objects. Nothing named: the last one.
    """

    def work() -> tuple[Revision, ...]:
        with open_bench(project, silent) as bench:
            applied = bench.history.applied()
            interrupted = bench.history.unfinished()
            if interrupted is not None and interrupted.direction == "apply":
                applied = (*applied, interrupted.revision)
            if revision is not None:
                return (_one(bench, applied, revision),)
            if to is not None:
                keep = 0 if to == "base" else _position(bench, applied, to) + 1
            else:
                keep = max(0, len(applied) - (1 if last is None else last))
            return tuple(from_database(bench, one) for one in reversed(applied[keep:]))

    return run((database_url(project),), work)


def _position(bench: Bench, applied: Sequence[str], name: str) -> int:
    wanted = find(bench, name).id
    if wanted not in applied:
        raise RevisionError(f"revision {wanted} is not applied here", revision=wanted, hint="reconcile history")
    return list(applied).index(wanted)


def _one(bench: Bench, applied: Sequence[str], name: str) -> Revision:
    position = _position(bench, applied, name)
    wanted = from_database(bench, applied[position])
    mine = {key.root for key in wanted.touches}
    for later_id in applied[position + 1 :]:
        later = from_database(bench, later_id)
        both = sorted(mine & {key.root for key in later.touches})
        if both:
            raise RevisionError(
                f"revision {wanted.id} cannot be undone alone: {later.id} came later and touches {both[0]} too",
                revision=wanted.id,
                hint=f"undo both: reconcile revert --to {applied[position - 1] if position else 'base'}",
            )
    return wanted


def revert(
    project: Project,
    revisions: Sequence[Revision],
    *,
    allow: Sequence[str] = (),
    lock_wait: float = 0.0,
    listen: Listener = silent,
) -> Applied:
    """Undo these revisions, in the order given (newest first). Raises as apply does."""

    def work() -> Applied:
        check_allowed(allow)
        start = time.monotonic()
        with open_bench(project, listen) as bench, _locked(bench, lock_wait) as world:
            for one in revisions:
                if not one.plan.revert_phases and one.plan.phases:
                    raise RevisionError(f"revision {one.id} has no way back", revision=one.id)
            _run([Job.of(r, "revert", text=revision_file.text(r)) for r in revisions], bench, world, allow)
        return Applied(revisions=tuple(revisions), seconds=time.monotonic() - start)

    return run((database_url(project),), work)


# -- baseline


def baseline(project: Project, *, message: str = "baseline", listen: Listener = silent) -> Revision:
    """Record the live database as it is as the start of history; runs no schema change.

    Raises RevisionError where there is a history already.
    """

    def work() -> Revision:
        with open_bench(project, listen) as bench, _locked(bench, 0.0) as world:
            if bench.history.applied():
                raise RevisionError("this database has a history already", hint="reconcile history shows it")
            folder = folder_of(project, bench.dialect)
            if len(folder):
                raise RevisionError(
                    "there are revision files already", hint="a baseline is the first; move the others away"
                )
            state = bench.read()
            now = datetime.now(UTC)
            plan = Plan(dialect=state.dialect, server=state.server, base=state.digest, target=state.digest, phases=())
            revision = revision_file.sealed(
                Revision(
                    id=revision_file.new_id(message, now),
                    parents=(),
                    created=now.isoformat(timespec="seconds"),
                    message=message,
                    plan=plan,
                    after=tuple(state),
                )
            )
            execute(Job.of(revision, "baseline", text=revision_file.text(revision)), world)
            if project.revisions is not None:
                revision_file.write(revision, project.revisions)
            return revision

    return run((database_url(project),), work)
