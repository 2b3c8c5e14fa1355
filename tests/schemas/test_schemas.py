"""A sample of the real schemas; all of them for those who ask for it: RECONCILE_SCHEMAS=1 (some minutes)."""

from __future__ import annotations

import os

import pytest

from tests import servers
from tests.conftest import need
from tests.corpus.cases import Entry
from tests.corpus.trial import UNLOADABLE, try_case
from tests.oracle import ABSENT, shared_folder
from tests.schemas.cases import BACKWARD, FORWARD, FROM_NOTHING, KNOWN, legs

# A partitioned one with everything in it, rules that fill other tables, rebuilds by the hundred, another dialect.
_SAMPLE = {
    (servers.POSTGRESQL15, "pagila", FORWARD),
    (servers.POSTGRESQL15, "pagila", BACKWARD),
    (servers.POSTGRESQL15, "sakila", FROM_NOTHING),
    (servers.POSTGRESQL15, "openstreetmap", FORWARD),
    (servers.POSTGRESQL18, "pagila", FORWARD),
    (servers.SQLITE, "synapse", FORWARD),
    (servers.MARIADB, "ejabberd", BACKWARD),
}


def _chosen() -> list[Entry]:
    everything = os.environ.get("RECONCILE_SCHEMAS") == "1"
    return [leg for leg in legs() if everything or (leg.server, leg.case.suite, leg.case.name) in _SAMPLE]


@pytest.mark.skipif(shared_folder() is None, reason=ABSENT)
@pytest.mark.timeout(700)
@pytest.mark.parametrize("leg", [pytest.param(leg, id=f"{leg.server}-{leg.id}") for leg in _chosen()])
def test_real_schema(leg: Entry, pytestconfig: pytest.Config) -> None:
    need(leg.server, pytestconfig)
    outcome = try_case(leg, seconds=600, allow=("all",))
    assert outcome.status != UNLOADABLE, outcome.unloadable
    assert sorted(outcome.problems) == sorted(KNOWN.get((leg.server, leg.id), ())), outcome.details


@pytest.mark.skipif(shared_folder() is None, reason=ABSENT)
def test_the_sample_is_there() -> None:
    assert {(leg.server, leg.case.suite, leg.case.name) for leg in legs()} >= _SAMPLE
