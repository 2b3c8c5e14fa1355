"""reconcile init."""

from __future__ import annotations

from pathlib import Path

import click

from reconcile.cli.console import Console
from reconcile.errors import ConfigError
from reconcile.files import write_whole
from reconcile.reports.lines import Style, line

_TEMPLATE = """\
# reconcile: what the schema should be, and where it lives. All settings: reconcile --help, README.md

# The live database. ${{VAR}} and ${{VAR:-default}} come from the environment{driver_note}.
database: {database}

# What the schema should be, composed in this order: models:package.module:Base (a declarative base or a MetaData),
# a .yaml or .sql file, a folder of them, or the URL of another database.
desired:
{desired}

# Where reviewed plans are kept. Commit them.
revisions: revisions/

# ignore: ["table legacy_*"]            # left alone, whatever happens to them
# timeouts: {{lock: 3s, retries: 10}}     # how long a step waits for a lock, and how often it is tried again
# environments:
#   production: {{database: "${{PRODUCTION_URL}}", deny: [data-loss]}}
"""


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path())
@click.option("--async", "asynchronous", is_flag=True, help="For a project with asynchronous drivers.")
@click.option("--url", metavar="URL", help="The live database to write into the configuration.")
@click.option("--to", multiple=True, metavar="SOURCE", help="The desired state to write into the configuration.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
@click.option("-v", "--verbose", is_flag=True, help="Tracebacks of errors.")
@click.pass_context
def command(
    context: click.Context,
    *,
    folder: Path,
    asynchronous: bool,
    url: str | None,
    to: tuple[str, ...],
    quiet: bool,
    verbose: bool,
) -> None:
    """Start a project in FOLDER (here, if none is given): reconcile.yaml and a folder for revisions.

    Where the models are is looked up in Alembic's env.py, or in the modules of the folder; nothing is run.
    """
    del verbose  # main has seen it
    console = context.find_object(Console) or Console()
    console.quiet = quiet
    file = folder / "reconcile.yaml"
    if file.exists():
        raise ConfigError(f"{file} is there already", hint="edit it, or remove it to start again")
    from reconcile.sources.discover import discover

    found = discover(folder)
    sources = to or found.models or ("models:app.models:Base",)
    driver = "sqlite+aiosqlite" if asynchronous else "sqlite"
    revisions = folder / "revisions"
    revisions.mkdir(parents=True, exist_ok=True)
    keep = revisions / ".gitkeep"  # git knows no empty folders
    keep.touch()
    write_whole(
        file,
        _TEMPLATE.format(
            database=_quoted(url or f"${{DATABASE_URL:-{found.url or f'{driver}:///app.db'}}}"),
            desired="\n".join(f"  - {_quoted(spec)}" for spec in sources),
            driver_note="; asynchronous drivers\n# (+asyncpg, +asyncmy, +aiosqlite) work as they are"
            if asynchronous
            else "",
        ),
    )
    done = ("✔ ", Style.GOOD)
    console.note(
        line(done, "Wrote ", (str(file), Style.NAME), ": the database and the desired state", hang=2),
        line(done, "Made ", (f"{revisions}/", Style.NAME), " for reviewed plans", hang=2),
    )
    used = [*([] if to else found.models), *([found.url] if found.url and not url else [])]
    if used:
        where = (", ".join(found.where), Style.NAME)
        console.note(line(done, f"Found {', '.join(used)} in ", where, ": see that it is so", hang=2))
    wanted = {"database:": url or found.url, "desired:": to or found.models}
    unknown = [name for name, known in wanted.items() if not known]
    todo = [f"set {' and '.join(unknown)} in it, then "] if unknown else []
    console.note(line(("→ ", Style.COMMAND), *todo, ("reconcile plan", Style.COMMAND), " shows what is to do", hang=2))


def _quoted(text: str) -> str:
    """The text as a YAML scalar."""
    plain = all(character not in text for character in "#'\"{}[]\n") and ": " not in text and not text.startswith("*")
    return text if plain else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
