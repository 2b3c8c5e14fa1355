"""reconcile stats."""

from __future__ import annotations

from pathlib import Path

import click

from reconcile.cli.options import Common, common, show_written


@click.group("stats")
def command() -> None:
    """How big the tables are, so that a laptop or a pipeline plans for production's sizes."""


@command.command("export")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@common(formats=("yaml", "json"), sources=False)
def export(shared: Common, *, file: Path | None) -> None:
    """Write rows and bytes of each table, and how much of each column is NULL, to FILE or the standard output.

    It holds no data. `reconcile plan --stats FILE` plans for these sizes.
    """
    from reconcile import api
    from reconcile.api.measures import to_yaml
    from reconcile.files import write_whole
    from reconcile.reports import json

    found = shared.call(lambda listen: api.measure(shared.load(), listen=listen))
    text = json.dumps(found.document()) if shared.format == "json" else to_yaml(found)
    if file is None:
        shared.console.result(text)
        return
    write_whole(file, text if text.endswith("\n") else f"{text}\n")
    show_written(shared.console, [file])
