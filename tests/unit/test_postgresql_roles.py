"""PostgreSQL: what a role sees and can do that is no superuser; and settings of tables and columns that few know."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from reconcile import api
from reconcile.config import Project
from reconcile.dialects.postgresql import DIALECT
from reconcile.errors import ServerError
from reconcile.sources.yaml.write import to_yaml
from reconcile.state import Kind, Owner, Proof
from tests import oracle, servers
from tests.conftest import NewDatabase
from tests.servers import Server
from tests.unit.test_postgresql import Pair, database_of, read

both = pytest.mark.parametrize("server", [servers.POSTGRESQL15, servers.POSTGRESQL18], indirect=True)

SETTINGS = {
    "storage": ("ALTER TABLE t ALTER b SET STORAGE external", "ALTER TABLE t ALTER b SET STORAGE main"),
    "compression": ("ALTER TABLE t ALTER b SET COMPRESSION pglz", ""),
    "statistics": ("ALTER TABLE t ALTER b SET STATISTICS 7", "ALTER TABLE t ALTER b SET STATISTICS 0"),
    "attributes": ("ALTER TABLE t ALTER b SET (n_distinct = 5)", "ALTER TABLE t ALTER b SET (n_distinct = 7)"),
    "identity full": ("ALTER TABLE t REPLICA IDENTITY FULL", ""),
    "identity nothing": ("ALTER TABLE t REPLICA IDENTITY NOTHING", "ALTER TABLE t REPLICA IDENTITY USING INDEX i"),
    "persistence": ("ALTER TABLE t SET UNLOGGED", ""),
    "method": ("ALTER TABLE t SET ACCESS METHOD other", ""),
    "method of a materialized view": (
        "CREATE MATERIALIZED VIEW m USING other AS SELECT 1 AS x",
        "CREATE MATERIALIZED VIEW m AS SELECT 1 AS x",
    ),
    "parameters": (
        "ALTER TABLE t SET (fillfactor = 50, toast.autovacuum_enabled = off)",
        "ALTER TABLE t SET (parallel_workers = 2)",
    ),
    "clustering": ("ALTER TABLE t CLUSTER ON i", ""),
}  # fmt: skip


@both
@pytest.mark.parametrize("case", SETTINGS)
def test_settings_change_and_change_back(server: Server, new_database: NewDatabase, case: str) -> None:
    made = "CREATE ACCESS METHOD other TYPE TABLE HANDLER heap_tableam_handler;"
    made += "CREATE TABLE t (a int NOT NULL, b text); CREATE UNIQUE INDEX i ON t (a);"
    old, new = SETTINGS[case]
    pair = Pair(server, new_database, made + old, made + new)
    plan = pair.converge()
    assert not plan.empty
    assert oracle.difference(server, database_of(pair.live), database_of(pair.wanted)) == ""
    pair.revert(plan)


@pytest.fixture
def role(server: Server) -> Iterator[str]:
    """A role that may log in and make databases, and is no superuser."""
    name = f"rc_role_{secrets.token_hex(6)}"
    server.execute("postgres", f"CREATE ROLE {name} LOGIN CREATEDB")
    yield name
    server.execute("postgres", f"DROP OWNED BY {name}; DROP ROLE {name}")


@both
def test_no_superuser_is_needed(server: Server, new_database: NewDatabase, tmp_path: Path, role: str) -> None:
    live = new_database(server)
    database = database_of(live)
    server.execute(
        database,
        f"ALTER DATABASE {database} OWNER TO {role}; CREATE FOREIGN DATA WRAPPER w;"
        "CREATE SERVER sv FOREIGN DATA WRAPPER w;"
        "CREATE USER MAPPING FOR postgres SERVER sv OPTIONS (password 'hidden'); CREATE TABLE theirs (a int);"
        f"SET ROLE {role}; CREATE TABLE mine (a int); CREATE VIEW v AS SELECT a FROM mine; RESET ROLE",
    )
    parts = urlsplit(live)
    ours = urlunsplit(parts._replace(netloc=f"{role}@{parts.netloc.rpartition('@')[2]}"))
    state = read(ours)
    assert {str(item.key): item.role for item in state.of_kind(Kind.OWNER) if isinstance(item, Owner)} == {
        "owner public.theirs": "postgres",
        "owner w of foreign data wrapper": "postgres",
        "owner sv of foreign server": "postgres",
    }
    assert "hidden" not in to_yaml(state, DIALECT)
    file = tmp_path / "desired.sql"
    file.write_text("CREATE TABLE theirs (a int); CREATE TABLE mine (a bigint); CREATE VIEW v AS SELECT a FROM mine")
    ignore = ("foreign *", "user mapping *")  # only superusers can make such on scratch
    project = Project(root=tmp_path, database=ours, desired=(str(file),), cache=tmp_path / "cache", ignore=ignore)
    try:
        found = api.plan(project)
        assert [change.key for change in found.changes if change.key.kind is Kind.OWNER] == []
        assert found.plan.rehearsal.forward is Proof.PASSED
        api.apply(project, proposal=found)
        assert api.plan(project).plan.empty
        # Another's table takes part: on scratch it is ours, and nobody minds.
        file.write_text("CREATE TABLE mine (a bigint); CREATE VIEW v AS SELECT a FROM mine")
        assert api.plan(project).plan.rehearsal.backward is Proof.PASSED
    finally:
        server.execute(database, f"REASSIGN OWNED BY {role} TO postgres")


@pytest.mark.parametrize("server", [servers.POSTGRESQL15], indirect=True)
def test_what_the_embedded_server_lacks_is_made_on_the_server_itself(
    server: Server, new_database: NewDatabase, tmp_path: Path, role: str
) -> None:
    file = tmp_path / "desired.sql"
    live = new_database(server)
    project = Project(root=tmp_path, database=live, desired=(str(file),), cache=tmp_path / "cache", scratch="embedded")
    crypto = "CREATE EXTENSION pgcrypto; CREATE TABLE t (a text DEFAULT gen_salt('bf'))"
    wanted = {  # the wheel comes without OpenSSL, and its server knows no roles
        'extension "pgcrypto" is not available': crypto,
        f'role "{role}" does not exist': f"CREATE TABLE t (a text); GRANT SELECT ON t TO {role}",
    }
    for lack, sql in wanted.items():
        file.write_text(sql, encoding="utf-8")
        heard: list[str] = []
        found = api.plan(project, listen=lambda event, heard=heard: heard.append(getattr(event, "message", "")))
        assert any("what they print differently shows as changed" in text for text in heard)  # the wheel's is 18
        assert [text for text in heard if lack in text and "on the server itself" in text] != [], heard
        assert found.plan.rehearsal.forward is Proof.PASSED
        api.apply(project, proposal=found, allow=("all",))
        assert api.plan(project).plan.empty
    server.execute(database_of(live), f"DROP OWNED BY {role}")


@both
def test_who_owns_a_schema_and_no_more_goes_there_and_back(
    server: Server, new_database: NewDatabase, tmp_path: Path, role: str
) -> None:
    live = new_database(server)
    database = database_of(live)
    server.execute("postgres", f"ALTER ROLE {role} NOCREATEDB")
    server.execute(
        database,
        "CREATE SCHEMA others; CREATE TABLE others.secret (a int); REVOKE ALL ON SCHEMA public FROM PUBLIC;"
        f"CREATE SCHEMA app AUTHORIZATION {role}; SET ROLE {role};"
        "CREATE TABLE app.t (id int PRIMARY KEY, a int, gone text); INSERT INTO app.t VALUES (1, 2, 'kept');"
        "CREATE SEQUENCE app.s; GRANT SELECT ON app.t TO PUBLIC",
    )
    parts = urlsplit(live)
    ours = urlunsplit(parts._replace(netloc=f"{role}@{parts.netloc.rpartition('@')[2]}"))
    file = tmp_path / "desired.yaml"
    project = Project(
        root=tmp_path,
        database=ours,
        desired=(str(file),),
        cache=tmp_path / "cache",
        schemas=("app",),
        scratch="embedded",
    )
    before = api.inspect(project)
    assert {key.root.schema for key in before.objects if key.kind is not Kind.SCHEMA} == {"app"}
    file.write_text(
        "schemas: [app]\ntables:\n  app.t: {columns: {id: int, a: bigint, b: text}, primary_key: [id],"
        " privileges: {public: [select]}}\n"
        "functions: {app.f(): {returns: integer, language: sql, body: SELECT 1}}\n",
        encoding="utf-8",
    )
    found = api.plan(project)
    assert found.plan.rehearsal.forward is Proof.PASSED, found.plan.rehearsal
    with pytest.raises(ServerError) as refusal:
        api.apply(project, proposal=found, allow=("all",))
    assert "CREATE SCHEMA reconcile_meta AUTHORIZATION" in refusal.value.hint
    assert api.inspect(project) == before
    for schema in ("reconcile_meta", "reconcile_attic"):
        server.execute(database, f"CREATE SCHEMA {schema} AUTHORIZATION {role}")
    api.apply(project, proposal=found, allow=("all",))
    assert api.plan(project).plan.empty
    api.revert(project, api.to_revert(project, last=1), allow=("all",))
    assert api.inspect(project) == before
    with DIALECT.open(ours) as session:
        assert session.query("SELECT id, a, gone FROM app.t") == [(1, 2, "kept")]
    server.execute(database, f"DROP OWNED BY {role} CASCADE")
