"""A sample of the kill matrix; ``python -m tests.faults.matrix`` runs it whole."""

from __future__ import annotations

import random

import pytest

from tests import oracle
from tests.conftest import need
from tests.faults.cases import SCENARIOS, Scenario
from tests.faults.matrix import at_random, point, stage
from tests.servers import SQLITE


@pytest.mark.timeout(240)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda s: f"{s.server}-{s.name}")
def test_a_killed_run_is_recognised_and_settled(scenario: Scenario, pytestconfig: pytest.Config) -> None:
    if oracle.shared_folder() is None:
        pytest.skip(oracle.ABSENT)
    need(scenario.server, pytestconfig)
    with stage(scenario) as here:
        middle = here.boundaries // 2
        assert middle > 2, "there are boundaries to be killed at"
        assert point(here, at=middle, then="apply") == ""
        assert point(here, at=middle, then="undo") == ""
        assert point(here, at=here.back // 2, first="revert") == ""
        assert point(here, at=middle + 1, how="interrupt") == ""
        assert point(here, at=middle, how="full" if scenario.server == SQLITE else "lose", then="undo") == ""
        assert at_random(here, random.Random(1)) == ""
