"""reconcile baseline."""

from __future__ import annotations

import click

from reconcile.cli.options import Common, common


@click.command("baseline")
@click.option("-m", "--message", default="baseline", show_default=True, metavar="MSG", help="What to call it.")
@common(sources=False)
def command(shared: Common, *, message: str) -> None:
    """Record a database that already exists, as it is, as the start of history. Changes no schema."""
    from reconcile import api
    from reconcile.reports import json
    from reconcile.reports.lines import Style, line

    project = shared.load()
    found = shared.call(lambda listen: api.baseline(project, message=message, listen=listen))
    if shared.format == "json":
        shared.console.result(json.dumps(json.revision(found)))
        return
    shared.console.show(
        [line(("✔ ", Style.GOOD), f"{shared.where(project)} as it is now is ", (found.id, Style.NAME), hang=2)]
    )
    shared.console.next_step("Next:", shared.again("plan"))
