"""Lease: the row that keeps two runs from changing one SQLite database at a time.

SQLite has no advisory locks, and a transaction held open would lock readers' writers out for the whole run.
"""

from __future__ import annotations

import os
import socket
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from reconcile.errors import LockHeld, LockTimeout, ServerError

if TYPE_CHECKING:
    from reconcile.dialects.sqlite.session import SqliteSession

SECONDS = 600.0  # how long a lease lasts without being used; a transaction in work cannot be stolen from
_POLL = 0.1

_TABLE = """CREATE TABLE IF NOT EXISTS reconcile_lock (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  token TEXT NOT NULL,
  holder TEXT NOT NULL,
  host TEXT NOT NULL,
  pid INTEGER NOT NULL,
  since TEXT NOT NULL,
  expires REAL NOT NULL
)"""


class Lease:
    """One run's claim on the database. Not a value: it is held or not."""

    def __init__(self, session: SqliteSession, holder: str) -> None:
        self.session, self.holder = session, holder
        self.host, self.pid = socket.gethostname(), os.getpid()
        self.token = f"{_processes()}{os.urandom(8).hex()}"

    def take(self, wait_seconds: float) -> None:
        """Claim the database, waiting at most so long. Raises LockHeld that tells who has it."""
        deadline = time.monotonic() + wait_seconds
        while True:
            held = self._try()
            if held is None:
                return
            if time.monotonic() >= deadline:
                raise held
            time.sleep(_POLL)

    def _try(self) -> LockHeld | None:
        session = self.session
        try:
            with session.transaction():
                session.execute(_TABLE)
                rows = session.query("SELECT holder, host, pid, since, expires, token FROM reconcile_lock")
                if rows and not self._is_dead(*rows[0]):
                    holder, host, pid, since, *_ = rows[0]
                    return _held(f"{holder} (process {pid} on {host}) since {since}")
                session.query(
                    "INSERT OR REPLACE INTO reconcile_lock (id, token, holder, host, pid, since, expires) "
                    "VALUES (1, ?, ?, ?, ?, ?, ?)",
                    (self.token, self.holder, self.host, self.pid, _now(), time.time() + SECONDS),
                )
        except LockTimeout:
            return _held("a program that is writing to the database")
        return None

    def _is_dead(self, holder: str, host: str, pid: int, since: str, expires: float, token: str) -> bool:
        """Whether a lease has run out, or its process is gone from this very host."""
        del holder, since
        # Containers may share a host's name, and each numbers its processes for itself.
        near = host == self.host and token.startswith(_processes())
        return expires < time.time() or (near and not _alive(pid))

    def renew(self) -> None:
        """Make the lease last longer, in the transaction that is open. Raises LockHeld where it was lost."""
        expires = time.time() + SECONDS
        self.session.query("UPDATE reconcile_lock SET expires = ? WHERE token = ?", (expires, self.token))
        found = self.session.query("SELECT holder, token FROM reconcile_lock")
        if not found or found[0][1] != self.token:
            raise _held(str(found[0][0]) if found else "nobody: the lease was taken away")

    def give_back(self) -> None:
        """Let others in. On a connection that died, the lease runs out by itself."""
        try:
            with self.session.transaction():
                self.session.query("DELETE FROM reconcile_lock WHERE token = ?", (self.token,))
        except ServerError:
            return


def _held(holder: str) -> LockHeld:
    return LockHeld(
        f"this database is being changed by {holder}",
        holder=holder,
        hint="wait for it to end, or give a longer --lock-wait; a holder that died is forgotten after 10 minutes",
    )


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _processes() -> str:
    """What tells apart the numberings of processes of one host (Linux: namespaces); empty where there is but one."""
    try:
        return f"{Path('/proc/self/ns/pid').readlink()} "
    except OSError:
        return ""


def _alive(pid: int) -> bool:
    if os.name != "posix":  # signal 0 means something else there: trust the lease's own end
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    try:  # killed, and its parent has not asked for it yet: in containers that may be for ever
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return True
    return state not in ("Z", "X")
