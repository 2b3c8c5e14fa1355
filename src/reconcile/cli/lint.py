"""reconcile lint."""

from __future__ import annotations

import click

from reconcile.cli.options import Common, common

REFUSED = 3


@click.command("lint")
@click.argument("target", required=False)
@click.option("--explain", metavar="CODE", help="One rule: why, what instead, a bad and a good example.")
@click.option("--rules", "list_rules", is_flag=True, help="Every rule.")
@common(formats=("text", "json", "sarif"))
def command(shared: Common, *, target: str | None, explain: str | None, list_rules: bool) -> int:
    """What could be better or hurt.

    TARGET is a revision (file or id) or a source of a schema (file, models, URL). Without it: the plan that leads to
    the desired state, with the design of what it makes; where no state is desired, the database as it is.
    Exits with 3 where something is found that is danger or that the configuration denies.
    """
    from reconcile import api
    from reconcile.reports import json
    from reconcile.reports import lint as report

    console = shared.console
    if explain is not None or list_rules:
        if shared.format == "sarif":
            raise click.UsageError("--format sarif is for findings")
        found = api.rules() if explain is None else {explain: api.rule(explain)}
        if shared.format == "json":
            console.result(json.dumps(report.rules_plain(found)))
        else:
            console.show(report.rule_list(found) if explain is None else report.explained(*found[explain]))
        return 0
    project = shared.load(database=False)
    linted = shared.call(lambda listen: api.lint(project, target, listen=listen))
    match shared.format:
        case "json":
            console.result(json.dumps(report.plain(linted)))
        case "sarif":
            console.result(json.dumps(report.sarif(linted, api.rules())))
        case _:
            console.show(report.lines(linted, verbose=console.verbose))
    return REFUSED if linted.refused else 0
