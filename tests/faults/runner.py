"""Runs `reconcile` in a process of its own that dies at a chosen boundary: before or after any statement.

The processes are forked from a server that has everything imported: a campaign of thousands spends its time on what
is tried, and a kill after a random time hits the work, not the start of the interpreter.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Any

_READS = ("SELECT", "PRAGMA", "SHOW", "WITH", "EXPLAIN")
_POLL = 0.02  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a process ended: negative codes are signals."""

    code: int
    out: str
    boundaries: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A `reconcile` at work."""

    process: ForkServerProcess
    out: Path
    count: Path
    since: float

    @property
    def said(self) -> str:
        """What it has written so far."""
        return self.out.read_text() if self.out.exists() else ""

    def says(self, word: str, seconds: float) -> str:
        """What it has written when this has come. Raises AssertionError where it does not come, or the process ends."""
        end = time.monotonic() + seconds
        while word not in (said := self.said):
            assert time.monotonic() < end and self.process.is_alive(), said
            time.sleep(_POLL)
        return said

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()

    def end(self, seconds: float = 120) -> Ended:
        """Wait for its end. Raises AssertionError where it does not come."""
        self.process.join(seconds)
        code = self.process.exitcode
        if code is None:
            self.kill()
            self.process.join()
        spent = time.monotonic() - self.since
        assert code is not None, f"still at work after {spent:.0f} s: {self.said}"
        boundaries = int(self.count.read_text() or 0) if self.count.exists() else 0
        said = self.said
        self.out.unlink(missing_ok=True)
        self.count.unlink(missing_ok=True)
        return Ended(code=code, out=said, boundaries=boundaries, seconds=spent)


def run(project: Path, arguments: Sequence[str], *, at: int = 0, how: str = "kill", seconds: float = 120) -> Ended:
    """One `reconcile` in a project's folder, to its end. ``at``: the boundary where it dies; 0: it does not."""
    return start(project, arguments, at=at, how=how).end(seconds)


def start(project: Path, arguments: Sequence[str], *, at: int = 0, how: str = "kill") -> Running:
    """The same, still running.

    ``how``: "kill", "interrupt" (Ctrl-C), "lose" (the server ends the connection), "full" (no file grows any more).
    """
    folder = Path(tempfile.mkdtemp(prefix="said-", dir=project))
    out, count = folder / "out", folder / "boundaries"
    process = _server().Process(target=_run, args=(project, tuple(arguments), at, how, out, count))
    process.start()
    return Running(process=process, out=out, count=count, since=time.monotonic())


@cache
def _server() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, "tests.faults.imported"])
    return context


def _run(project: Path, arguments: tuple[str, ...], at: int, how: str, out: Path, count: Path) -> None:
    os.chdir(project)
    os.environ.update({"NO_COLOR": "1", "COLUMNS": "200"})
    with out.open("wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    sys.stdout, sys.stderr = (open(number, "w", buffering=1, closefd=False) for number in (1, 2))  # noqa: SIM115  # for the whole process
    from reconcile.cli.main import run as reconcile

    _arm(at, how, count)
    sys.exit(reconcile(list(arguments)))


def _lose(connection: Any) -> None:
    """End the connection from the server's side, as an administrator or a restart would."""
    from sqlalchemy import create_engine

    kill = {
        "postgresql": "SELECT pg_terminate_backend({}, 5000)",
        "mysql": "KILL CONNECTION {}",
        "mariadb": "KILL CONNECTION {}",
    }[connection.dialect.name]
    raw = connection.connection.dbapi_connection
    number = raw.info.backend_pid if connection.dialect.name == "postgresql" else raw.thread_id()
    other = create_engine(connection.engine.url)
    with other.connect() as mine:
        mine.exec_driver_sql(kill.format(number))
    other.dispose()


def _fill_up(connection: Any) -> None:
    """From now on it is as if the disk were full: files of this process do not grow beyond the database's size."""
    size = Path(connection.engine.url.database).stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def _arm(at: int, how: str, count: Path) -> None:
    from sqlalchemy import Engine, event

    seen = 0
    begun = False  # from the first write into our bookkeeping on

    def boundary(connection: Any, statement: str) -> None:
        nonlocal seen, begun
        begun = begun or ("reconcile_" in statement and not statement.lstrip().upper().startswith(_READS))
        if not begun or statement.lstrip().upper().startswith(_READS):
            return
        seen += 1
        count.write_text(str(seen))
        if seen != at:
            return
        if how == "lose":
            _lose(connection)
        elif how == "full":
            _fill_up(connection)
        else:
            os.kill(os.getpid(), signal.SIGKILL if how == "kill" else signal.SIGINT)

    @event.listens_for(Engine, "before_cursor_execute")
    def before(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        boundary(connection, statement)

    @event.listens_for(Engine, "after_cursor_execute")
    def after(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        boundary(connection, statement)
