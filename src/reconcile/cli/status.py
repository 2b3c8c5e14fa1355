"""reconcile status."""

from __future__ import annotations

from dataclasses import replace

import click

from reconcile.cli.options import Common, common

CHANGES_PENDING = 2


@click.command("status")
@click.option("--check", is_flag=True, help="Exit with 2 where there is something to do.")
@common()
def command(shared: Common, *, check: bool) -> int:
    """Where the database stands: what is applied, pending, unfinished, and what was changed behind our back."""
    from reconcile import api
    from reconcile.reports import json, text

    project = shared.load()
    found = shared.call(lambda listen: api.status(project, listen=listen))
    found = replace(found, database=shared.where(project))
    if shared.format == "json":
        shared.console.result(json.dumps(json.status(found)))
    else:
        shared.console.show(text.status(found, verbose=shared.console.verbose))
    return CHANGES_PENDING if check and found.changes_pending else 0
