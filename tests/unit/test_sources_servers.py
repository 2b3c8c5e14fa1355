"""Desired state on every server: forms that must come to the same, and complaints that must find their place."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from reconcile import api
from reconcile.api import Project
from reconcile.dialects.registry import dialect_for
from reconcile.errors import SourceError
from reconcile.scratch.cache import Cache
from reconcile.sources.desired import Desired, desired_state
from reconcile.sources.yaml.write import to_yaml
from reconcile.state import ForeignKey, Key, Kind, Scope, child_key, table_key
from reconcile.state.hints import RenameHint

YAML = """
tables:
  users:
    columns:
      id: {type: BigInteger, nullable: false, primary_key: true}
      email: {type: String(80), nullable: false, default: "'50%'"}
      boss: bigint
    unique: [[email]]
    foreign_keys:
      - {columns: [boss], references: users(id), on_delete: set null}
      - {columns: [boss], references: teams(id)}
    checks: {ok: email <> 'it''s'}
    indexes: {ix: [boss desc, email]}
  teams:
    columns: {id: BigInteger not null, lead: bigint}
    primary_key: [id]
    foreign_keys: {fk_lead: {columns: [lead], references: users(id)}}
views:
  b: select id from a
  a: select id, email from users
"""


def desired(database: str, folder: Path, *specs: str, cache: str = "cache") -> Desired:
    dialect = dialect_for(database)
    with dialect.open(database) as live:
        return desired_state(
            specs, live=live, dialect=dialect, root=folder, scratch="auto", cache=Cache(folder / cache)
        )


def test_yaml_comes_back_as_the_same_state(database: str, tmp_path: Path) -> None:
    """Tables that need each other, views in the wrong order, constraints the server names."""
    (tmp_path / "a.yaml").write_text(YAML)
    first = desired(database, tmp_path, "a.yaml")
    assert len(first.state.of_kind(Kind.FOREIGN_KEY)) == 3
    assert [item.key.name for item in first.state.of_kind(Kind.VIEW)] == ["a", "b"]
    assert first.scope == Scope()
    (tmp_path / "b.yaml").write_text(to_yaml(first.state, dialect_for(database)))
    assert desired(database, tmp_path, "b.yaml").state == first.state
    assert desired(database, tmp_path, "a.yaml") == first  # out of the cache


def test_a_foreign_key_that_says_nothing_does_what_the_server_does_then(database: str, tmp_path: Path) -> None:
    """MariaDB reads RESTRICT where others read NO ACTION."""
    with dialect_for(database).open(database) as live:
        live.execute("CREATE TABLE p (id integer NOT NULL PRIMARY KEY)")
        live.execute("CREATE TABLE c (p integer, CONSTRAINT f FOREIGN KEY (p) REFERENCES p (id))")
    (tmp_path / "said.yaml").write_text(
        "tables:\n"
        "  p: {columns: {id: integer not null}, primary_key: [id]}\n"
        "  c: {columns: {p: integer}, foreign_keys: {f: {columns: [p], references: p(id)}}"
        f"{', indexes: {f: [p]}' if 'mysql' in database else ''}}}\n"
    )
    plan = api.plan(Project(root=tmp_path, database=database, desired=("said.yaml",))).plan
    assert [step.sql for step in plan.steps] == []


@pytest.mark.parametrize(
    ("text", "place", "hint"),
    [
        ("tables:\n  a:\n    columns:\n      x: bigint\n      y: intger\n", "a.yaml:5:10", "did you mean integer?"),
        (
            "tables:\n  team: {columns: {id: {type: bigint, primary_key: true}}}\n"
            "  a: {columns: {x: bigint}, foreign_keys: [{columns: [x], references: taem(id)}]}\n",
            "a.yaml:3:71",
            "did you mean team?",
        ),
        ("tables:\n  a: {columns: {x: bigint}}\nviews:\n  v: select nothing from nowhere\n", "a.yaml:4:3", ""),
    ],
)
@pytest.mark.parametrize("server", ["postgresql15", "mariadb"], indirect=True)
def test_a_servers_complaint_finds_its_place(database: str, tmp_path: Path, text: str, place: str, hint: str) -> None:
    (tmp_path / "a.yaml").write_text(text)
    with pytest.raises(SourceError) as caught:
        desired(database, tmp_path, "a.yaml")
    assert str(caught.value.place) == place
    assert hint in caught.value.hint


@pytest.mark.parametrize("server", ["postgresql15"], indirect=True)
def test_models_with_schemas_enums_and_events(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "pgmodels.py").write_text("""
from sqlalchemy import DDL, Column, Enum, Integer, MetaData, Table, event
metadata = MetaData()
t = Table(
    "t", metadata, Column("id", Integer, primary_key=True),
    Column("mood", Enum("sad", "ok", name="mood", schema="sales"), info={"renamed_labels": {"ok": "okay"}}),
    schema="sales",
)
event.listen(metadata, "before_create", DDL("CREATE SCHEMA own"))
Table("u", metadata, Column("id", Integer, primary_key=True, comment="100%"), schema="own")
""")
    found = desired(database, tmp_path, "models:pgmodels:metadata")
    mood = Key(Kind.ENUM, "sales", "mood")
    assert found.renames == (RenameHint(new=mood, old_name="okay", label="ok", origin="models:pgmodels:metadata"),)
    assert found.scope.schemas == {"public", "sales", "own"}
    assert found.scope.kinds == {Kind.TABLE, Kind.ENUM, Kind.SEQUENCE, Kind.SCHEMA}
    comment = child_key(Kind.COMMENT, child_key(Kind.COLUMN, table_key("own", "u"), "id"))
    assert found.state[comment].text == "100%"  # type: ignore[attr-defined]


@pytest.mark.parametrize("server", ["postgresql15"], indirect=True)
def test_a_dump_is_a_desired_state(database: str, tmp_path: Path) -> None:
    (tmp_path / "dump.sql").write_text("""
SET client_encoding = 'UTF8';
SELECT pg_catalog.set_config('search_path', '', false);
CREATE TABLE public.a (id bigint NOT NULL, b text DEFAULT 'x;y'::text);
ALTER TABLE ONLY public.a ADD CONSTRAINT a_pkey PRIMARY KEY (id);
CREATE INDEX CONCURRENTLY ix ON public.a USING btree (b);
""")
    state = desired(database, tmp_path, "dump.sql").state
    assert child_key(Kind.INDEX, table_key("public", "a"), "ix") in state


BROKEN = """
from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase):
    pass

class Team(Base):  # a key to what is no key: refused by servers alone; one to another base's table: by SQLAlchemy
    __tablename__ = "teams"
    __table_args__ = (Index("ix_name", "name", postgresql_using="gin"), Index("ix_none"))
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50))
    far: Mapped[int | None] = mapped_column(Integer, ForeignKey("elsewhere.id"))
    member: Mapped[str | None] = mapped_column(String(9), ForeignKey("users.code", name="fk_member"))
    user: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    odd: Mapped[int | None] = mapped_column(Integer, ForeignKey("odds.id"))

class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str | None] = mapped_column(String(9))

class Odd(Base):
    __tablename__ = "odds"
    id: Mapped[int] = mapped_column(ForeignKey("nowhere.id"), primary_key=True)
"""


def test_what_is_broken_is_gone_without_and_left_alone(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "brokenmodels.py").write_text(BROKEN)
    dialect = dialect_for(database)
    with dialect.open(database) as session:
        session.execute("CREATE TABLE elsewhere (id integer PRIMARY KEY)")
        session.execute("CREATE TABLE odds (id integer PRIMARY KEY, mine integer)")
        key = "FOREIGN KEY (far) REFERENCES elsewhere (id)"
        session.execute(f"CREATE TABLE teams (id integer PRIMARY KEY, far integer, gone integer, {key})")
        session.execute("CREATE INDEX ix_none ON teams (far)")
    project = Project(
        root=tmp_path,
        database=database,
        desired=("models:brokenmodels:Base",),
        ignore=("table *elsewhere",),
        cache=tmp_path / "cache",
    )
    with pytest.raises(SourceError, match=r"index ix_none of table teams.*it has no columns") as caught:
        api.plan(project)
    assert "--skip-broken" in caught.value.hint
    project = replace(project, skip_broken=True)
    found = api.plan(project)
    told = "\n".join(note for note in found.notes if note.startswith("left out"))
    assert "table odds (class brokenmodels.Odd)" in told
    assert "foreign key (far) of table teams to elsewhere.id (class brokenmodels.Team)" in told
    assert "foreign key (odd) of table teams to odds.id (class brokenmodels.Team): table odds is left out" in told
    assert ("fk_member" in told) == (dialect.name != "sqlite")  # which looks at a key when rows are written
    assert ("ix_name" in told) == (dialect.name == "postgresql")
    api.apply(project, proposal=found, allow=("all",))
    assert api.plan(project).plan.empty
    state = api.inspect(project)
    table = table_key(dialect.default_schema if dialect.namespaces else None, "teams")
    keys = {item.columns for item in state.children(table, Kind.FOREIGN_KEY) if isinstance(item, ForeignKey)}
    assert keys == {("far",), ("user",), *([("member",)] if dialect.name == "sqlite" else [])}
    assert child_key(Kind.INDEX, table, "ix_none") in state
    assert child_key(Kind.COLUMN, table, "gone") not in state
    assert child_key(Kind.COLUMN, table_key(table.schema, "odds"), "mine") in state
    models = sys.modules.pop("brokenmodels")
    assert {index.name for index in models.Team.__table__.indexes} == {"ix_name", "ix_none"}  # as they were
    assert len(models.Team.__table__.foreign_keys) == 4
    assert all(key.constraint._create_rule is None for key in models.Team.__table__.foreign_keys)
