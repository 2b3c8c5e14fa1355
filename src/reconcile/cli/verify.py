"""reconcile verify."""

from __future__ import annotations

import click

from reconcile.cli.options import Common, common


@click.command("verify")
@common(sources=False)
def command(shared: Common) -> int:
    """Replay every revision file on scratch, forwards and backwards. Exits with 1 where one fails."""
    from reconcile import api
    from reconcile.reports import json
    from reconcile.reports.lines import Style, line

    project = shared.load(revisions=True)
    found = shared.call(lambda listen: api.verify(project, listen=listen))
    if shared.format == "json":
        shared.console.result(json.dumps({"sound": not found, "differences": list(found)}))
    elif found:
        shared.console.show(line(("✘ ", Style.DANGER), item, hang=2) for item in found)
    else:
        shared.console.show([line(("✔ ", Style.GOOD), "Every revision does what it says, there and back.", hang=2)])
    return 1 if found else 0
