"""reconcile history."""

from __future__ import annotations

import click

from reconcile.cli.options import Common, common

UNSOUND = 1


@click.command("history")
@click.option("--check", is_flag=True, help="Hold files, records and copies against each other; 1 if unsound.")
@common(sources=False)
def command(shared: Common, *, check: bool) -> int:
    """What was applied and reverted on this database: when, how long it took, by whom. Newest last.

    --check instead tells what does not fit together: revision files that are missing or were edited after they ran,
    that ran out of order or were sealed on top of something else; records and copies in the database that were
    changed by hand. `reconcile repair` mends what can be.
    """
    from reconcile import api
    from reconcile.reports import json, text

    project = shared.load()
    if check:
        flaws = shared.call(lambda listen: api.check(project, listen=listen))
        if shared.format == "json":
            shared.console.result(json.dumps({"sound": not flaws, "flaws": json.flaws(flaws)}))
        else:
            shared.console.show(text.flaws(flaws))
            if any(flaw.remedy for flaw in flaws):
                shared.console.next_step("To mend it:", shared.again("repair"))
        return UNSOUND if flaws else 0
    entries = shared.call(lambda _: api.history(project))
    if shared.format == "json":
        shared.console.result(json.dumps(json.history(entries)))
    else:
        shared.console.show(text.history(entries, verbose=shared.console.verbose))
    return 0
