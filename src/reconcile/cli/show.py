"""reconcile show."""

from __future__ import annotations

import click

from reconcile.cli.options import Common, common, dialect_of


@click.command("show")
@click.argument("revision", default="head")
@common(formats=("text", "json", "sql", "html"), sources=False)
def command(shared: Common, *, revision: str) -> None:
    """One revision, by its id or the beginning of it, or "head": its steps there and back."""
    from reconcile import api
    from reconcile.reports import html, json, sql, text

    project = shared.load(database=False)
    found = shared.call(lambda _: api.show(project, revision))
    match shared.format:
        case "json":
            shared.console.result(json.dumps(json.revision(found)))
        case "sql":
            shared.console.result(sql.revisions_script([found], dialect_of(project, found.plan.dialect).grammar))
        case "html":
            shared.console.result(html.revision(found))
        case _:
            shared.console.show(text.revision(found, verbose=shared.console.verbose))
