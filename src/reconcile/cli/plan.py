"""reconcile plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconcile.cli.options import (
    Common,
    chosen,
    common,
    dialect_of,
    online_option,
    preserve_option,
    rename_option,
    require_managed,
    skip_broken_option,
    statistics_option,
    strict_option,
)

if TYPE_CHECKING:
    from reconcile.api import Proposal

CHANGES_PENDING = 2


@click.command("plan")
@click.option("--save", is_flag=True, help="Write the plan as a revision file, to be reviewed and applied later.")
@click.option("-m", "--message", metavar="MSG", help="What the revision is about (with --save).")
@click.option("--check", is_flag=True, help="Exit with 2 where there is something to do.")
@rename_option
@preserve_option
@online_option
@strict_option
@skip_broken_option
@statistics_option
@click.option("--rehearse/--no-rehearse", default=True, help="Try the plan on scratch, there and back (the default).")
@common(formats=("text", "json", "sql", "html"))
def command(
    shared: Common,
    *,
    save: bool,
    message: str | None,
    check: bool,
    renames: tuple[str, ...],
    preserve: bool | None,
    online: str | None,
    strict: bool,
    skip_broken: bool | None,
    stats: Path | None,
    rehearse: bool,
) -> int:
    """Show what it takes to make the database as desired.

    Changes nothing in the database. With --save the plan becomes a revision file, which `reconcile apply` runs.
    """
    from reconcile import api
    from reconcile.reports import html, json, sql, text

    if message is not None and not save:
        raise click.UsageError("-m names a revision: give --save with it")
    if save and not message:
        raise click.UsageError("--save needs a message: --save -m 'Add order notes'")
    console = shared.console
    project = chosen(
        shared.load(desired=True, revisions=save),
        online=online,
        preserve=preserve,
        statistics=stats,
        skip_broken=skip_broken,
    )
    found = shared.call(lambda listen: api.plan(project, renames=renames, rehearse=rehearse, listen=listen))
    if strict:
        require_managed(found.unmanaged)
    where = shared.where(project)
    match shared.format:
        case "json":
            console.result(json.dumps(json.proposal(found, database=where)))
        case "sql":
            console.result(sql.plan_script(found.plan, dialect_of(project).grammar, title=f"plan for {where}"))
        case "html":
            console.result(html.proposal(found, database=where))
        case _:
            console.show(text.proposal(found, database=where, verbose=console.verbose))
    if save:
        _save(shared, found, str(message))
    elif shared.format == "text" and not found.plan.empty and not found.pending and not _dangerous(found):
        _what_next(shared, keeps_files=project.revisions is not None)
    return CHANGES_PENDING if check and (found.pending or not found.plan.empty) else 0


def _dangerous(found: Proposal) -> bool:
    """Whether the plan has said already what has to be added to run it."""
    from reconcile.state import Level

    return any(hazard.level is Level.DANGER for hazard in found.plan.hazards)


def _what_next(shared: Common, *, keeps_files: bool) -> None:
    console = shared.console
    console.next_step("Apply it:      " if keeps_files else "Apply it:", shared.again("apply"))
    if keeps_files:
        console.next_step("Or review it:  ", shared.again('plan --save -m "…"'))


def _save(shared: Common, found: Proposal, message: str) -> None:
    from reconcile import api
    from reconcile.cli.options import shown_path
    from reconcile.reports.lines import Style, line

    if found.plan.empty:
        shared.console.note(line(("· ", Style.FAINT), "Nothing to save: the plan has no changes.", hang=2))
        return
    _, path = api.save(shared.load(), found, message)
    shared.console.note(line(("✔ ", Style.GOOD), "Saved ", (shown_path(path), Style.NAME), hang=2))
    shared.console.next_step("Next: review it, then", shared.again("apply"))
