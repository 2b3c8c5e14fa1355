"""PostgreSQL: owners are kept round a rebuild, and managed where they are asked for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from reconcile import api
from reconcile.config import Project, read_project
from reconcile.dialects.postgresql import DIALECT
from reconcile.errors import ConfigError
from reconcile.sources.yaml.write import to_yaml
from reconcile.state import Key, Kind, Owner, State, child_key, table_key
from tests import servers
from tests.conftest import NewDatabase
from tests.servers import Server
from tests.unit.test_postgresql import Pair, database_of, read

both = pytest.mark.parametrize("server", [servers.POSTGRESQL15, servers.POSTGRESQL18], indirect=True)
one = pytest.mark.parametrize("server", [servers.POSTGRESQL18], indirect=True)

# Roles that every server has: nothing to make and to clear away.
ROLE, OTHER = "pg_monitor", "pg_signal_backend"

OWNED = {
    "SCHEMA s": "CREATE SCHEMA s",
    "TABLE t": "CREATE TABLE t (id serial, a int, b text)",
    "TABLE p": "CREATE TABLE p (a int) PARTITION BY LIST (a)",
    "VIEW v": "CREATE VIEW v WITH (security_invoker = true) AS SELECT a FROM t",
    "MATERIALIZED VIEW m": "CREATE MATERIALIZED VIEW m AS SELECT a FROM t",
    "SEQUENCE s.q": "CREATE SEQUENCE s.q",
    "TYPE e": "CREATE TYPE e AS ENUM ('x')",
    "TYPE c": "CREATE TYPE c AS (a int)",
    "TYPE r": "CREATE TYPE r AS RANGE (subtype = float8)",
    "DOMAIN d": "CREATE DOMAIN d AS text",
    "FUNCTION f(int)": "CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "PROCEDURE pr()": "CREATE PROCEDURE pr() LANGUAGE sql AS ''",
    "AGGREGATE ag(int)": "CREATE AGGREGATE ag(int) (sfunc = int4pl, stype = int)",
    "COLLATION k": "CREATE COLLATION k (locale = 'C')",
    "STATISTICS x": "CREATE STATISTICS x ON a, b FROM t",
    "PUBLICATION pb": "CREATE PUBLICATION pb",
}


def owners(state: State) -> dict[str, str]:
    return {str(item.key): item.role for item in state.of_kind(Kind.OWNER) if isinstance(item, Owner)}


def everything(role: str) -> str:
    return ";".join([*OWNED.values(), *(f"ALTER {name} OWNER TO {role}" for name in OWNED)])


@both
def test_every_owner_is_read_and_made_again(server: Server, new_database: NewDatabase) -> None:
    pair = Pair(server, new_database, "", everything(ROLE))
    wanted = owners(read(pair.wanted))
    assert len(wanted) == len(OWNED) and set(wanted.values()) == {ROLE}  # the serial's sequence goes with its table
    pair.revert(pair.converge())


@both
def test_owners_change_and_change_back(server: Server, new_database: NewDatabase) -> None:
    pair = Pair(server, new_database, everything(ROLE), everything(OTHER))
    plan = pair.converge()
    assert len(plan.steps) == len(OWNED)
    pair.revert(plan)


@one
def test_an_owner_outlives_a_rebuild_and_is_no_difference(
    server: Server, new_database: NewDatabase, tmp_path: Path
) -> None:
    live = new_database(server)
    server.execute(database_of(live), everything(ROLE))
    before = owners(read(live))
    desired = tmp_path / "desired.sql"
    script = [*OWNED.values()]
    desired.write_text(";\n".join(script), encoding="utf-8")
    project = Project(root=tmp_path, database=live, desired=(str(desired),), cache=tmp_path / "cache")
    assert api.plan(project).plan.empty
    desired.write_text(";\n".join(script).replace("id serial, a int", "id serial, a bigint"), encoding="utf-8")
    assert any("rebuild" in step.reason or "makes way" in step.reason for step in api.plan(project).plan.steps)
    api.apply(project, proposal=api.plan(project))
    assert owners(read(live)) == before
    api.revert(project, api.to_revert(project, last=1))
    assert owners(read(live)) == before


@one
def test_owners_are_managed_where_they_are_asked_for(server: Server, new_database: NewDatabase, tmp_path: Path) -> None:
    live = new_database(server)
    server.execute(database_of(live), everything(ROLE))
    desired = tmp_path / "desired.yaml"
    state = read(live)
    table = child_key(Kind.OWNER, table_key("public", "t"))
    function = child_key(Kind.OWNER, Key(Kind.FUNCTION, "public", "f(integer)"))
    other = [Owner(key=table, role=OTHER), *(item for item in state if item.key not in (table, function))]
    desired.write_text(to_yaml(state.with_objects(other), DIALECT), encoding="utf-8")
    project = Project(root=tmp_path, database=live, desired=(str(desired),), cache=tmp_path / "cache")
    assert api.plan(project).plan.empty
    project = replace(project, manage=("owners",))
    plan = api.plan(project).plan
    assert [sql.replace('"', "") for step in plan.steps for sql in step.sql] == [
        f"ALTER TABLE public.t OWNER TO {OTHER}",
        "ALTER FUNCTION public.f(integer) OWNER TO CURRENT_ROLE",
    ]
    api.apply(project, proposal=api.plan(project))
    assert api.plan(project).plan.empty
    api.revert(project, api.to_revert(project, last=1))
    assert owners(read(live)) == owners(state)


def test_only_what_can_be_asked_for_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "reconcile.yaml"
    file.write_text("manage: [owner]\n", encoding="utf-8")
    with pytest.raises(ConfigError) as refusal:
        read_project(file)
    assert refusal.value.hint == "did you mean 'owners'?"
    file.write_text("manage: [owners, privileges]\n", encoding="utf-8")
    assert read_project(file).manage == ("owners", "privileges")
