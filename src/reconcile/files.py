"""Writing files whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path


def temporary(content: str, folder: Path) -> Path:
    """A new file in the folder with this content, safely on the disk; its name begins with a dot."""
    handle, name = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=folder)
    path = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        path.chmod(0o644)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def write_whole(path: Path, content: str) -> None:
    """Put the content where the file is, in one step: whoever reads finds the old or the new, never a part."""
    new = temporary(content, path.resolve().parent)
    try:
        with suppress(OSError):
            new.chmod(path.stat().st_mode & 0o7777)
        new.replace(path.resolve())
    except BaseException:
        new.unlink(missing_ok=True)
        raise
