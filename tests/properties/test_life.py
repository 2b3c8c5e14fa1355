"""A few lives of a database on each server; RECONCILE_EXAMPLES says how many on SQLite."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.properties.life import Life
from tests.servers import MARIADB, POSTGRESQL15, SQLITE, Server

EXAMPLES = int(os.environ.get("RECONCILE_EXAMPLES", "6"))


@pytest.mark.timeout(600)
@pytest.mark.parametrize("server", [SQLITE, POSTGRESQL15, MARIADB], indirect=True)
def test_whatever_happens_history_is_sound_and_no_row_is_lost(server: Server) -> None:
    class Here(Life):
        pass

    Here.server = server
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=EXAMPLES if server.name == SQLITE else max(1, EXAMPLES // 6),
            stateful_step_count=12,
            deadline=None,
            database=None,
            derandomize="RECONCILE_EXAMPLES" not in os.environ,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )
