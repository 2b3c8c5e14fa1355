"""PostgreSQL: subscriptions. Nobody connects anywhere, and no connection is read, shown or kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reconcile import api
from reconcile.config import Project
from reconcile.dialects.postgresql import DIALECT
from reconcile.errors import SourceError
from reconcile.reports import json as json_report
from reconcile.sources.yaml.write import to_yaml
from reconcile.state import Key, Kind, State, Subscription
from tests import servers
from tests.conftest import NewDatabase
from tests.servers import Server
from tests.unit.test_postgresql import database_of, opened, read

both = pytest.mark.parametrize("server", [servers.POSTGRESQL15, servers.POSTGRESQL18], indirect=True)
one = pytest.mark.parametrize("server", [servers.POSTGRESQL18], indirect=True)

OLD = """
CREATE SUBSCRIPTION kept CONNECTION 'dbname=nowhere password=hunter2' PUBLICATION b, a WITH (connect = false);
CREATE SUBSCRIPTION gone CONNECTION 'dbname=nowhere password=hunter2' PUBLICATION a
    WITH (connect = false, slot_name = NONE);
COMMENT ON SUBSCRIPTION kept IS 'of the shop';
"""
NEW = """
CREATE SUBSCRIPTION kept CONNECTION 'dbname=x password=hunter3' PUBLICATION a, c
    WITH (connect = false, slot_name = 'other', binary = true, synchronous_commit = 'local', disable_on_error = true);
CREATE SUBSCRIPTION added CONNECTION '' PUBLICATION "Odd ""one" WITH (connect = false, two_phase = true);
COMMENT ON SUBSCRIPTION kept IS 'of the shops';
"""


@pytest.fixture
def live(server: Server, new_database: NewDatabase) -> Iterator[str]:
    """A database whose subscriptions are gone in the end: they would keep it from being dropped."""
    url = new_database(server)
    yield url
    with opened(url) as session:
        for key in [item.key for item in DIALECT.read(session).of_kind(Kind.SUBSCRIPTION)]:
            session.execute(f'ALTER SUBSCRIPTION "{key.name}" DISABLE')
            session.execute(f'ALTER SUBSCRIPTION "{key.name}" SET (slot_name = NONE)')
            session.execute(f'DROP SUBSCRIPTION "{key.name}"')


def subscriptions(state: State) -> dict[str, tuple[tuple[str, ...], dict[str, str]]]:
    found = (item for item in state.of_kind(Kind.SUBSCRIPTION) if isinstance(item, Subscription))
    return {item.key.name: (item.publications, dict(item.options)) for item in found}


@both
def test_there_and_back(server: Server, live: str, tmp_path: Path) -> None:
    server.execute(database_of(live), OLD)
    before = read(live)
    assert subscriptions(before) == {"kept": (("a", "b"), {}), "gone": (("a",), {"slot_name": "NONE"})}
    desired = tmp_path / "desired.sql"
    desired.write_text(NEW, encoding="utf-8")
    project = Project(root=tmp_path, database=live, desired=(str(desired),), cache=tmp_path / "cache")
    proposal = api.plan(project)
    assert proposal.plan.rehearsal.reason == ""
    hazards = [hazard for step in proposal.plan.steps for hazard in step.hazards if hazard.code == "secret"]
    assert sorted(hazard.key.name for hazard in hazards) == ["added", "gone"]
    api.apply(project, proposal=proposal)
    assert subscriptions(read(live)) == {
        "kept": (
            ("a", "c"),
            {"slot_name": "other", "binary": "true", "synchronous_commit": "local", "disable_on_error": "true"},
        ),
        "added": (('Odd "one',), {"two_phase": "true"}),
    }
    assert api.plan(project).plan.empty
    api.revert(project, api.to_revert(project, last=1))
    assert subscriptions(read(live)) == subscriptions(before)
    assert "hunter" not in json_report.dumps(json_report.proposal(proposal))
    with opened(live) as session:
        kept = session.query("SELECT count(*) FROM reconcile_meta.reconcile_history h WHERE h::text LIKE '%hunter%'")
    assert kept == [(0,)]


@one
def test_round_trip_through_yaml(server: Server, live: str, tmp_path: Path) -> None:
    server.execute(database_of(live), NEW)
    desired = tmp_path / "desired.yaml"
    desired.write_text(to_yaml(read(live), DIALECT), encoding="utf-8")
    assert "hunter" not in desired.read_text(encoding="utf-8")
    project = Project(root=tmp_path, database=live, desired=(str(desired),), cache=tmp_path / "cache")
    assert api.plan(project).plan.empty


@one
def test_a_subscription_that_would_connect_is_refused(live: str, tmp_path: Path) -> None:
    desired = tmp_path / "desired.sql"
    desired.write_text("CREATE SUBSCRIPTION s CONNECTION 'host=publisher' PUBLICATION p;", encoding="utf-8")
    project = Project(root=tmp_path, database=live, desired=(str(desired),), cache=tmp_path / "cache")
    with pytest.raises(SourceError) as refusal:
        api.plan(project)
    assert "connect = false" in (refusal.value.hint or "")


@one
def test_what_reaches_the_whole_server_is_refused(live: str, tmp_path: Path) -> None:
    desired = tmp_path / "desired.sql"
    project = Project(root=tmp_path, database=live, desired=(str(desired),), cache=tmp_path / "cache")
    for sql in ("CREATE ROLE reconcile_never", "create user reconcile_never", "DROP OWNED BY postgres"):
        desired.write_text(sql, encoding="utf-8")
        with pytest.raises(SourceError, match="reaches outside of the database"):
            api.plan(project)
    assert Key(Kind.SCHEMA, None, "public") in read(live)
