"""The cases of the shared corpus that count."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from tests import servers
from tests.oracle import judge, shared_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One case on one server. ``case`` is the judge's own Case."""

    server: str
    case: Any

    @property
    def id(self) -> str:
        """suite/name, as in expected.json."""
        text: str = self.case.id
        return text

    def sampled(self, step: int) -> bool:
        """Whether the case is in a sample of about one in ``step``; always the same ones, whatever else there is."""
        return int(hashlib.sha256(self.id.encode()).hexdigest(), 16) % step == 0


def entries(names: tuple[str, ...] = servers.NAMES) -> list[Entry]:
    """Every case that is to count, on every server named: not special, and said to load there."""
    shared = shared_folder()
    if shared is None:
        return []
    found = []
    for name in names:
        for case in judge().find_cases(shared / "corpus", servers.DIALECTS[name], None, None):
            if not case.meta.get("special") and case.meta.get("loads", {}).get(name, True):
                found.append(Entry(server=name, case=case))
    return found


@dataclass(frozen=True)
class Inline:
    """What the judge wants of a Case, with both ends in hand: for tests that make up their own."""

    engine: str
    old: str
    new: str
    name: str = "inline"
    suite: str = "made"
    roles: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """made/inline"""
        return f"{self.suite}/{self.name}"

    @property
    def meta(self) -> dict[str, Any]:
        """Nothing special."""
        return {}

    @property
    def role_names(self) -> list[str]:
        """Roles that have to be on the server."""
        return list(self.roles)

    def text(self, which: str) -> str:
        """The SQL of "old" or "new"."""
        return self.old if which == "old" else self.new


def made(server: str, old: str, new: str, *, roles: tuple[str, ...] = ()) -> Entry:
    """A case on a server from the SQL of its two ends."""
    return Entry(server=server, case=Inline(engine=servers.DIALECTS[server], old=old, new=new, roles=roles))
