"""reconcile seal."""

from __future__ import annotations

import click

from reconcile.cli.options import Common, common, shown_path


@click.command("seal")
@click.argument("revision", default="head")
@common(sources=False, output=False)
def command(shared: Common, *, revision: str) -> None:
    """Rehearse a revision that was edited or written by hand, and renew its checksum.

    Without REVISION: the newest file.
    """
    from reconcile import api
    from reconcile.reports import text
    from reconcile.reports.lines import Style, line

    project = shared.load(revisions=True)
    found, path = shared.call(lambda listen: api.seal(project, revision, listen=listen))
    shared.console.show(
        [
            line(("✔ ", Style.GOOD), "Sealed ", (shown_path(path), Style.NAME), hang=2),
            text.rehearsal(found.plan),
        ]
    )
    shared.console.next_step("Next:", shared.again("apply"))
