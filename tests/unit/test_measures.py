"""Statistics files: what is measured, and that a small database is planned for as if it were the large one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from reconcile import api
from reconcile.api.bench import Bench, open_bench
from reconcile.api.measures import read_measures, to_yaml
from reconcile.cli.main import run
from reconcile.config import Project
from reconcile.dialects.registry import dialect_for
from reconcile.dialects.session import Session
from reconcile.errors import ConfigError
from reconcile.events import silent
from reconcile.hazards.evidence import Evidence
from reconcile.state import Kind, Level, State
from tests.conftest import NewDatabase
from tests.servers import Server

every = pytest.mark.parametrize("server", ["postgresql15", "mariadb", "sqlite"], indirect=True)
OLD = "CREATE TABLE t (id integer PRIMARY KEY, a integer); CREATE TABLE u (id integer PRIMARY KEY);"
ROWS = "INSERT INTO t VALUES (1, 1), (2, NULL), (3, NULL), (4, NULL);"


@every
def test_what_is_written_is_read_back(server: Server, database: str, tmp_path: Path) -> None:
    server.execute(_name(database), OLD + ROWS + _analyze(server))
    found = api.measure(Project(root=tmp_path, database=database))
    sizes = {key.name: size for key, size in found.evidence.sizes.items()}
    assert (sizes["t"].rows, sizes["u"].rows) == (4, 0)
    assert sizes["t"].bytes > 0
    (tmp_path / "s.yaml").write_text(to_yaml(found))
    again = read_measures(tmp_path / "s.yaml", dialect_for(database))
    assert (again.sizes, again.nulls) == (found.evidence.sizes, found.evidence.nulls)


@pytest.mark.parametrize("server", ["postgresql15"], indirect=True)
def test_nulls_are_fractions_and_no_value_is_written(server: Server, database: str, tmp_path: Path) -> None:
    secret = "CREATE TABLE v (word text); INSERT INTO v SELECT 'hunter2' FROM generate_series(1, 9);"
    server.execute(_name(database), OLD + ROWS + secret + "ANALYZE;")
    text = to_yaml(api.measure(Project(root=tmp_path, database=database)))
    assert yaml.safe_load(text)["tables"]["public.t"]["nulls"] == {"a": 0.75}
    assert "hunter2" not in text


@pytest.mark.parametrize("server", ["postgresql15"], indirect=True)
def test_an_empty_database_is_planned_for_as_the_large_one(server: Server, database: str, tmp_path: Path) -> None:
    server.execute(_name(database), OLD)
    (tmp_path / "new.sql").write_text(
        OLD.replace("CREATE TABLE u (id integer PRIMARY KEY);", "CREATE INDEX i ON t (a);")
    )
    (tmp_path / "s.yaml").write_text(
        "dialect: postgresql\ntables:\n  public.t: {rows: 5000000, bytes: 1200000000}\n"
        "  public.u: {rows: 10, bytes: 8192}\n"
    )  # fmt: skip
    here = Project(root=tmp_path, database=database, desired=("new.sql",), cache=tmp_path / "cache")
    small, large = api.plan(here), api.plan(replace(here, statistics=tmp_path / "s.yaml"))

    def said(proposal: api.Proposal) -> tuple[bool, bool]:
        sql = " ".join(sql for step in proposal.plan.steps for sql in step.sql)
        return "CONCURRENTLY" in sql, any(hazard.level is Level.DANGER for hazard in proposal.plan.hazards)

    assert said(small) == (False, False)
    assert said(large) == (True, True)
    # What runs is judged by what is there: no table here holds a row.
    api.apply(replace(here, statistics=tmp_path / "s.yaml"), proposal=large)
    assert api.plan(here).plan.empty


@every
def test_the_server_is_asked_once_a_plan_and_not_for_nothing(
    server: Server, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For hazards, for what is to be done online, and for a plan that is written anew after a refusal."""
    server.execute(_name(database), OLD + ROWS)
    asked: list[object] = []
    counted = Bench.counted

    def count(self: Bench, state: State) -> Evidence:
        asked.append(state)
        return counted(self, state)

    monkeypatch.setattr(Bench, "counted", count)
    (tmp_path / "new.sql").write_text(OLD + "CREATE INDEX i ON t (a);")
    here = Project(root=tmp_path, database=database, desired=("new.sql",), cache=tmp_path / "cache")
    api.plan(here)
    assert len(asked) == 1
    (tmp_path / "new.sql").write_text(OLD)
    assert api.plan(here).plan.empty
    assert len(asked) == 1


@every
def test_which_tables_hold_rows_is_asked_in_one_query(
    server: Server, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"t{number}" for number in range(30)]
    full = {"t3", "t17"}
    server.execute(
        _name(database),
        "".join(f"CREATE TABLE {name} (id integer);" for name in names)
        + "".join(f"INSERT INTO {name} VALUES (1);" for name in sorted(full)),
    )
    with open_bench(Project(root=tmp_path, database=database), silent) as bench:
        state = bench.read()
        asked: list[str] = []
        query: Callable[..., object] = Session.query

        def counting(self: Session, sql: str, *more: object) -> object:
            asked.append(sql)
            return query(self, sql, *more)

        monkeypatch.setattr(Session, "query", counting)
        found = bench.filled(state, [item.key for item in state.of_kind(Kind.TABLE)])
    assert {key.name for key in found} == full
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("dialect: mysql\ntables: {}\n", "statistics of mysql"),
        ("dialect: sqlite\ntables: {t: {rows: -1, bytes: 0}}\n", "tables.t.rows"),
        ("dialect: sqlite\ntables: {t: {rows: 1}}\n", "bytes"),
        ("- 1\n", "object"),
        ("{", "no statistics"),
    ],
)
def test_a_wrong_file_says_what_is_wrong(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "s.yaml").write_text(text)
    with pytest.raises(ConfigError, match=words) as raised:
        read_measures(tmp_path / "s.yaml", dialect_for("sqlite://"))
    assert "s.yaml" in str(raised.value)


@pytest.mark.parametrize("server", ["sqlite"], indirect=True)
def test_the_command_writes_a_file(server: Server, new_database: NewDatabase, tmp_path: Path) -> None:
    url = new_database(server)
    assert run(["stats", "export", "--url", url, str(tmp_path / "s.yaml")]) == 0
    assert yaml.safe_load((tmp_path / "s.yaml").read_text()) == {
        "dialect": "sqlite",
        "server": api.measure(Project(database=url)).server,
        "tables": {},
    }


def _analyze(server: Server) -> str:
    return {"postgresql15": "ANALYZE;", "mariadb": "ANALYZE TABLE t, u;"}.get(server.name, "")


def _name(url: str) -> str:
    return url.rpartition("/")[2].removesuffix(".db")
