"""reconcile inspect."""

from __future__ import annotations

import click

from reconcile.cli.options import Common, common, dialect_of, require_managed, strict_option


@click.command("inspect")
@strict_option
@common(formats=("yaml", "sql", "models"), sources=False)
def command(shared: Common, *, strict: bool) -> None:
    """Write the live database out: as YAML that --to reads back, as the SQL that makes it, or as SQLAlchemy models."""
    from reconcile import api

    project = shared.load()
    state = None
    if strict or shared.format != "sql":
        state = shared.call(lambda listen: api.inspect(project, listen=listen))
    if strict and state is not None:
        require_managed(state.unmanaged)
    if state is None or shared.format == "sql":
        from reconcile.reports import sql

        plan = shared.call(lambda listen: api.creation_plan(project, listen=listen))
        shared.console.result(sql.creation_script(plan, dialect_of(project).grammar, title=shared.where(project)))
        return
    if shared.format == "yaml":
        from reconcile.sources.yaml.write import to_yaml

        shared.console.result(to_yaml(state, dialect_of(project)))
    else:
        from reconcile.reports import models

        shared.console.result(models.models(state))
