"""reconcile diff."""

from __future__ import annotations

import click

from reconcile.cli.options import Common, common, shown_url


@click.command("diff")
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@common(sources=False)
def command(shared: Common, *, a: str, b: str) -> None:
    """What makes source A like source B. Each is a database URL, a file, a folder, or models:package.module:Base."""
    from reconcile import api
    from reconcile.config import Project, find_file, source_from_shell
    from reconcile.reports import json, text

    named = shared.url or shared.project or shared.env
    here = named is not None or find_file() is not None
    project = shared.load(database=False) if here else Project()
    first, second = source_from_shell(a), source_from_shell(b)
    _, _, changes = shared.call(lambda listen: api.diff(project, first, second, listen=listen))
    names = shown_url(a, project.root), shown_url(b, project.root)
    if shared.format == "json":
        shared.console.result(json.dumps([json.change(item) for item in changes]))
    elif changes:
        shared.console.show(text.difference(changes, *names, verbose=shared.console.verbose))
    else:
        shared.console.show(text.no_changes(*names))
