"""Runs `reconcile` in a process of its own that dies at a chosen boundary: before or after any statement.

Run as a script: ``python -m tests.faults.runner`` with the arguments of `reconcile`, FAULT_AT (a number; 0: never)
and FAULT_HOW ("kill", "interrupt", "lose") in the environment. With FAULT_COUNT it writes there how many
boundaries it saw.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_READS = ("SELECT", "PRAGMA", "SHOW", "WITH", "EXPLAIN")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a process ended: negative codes are signals."""

    code: int
    out: str
    boundaries: int


def run(project: Path, arguments: Sequence[str], *, at: int = 0, how: str = "kill", seconds: float = 120) -> Ended:
    """One `reconcile` as a real process in a project's folder."""
    count = project / "boundaries"
    count.unlink(missing_ok=True)
    process = start(project, arguments, at=at, how=how)
    out, _ = process.communicate(timeout=seconds)
    boundaries = int(count.read_text() or 0) if count.exists() else 0
    return Ended(code=process.returncode, out=out, boundaries=boundaries)


def start(project: Path, arguments: Sequence[str], *, at: int = 0, how: str = "kill") -> subprocess.Popen[str]:
    """The same, still running."""
    checkout = Path(__file__).resolve().parents[2]
    paths = [str(checkout), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {
        **os.environ,
        "FAULT_AT": str(at),
        "FAULT_HOW": how,
        "FAULT_COUNT": str(project / "boundaries"),
        "PYTHONPATH": os.pathsep.join(paths),
        "NO_COLOR": "1",
        "COLUMNS": "200",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "tests.faults.runner", *arguments],
        cwd=project,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


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


def _arm(at: int, how: str, count: Path | None) -> None:
    from sqlalchemy import Engine, event

    seen = 0
    begun = False  # from the first write into our bookkeeping on

    def boundary(connection: Any, statement: str) -> None:
        nonlocal seen, begun
        begun = begun or ("reconcile_" in statement and not statement.lstrip().upper().startswith(_READS))
        if not begun or statement.lstrip().upper().startswith(_READS):
            return
        seen += 1
        if count is not None:
            count.write_text(str(seen))
        if seen != at:
            return
        if how == "lose":
            _lose(connection)
        else:
            os.kill(os.getpid(), signal.SIGKILL if how == "kill" else signal.SIGINT)

    @event.listens_for(Engine, "before_cursor_execute")
    def before(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        boundary(connection, statement)

    @event.listens_for(Engine, "after_cursor_execute")
    def after(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        boundary(connection, statement)


def _main() -> int:
    from reconcile.cli.main import run as reconcile

    count = os.environ.get("FAULT_COUNT")
    _arm(int(os.environ.get("FAULT_AT", "0")), os.environ.get("FAULT_HOW", "kill"), Path(count) if count else None)
    return reconcile(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(_main())
