"""MySQL and MariaDB: privileges on tables, columns and routines, managed where they are asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from reconcile import api
from reconcile.config import Project
from reconcile.dialects.mysql import DIALECT
from reconcile.errors import ReconcileError
from reconcile.sources.yaml.write import to_yaml
from reconcile.state import Kind, Privilege, State
from tests.conftest import NewDatabase
from tests.servers import Server

SCHEMA = """
CREATE TABLE t (id int PRIMARY KEY, a int, b int);
CREATE VIEW v AS SELECT a FROM t;
CREATE PROCEDURE p() SELECT 1;
CREATE FUNCTION f() RETURNS int RETURN 1;
"""


class Case:
    """A database, a user and a role with names of their own, since both belong to the whole server."""

    def __init__(self, server: Server, new_database: NewDatabase) -> None:
        self.server, self.url = server, new_database(server)
        self.name = self.url.rpartition("/")[2]
        self.user, self.role = f"{self.name}_u", f"{self.name}_r"

    def run(self, script: str) -> None:
        self.server.execute(self.name, script.replace("USER_", f"{self.user}@localhost").replace("ROLE_", self.role))

    def project(self, folder: Path, script: str, *, manage: tuple[str, ...] = ("privileges",)) -> Project:
        text = script.replace("USER_", f"{self.user}@localhost").replace("ROLE_", self.role)
        (folder / "wanted.sql").write_text(text, encoding="utf-8")
        return Project(root=folder, database=self.url, desired=("wanted.sql",), cache=folder / "cache", manage=manage)

    def held(self) -> dict[str, tuple[tuple[str, ...], bool]]:
        with DIALECT.open(self.url) as session:
            return privileges(DIALECT.asked(DIALECT.on_request).read(session), self)

    def leftovers(self) -> list[tuple[object, ...]]:
        with DIALECT.open(self.url) as session:
            return [
                row
                for table in ("tables_priv", "columns_priv", "procs_priv")
                for row in session.query(f"SELECT * FROM mysql.{table} WHERE db LIKE 'reconcile\\_scratch%'")
                if self.user in row or self.role in row
            ]


@pytest.fixture
def server(mariadb: Server, new_database: NewDatabase) -> Iterator[Case]:
    case = Case(mariadb, new_database)
    case.run(f"CREATE USER {case.user}@localhost; CREATE ROLE {case.role}")
    yield case
    case.run(f"DROP USER {case.user}@localhost; DROP ROLE {case.role}")


def privileges(state: State, case: Case) -> dict[str, tuple[tuple[str, ...], bool]]:
    return {
        str(item.key).replace(f"{case.user}@localhost", "USER_").replace(case.role, "ROLE_"): (
            item.privileges,
            bool(item.grantable),
        )
        for item in state.of_kind(Kind.PRIVILEGE)
        if isinstance(item, Privilege)
    }


GRANTS = """
GRANT SELECT, INSERT ON t TO USER_;
GRANT SELECT (a), UPDATE (a, b) ON t TO ROLE_;
GRANT SELECT ON v TO ROLE_ WITH GRANT OPTION;
GRANT EXECUTE ON PROCEDURE p TO USER_;
GRANT EXECUTE, ALTER ROUTINE ON FUNCTION f TO ROLE_ WITH GRANT OPTION;
"""
OTHER_GRANTS = """
GRANT SELECT, DELETE ON t TO USER_ WITH GRANT OPTION;
GRANT UPDATE (a), INSERT (b) ON t TO ROLE_;
GRANT SELECT ON v TO ROLE_;
GRANT EXECUTE ON FUNCTION f TO USER_;
"""


def test_who_may_do_what_is_read(server: Case) -> None:
    server.run(SCHEMA + GRANTS)
    found = server.held()
    assert sorted(found.values()) == [
        (("ALTER ROUTINE", "EXECUTE"), True),
        (("EXECUTE",), False),
        (("INSERT", "SELECT"), False),
        (("SELECT",), True),
        (("SELECT", "UPDATE"), False),
        (("UPDATE",), False),
    ]
    with DIALECT.open(server.url) as session:
        assert not list(DIALECT.read(session).of_kind(Kind.PRIVILEGE))


@pytest.mark.parametrize(("before", "after"), [("", GRANTS), (GRANTS, ""), (GRANTS, OTHER_GRANTS)])
def test_privileges_come_go_and_come_back(server: Case, tmp_path: Path, before: str, after: str) -> None:
    server.run(SCHEMA + before)
    start = server.held()
    project = server.project(tmp_path, SCHEMA + after)
    proposal = api.plan(project)
    assert all(len(step.sql) == 1 for step in proposal.plan.steps)
    done = api.apply(project, proposal=proposal)
    assert server.held() == privileges(proposal.target, server) != start
    assert api.plan(project).plan.empty
    api.revert(project, done.revisions)
    assert server.held() == start
    assert server.leftovers() == []


def test_they_are_left_alone_unless_asked_for(server: Case, tmp_path: Path) -> None:
    server.run(SCHEMA + GRANTS)
    before = server.held()
    project = server.project(tmp_path, SCHEMA.replace("a int, b int", "a bigint, b int, c int"), manage=())
    api.apply(project, proposal=api.plan(project))
    assert server.held() == before


def test_they_go_along_with_a_rename_and_away_with_a_table(server: Case, tmp_path: Path) -> None:
    server.run(SCHEMA + GRANTS)
    before = server.held()
    renamed = (SCHEMA + GRANTS).replace("TABLE t ", "TABLE u ").replace(" t TO", " u TO").replace("FROM t", "FROM u")
    project = server.project(tmp_path, renamed)
    api.apply(project, proposal=api.plan(project, renames=["table t=u"]))
    assert server.held() == {re.sub(r"\bt\b", "u", key): value for key, value in before.items()}
    gone = server.project(tmp_path, "CREATE TABLE w (a int);")
    api.apply(gone, proposal=api.plan(gone), allow=["all"])
    server.run("CREATE TABLE u (id int PRIMARY KEY, a int, b int)")
    assert server.held() == {}


def test_yaml_says_them(server: Case, tmp_path: Path) -> None:
    server.run(SCHEMA + GRANTS)
    with DIALECT.open(server.url) as session:
        text = to_yaml(DIALECT.asked(DIALECT.on_request).read(session), DIALECT)
    assert f"{server.user}@localhost: [INSERT, SELECT]" in text or f"{server.user}@localhost:" in text
    (tmp_path / "wanted.yaml").write_text(text, encoding="utf-8")
    project = replace(server.project(tmp_path, ""), desired=("wanted.yaml",))
    assert api.plan(project).plan.empty


def test_nobody_is_made_by_a_grant(server: Case, tmp_path: Path) -> None:
    """Without NO_AUTO_CREATE_USER, MariaDB makes a user that needs no password of a name that is misspelt."""
    server.run(SCHEMA)
    nobody = f"{server.name}_x"
    project = server.project(tmp_path, SCHEMA + f"GRANT SELECT ON t TO {nobody};")
    with pytest.raises(ReconcileError, match="user"):
        api.plan(project)
    with DIALECT.open(server.url) as session:
        assert session.query(f"SELECT user FROM mysql.user WHERE user = '{nobody}'") == []
