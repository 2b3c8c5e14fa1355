"""The gate as tests, for those who ask for it: RECONCILE_REALWORLD=1 (environments of many megabytes are made)."""

from __future__ import annotations

import os

import pytest

from tests import oracle, servers
from tests.conftest import need
from tests.realworld.apps import APPS, App, build
from tests.realworld.gate import gate

pytestmark = [
    pytest.mark.skipif(os.environ.get("RECONCILE_REALWORLD") != "1", reason="opt-in: RECONCILE_REALWORLD=1"),
    pytest.mark.skipif(oracle.shared_folder() is None, reason=oracle.ABSENT),
    pytest.mark.timeout(3600),
]


@pytest.mark.parametrize("name", [servers.SQLITE, servers.POSTGRESQL15, servers.MARIADB])
@pytest.mark.parametrize("app", APPS, ids=lambda app: app.name)
def test_gate(app: App, name: str, pytestconfig: pytest.Config) -> None:
    databases = build(app, need(name, pytestconfig))
    if databases is None:
        pytest.skip(f"{app.name} does not speak to {name}")
    problems = {verdict.way: verdict.problem for verdict in gate(app, servers.find(name), databases) if verdict.problem}
    assert problems == {}
