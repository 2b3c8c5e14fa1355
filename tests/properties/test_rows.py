"""A sample of ``python -m tests.properties.rows.run``: random schemas with rows, there and back."""

from __future__ import annotations

import pytest

from tests import servers
from tests.oracle import ABSENT, shared_folder
from tests.properties.rows.trial import problems
from tests.servers import Server

pytestmark = pytest.mark.skipif(shared_folder() is None, reason=ABSENT)

# Seeds that once went wrong, with what they showed, and some more.
_SEEDS = {
    servers.SQLITE: [*range(100, 130), 2711],  # 2711: two tables that refer to each other
    servers.POSTGRESQL15: [3, 4, 30, 31],  # 3: settings of the reader; 4: a key and a foreign key to it
    servers.POSTGRESQL18: [3, 4, 32],
    servers.MARIADB: range(40, 46),
}


@pytest.mark.parametrize(
    ("server", "seed"), [(s, n) for s, seeds in _SEEDS.items() for n in seeds], indirect=["server"]
)
def test_there_and_back(server: Server, seed: int) -> None:
    assert problems(server, seed) == []
