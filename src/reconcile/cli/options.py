"""The options that commands share (DESIGN §8), and what they make: a Project and a way to call the api."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from reconcile.cli.console import INTERRUPTED, Console
from reconcile.errors import ConfigError

if TYPE_CHECKING:
    from reconcile.cli.progress import Progress
    from reconcile.config import Pace, Project
    from reconcile.dialects.base import Dialect
    from reconcile.state import Hazard, Opaque

T = TypeVar("T")
Function = Callable[..., Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """The shared options of one call, and the console it speaks through."""

    console: Console
    project: Path | None
    env: str | None
    url: str | None
    to: tuple[str, ...]
    format: str

    def load(self, *, database: bool = True, desired: bool = False, revisions: bool = False) -> Project:
        """The project, with what this command needs of it. Raises ConfigError that names the option to give."""
        from reconcile.config import load_project

        project = load_project(self.project, env=self.env, url=self.url, to=self.to)
        if database and not project.database:
            raise ConfigError("no database is configured", hint="set 'database:' in reconcile.yaml, or give --url URL")
        if desired and not project.desired:
            raise ConfigError(
                "no desired state is configured",
                hint="set 'desired:' in reconcile.yaml, or give --to SOURCE: models:package.module:Base, a file, a URL",
            )
        if revisions and project.revisions is None:
            raise ConfigError(
                "this project keeps no revision files", hint="set 'revisions: revisions/' in reconcile.yaml"
            )
        return project

    def call(self, work: Callable[[Progress], T]) -> T:
        """Call the api with a listener; Ctrl-C becomes a line that says what was done."""
        with self.console.progress() as progress:
            try:
                return work(progress)
            except KeyboardInterrupt:
                self.console.complain(*progress.interrupted())
                raise SystemExit(INTERRUPTED) from None

    def again(self, words: str) -> str:
        """The command line of another command on the same database: "reconcile apply --env production"."""
        given = [("--project", str(self.project) if self.project else None), ("--env", self.env)]
        # A URL may hold a password, and sources are long: who gave them knows them.
        given += [("--url", "…" if self.url else None), ("--to", "…" if self.to else None)]
        return " ".join([f"reconcile {words}", *(f"{name} {value}" for name, value in given if value)])

    def where(self, project: Project) -> str:
        """The live database as one may show it."""
        return shown_url(project.database or "", project.root)


def shown_url(text: str, root: Path) -> str:
    """A URL or source without password, and without the project's folder."""
    from reconcile.dialects.connect import redact

    return redact(text).replace(f":///{root}/", ":///").removeprefix(f"{root}/")


def dialect_of(project: Project, fallback: str = "") -> Dialect:
    """What the live database speaks."""
    from reconcile.dialects.registry import dialect_for, get_dialect

    return dialect_for(project.database) if project.database else get_dialect(fallback)


def common(
    *, formats: Sequence[str] = ("text", "json"), sources: bool = True, output: bool = True
) -> Callable[[Function], Function]:
    """Add the shared options; the command gets them as its first argument, a Common."""

    def decorate(function: Function) -> Function:
        @wraps(function)
        @click.pass_context
        def command(context: click.Context, /, **values: Any) -> Any:
            console = context.find_object(Console) or Console()
            console.quiet = values.pop("quiet") or console.quiet
            console.verbose = values.pop("verbose") or console.verbose
            shared = Common(
                console=console,
                project=values.pop("project_path"),
                env=values.pop("env"),
                url=values.pop("url"),
                to=values.pop("to", ()),
                format=values.pop("format", "text"),
            )
            return function(shared, **values)

        source = click.option(
            "--to",
            multiple=True,
            metavar="SOURCE",
            help="The desired state: models:package.module:Base, a YAML or SQL file, a folder, a database URL. "
            "May be given several times.",
        )
        options = [
            click.option("--url", metavar="URL", help="The live database, instead of the configured one."),
            *([source] if sources else []),
            click.option(
                "--project",
                "project_path",
                type=click.Path(exists=True, path_type=Path),
                metavar="DIR|FILE",
                help="The project's folder or configuration file, instead of the one found upward from here.",
            ),
            click.option("--env", metavar="NAME", help="An environment of the configuration."),
            *(
                [
                    click.option(
                        "--format",
                        type=click.Choice(list(formats)),
                        help="How to show.",
                        default=formats[0],
                        show_default=True,
                    )
                ]
                if output
                else []
            ),
            click.option("-q", "--quiet", is_flag=True, help="No progress, no notes; only results and errors."),
            click.option("-v", "--verbose", is_flag=True, help="More detail; tracebacks of errors."),
        ]
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def yes_option(function: Function) -> Function:
    """--yes"""
    return click.option("-y", "--yes", is_flag=True, help="Do not ask.")(function)


def _known_codes(context: click.Context, parameter: click.Parameter, codes: tuple[str, ...]) -> tuple[str, ...]:
    """Before anything else: a slip in a code is no refusal of the plan, and not to be passed over where nothing is
    to be done."""
    del context, parameter
    if codes:
        from reconcile.api.judging import check_allowed

        check_allowed(codes)
    return codes


def allow_option(function: Function) -> Function:
    """--allow CODE"""
    return click.option(
        "--allow",
        multiple=True,
        metavar="CODE",
        callback=_known_codes,
        help="A hazard that may be run into: its code as the plan shows it, or 'all'. May be given several times.",
    )(function)


def chosen(project: Project, **choices: Any) -> Project:
    """The project with what options say of its settings; None: nothing."""
    return replace(project, **{name: choice for name, choice in choices.items() if choice is not None})


def online_option(function: Function) -> Function:
    """--online"""
    return click.option(
        "--online",
        type=click.Choice(["auto", "always", "never"]),
        help="Whether to change tables that hold rows in forms that keep nobody out, in several transactions; "
        "auto does so where they are large. [default: what 'online:' in the configuration says, else auto]",
    )(function)


def pace_option(function: Function) -> Function:
    """--pace"""
    return click.option(
        "--pace",
        callback=_pace,
        metavar="SHARE|ROWS",
        help="How fast rows are filled in parts: a share of the time (50%), the rest of which is left to others, "
        "or rows a second (2000/s). [default: what 'pace:' in the configuration says, else 50%]",
    )(function)


def _pace(context: click.Context, option: click.Parameter, text: str | None) -> Pace | None:
    from reconcile.config import read_pace

    if text is None:
        return None
    try:
        return read_pace(text)
    except ValueError as error:
        raise click.BadParameter(str(error), ctx=context, param=option) from None


def statistics_option(function: Function) -> Function:
    """--stats FILE"""
    return click.option(
        "--stats",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Plan for the sizes in this file (reconcile stats export), not for those of the database at hand.",
    )(function)


def rename_option(function: Function) -> Function:
    """--rename OLD=NEW"""
    return click.option(
        "--rename",
        "renames",
        multiple=True,
        metavar="OLD=NEW",
        help="It is not new but renamed: 'table a=b', 'column t.a=b'. May be given several times.",
    )(function)


def strict_option(function: Function) -> Function:
    """--strict"""
    return click.option(
        "--strict", is_flag=True, help="Refuse (exit 1) where anything is there that is not managed, and list it."
    )(function)


def require_managed(items: Sequence[Opaque]) -> None:
    """For --strict. Raises Unmanaged."""
    from reconcile.errors import Unmanaged

    if items:
        raise Unmanaged(items)


def preserve_option(function: Function) -> Function:
    """--preserve, --no-preserve"""
    return click.option(
        "--preserve/--no-preserve",
        default=None,
        help="Keep rows and values that the plan drops in the attic (the default), or lose them.",
    )(function)


def skip_broken_option(function: Function) -> Function:
    """--skip-broken"""
    return click.option(
        "--skip-broken",
        is_flag=True,
        default=None,
        help="Go on without those tables, indexes and foreign keys of models that cannot be made; leave them alone.",
    )(function)


def lock_wait_option(function: Function) -> Function:
    """--lock-wait SECONDS"""
    return click.option(
        "--lock-wait",
        type=click.FloatRange(min=0),
        default=0.0,
        metavar="SECONDS",
        help="How long to wait for another run to finish. Without it: not at all (exit 5).",
    )(function)


def shown_path(path: Path) -> str:
    """The path as a person in the current folder would write it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def show_written(console: Console, paths: Sequence[Path]) -> None:
    """Say which files were written."""
    from reconcile.reports.lines import Style, line

    for path in paths:
        console.note(line(("✔ ", Style.GOOD), "Wrote ", (shown_path(path), Style.NAME), hang=2))


def refuse(hazards: Iterable[Hazard], project: Project, *, allow: Sequence[str]) -> None:
    """Raise Refused where the plan that was just shown has hazards that may not be run into.

    Before anybody is asked; the api looks again, at the database as it is when it runs.
    """
    from reconcile.api.judging import policy_of, refusal

    policy = policy_of(project, dialect_of(project))
    found = [hazard for hazard in hazards if policy.stops(hazard, allow)]
    if found:
        raise refusal(found, policy)
