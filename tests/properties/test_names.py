"""Any name and any text in every place that takes one, on every driver: a sample; ``tests.properties.names`` tries
many."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from tests import oracle
from tests.conftest import NewDatabase, need
from tests.properties.names import DRIVERS, Refused, trial
from tests.servers import MARIADB, Server
from tests.shell import Shell

EXAMPLES = int(os.environ.get("RECONCILE_EXAMPLES", "2"))


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("name", "driver"), DRIVERS, ids=["+".join(each) for each in DRIVERS])
def test_names_and_texts_come_through(name: str, driver: str, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    if oracle.shared_folder() is None:
        pytest.skip(oracle.ABSENT)
    server = need(name, pytestconfig)
    done = 0
    for number in range(EXAMPLES * 4):
        folder = tmp_path / str(number)
        folder.mkdir()
        try:
            wrong = trial(server, driver, random.Random(f"sample-{number}"), folder, f"rc_names_{os.getpid()}_{driver}")
        except Refused:
            continue
        assert wrong == ""
        done += 1
        if done == EXAMPLES:
            return
    pytest.fail("the server refuses too many")


@pytest.mark.parametrize("server", [MARIADB], indirect=True)
def test_letters_that_the_catalog_of_mariadb_cannot_tell(
    server: Server, database: str, new_database: NewDatabase, tmp_path: Path
) -> None:
    """Its columns are utf8mb3: a check, a default and a trigger came back with question marks."""
    script = (
        "CREATE TABLE t (b varchar(20), e varchar(9) DEFAULT (concat('🙂', '????')), "
        "g varchar(40) AS (concat(b, '🙂?')) STORED, CHECK (b <> '🙂'));"
        "CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.b = '🙂''?';"
        "CREATE VIEW v AS SELECT b FROM t WHERE b <> '🙂';"
        "CREATE FUNCTION f() RETURNS varchar(20) DETERMINISTIC RETURN '🙂';"
    )
    name = database.rpartition("/")[2]
    made = new_database(server)
    server.execute(name, script)
    shell = Shell.make(tmp_path, made, desired=database)
    shell.done("apply", "--yes", "--allow", "all")
    assert oracle.difference(server, made.rpartition("/")[2], name) == ""
    assert "🙂" in shell.done("inspect", "--format", "yaml").out
