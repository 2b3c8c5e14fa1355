"""The exception tree. Errors carry data; messages tell the user what to do next.

ReconcileError                exit 1
├── SourceError               a user's file or module is wrong (place: file:line:column)
│   └── ConfigError           the configuration is wrong
├── ConnectError              no driver, unreachable, wrong password, unsupported database
├── ServerError               a statement failed on a server (sql, server's message)
│   ├── LockTimeout           it waited longer than lock_timeout; may be tried again
│   ├── FormRefused           the server would do it, but not in the form that was asked for
│   ├── NotAvailable          the server lacks what it takes: an extension, a role
│   └── DataError             a value does not do: it cannot be cast, is out of range
├── Unplannable               no plan can be made, or not by us (key, reason)
├── Unmanaged                 something is there that is not managed, and --strict was given (items)
├── RehearsalFailed           the plan does not do on scratch what it says
├── RevisionError             a revision file or the history is not sound (revision)
├── Refused                   exit 3: a hazard needs --allow (hazards)
├── Mismatch                  exit 4: the database is not as the plan expects (differences)
│   └── CheckFailed           exit 4: rows stand in the way (failures)
├── LockHeld                  exit 5: another run holds the lock (holder)
└── Interrupted               Ctrl-C while a revision ran; the message says what was done (revision)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from reconcile.state.key import Key
from reconcile.state.opaque import Opaque
from reconcile.state.plan import Check, Hazard


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a user's file: 1-based line and column, 0 where unknown."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return ":".join([self.file, *(str(n) for n in (self.line, self.column) if n)])


class ReconcileError(Exception):
    """Anything this library raises on purpose. ``hint`` says what to do next."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class SourceError(ReconcileError):
    """A user's file, module or metadata is wrong."""

    def __init__(self, message: str, *, place: Place | None = None, hint: str = "", frame: str = "") -> None:
        super().__init__(f"{place}: {message}" if place else message, hint=hint)
        self.place = place
        self.frame = frame  # the user's own source lines, for import errors


class ConfigError(SourceError):
    """The configuration is wrong."""


class ConnectError(ReconcileError):
    """The database cannot be reached or spoken to. The message never holds a password."""


class ServerError(ReconcileError):
    """A statement failed on a server."""

    def __init__(self, message: str, *, sql: str = "", hint: str = "", code: str = "") -> None:
        super().__init__(message, hint=hint)
        self.sql = sql
        self.code = code  # SQLSTATE, MySQL error number or SQLite error name


class LockTimeout(ServerError):
    """A statement waited for a lock longer than allowed."""


class NotAvailable(ServerError):
    """The server lacks what the statement speaks of and no statement of ours makes: an extension, a role."""


class FormRefused(ServerError):
    """The server would do it, but not in the form that was asked for (MySQL: ALGORITHM, LOCK; SQLite: ALTER TABLE
    beside a trigger that makes no sense). Nothing has happened."""


class DataError(ServerError):
    """A value does not do: it cannot be cast, or is out of range."""


class Unplannable(ReconcileError):
    """No plan can be made, or not by us."""

    def __init__(self, message: str, *, key: Key | None = None, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.key = key


class Unmanaged(ReconcileError):
    """Something is there that is not managed, and the caller wanted to be sure of all."""

    def __init__(self, items: Sequence[Opaque]) -> None:
        listed = "\n".join(f"  {_called(item)} ({item.reason})" for item in items)
        super().__init__(
            f"not managed here, and --strict was given:\n{listed}",
            hint=f"leave them out ('ignore: ['{items[0].key}']'), or go without --strict",
        )
        self.items = tuple(items)


def _called(item: Opaque) -> str:
    name = item.key.name.removeprefix(f"{item.what} ")
    return f"{item.what} {item.key.schema + '.' if item.key.schema else ''}{name}"


class RehearsalFailed(ReconcileError):
    """The plan does not do on scratch what it says. ``asked``: what a check is about whose query does not run."""

    def __init__(
        self, message: str, *, differences: Sequence[str] = (), hint: str = "", asked: Key | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.differences = tuple(differences)
        self.asked = asked


class RevisionError(ReconcileError):
    """A revision file or the history is not sound."""

    def __init__(self, message: str, *, revision: str = "", place: Place | None = None, hint: str = "") -> None:
        super().__init__(f"{place}: {message}" if place else message, hint=hint)
        self.revision = revision
        self.place = place


class Refused(ReconcileError):
    """Hazards of level danger that were not allowed."""

    exit_code = 3

    def __init__(self, message: str, *, hazards: Sequence[Hazard], hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.hazards = tuple(hazards)


class Mismatch(ReconcileError):
    """The database is not as the plan expects."""

    exit_code = 4

    def __init__(self, message: str, *, differences: Sequence[str] = (), hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.differences = tuple(differences)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A check that found rows: how many, and some of them. ``count`` None: the server told of the first and stopped."""

    check: Check
    count: int | None
    columns: tuple[str, ...] = ()
    samples: tuple[tuple[Any, ...], ...] = ()

    def __str__(self) -> str:
        counted = "at least 1 row" if self.count is None else "1 row" if self.count == 1 else f"{self.count:,} rows"
        return f"{self.check.message} ({counted})"


class CheckFailed(Mismatch):
    """Rows stand in the way: of these steps all that were asked about. Nothing of them has been done."""

    def __init__(self, failures: Sequence[Failure], *, consequence: str = "") -> None:
        said = str(failures[0]) if len(failures) == 1 else f"rows stand in the way of {len(failures)} changes"
        hint = failures[0].check.advice if len(failures) == 1 else ""
        super().__init__(said + consequence, differences=[str(failure) for failure in failures], hint=hint)
        self.failures = tuple(failures)


class LockHeld(ReconcileError):
    """Another run holds the lock."""

    exit_code = 5

    def __init__(self, message: str, *, holder: str, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.holder = holder


class Interrupted(ReconcileError):
    """A person stopped the run. The message says what was done and what was not."""

    def __init__(self, message: str, *, revision: str, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.revision = revision
