"""reconcile apply."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from reconcile.cli.options import (
    Common,
    allow_option,
    chosen,
    common,
    dialect_of,
    lock_wait_option,
    online_option,
    pace_option,
    preserve_option,
    refuse,
    rename_option,
    require_managed,
    show_written,
    skip_broken_option,
    strict_option,
    yes_option,
)

if TYPE_CHECKING:
    from reconcile.api import Applied, Proposal
    from reconcile.config import Pace, Project
    from reconcile.state.revision import Revision


@click.command("apply")
@click.argument("revision", required=False)
@click.option("--dry-run", is_flag=True, help="Show what would run, and stop.")
@click.option("--undo", is_flag=True, help="Take an interrupted run back, instead of finishing it.")
@rename_option
@preserve_option
@online_option
@pace_option
@allow_option
@strict_option
@skip_broken_option
@lock_wait_option
@yes_option
@common(formats=("text", "json", "sql"))
def command(
    shared: Common,
    *,
    revision: str | None,
    dry_run: bool,
    undo: bool,
    renames: tuple[str, ...],
    preserve: bool | None,
    online: str | None,
    pace: Pace | None,
    allow: tuple[str, ...],
    strict: bool,
    skip_broken: bool | None,
    lock_wait: float,
    yes: bool,
) -> None:
    """Run pending revision files, as far as REVISION where one is given.

    Where none is pending: plan, show the plan, ask, write a revision file where the project keeps them, and run it.
    """
    from reconcile import api
    from reconcile.reports import json, text

    if shared.format == "sql" and not dry_run:
        raise click.UsageError("--format sql shows what would run: give --dry-run with it")
    if undo and (dry_run or revision is not None):
        raise click.UsageError("--undo takes the interrupted run back: it goes with no REVISION and no --dry-run")
    project = chosen(shared.load(), pace=pace)
    if undo:
        taken = shared.call(lambda listen: api.undo(project, allow=allow, lock_wait=lock_wait, listen=listen))
        if shared.format == "json":
            shared.console.result(json.dumps(json.applied(taken, direction="undo")))
        else:
            shared.console.show(text.applied(taken, direction="undo"))
        return
    # First of all: what is pending, and what a plan is to begin from, can be told only after that.
    settled = None if dry_run else shared.call(lambda listen: api.settle(project, lock_wait=lock_wait, listen=listen))
    pending = shared.call(lambda _: api.pending(project, upto=revision)) if project.revisions is not None else ()
    if settled is not None and revision is not None and not pending:
        _show_done(shared, settled)  # it was the revision that was asked for, or its way back
    elif pending or revision is not None:
        if strict:
            require_managed(shared.call(lambda listen: api.inspect(project, listen=listen)).unmanaged)
        _run_files(shared, project, pending, revision=revision, dry_run=dry_run, allow=allow, lock_wait=lock_wait)
    else:
        project = replace(shared.load(desired=True), statistics=None)  # what is here counts
        project = chosen(project, online=online, pace=pace, preserve=preserve, skip_broken=skip_broken)
        found = shared.call(lambda listen: api.plan(project, renames=renames, listen=listen))
        if strict:
            require_managed(found.unmanaged)
        _run_plan(shared, project, found, dry_run=dry_run, allow=allow, lock_wait=lock_wait, yes=yes, settled=settled)


def _run_files(
    shared: Common,
    project: Project,
    pending: Sequence[Revision],
    *,
    revision: str | None,
    dry_run: bool,
    allow: tuple[str, ...],
    lock_wait: float,
) -> None:
    from reconcile import api
    from reconcile.reports import json, sql, text

    console = shared.console
    if not dry_run:
        done = shared.call(
            lambda listen: api.apply(project, upto=revision, allow=allow, lock_wait=lock_wait, listen=listen)
        )
        _show_done(shared, done)
        return
    match shared.format:
        case "json":
            console.result(json.dumps([json.revision(item) for item in pending]))
        case "sql":
            console.result(sql.revisions_script(pending, dialect_of(project).grammar))
        case _:
            console.show(text.to_apply(pending, database=shared.where(project), verbose=console.verbose))


def _run_plan(
    shared: Common,
    project: Project,
    found: Proposal,
    *,
    dry_run: bool,
    allow: tuple[str, ...],
    lock_wait: float,
    yes: bool,
    settled: Applied | None,
) -> None:
    from reconcile import api
    from reconcile.reports import json, sql, text
    from reconcile.reports.lines import line

    console = shared.console
    where = shared.where(project)
    match shared.format:
        case "json" if dry_run:
            console.result(json.dumps(json.proposal(found, database=where)))
        case "sql":
            console.result(sql.plan_script(found.plan, dialect_of(project).grammar, title=f"plan for {where}"))
        case "text" if not (yes and console.quiet):  # who asks for silence and gives the answer need not see it
            console.show(text.proposal(found, database=where, verbose=console.verbose))
    if dry_run:
        return
    if found.plan.empty:
        if shared.format == "json":
            done = settled or api.Applied(revisions=(), seconds=0.0)
            console.result(json.dumps(json.applied(done, direction="apply")))
        return
    refuse(found.plan.hazards, project, allow=allow)
    if not (yes or console.confirm(f"Apply this plan to {where}?")):
        console.complain(line("Not applied. Nothing has been changed."))
        raise SystemExit(1)
    done = shared.call(
        lambda listen: api.apply(project, proposal=found, allow=allow, lock_wait=lock_wait, listen=listen)
    )
    _show_done(shared, done)


def _show_done(shared: Common, done: Applied) -> None:
    from reconcile.reports import json, text

    if shared.format == "json":
        shared.console.result(json.dumps(json.applied(done, direction="apply")))
        return
    shared.console.show(text.applied(done, direction="apply"))
    show_written(shared.console, done.written)
    if done.revisions:
        shared.console.next_step("To take it back:", shared.again("revert"))
