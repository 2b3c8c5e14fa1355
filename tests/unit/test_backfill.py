"""Rows that are there get values for a column that is to be NOT NULL: in one transaction, or in parts; and back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from reconcile import api
from reconcile.config import Pace, Project, read_pace
from reconcile.dialects.registry import get_dialect
from reconcile.errors import CheckFailed, Interrupted, SourceError
from reconcile.events import Event, Filling, StepStarted
from tests.servers import Server

ROWS = 5_000
OLD = "CREATE TABLE t (a int NOT NULL, b varchar(9) NOT NULL, s varchar(40), gone varchar(40), PRIMARY KEY (a, b));"
WANTED = """
tables:
  t:
    columns:
      a: integer not null
      b: varchar(9) not null
      s: {type: varchar(40) not null, backfill: "coalesce(gone, 'none')"}
      n: {type: integer not null, backfill: "a * 2"}
    primary_key: [a, b]
    indexes:
      t_n_idx: {columns: [n, b], unique: true}
"""
EVEN = Pace(share=1.0)


def _name(project: Project) -> str:
    return str(project.database).rpartition("/")[2].removesuffix(".db")


def _rows(project: Project, query: str) -> list[tuple[object, ...]]:
    dialect = get_dialect(str(project.database).partition(":")[0])
    with dialect.open(str(project.database)) as session:
        return [tuple(row) for row in session.query(query)]


@pytest.fixture
def project(server: Server, database: str, tmp_path: Path) -> Project:
    def text(letter: str, number: int) -> str:
        return f"'{letter}{number}'" if number else "NULL"

    rows = ", ".join(
        f"({n // 2}, 'b{n % 2}', {text('s', n if n % 3 else 0)}, {text('g', n if n % 2 else 0)})" for n in range(ROWS)
    )
    (tmp_path / "new.yaml").write_text(WANTED)
    project = Project(
        root=tmp_path, database=database, desired=("new.yaml",), cache=tmp_path / "cache", pace=EVEN, online="always"
    )
    server.execute(_name(project), f"{OLD} INSERT INTO t VALUES {rows};")
    return project


def _is_filled(project: Project) -> None:
    wrong = _rows(
        project,
        "SELECT count(*) FROM t WHERE n <> a * 2 OR n IS NULL OR s IS NULL"
        " OR (s NOT LIKE 's%' AND s NOT LIKE 'g%' AND s <> 'none')",
    )
    assert wrong == [(0,)]


def test_large_tables_are_filled_in_parts_and_rows_that_come_meanwhile_too(project: Project, server: Server) -> None:
    proposal = api.plan(project)
    fills = [step for step in proposal.plan.steps if step.batch is not None]
    assert proposal.plan.rehearsal.forward == proposal.plan.rehearsal.backward == "passed", proposal.plan.rehearsal
    assert fills
    assert not fills[0].transactional
    seen: list[Filling] = []

    def listen(event: Event) -> None:
        if isinstance(event, Filling):
            seen.append(event)
            if len(seen) == 2:
                server.execute(_name(project), "INSERT INTO t (a, b) VALUES (-5, 'early'), (900001, 'late');")

    api.apply(project, proposal=proposal, allow=("all",), listen=listen)
    assert len(seen) > 2
    first = [event for event in seen if event.step == seen[0].step]
    assert first[-1].done == first[-1].total == ROWS
    assert first[0].rate > 0
    assert first[0].left > 0 or first[0].done == ROWS
    _is_filled(project)
    assert _rows(project, "SELECT count(*) FROM t") == [(ROWS + 2,)]
    assert api.plan(project).plan.empty
    reverted = api.to_revert(project, last=1)
    api.revert(project, reverted, allow=("all",))
    assert _rows(project, "SELECT count(*) FROM t WHERE gone LIKE 'g%'") == [(ROWS // 2,)]
    assert [str(key) for key in api.inspect(project).objects if key.name == "n"] == []


def test_an_interrupted_fill_goes_on_where_it_was(project: Project) -> None:
    proposal = api.plan(project, rehearse=False)
    before: list[Filling] = []
    after: list[Filling] = []

    def stop(event: Event) -> None:
        if isinstance(event, Filling):
            before.append(event)
            raise KeyboardInterrupt

    with pytest.raises(Interrupted) as stopped:
        api.apply(project, proposal=proposal, allow=("all",), listen=stop)
    assert "nothing was changed" not in str(stopped.value)
    assert 0 < before[0].done < ROWS
    api.apply(
        project,
        proposal=api.plan(project, rehearse=False),
        allow=("all",),
        listen=lambda event: after.append(event) if isinstance(event, Filling) else None,
    )
    assert after[0].done > before[0].done
    assert after[-1].total <= ROWS
    _is_filled(project)
    assert api.plan(project).plan.empty


def test_small_tables_are_filled_in_one_transaction_where_there_are_any(project: Project, server: Server) -> None:
    small = replace(project, online="never")
    proposal = api.plan(small)
    assert proposal.plan.rehearsal.forward == proposal.plan.rehearsal.backward == "passed", proposal.plan.rehearsal
    assert all(step.batch is None for step in proposal.plan.steps)
    if server.dialect != "mysql":
        assert len(proposal.plan.phases) == 1
    api.apply(small, proposal=proposal, allow=("all",))
    _is_filled(small)
    assert api.plan(small).plan.empty


def test_rows_for_which_the_expression_gives_nothing_are_told_first(project: Project) -> None:
    (project.root / "new.yaml").write_text(WANTED.replace("a * 2", "nullif(a, 7)"))
    proposal = api.plan(project)
    started: list[Event] = []
    with pytest.raises(CheckFailed, match="gives NULL") as caught:
        api.apply(
            project,
            proposal=proposal,
            allow=("all",),
            listen=lambda event: started.append(event) if isinstance(event, StepStarted) else None,
        )
    assert not started
    (failure,) = caught.value.failures
    assert failure.count == 2


def test_an_expression_that_does_not_run_is_blamed_on_its_line(project: Project) -> None:
    (project.root / "new.yaml").write_text(WANTED.replace("a * 2", "a * nowhere"))
    with pytest.raises(SourceError, match=r"new\.yaml:8:\d+: the backfill of column .*nowhere"):
        api.plan(project)


def test_empty_tables_need_no_filling(project: Project, server: Server) -> None:
    server.execute(_name(project), "DELETE FROM t;")
    proposal = api.plan(project)
    assert not [step for step in proposal.plan.steps if step.summary.startswith("fill")]
    api.apply(project, proposal=proposal, allow=("all",))
    assert api.plan(project).plan.empty


@pytest.mark.parametrize("server", ["sqlite"], indirect=True)
def test_models_say_it_in_info(project: Project, server: Server) -> None:
    del server
    (project.root / "shop_models.py").write_text(
        "from sqlalchemy import Column, Integer, MetaData, String, Table\n"
        "metadata = MetaData()\n"
        "Table('t', metadata, Column('a', Integer, primary_key=True, autoincrement=False),\n"
        "  Column('b', String(9), primary_key=True),\n"
        "  Column('s', String(40), nullable=False, info={'backfill': \"'x'\"}), Column('gone', String(40)))\n"
    )
    found = replace(project, desired=("models:shop_models:metadata",))
    api.apply(found, proposal=api.plan(found), allow=("all",))
    assert _rows(found, "SELECT count(*) FROM t WHERE s = 'x'") == [((ROWS + 2) // 3,)]


@pytest.mark.parametrize(
    ("text", "pace"), [("50%", Pace(share=0.5)), ("2000/s", Pace(rows=2000)), ("12.5 %", Pace(share=0.125))]
)
def test_a_pace_is_a_share_or_rows_a_second(text: str, pace: Pace) -> None:
    assert read_pace(text) == pace
    assert Pace(share=0.25).pause(2.0, 10) == 6.0
    assert Pace(rows=100).pause(2.0, 300) == 1.0


@pytest.mark.parametrize("text", ["0%", "101%", "50", "fast", "-1/s"])
def test_other_paces_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no pace"):
        read_pace(text)
