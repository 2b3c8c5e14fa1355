"""reconcile revert."""

from __future__ import annotations

import click

from reconcile.cli.options import (
    Common,
    allow_option,
    common,
    dialect_of,
    lock_wait_option,
    yes_option,
)


@click.command("revert")
@click.argument("revision", required=False)
@click.option("--last", type=click.IntRange(min=1), metavar="N", help="Undo the last N revisions. Without all: 1.")
@click.option("--to", "upto", metavar="REVISION", help="Undo everything after this revision.")
@click.option("--dry-run", is_flag=True, help="Show what would run, and stop.")
@allow_option
@lock_wait_option
@yes_option
@common(formats=("text", "json", "sql"), sources=False)
def command(
    shared: Common,
    *,
    revision: str | None,
    last: int | None,
    upto: str | None,
    dry_run: bool,
    allow: tuple[str, ...],
    lock_wait: float,
    yes: bool,
) -> None:
    """Undo revisions, newest first.

    A REVISION in the middle can be undone where nothing later touches the same objects. Without any: the last one.
    """
    from reconcile import api
    from reconcile.reports import json, sql, text
    from reconcile.reports.lines import line

    if sum(given is not None for given in (revision, last, upto)) > 1:
        raise click.UsageError("give one of REVISION, --last and --to")
    if shared.format == "sql" and not dry_run:
        raise click.UsageError("--format sql shows what would run: give --dry-run with it")
    if revision is None and last is None and upto is None:
        last = 1
    console = shared.console
    project = shared.load()
    where = shared.where(project)
    found = shared.call(lambda _: api.to_revert(project, revision=revision, last=last, to=upto))
    match shared.format:
        case "json" if dry_run:
            console.result(json.dumps([json.revision(item) for item in found]))
        case "sql":
            console.result(sql.revisions_script(found, dialect_of(project).grammar, back=True))
        case "text" if found and not (yes and console.quiet):  # who asks for silence and answers need not see it
            console.show(text.to_revert(found, database=where, verbose=console.verbose))
    if dry_run:
        return
    if found and not (yes or console.confirm(f"Revert this on {where}?")):
        console.complain(line("Not reverted. Nothing has been changed."))
        raise SystemExit(1)
    done = (
        shared.call(lambda listen: api.revert(project, found, allow=allow, lock_wait=lock_wait, listen=listen))
        if found
        else api.Applied(revisions=(), seconds=0.0)
    )
    if shared.format == "json":
        console.result(json.dumps(json.applied(done, direction="revert")))
    else:
        console.show(text.applied(done, direction="revert"))
