"""The real schemas of the shared folder, as the judge's cases: each is led from one point of its history to another."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import servers
from tests.corpus.cases import Entry
from tests.oracle import shared_folder

FORWARD, BACKWARD, FROM_NOTHING = "old → new", "new → old", "nothing → new"
WAYS = (FORWARD, BACKWARD, FROM_NOTHING)

# Which files speak to which server; the first suffix that a schema has counts.
_SUFFIXES = {
    servers.POSTGRESQL15: (".sql",),
    servers.POSTGRESQL18: (".pg18.sql", ".sql"),
    servers.MARIADB: (".mysql.sql",),
    servers.SQLITE: (".sqlite.sql",),
}

# Checks that are known to fail, by server and leg; a mark that is no longer true is an error.
KNOWN: dict[tuple[str, str], tuple[str, ...]] = {}


@dataclass(frozen=True)
class Leg:
    """What the judge wants of a Case, where both ends are any two files (None: an empty database)."""

    engine: str
    suite: str
    name: str
    start: Path | None
    end: Path | None

    @property
    def id(self) -> str:
        """musicbrainz/old → new"""
        return f"{self.suite}/{self.name}"

    @property
    def meta(self) -> dict[str, Any]:
        """Nothing special about any of them."""
        return {}

    @property
    def role_names(self) -> list[str]:
        """No schema brings roles of its own."""
        return []

    def text(self, which: str) -> str:
        """The SQL of "old" or "new"; servers' files may hold any bytes."""
        file = self.start if which == "old" else self.end
        if file is None:
            return ""
        text = file.read_text(encoding="utf-8", errors="surrogateescape")
        # MySQL's Sakila names its own database; the judge's are called otherwise.
        return text.replace("sakila.", "") if self.engine == "mysql" and self.suite == "sakila" else text


def legs(names: tuple[str, ...] = servers.NAMES) -> list[Entry]:
    """Every way through every schema, on every server named."""
    shared = shared_folder()
    if shared is None:
        return []
    found = []
    for name in names:
        for folder in sorted(path for path in (shared / "schemas").iterdir() if path.is_dir()):
            old, new = _file(folder, "old", name), _file(folder, "new", name)
            ends = {FORWARD: (old, new), BACKWARD: (new, old), FROM_NOTHING: (None, new)}
            for way, (start, end) in ends.items():
                if end is not None and (start is not None or way == FROM_NOTHING):
                    leg = Leg(servers.DIALECTS[name], folder.name, way, start, end)
                    found.append(Entry(server=name, case=leg))
    return found


def _file(folder: Path, which: str, server: str) -> Path | None:
    files = (folder / f"{which}{suffix}" for suffix in _SUFFIXES[server])
    return next((file for file in files if file.is_file()), None)
