"""The shared corpus and its judge: where they are, which cases count, and the judge's own oracles.

The judge is imported, not copied: what calls two schemas equal must not be ours.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from tests import servers
from tests.servers import Server

_URL_VARIABLES = {
    servers.POSTGRESQL15: "JUDGE_POSTGRESQL15_URL",
    servers.POSTGRESQL18: "JUDGE_POSTGRESQL18_URL",
    servers.MARIADB: "JUDGE_MARIADB_URL",
}


def shared_folder() -> Path | None:
    """RECONCILE_SHARED, or the folder ``shared`` beside the checkout; None where neither holds a corpus."""
    checkout = Path(__file__).resolve().parents[2]
    folder = Path(os.environ.get("RECONCILE_SHARED", checkout.parent / "shared"))
    return folder if (folder / "corpus").is_dir() and (folder / "judge" / "judge.py").is_file() else None


ABSENT = "no shared corpus: set RECONCILE_SHARED to the folder that holds corpus/ and judge/"


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


@cache
def judge() -> ModuleType:
    """The judge's module, told where this machine's servers are. Needs the shared folder."""
    shared = shared_folder()
    if shared is None:
        raise FileNotFoundError(ABSENT)
    binaries = Path("/usr/lib/postgresql/15/bin")  # Debian's; the judge's own default
    if not binaries.is_dir() and (found := shutil.which("pg_dump")):
        os.environ.setdefault("JUDGE_POSTGRESQL15_BIN", str(Path(found).parent))
    path = shared / "judge" / "judge.py"
    spec = importlib.util.spec_from_file_location("judge", path)
    assert spec is not None and spec.loader is not None, "a file that exists has a loader"
    module = importlib.util.module_from_spec(spec)
    sys.modules["judge"] = module  # its dataclasses look themselves up there
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # the shared folder may be read-only
    try:
        spec.loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = writes
    return module


@cache
def engine(server: Server) -> Any:
    """The judge's engine for a server: builds databases, and reads them back in canonical form."""
    module = judge()
    if server.name in _URL_VARIABLES:
        os.environ[_URL_VARIABLES[server.name]] = server.url
    return module.ENGINES[server.dialect](server.name)


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
