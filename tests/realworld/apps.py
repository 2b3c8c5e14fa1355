"""The applications of the gate, their environments and their databases.

Each lives in a virtual environment of its own, with this project installed beside it, as a user would have it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import oracle
from tests.servers import Server

CHECKOUT = Path(__file__).resolve().parents[2]
PREFIX = "rw"
_DRIVERS = ("psycopg2-binary", "pymysql")


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """``old``: in place of the recipe's older revisions. ``pins``: further requirements.

    ``earlier``: an earlier release whose models are one more old state, where downgrades do not run.
    """

    name: str
    old: tuple[str, ...] = ()
    pins: tuple[str, ...] = ()
    earlier: str = ""


APPS = (
    App(name="optuna"),
    App(name="jupyterhub", old=("3c2384c5aae1", "be8ecf03ddac"), pins=("sqlalchemy<2.1",)),  # and so 2.0 is there too
    App(name="buildbot", old=(), earlier="buildbot==3.11.0"),  # its own downgrades fail on what create_all() made
    App(name="glance"),
    App(name="privacyidea"),
    App(name="phoenix"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Databases:
    """What was built for one application on one server, by name: fresh models, head, and older states."""

    fresh: str
    head: str | None
    old: dict[str, str]  # label → database
    sqlalchemy: str
    errors: dict[str, str]  # label → why the application's own migrations did not get there


def recipe(app: App) -> dict[str, Any]:
    """The shared script's facts about the application."""
    facts: dict[str, Any] = oracle.load("realworld/realworld").APPS[app.name]
    return facts


def script() -> Path:
    """The shared script, which runs inside the applications' environments."""
    folder = oracle.shared_folder()
    if folder is None:
        raise FileNotFoundError(oracle.ABSENT)
    return folder / "realworld" / "realworld.py"


def environments() -> Path:
    """Where the virtual environments are kept."""
    usual = Path(tempfile.gettempdir()) / "reconcile-realworld"
    return Path(os.environ.get("RECONCILE_REALWORLD_VENVS", usual))


def program(app: App, name: str) -> Path:
    """A program of the application's environment, which is made first where it is missing (minutes)."""
    return _environment(app.name, (recipe(app)["pip"], *recipe(app).get("extra", "").split(), *app.pins)) / name


def _environment(name: str, requirements: tuple[str, ...], *, with_project: bool = True) -> Path:
    folder = environments() / name
    programs = folder / "bin"
    if not (programs / "pip").exists():
        run([sys.executable, "-m", "venv", folder])
        run([programs / "pip", "install", "-q", *(one.strip("'") for one in requirements), *_DRIVERS])
    tested = folder / "checkout.txt"  # what is run shall be what stands beside this file, wherever it was before
    if with_project and (not tested.exists() or tested.read_text() != str(CHECKOUT)):
        run([programs / "pip", "install", "-q", "-e", str(CHECKOUT)])
        tested.write_text(str(CHECKOUT))
    return programs


def run(command: list[Any], *, seconds: float = 1800, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a program; its output as text. Raises RuntimeError with what it said where it fails."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=seconds, **options)
    if done.returncode:
        raise RuntimeError(f"{' '.join(str(part) for part in command)}: exit {done.returncode}\n{done.stderr[-2000:]}")
    return done


def build(app: App, server: Server, *, keep: bool = True) -> Databases | None:
    """Make (or with ``keep`` find) the application's databases; None where it does not speak to this server."""
    if server.dialect not in recipe(app)["dialects"]:
        return None
    facts = _built(program(app, "python"), app.name, server, PREFIX, app.old, keep)
    made = {label: entry for label, entry in facts["databases"].items() if "error" not in entry}
    errors = {label: e["error"] for label, e in facts["databases"].items() if "error" in e}
    old = {label: _name(entry["url"]) for label, entry in made.items() if label.startswith("old")}
    if app.earlier:
        interpreter = _environment(f"{app.name}-previous", (app.earlier,), with_project=False) / "python"
        before = _built(interpreter, app.name, server, f"{PREFIX}_previous", (), keep, skip="old,head")
        old["previous"] = _name(before["databases"]["models"]["url"])
    return Databases(
        fresh=_name(made["models"]["url"]),
        head=_name(made["head"]["url"]) if "head" in made else None,
        old=old,
        sqlalchemy=facts["sqlalchemy"],
        errors=errors,
    )


def _built(
    interpreter: Path, name: str, server: Server, prefix: str, old: tuple[str, ...], keep: bool, skip: str = ""
) -> dict[str, Any]:
    """What the shared script says; remembered, because it tells a failed database from a whole one only once."""
    memory = environments() / f"{prefix}-{name}-{server.name}.json"
    if keep and memory.exists():
        remembered: dict[str, Any] = json.loads(memory.read_text())
        return remembered
    url = f"sqlite:///{server.url}" if server.dialect == "sqlite" else server.url
    options = [word for revision in old for word in ("--old", revision)]
    done = run([interpreter, script(), name, url, "--prefix", prefix, "--skip", skip, *options])
    memory.write_text(done.stdout)
    facts: dict[str, Any] = json.loads(done.stdout)
    return facts


def _name(url: str) -> str:
    return re.sub(r"\.db$", "", url.partition("?")[0].rsplit("/", 1)[1])


def copy(server: Server, database: str, to: str) -> None:
    """Make ``to`` a copy of a database, rows and all."""
    if server.dialect == "sqlite":
        server.drop(to)
        shutil.copyfile(*(server.url_of(name).removeprefix("sqlite:///") for name in (database, to)))
        return
    server.create(to)
    if server.dialect == "postgresql":
        dump = run([Path(oracle.engine(server).bin) / "pg_dump", server.url_of(database)]).stdout
        problem = oracle.engine(server).psql(to, dump, 600)
    else:
        judge = oracle.engine(server)
        login = ["--no-defaults", "-h", judge.host, "-P", judge.port, "-u", judge.user]
        secret = {"MYSQL_PWD": judge.password} if judge.password else {}
        dump = run(
            ["mariadb-dump", *login, "--routines", "--triggers", "--skip-tz-utc", database],
            env={**os.environ, **secret},
        ).stdout
        problem = judge.load(to, "DELIMITER ;\n" + dump, 600)
    if problem:
        raise RuntimeError(f"copying {database}: {problem}")
