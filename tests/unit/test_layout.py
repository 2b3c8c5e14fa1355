"""The layout of the bookkeeping: what earlier versions wrote is read as it is, and upgraded by whoever writes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from reconcile.dialects.registry import dialect_for
from reconcile.execution.history import LAYOUT, History
from tests.servers import MARIADB, POSTGRESQL15, SQLITE, Server
from tests.shell import Shell

BOOKKEEPING = Path(__file__).parents[1] / "data" / "bookkeeping"  # written by those versions


@pytest.mark.parametrize("server", [SQLITE, POSTGRESQL15, MARIADB], indirect=True)
@pytest.mark.parametrize("version", ["early", "attic"])
def test_bookkeeping_of_an_earlier_version_works_and_is_upgraded(
    server: Server, database: str, version: str, tmp_path: Path
) -> None:
    past = BOOKKEEPING / version / server.dialect
    server.execute(database.removesuffix(".db").rpartition("/")[2], (past / "dump.sql").read_text())
    shutil.copytree(past, tmp_path, dirs_exist_ok=True)
    shell = Shell.make(tmp_path, database)
    first, second, third = (path.stem for path in shell.files)

    def layout() -> int:
        dialect = dialect_for(database)
        with dialect.open(database) as session:
            found = History(session, namespaces=dialect.namespaces)._tables
            assert found is not None
            return found.version

    # What only reads leaves the tables as they are.
    said = shell.done("history").out
    assert said.index(first) < said.index(second) < said.index(third)
    assert second in shell.done("status").out
    assert "CREATE TABLE" in shell.done("show", first).out
    assert shell.call("plan", "--check").code == 2
    shell.done("verify")
    shell.done("lint", third)
    shell.done("history", "--check")
    shell.done("repair")
    assert layout() == 1
    # What writes upgrades them first.
    shell.done("apply", "--yes")
    assert layout() == LAYOUT
    shell.done("history", "--check")
    shell.done("revert", "--yes", "--last", "2", "--allow", "all")
    shell.done("apply", "--yes")
    shell.done("purge", "--all", "--yes")
    shell.done("history", "--check")
    assert "Up to date" in shell.done("status").out
    assert len(json.loads(shell.done("history", "--format", "json").out)) == 9
