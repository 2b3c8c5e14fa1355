"""reconcile inspect."""

from __future__ import annotations

import click

from reconcile.cli.options import Common, common


@click.command("inspect")
@common(formats=("yaml", "sql", "models"), sources=False)
def command(shared: Common) -> None:
    """Write the live database out: as YAML that --to reads back, as the SQL that makes it, or as SQLAlchemy models."""
    from reconcile import api

    project = shared.load()
    if shared.format == "sql":
        script = shared.call(lambda listen: api.inspect_sql(project, listen=listen))
        shared.console.result(script)
        return
    state = shared.call(lambda listen: api.inspect(project, listen=listen))
    if shared.format == "yaml":
        from reconcile.sources.yaml.write import to_yaml

        shared.console.result(to_yaml(state))
    else:
        from reconcile.reports import models

        shared.console.result(models.models(state))
