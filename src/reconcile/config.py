"""Project: the configuration as a value."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Milliseconds; 0 is for ever. ``retries``: how often a phase that got no lock is tried again."""

    lock_ms: int = 3000
    statement_ms: int = 0
    retries: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """Everything a use case needs to know, environment variables filled in. Never printed whole: holds URLs."""

    root: Path = field(default_factory=Path.cwd)  # relative paths are meant from here
    database: str | None = None  # the live database's URL
    desired: tuple[str, ...] = ()  # source specs, in the order of composition
    revisions: Path | None = None  # the folder of revision files; None: none are written
    schemas: tuple[str, ...] | None = None  # PostgreSQL: what is managed; None: see DESIGN §7
    ignore: tuple[str, ...] = ()
    scratch: str = "auto"
    online: str = "auto"
    preserve: bool = True
    timeouts: Timeouts = Timeouts()
    deny: tuple[str, ...] = ()  # hazard codes that are refused even when they are only warnings
    environment: str | None = None
    cache: Path | None = None  # where canonical forms are remembered; None: the user's cache folder
