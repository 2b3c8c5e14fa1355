"""Features: what this SQLite can do, as named facts."""

from __future__ import annotations

from dataclasses import dataclass

Version = tuple[int, ...]

OLDEST: Version = (3, 31, 0)  # table_xinfo tells generated columns from here on


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """Each fact names the release that brought it (https://sqlite.org/changes.html)."""

    version: Version
    rename_column: bool  # 3.25
    drop_column: bool  # 3.35
    table_list: bool  # 3.37: PRAGMA table_list tells shadow tables
    strict: bool  # 3.37

    @classmethod
    def of(cls, version: Version) -> Features:
        """The facts of a version such as ``(3, 40, 1)``."""
        return cls(
            version=version,
            rename_column=version >= (3, 25, 0),
            drop_column=version >= (3, 35, 5),  # 3.35.0 to 3.35.4 could damage the database
            table_list=version >= (3, 37, 0),
            strict=version >= (3, 37, 0),
        )


def parse_version(text: str) -> Version:
    """``"3.40.1"`` → ``(3, 40, 1)``."""
    return tuple(int(part) for part in text.split(".")[:3])
