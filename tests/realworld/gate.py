"""The gate that a real application's databases must pass, through the command line of its own environment."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests import oracle
from tests.realworld.apps import PREFIX, App, Databases, copy, program, script
from tests.servers import Server

_SECONDS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One line of the gate: which way, and what was wrong (empty: nothing)."""

    way: str
    problem: str


def gate(app: App, server: Server, databases: Databases) -> Iterator[Verdict]:
    """Every way through, in order; each on copies, so that it can be run again."""
    walker = _Walker(app, server)
    yield Verdict(way="fresh = models", problem=walker.expect_nothing(databases.fresh))
    starts = dict(databases.old) | ({"head": databases.head} if databases.head else {})
    for label, start in starts.items():
        yield Verdict(way=f"{label} → models", problem=walker.there_and_back(start, walker.models, databases.fresh))
    if databases.head:
        for label, start in databases.old.items():
            goal = server.url_of(databases.head)
            yield Verdict(way=f"{label} → head", problem=walker.there_and_back(start, goal, databases.head))


class _Walker:
    """Runs ``reconcile`` for one application on one server."""

    def __init__(self, app: App, server: Server) -> None:
        self.app, self.server = app, server
        self.models = f"models:realworld:{app.name}"
        self.work = f"{PREFIX}_{app.name}_work"

    def expect_nothing(self, database: str, goal: str = "") -> str:
        """``plan --check`` must say that there is nothing to do."""
        done = self.reconcile("plan", database, goal or self.models, "--check")
        return "" if done.returncode == 0 else f"plan --check: {_said(done)}"

    def there_and_back(self, start: str, goal: str, wanted: str) -> str:
        """Apply, nothing left to do, equal by the oracle; revert, equal to the start, every row still there."""
        copy(self.server, start, self.work)
        before = _rows(self.server, self.work)
        try:
            same_already = not self.expect_nothing(self.work, goal)
            done = self.reconcile("apply", self.work, goal, "--yes", "--allow", "all")
            if done.returncode:
                return f"apply: {_said(done)}"
            if problem := self.expect_nothing(self.work, goal):
                return f"afterwards: {problem}"
            if difference := oracle.difference(self.server, self.work, wanted):
                return f"differs from {wanted}:\n{difference}"
            if not same_already:
                done = self.reconcile("revert", self.work, "", "--last", "1", "--yes", "--allow", "all")
                if done.returncode:
                    return f"revert: {_said(done)}"
            if difference := oracle.difference(self.server, self.work, start):
                return f"after the revert:\n{difference}"
            if (after := _rows(self.server, self.work)) != before:
                return f"rows after the revert: {sorted(set(before.items()) ^ set(after.items()))}"
            return ""
        finally:
            self.server.drop(self.work)

    def reconcile(self, command: str, database: str, goal: str, *options: str) -> subprocess.CompletedProcess[str]:
        target = ("--to", goal) if goal else ()
        path = os.pathsep.join(part for part in (str(script().parent), os.environ.get("PYTHONPATH", "")) if part)
        with tempfile.TemporaryDirectory(prefix="reconcile-realworld-") as folder:
            return subprocess.run(
                [program(self.app, "reconcile"), command, "--url", self.server.url_of(database), *target, *options],
                capture_output=True,
                text=True,
                timeout=_SECONDS,
                cwd=folder,
                env={**os.environ, "PYTHONPATH": path, "XDG_CACHE_HOME": folder},
                check=False,
            )


def _said(done: subprocess.CompletedProcess[str]) -> str:
    return f"exit {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}".strip()


def _rows(server: Server, database: str) -> dict[str, int]:
    """How many rows each of the application's tables holds."""
    import sqlalchemy

    url = sqlalchemy.make_url(server.url_of(database))
    drivers = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql", "sqlite": "sqlite"}
    engine = sqlalchemy.create_engine(url.set(drivername=drivers[server.dialect]), poolclass=sqlalchemy.NullPool)
    with engine.connect() as connection:
        names = sqlalchemy.inspect(connection).get_table_names()
        quote = engine.dialect.identifier_preparer.quote
        return {
            name: connection.exec_driver_sql(f"SELECT count(*) FROM {quote(name)}").scalar_one()
            for name in names
            if not name.startswith(("reconcile_", "_reconcile"))
        }


def show(path: Path, verdicts: list[tuple[App, Server, Verdict]]) -> None:
    """Write all that was said, for a person."""
    lines = [f"## {app.name}, {server.name}, {v.way}\n{v.problem or 'ok'}\n" for app, server, v in verdicts]
    path.write_text("\n".join(lines))
