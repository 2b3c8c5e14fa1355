"""reconcile revision."""

from __future__ import annotations

import click

from reconcile.cli.options import Common, common, shown_path


@click.command("revision")
@click.option("-m", "--message", required=True, metavar="MSG", help="What it is about.")
@common(sources=False, output=False)
def command(shared: Common, *, message: str) -> None:
    """Start a revision to be written by hand: its steps are SQL or Python functions, there and back."""
    from reconcile import api
    from reconcile.reports.lines import Style, line

    project = shared.load(revisions=True, database=False)
    path = shared.call(lambda _: api.new_revision(project, message))
    shared.console.show([line(("✔ ", Style.GOOD), "Wrote ", (shown_path(path), Style.NAME), hang=2)])
    shared.console.next_step("Next: write its steps under apply: and revert:, then", shared.again("seal"))
