"""reconcile repair."""

from __future__ import annotations

import click

from reconcile.cli.options import Common, common, lock_wait_option, yes_option

UNSOUND = 1


@click.command("repair")
@click.option(
    "--step",
    type=click.Choice(["done", "undone"]),
    help="Your word on the step of an interrupted run that nothing in the database tells about.",
)
@yes_option
@lock_wait_option
@common(sources=False)
def command(shared: Common, *, step: str | None, yes: bool, lock_wait: float) -> int:
    """Mend what `history --check` finds, where a recorded checksum shows what is right; the rest is only told.

    Lost or edited files are written from the database's own copy (what was there is kept beside it), damaged copies
    from the file. Shows what it would do, and why, and asks; it never touches the schema.
    """
    from reconcile import api
    from reconcile.reports import json, text
    from reconcile.reports.lines import Style, line

    console, project = shared.console, shared.load()
    if step is not None:
        told = shared.call(
            lambda listen: api.settle_doubt(project, done=step == "done", lock_wait=lock_wait, listen=listen)
        )
        console.show([line(("✔ ", Style.GOOD), f"Noted as {step}: {told}", hang=2)])
        console.next_step("Next:", shared.again("apply"))
        return 0
    found = shared.call(lambda listen: api.check(project, listen=listen))
    if shared.format != "json":
        console.show(text.flaws(found))
    able = [flaw for flaw in found if flaw.remedy]
    if able and not yes:
        if not console.can_ask:
            console.complain(line("Nothing has been changed. Give --yes to mend what can be mended."))
            return UNSOUND
        if not console.confirm("Do what is said there?"):
            console.complain(line("Nothing has been changed."))
            return UNSOUND
    mended = shared.call(lambda listen: api.repair(project, lock_wait=lock_wait, listen=listen)) if able else ()
    left = [flaw for flaw in found if flaw not in mended]
    if shared.format == "json":
        console.result(json.dumps({"mended": json.flaws(mended), "left": json.flaws(left)}))
    elif mended:
        console.show(line(("✔ ", Style.GOOD), f"Mended: {flaw.message}", hang=2) for flaw in mended)
    return UNSOUND if left else 0
