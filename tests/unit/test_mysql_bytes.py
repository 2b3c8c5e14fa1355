"""MariaDB: defaults of bytes that are no text. SHOW CREATE TABLE has them raw, which no oracle of text can read."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconcile import api
from reconcile.config import Project
from reconcile.dialects.mysql import DIALECT
from reconcile.sources.yaml.write import to_yaml
from tests.conftest import NewDatabase
from tests.servers import Server

VALUES = ("0xff00", "0xfffefdfc", "0x3f3f", "0xc3", "0x273f5cfe", "'?'")


@pytest.mark.parametrize("value", VALUES)
def test_defaults_of_bytes_are_kept(value: str, mariadb: Server, new_database: NewDatabase, tmp_path: Path) -> None:
    url = new_database(mariadb)
    mariadb.execute(url.rpartition("/")[2], "CREATE TABLE t (id int, b varbinary(9) DEFAULT 0xfeff)")
    project = Project(root=tmp_path, database=url, desired=("new.sql",), cache=tmp_path / "cache")
    (tmp_path / "new.sql").write_text(f"CREATE TABLE t (id int, b varbinary(9) DEFAULT {value});", encoding="utf-8")

    def default() -> str:
        with DIALECT.open(url) as session:
            return str(session.query("SELECT HEX(DEFAULT(t.b)) FROM (SELECT 1) AS one LEFT JOIN t ON FALSE")[0][0])

    done = api.apply(project, proposal=api.plan(project))
    with DIALECT.open(url) as session:
        assert session.query(f"SELECT HEX({value})") == [(default(),)]
    assert api.plan(project).plan.empty
    (tmp_path / "new.yaml").write_text(to_yaml(api.inspect(project), DIALECT), encoding="utf-8")
    said = Project(root=tmp_path, database=url, desired=("new.yaml",), cache=tmp_path / "cache")
    assert api.plan(said).plan.empty
    api.revert(project, done.revisions)
    assert default() == "FEFF"
