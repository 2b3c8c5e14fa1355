"""reconcile history."""

from __future__ import annotations

import click

from reconcile.cli.options import Common, common


@click.command("history")
@common(sources=False)
def command(shared: Common) -> None:
    """What was applied and reverted on this database: when, how long it took, by whom. Newest last."""
    from reconcile import api
    from reconcile.reports import json, text

    project = shared.load()
    entries = shared.call(lambda _: api.history(project))
    if shared.format == "json":
        shared.console.result(json.dumps(json.history(entries)))
    else:
        shared.console.show(text.history(entries, verbose=shared.console.verbose))
