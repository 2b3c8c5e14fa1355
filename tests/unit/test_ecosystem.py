"""What models use beside tables: DDL events, SQLAlchemy's views, declarative-extensions, alembic_utils."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy

from reconcile import api
from reconcile.config import Project
from reconcile.state import Kind, State
from tests import servers
from tests.conftest import NewDatabase
from tests.servers import Server
from tests.unit.test_postgresql import database_of, read

one = pytest.mark.parametrize("server", [servers.POSTGRESQL18], indirect=True)
READER = "pg_monitor"  # a role that every server has

TABLES = """
from sqlalchemy import Column, DDL, ForeignKey, Integer, MetaData, Table, Text, event, func, select

metadata = MetaData()
users = Table("users", metadata, Column("id", Integer, primary_key=True), Column("email", Text, nullable=False))
"""

Made = Callable[[str], Project]


@pytest.fixture
def made(server: Server, new_database: NewDatabase, tmp_path: Path) -> Iterator[Made]:
    """Write a module of models and give a project that wants it."""
    yield from _maker(new_database(server), tmp_path)


@pytest.fixture
def made_on_sqlite(tmp_path: Path) -> Iterator[Made]:
    """The same on SQLite."""
    yield from _maker(f"sqlite:///{tmp_path / 'test.db'}", tmp_path)


def _maker(live: str, tmp_path: Path) -> Iterator[Made]:
    name = f"ecosystem_{os.getpid()}_{tmp_path.name}"
    loaded: list[str] = []

    def make(source: str, *, attribute: str = "metadata") -> Project:
        module = f"{name}_{len(loaded)}"  # a module is imported once
        loaded.append(module)
        (tmp_path / f"{module}.py").write_text(source, encoding="utf-8")
        spec = f"models:{module}:{attribute}"
        return Project(root=tmp_path, database=live, desired=(spec,), cache=tmp_path / "cache")

    yield make
    for module in loaded:
        sys.modules.pop(module, None)


def applied(project: Project) -> State:
    """Applied; and there is nothing to do afterwards."""
    api.apply(project, proposal=api.plan(project))
    assert project.database is not None
    assert api.plan(project).plan.empty
    return read(project.database)


def names(state: State, *kinds: Kind) -> list[str]:
    return [str(key) for kind in kinds for key in sorted(item.key for item in state.of_kind(kind))]


def undone(project: Project) -> None:
    api.revert(project, api.to_revert(project, last=1))


EVENTS = """
touch = DDL('''CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.email := lower(NEW.email) || '%' || ':x'; RETURN NEW;
END $$''' .replace("%", "%%"))
event.listen(metadata, "before_create", touch.execute_if(dialect="postgresql"))
event.listen(metadata, "before_create", DDL("CREATE NONSENSE").execute_if(dialect="mysql"))
event.listen(users, "after_create", DDL(
    "CREATE TRIGGER touch BEFORE INSERT ON %(table)s FOR EACH ROW EXECUTE FUNCTION touch()"
))
event.listen(users, "after_create", DDL("ALTER TABLE users ENABLE ROW LEVEL SECURITY"))
event.listen(users, "after_create", DDL("CREATE POLICY own ON users USING (email = current_user)"))
event.listen(metadata, "after_create", DDL(
    "CREATE VIEW emails WITH (security_invoker = true) AS SELECT email FROM users"
))

@event.listens_for(metadata, "after_create")
def grant(target, connection, **kw):
    connection.execute(DDL("GRANT SELECT ON users TO pg_monitor"))
"""


@one
def test_ddl_events(made: Made) -> None:
    project = made(TABLES + EVENTS)
    state = applied(project)
    assert names(state, Kind.FUNCTION, Kind.TRIGGER, Kind.POLICY, Kind.VIEW) == [
        "function public.touch()",
        "trigger public.users.touch",
        "policy public.users.own",
        "view public.emails",
    ]
    assert names(state, Kind.PRIVILEGE) == [f"privilege of {READER} on table public.users"]
    changed = made(
        (TABLES + EVENTS).replace("security_invoker = true", "security_barrier = true").replace("':x'", "':y'")
    )
    plan = api.plan(changed).plan
    assert sorted(str(effect.key) for step in plan.steps for effect in step.effects) == [
        "function public.touch()",
        "view public.emails",
    ]
    after = applied(changed)
    assert after.digest != state.digest
    undone(changed)
    assert read(changed.database or "").digest == state.digest


@one
@pytest.mark.skipif(sqlalchemy.__version__.startswith("2.0"), reason="view constructs come with SQLAlchemy 2.1")
def test_views_of_sqlalchemy(made: Made) -> None:
    views = """
from sqlalchemy import CreateView
emails = CreateView(select(users.c.id, users.c.email).where(users.c.email != "a%b"), "emails", metadata=metadata)
counts = CreateView(select(func.count(emails.table.c.id).label("n")), "counts", metadata=metadata, materialized=True)
"""
    project = made(TABLES + views)
    state = applied(project)
    assert names(state, Kind.VIEW, Kind.MATERIALIZED_VIEW) == [
        "view public.emails",
        "materialized view public.counts",
    ]
    changed = made(TABLES + views.replace("a%b", "c"))
    applied(changed)
    undone(changed)
    assert read(project.database or "").digest == state.digest


EXTENSIONS = """
from sqlalchemy_declarative_extensions import (
    Functions, Grants, Procedures, Row, Schemas, Triggers, View, Views, ViewIndex, declare_database,
    register_sqlalchemy_events, view,
)
from sqlalchemy_declarative_extensions.dialects.postgresql import (
    DefaultGrant, Function, FunctionSecurity, Grant, Procedure, Trigger, View as PgView,
)

declare_database(
    metadata,
    schemas=Schemas(ignore_unspecified=True).are("reports"),
    views=Views().are(
        View("emails", select(users.c.email).where(users.c.email != "a%b:c"), schema="reports"),
        PgView("counts", "SELECT count(*) AS n FROM reports.emails", schema="reports", materialized=True,
               constraints=[ViewIndex(["n"], unique=True)]),
    ),
    functions=Functions(ignore_unspecified=True).are(
        Function("low", "BEGIN NEW.email := lower(NEW.email); RETURN NEW; END", returns="trigger",
                 language="plpgsql", security=FunctionSecurity.definer),
        Function("plus", "SELECT i + 1", returns="integer", parameters=["i integer"]),
    ),
    procedures=Procedures().are(Procedure("nothing", "BEGIN NULL; END", language="plpgsql")),
    triggers=Triggers().are(Trigger.before("insert", on="users", execute="low").named("low").for_each_row()),
    grants=Grants(only_defined_roles=False).are(
        DefaultGrant.on_tables_in_schema("public").grant("select", to="pg_monitor"),
        Grant.new("update", to="pg_monitor").on_tables("users"),
    ),
    rows=[Row("users", id=1, email="x")],
)
"""


@one
@pytest.mark.parametrize("registered", [False, True], ids=["declared", "with events"])
def test_declarative_extensions(server: Server, made: Made, registered: bool) -> None:
    needs("sqlalchemy_declarative_extensions")
    events = (
        "register_sqlalchemy_events(metadata, schemas=True, views=True, functions=True, triggers=True, grants=True)"
    )
    project = made(TABLES + EXTENSIONS + events * registered)
    proposal = api.plan(project)
    assert any("rows are data" in note for note in proposal.notes)
    state = applied(project)
    assert names(state, Kind.FUNCTION, Kind.PROCEDURE, Kind.TRIGGER, Kind.VIEW, Kind.MATERIALIZED_VIEW, Kind.INDEX) == [
        "function public.low()",
        "function public.plus(integer)",
        "procedure public.nothing()",
        "trigger public.users.low",
        "view reports.emails",
        "materialized view reports.counts",
        "index reports.counts.ix_n of materialized view",
    ]
    assert any(f"for {READER}" in name for name in names(state, Kind.DEFAULT_PRIVILEGE))
    # What the collection leaves unsaid is left alone where it says so, and dropped where not.
    server.execute(
        database_of(project.database or ""),
        "CREATE FUNCTION other() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE VIEW reports.other AS SELECT 1 AS a",
    )
    assert [str(effect.key) for step in api.plan(project).plan.steps for effect in step.effects] == [
        "view reports.other"
    ]


def test_declarative_extensions_elsewhere(made_on_sqlite: Made) -> None:
    needs("sqlalchemy_declarative_extensions")
    project = made_on_sqlite(
        TABLES
        + """
from sqlalchemy_declarative_extensions import View, declare_database
declare_database(metadata, views=[View("low", select(func.lower(users.c.email).label("low")))])
"""
    )
    api.apply(project, proposal=api.plan(project))
    assert api.plan(project).plan.empty
    assert names(api.inspect(project), Kind.VIEW) == ["view low"]


UTILS = """
from alembic_utils.pg_extension import PGExtension
from alembic_utils.pg_function import PGFunction
from alembic_utils.pg_grant_table import PGGrantTable
from alembic_utils.pg_materialized_view import PGMaterializedView
from alembic_utils.pg_policy import PGPolicy
from alembic_utils.pg_trigger import PGTrigger
from alembic_utils.pg_view import PGView
from alembic_utils.replaceable_entity import register_entities

entities = [
    PGView("reports", "low_emails", "SELECT low(email) AS email, '12:30'::time AS at FROM public.emails"),
    PGView("public", "emails", "SELECT email FROM users"),
    PGFunction("public", "low(t text)", "RETURNS text LANGUAGE sql AS $$ SELECT lower(t) || ':x' $$"),
    PGFunction("public", "touch()", "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"),
    PGTrigger("public", "touch", "BEFORE INSERT ON public.users FOR EACH ROW EXECUTE FUNCTION public.touch()",
              on_entity="public.users"),
    PGMaterializedView("public", "counts", "SELECT count(*) AS n FROM users"),
    PGPolicy("public", "own", "FOR SELECT USING (email = current_user)", on_entity="public.users"),
    PGGrantTable("public", "users", "pg_monitor", "DELETE"),
]
"""


@one
@pytest.mark.parametrize("way", ["registered", "listed", "both"])
def test_alembic_utils(made: Made, way: str) -> None:
    needs("alembic_utils")
    from alembic_utils.replaceable_entity import registry

    try:
        project = made(TABLES + UTILS + "register_entities(entities)" * (way != "listed"))
        if way != "registered":
            (models,) = project.desired
            project = replace(project, desired=(models, models.replace(":metadata", ":entities")))
        state = applied(project)
    finally:
        registry.clear()
    assert names(
        state, Kind.FUNCTION, Kind.TRIGGER, Kind.POLICY, Kind.VIEW, Kind.MATERIALIZED_VIEW, Kind.PRIVILEGE
    ) == [
        "function public.low(text)",
        "function public.touch()",
        "trigger public.users.touch",
        "policy public.users.own",
        "view public.emails",
        "view reports.low_emails",
        "materialized view public.counts",
        f"privilege of {READER} on table public.users",
    ]
    undone(project)


def needs(library: str) -> None:
    """Skip where it is not installed; on a continuous integration machine: fail."""
    if os.environ.get("CI", "").lower() in ("1", "true"):
        __import__(library)
    pytest.importorskip(library)
