"""The oracle that is not ours: the shared judge's own reading of a schema (pg_dump, SHOW CREATE, PRAGMAs).

It is imported from the shared folder, not copied: what calls two schemas equal must not be ours.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from tests import servers
from tests.servers import Server

ABSENT = "no shared folder: set RECONCILE_SHARED to the one that holds corpus/, judge/ and realworld/"

_URL_VARIABLES = {
    servers.POSTGRESQL15: "JUDGE_POSTGRESQL15_URL",
    servers.POSTGRESQL18: "JUDGE_POSTGRESQL18_URL",
    servers.MARIADB: "JUDGE_MARIADB_URL",
}


def shared_folder() -> Path | None:
    """RECONCILE_SHARED, or the folder ``shared`` beside the checkout; None where neither holds the judge."""
    checkout = Path(__file__).resolve().parents[1]
    folder = Path(os.environ.get("RECONCILE_SHARED", checkout.parent / "shared"))
    return folder if (folder / "judge" / "judge.py").is_file() else None


@cache
def load(name: str) -> ModuleType:
    """A module of the shared folder: "judge/judge", "realworld/realworld". Raises FileNotFoundError."""
    shared = shared_folder()
    if shared is None:
        raise FileNotFoundError(ABSENT)
    path = shared / f"{name}.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None, "a .py file has a loader"
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module  # its dataclasses look themselves up there
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # the shared folder may be read-only
    try:
        spec.loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = writes
    return module


@cache
def judge() -> ModuleType:
    """The judge's module, told where the PostgreSQL programs are."""
    usual = Path("/usr/lib/postgresql/15/bin")  # Debian's; the judge's own default
    if not usual.is_dir() and (found := shutil.which("pg_dump")):
        os.environ.setdefault("JUDGE_POSTGRESQL15_BIN", str(Path(found).parent))
    return load("judge/judge")


@cache
def engine(server: Server) -> Any:
    """The judge's engine for a server: builds databases, and reads them back in canonical form."""
    if server.name in _URL_VARIABLES:
        os.environ[_URL_VARIABLES[server.name]] = server.url
    return judge().ENGINES[server.dialect](server.name)


def canon(server: Server, database: str) -> list[str]:
    """A database's schema as statements in which order does not matter."""
    if server.dialect == "postgresql":
        statements: list[str] = engine(server).canon(database, set())
    elif server.dialect == "mysql":
        statements = engine(server).canon(database, "", set())
    else:
        statements = judge().canon_sqlite(server.url_of(database).removeprefix("sqlite:///"))
    return statements


def difference(server: Server, database: str, wanted: str) -> str:
    """How the schema of one database differs from another's; empty where it does not."""
    found, goal = canon(server, database), canon(server, wanted)
    if found == goal or (judge().may_be_spelling(found, goal) and _same_after_reload(server, database, wanted)):
        return ""
    text: str = judge().diff_text(found, goal)
    return text


def _same_after_reload(server: Server, database: str, wanted: str) -> bool:
    """Whether a dump and reload of both evens out how the server spells its expressions (PostgreSQL)."""
    if server.dialect != "postgresql":
        return False
    bench = judge().PostgresBench.__new__(judge().PostgresBench)
    bench.engine, bench.user_names = engine(server), set()
    bench.a, bench.b, bench.spare = database, wanted, f"rc_oracle_{os.getpid()}"
    try:
        same: bool = bench.same_after_reload()
    finally:
        server.drop(bench.spare)
    return same
