"""Every case of the shared corpus on every server, against expected.json."""

from __future__ import annotations

import os
from collections import Counter

import pytest

from tests import servers
from tests.conftest import need
from tests.corpus import expected
from tests.corpus.cases import Entry, entries
from tests.corpus.trial import UNLOADABLE, try_case
from tests.oracle import ABSENT, shared_folder

_EXPECTED = expected.read()


def _chosen() -> list[Entry]:
    """All cases; of PostgreSQL 18's, which are those of 15 again, one in RECONCILE_CORPUS_SAMPLE."""
    step = int(os.environ.get("RECONCILE_CORPUS_SAMPLE", "1"))
    return [entry for entry in entries() if entry.server != servers.POSTGRESQL18 or entry.sampled(step)]


@pytest.mark.skipif(shared_folder() is None, reason=ABSENT)
@pytest.mark.parametrize("entry", [pytest.param(e, id=f"{e.server}-{e.id}") for e in _chosen()])
def test_case(entry: Entry, pytestconfig: pytest.Config) -> None:
    need(entry.server, pytestconfig)
    outcome = try_case(entry)
    if outcome.status == UNLOADABLE:
        pytest.skip(f"does not load here: {outcome.unloadable}")
    problem = expected.disagreement(entry, outcome, _EXPECTED)
    assert problem is None, f"{problem}\n{outcome.details}"


@pytest.mark.skipif(shared_folder() is None, reason=ABSENT)
@pytest.mark.parametrize("server", servers.NAMES)
def test_marks_name_cases_that_exist(server: str) -> None:
    part = _EXPECTED[server]
    ids = {entry.id for entry in entries((server,))}
    marked = Counter([*part["failed"], *part["unmanaged"]])
    assert marked.keys() <= ids
    assert max(marked.values(), default=1) == 1
    assert part["passed"] <= len(ids) - len(marked)
