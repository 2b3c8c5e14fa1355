"""Cache: states by the digest of what they were made from, on this machine."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile

from reconcile.scratch.packed import dump_state, load_state
from reconcile.state import State
from reconcile.state.digest import text_digest

_MEGABYTE = 1 << 20


def default_cache_path() -> Path:
    """The user's own cache folder: XDG_CACHE_HOME, or the platform's place for such things."""
    named = os.environ.get("XDG_CACHE_HOME")
    if named and Path(named).is_absolute():
        base = Path(named)
    elif sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path.home() / ".cache"
    return base / "reconcile"


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of entries, each under its key. Safe with many processes: entries are written whole and renamed in.

    It is only a memory: an entry that is missing, damaged or unreadable is the same as none, and a folder that
    cannot be written stays empty. ``limit`` is in bytes, ``age`` in seconds since an entry was last used. ``behind``
    is asked for what is not here, which is then kept.
    """

    path: Path
    limit: int = 256 * _MEGABYTE
    age: float = 30 * 86400.0
    clock: Callable[[], float] = field(default=time.time, compare=False)
    behind: Callable[[str], str | None] | None = field(default=None, compare=False)

    def get_state(self, key: str) -> State | None:
        """The state put under ``key``, or None."""
        text = self.get_text(key)
        if text is None:
            return None
        try:
            return load_state(text)
        except ValueError:
            return None

    def put_state(self, key: str, state: State) -> None:
        """Remember a state."""
        self.put_text(key, dump_state(state))

    def get_text(self, key: str) -> str | None:
        """The text put under ``key``, or None if it is not there or not as it was written."""
        text = self._here(key)
        if text is None and self.behind is not None and (text := self.behind(key)) is not None:
            self.put_text(key, text)
        return text

    def _here(self, key: str) -> str | None:
        file = self._file(key)
        try:
            digest, _, text = file.read_text(encoding="utf-8").partition("\n")
        except (OSError, UnicodeDecodeError):
            return None
        if digest != text_digest(text):
            return None
        with suppress(OSError):  # used just now: pruning takes the longest unused first
            now = self.clock()
            os.utime(file, (now, now))
        return text

    def put_text(self, key: str, text: str) -> None:
        """Remember a text."""
        file = self._file(key)
        try:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with NamedTemporaryFile("w", dir=file.parent, prefix=".new-", delete=False, encoding="utf-8") as new:
                new.write(f"{text_digest(text)}\n{text}")
            Path(new.name).replace(file)
        except (OSError, UnicodeEncodeError):
            return
        self._prune()

    def _file(self, key: str) -> Path:
        return self.path / text_digest(key)

    def _prune(self) -> None:
        """Let go of what nobody has asked for in a long time, and of the oldest beyond the limit."""
        entries = []
        with suppress(OSError):
            for file in self.path.iterdir():
                with suppress(OSError):  # another process may have pruned it
                    status = file.stat()
                    entries.append((status.st_mtime, status.st_size, file))
        total, oldest = 0, self.clock() - self.age
        for used, size, file in sorted(entries, reverse=True):
            total += size
            if total > self.limit or used < oldest:
                with suppress(OSError):
                    file.unlink()


NOWHERE = Cache(Path(os.devnull))  # no folder: nothing is remembered
