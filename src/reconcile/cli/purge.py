"""reconcile purge."""

from __future__ import annotations

import re
from datetime import timedelta

import click

from reconcile.cli.options import Common, common, lock_wait_option, yes_option

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def _age(context: click.Context, option: click.Parameter, value: str | None) -> timedelta | None:
    """ "30d", "12h" as a timedelta."""
    if value is None:
        return None
    match = re.fullmatch(r"(\d+)([smhdw])", value)
    if match is None:
        raise click.BadParameter(f"{value!r}: write a number with s, m, h, d or w, such as 30d", context, option)
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


@click.command("purge")
@click.option("--older-than", callback=_age, metavar="AGE", help="What was kept longer ago than this: 30d, 12h.")
@click.option("--revision", metavar="ID", help="What this revision put there.")
@click.option("--all", "everything", is_flag=True, help="All of it.")
@lock_wait_option
@yes_option
@common(sources=False)
def command(
    shared: Common,
    *,
    older_than: timedelta | None,
    revision: str | None,
    everything: bool,
    lock_wait: float,
    yes: bool,
) -> None:
    """Empty the attic: rows and values that were kept when a plan dropped them are gone for good after that.

    Reverting brings back the structure then, and nothing that was in it.
    """
    from reconcile import api
    from reconcile.reports import json, text
    from reconcile.reports.describe import plural
    from reconcile.reports.lines import Style, line

    if sum((older_than is not None, revision is not None, everything)) != 1:
        raise click.UsageError("say what goes: one of --older-than, --revision and --all")
    console = shared.console
    project = shared.load()
    found = shared.call(
        lambda _: api.to_purge(project, older_than=older_than, revision=revision, everything=everything)
    )
    if found and not (yes and console.quiet) and shared.format == "text":
        console.show(text.attic(found))
    if found and not (yes or console.confirm(f"Remove this from the attic of {shared.where(project)} for good?")):
        console.complain(line("Nothing has been removed."))
        raise SystemExit(1)
    gone = shared.call(lambda listen: api.purge(project, found, lock_wait=lock_wait, listen=listen)) if found else ()
    if shared.format == "json":
        console.result(json.dumps({"format": json.FORMAT, "removed": json.attic(gone)}))
    elif gone:
        console.show([line(("✔ ", Style.GOOD), f"Removed {plural(len(gone), 'table')} from the attic.", hang=2)])
    else:
        console.show([line(("· ", Style.FAINT), "Nothing to remove: the attic keeps no such thing.", hang=2)])
