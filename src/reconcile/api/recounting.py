"""history, status, show, pending: what was, and where things stand."""

from __future__ import annotations

from dataclasses import replace

from reconcile.api.bench import Bench, database_url, open_bench, run
from reconcile.api.drifting import drift_between, expected
from reconcile.api.proposing import plan
from reconcile.api.stored import find, folder_of, pending_of
from reconcile.api.values import Entry, Proposal, Status
from reconcile.config import Project
from reconcile.dialects.connect import parse_url, shown
from reconcile.events import Listener, silent
from reconcile.execution.history import Run
from reconcile.state.revision import Revision

_SHOWN = {"done": "applied"}  # the word people use for a run that is done


def history(project: Project) -> tuple[Entry, ...]:
    """All runs the database remembers, oldest first."""

    def work() -> tuple[Entry, ...]:
        with open_bench(project, silent) as bench:
            return tuple(_entry(one) for one in bench.history.entries())

    return run((database_url(project),), work)


def _entry(one: Run) -> Entry:
    return Entry(
        id=one.revision,
        message=one.message,
        direction=one.direction,
        state=_SHOWN.get(one.state, one.state) if one.direction != "revert" else one.state,
        started=one.started,
        seconds=one.seconds,
        who=one.who,
        tool=one.tool,
        steps=one.steps,
        checksum=one.checksum,
    )


def pending(project: Project, *, upto: str | None = None) -> tuple[Revision, ...]:
    """Revision files that the database has not seen, in the order in which they would run; only what ``upto`` needs,
    if given. Raises RevisionError."""

    def work() -> tuple[Revision, ...]:
        with open_bench(project, silent) as bench:
            return pending_of(bench, upto=upto)

    return run((database_url(project),), work)


def show(project: Project, revision: str) -> Revision:
    """One revision by id, unique prefix, or "head": from the folder, else from the database's own copy."""

    def work() -> Revision:
        with open_bench(project, silent) as bench:
            return find(bench, revision)

    if not project.database:
        return folder_of(project).find(revision)
    return run((database_url(project),), work)


def status(project: Project, *, listen: Listener = silent) -> Status:
    """Where the database stands: pending, drift, unfinished work."""
    here = run((database_url(project),), lambda: _status(project, listen))
    if not project.desired:
        return here
    proposal: Proposal = plan(project, rehearse=False, listen=listen)
    return replace(here, proposal=proposal)


def _status(project: Project, listen: Listener) -> Status:
    with open_bench(project, listen) as bench:
        live = bench.read()
        applied = bench.history.applied()
        folder = folder_of(project)
        files = {revision.id for revision in folder.in_order()}
        return Status(
            database=shown(parse_url(database_url(project))),
            server=bench.session.server,
            heads=_heads(bench, applied),
            pending=pending_of(bench),
            unknown=tuple(one for one in applied if one not in files) if project.revisions is not None else (),
            drift=drift_between(expected(bench, live), live),
            unfinished=_unfinished(bench.history.unfinished()),
            unmanaged=live.unmanaged,
            attic=bench.world().attic.entries(),
            proposal=None,
        )


def _heads(bench: Bench, applied: tuple[str, ...]) -> tuple[str, ...]:
    """Applied revisions that no other applied one builds on."""
    parents = {
        parent
        for one in bench.history.runs()
        if one.revision in applied and one.direction != "revert"
        for parent in one.parents
    }
    return tuple(one for one in applied if one not in parents)


def _unfinished(one: Run | None) -> str | None:
    if one is None:
        return None
    note = f": {one.note}" if one.note else ""
    return (
        f"the {one.direction} of {one.revision}, begun {one.started} by {one.who}, was interrupted{note}; "
        "the next apply looks at what happened and finishes it, 'reconcile apply --undo' takes it back"
    )
