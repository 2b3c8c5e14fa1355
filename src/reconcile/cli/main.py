"""The entry point: the group of commands, and how errors become messages and exit codes."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

import click

from reconcile.cli.console import INTERRUPTED, Console

# name → (module, one line of help): so that help and --version load no command.
_COMMANDS = {
    "init": ("init", "Start a project: a configuration file and a folder for revisions."),
    "plan": ("plan", "Show what it takes to make the database as desired. Changes nothing."),
    "apply": ("apply", "Run pending revisions, or plan and run."),
    "revert": ("revert", "Undo revisions, newest first."),
    "history": ("history", "What was applied and reverted, when, by whom."),
    "status": ("status", "Where the database stands: pending, drift, unfinished work."),
    "adopt": ("adopt", "Want what others changed: edit the sources, record a revision."),
    "show": ("show", "One revision: its steps there and back."),
    "diff": ("diff", "What makes one source like another."),
    "lint": ("lint", "What could be better or hurt: in a plan, a revision, or a schema."),
    "inspect": ("inspect", "Write the database out as YAML, SQL or models."),
    "stats": ("stats", "How big the tables are, for plans made elsewhere."),
    "revision": ("revision", "Start a revision to be written by hand."),
    "seal": ("seal", "Rehearse an edited revision and renew its checksum."),
    "repair": ("repair", "Mend files and records of history, where it is known what is right."),
    "verify": ("verify", "Replay every revision on scratch, there and back."),
    "purge": ("purge", "Empty the attic: what plans dropped and it keeps goes for good."),
    "baseline": ("baseline", "Record an existing database as the start of history."),
}


class Commands(click.Group):
    """A group that imports a command when it is called, and not before."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"reconcile.cli.{_COMMANDS[cmd_name][0]}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in _COMMANDS and not name.startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(name, _COMMANDS, n=1)
            raise click.UsageError(
                f"there is no command {name!r}." + (f" Did you mean {near[0]!r}?" if near else ""), ctx
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])


def _version(context: click.Context, option: click.Parameter, value: bool) -> None:
    del option
    if value and not context.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"reconcile {version('schema-reconcile')}")
        context.exit()


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version.")
def commands() -> None:
    """Make a database's schema what you say it should be, and take it back.

    \b
    Exit codes: 0 done or nothing to do, 1 error, 2 changes pending (plan --check,
    status --check), 3 refused because of a hazard, 4 the database is not as the plan
    expects, 5 another run holds the lock, 130 interrupted.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit."""
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: list[str], console: Console | None = None) -> int:
    """Run the command line; the exit code. Nothing but KeyboardInterrupt's aftermath escapes."""
    console = console or Console()
    console.verbose = "--verbose" in arguments or "-v" in arguments  # errors before the options are read want it too
    try:
        result: Any = commands.main(arguments, prog_name="reconcile", standalone_mode=False, obj=console)
        return result if isinstance(result, int) else 0
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    except click.ClickException as error:  # wrong use: 1, because 2 means that changes are pending
        _usage(console, error)
        return 1
    except (KeyboardInterrupt, click.Abort):  # click makes the one into the other
        from reconcile.reports.lines import Style, line

        console.complain(line(("Interrupted. ", Style.WARNING), "Nothing has been changed."))
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output went away: `reconcile history | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        return _failed(console, error)


def _failed(console: Console, error: Exception) -> int:
    from reconcile.errors import Interrupted, ReconcileError

    if not isinstance(error, ReconcileError):
        console.crash(error)
        return 1
    console.error(error)
    return INTERRUPTED if isinstance(error, Interrupted) else error.exit_code


def _usage(console: Console, error: click.ClickException) -> None:
    from reconcile.reports.lines import Style, line

    console.complain(line(("Error: ", Style.DANGER), error.format_message(), hang=2))
    if isinstance(error, click.UsageError) and error.ctx is not None:
        console.complain(line(("→ ", Style.COMMAND), f"{error.ctx.command_path} --help", indent=2))


if __name__ == "__main__":
    main()
