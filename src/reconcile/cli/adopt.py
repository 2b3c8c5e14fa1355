"""reconcile adopt."""

from __future__ import annotations

from pathlib import Path

import click

from reconcile.cli.options import Common, common, lock_wait_option, show_written, yes_option


@click.command("adopt")
@click.option("-m", "--message", default="", metavar="TEXT", help="What the revision is called.")
@click.option("--dry-run", is_flag=True, help="Show what would be written, and stop.")
@lock_wait_option
@yes_option
@common(sources=False)
def command(shared: Common, *, message: str, dry_run: bool, lock_wait: float, yes: bool) -> None:
    """Adopt drift: what others changed in the database since the last run becomes what you want.

    YAML sources are edited where they differ and nowhere else; for models and SQL it shows what to write. A revision
    records the change: here as done (no statement is run), on other databases it will be carried out.
    """
    from reconcile import api
    from reconcile.reports import json, text
    from reconcile.reports.lines import Style, line

    console, project = shared.console, shared.load()
    found = shared.call(lambda listen: api.adoption(project, message=message, listen=listen))
    if shared.format != "json":
        console.show(text.adoption(found, verbose=console.verbose))
    written: tuple[Path, ...] = ()
    if found.revision is not None and not dry_run:
        if not (yes or console.confirm("Adopt this?")):
            console.complain(line("Nothing has been changed."))
            raise SystemExit(1)
        written = shared.call(lambda listen: api.adopt(project, found, lock_wait=lock_wait, listen=listen))
    if shared.format == "json":
        console.result(json.dumps(json.adoption(found, written=map(str, written))))
    elif found.revision is not None and not dry_run:
        console.show([line(("✔ ", Style.GOOD), f"Recorded as {found.revision.id}", hang=2)])
        show_written(console, written)
