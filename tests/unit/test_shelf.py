"""What a database remembers of its desired state serves machines that remember nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from reconcile import api
from reconcile.config import Project
from reconcile.dialects.connect import parse_url, with_driver
from reconcile.dialects.registry import dialect_for
from reconcile.events import Reading

TEXT = (
    "tables:\n  t: {columns: {id: integer not null, n: varchar(20)}, primary_key: [id]}\nviews: {v: select n from t}\n"
)


def _project(database: str, folder: Path, cache: str) -> Project:
    return Project(root=folder, database=database, desired=("s.yaml",), cache=folder / cache)


def _plan(project: Project) -> tuple[int, bool]:
    """How many steps there are, and whether anything was made real."""
    seen: list[object] = []
    proposal = api.plan(project, listen=seen.append)
    return len(proposal.plan.steps), any(isinstance(event, Reading) and event.total for event in seen)


@pytest.fixture
def applied(database: str, tmp_path: Path) -> str:
    (tmp_path / "s.yaml").write_text(TEXT)
    project = _project(database, tmp_path, "mine")
    api.apply(project, proposal=api.plan(project))
    return database


def _execute(database: str, sql: str) -> None:
    engine = sa.create_engine(with_driver(parse_url(database), dialect_for(database).drivers))
    with engine.begin() as connection:
        connection.execute(sa.text(sql))
    engine.dispose()


def test_nothing_to_do_makes_nothing_on_any_machine(applied: str, tmp_path: Path) -> None:
    assert _plan(_project(applied, tmp_path, "theirs")) == (0, False)
    assert _plan(_project(applied, tmp_path, "theirs")) == (0, False)


def test_a_drift_is_seen_from_another_machine(applied: str, tmp_path: Path) -> None:
    _execute(applied, "ALTER TABLE t ADD COLUMN more integer")
    steps, _ = _plan(_project(applied, tmp_path, "theirs"))
    assert steps


def test_another_desired_state_is_made(applied: str, tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(TEXT.replace("varchar(20)", "varchar(30)"))
    steps, made = _plan(_project(applied, tmp_path, "theirs"))
    assert steps
    assert made


def test_what_is_not_as_it_was_written_is_not_believed(applied: str, tmp_path: Path) -> None:
    place = "reconcile_meta.reconcile_memory" if applied.startswith("postgresql") else "reconcile_memory"
    _execute(applied, f"UPDATE {place} SET packed = 'eJxLBAAAYgBi'")
    assert _plan(_project(applied, tmp_path, "theirs")) == (0, True)
