"""PostgreSQL: function bodies are made unseen, and looked at in the rehearsal; --strict wants all managed."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from reconcile import api
from reconcile.cli.console import Console
from reconcile.cli.main import run
from reconcile.config import Project
from reconcile.state import Kind
from tests import servers
from tests.conftest import NewDatabase
from tests.servers import Server
from tests.unit.test_postgresql import database_of

both = pytest.mark.parametrize("server", [servers.POSTGRESQL15, servers.POSTGRESQL18], indirect=True)
one = pytest.mark.parametrize("server", [servers.POSTGRESQL18], indirect=True)

# In YAML bodies are not looked at when they are made: what they speak of may come later.
DESIRED = """
tables:
  orders: {columns: {id: integer}}
  lines: {columns: {id: integer}}
functions:
  how_many(): {returns: bigint, language: sql, body: SELECT count(*) FROM orders}
  wrong(): {returns: bigint, language: sql, body: SELECT count(*) FROM ordres}
  worse(): {returns: bigint, language: plpgsql, body: BEGIN RETURN 1}
  elsewhere(): {returns: bigint, language: sql, body: SELECT count(*) FROM away, settings: {search_path: s}}
  dynamic(): {returns: void, language: plpgsql, body: "BEGIN EXECUTE 'nonsense'; END"}
"""


@both
def test_a_body_that_does_not_validate_is_reported(server: Server, new_database: NewDatabase, tmp_path: Path) -> None:
    live = new_database(server)
    # Neither is in what the catalog knows that the functions need.
    server.execute(
        database_of(live),
        "CREATE TABLE orders (id int); CREATE TABLE lines (id int); CREATE SCHEMA s; CREATE TABLE s.away (id int)",
    )
    file = tmp_path / "desired.yaml"
    file.write_text("schemas: [s]\n" + DESIRED.replace("tables:\n", "tables:\n  s.away: {columns: {id: integer}}\n"))
    project = Project(root=tmp_path, database=live, desired=(str(file),), cache=tmp_path / "cache")
    found = api.plan(project)
    assert [note for note in found.notes if "validate" in note] == [
        "the body of function public.worse() does not validate: syntax error at end of input",
        'the body of function public.wrong() does not validate: relation "ordres" does not exist',
    ]
    api.apply(project, proposal=found)
    assert api.plan(project).plan.empty


@one
def test_what_is_ignored_is_not_reported(server: Server, new_database: NewDatabase, tmp_path: Path) -> None:
    live = new_database(server)
    server.execute(database_of(live), "CREATE TYPE shell; SELECT lo_create(0)")
    file = tmp_path / "desired.sql"
    file.write_text("CREATE TABLE t (a int)", encoding="utf-8")
    project = Project(root=tmp_path, database=live, desired=(str(file),), cache=tmp_path / "cache")
    assert len(api.plan(project).unmanaged) == len(api.inspect(project).unmanaged) == 2
    ignoring = Project(
        root=tmp_path, database=live, desired=(str(file),), cache=tmp_path / "cache", ignore=("opaque *large objects*",)
    )
    assert [item.what for item in api.plan(ignoring).unmanaged] == ["base type"]
    assert [item.what for item in api.inspect(ignoring).unmanaged] == ["base type"]


@one
def test_strict_refuses_and_lists(server: Server, new_database: NewDatabase, tmp_path: Path) -> None:
    live = new_database(server)
    server.execute(database_of(live), "CREATE TYPE shell")
    file = tmp_path / "desired.sql"
    file.write_text("CREATE TABLE t (a int)", encoding="utf-8")
    for words in (["plan", "--to", str(file)], ["apply", "--yes", "--to", str(file)], ["inspect"]):
        out, err = io.StringIO(), io.StringIO()
        assert run([*words, "--url", live, "--strict"], Console(out=out, err=err)) == 1
        assert "base type public.shell (not modelled yet)" in err.getvalue() and not out.getvalue()
    assert api.inspect(Project(root=tmp_path, database=live)).of_kind(Kind.TABLE) == ()
