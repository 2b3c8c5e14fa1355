"""The metadata lock that a step names is the one that MariaDB holds while it works (METADATA_LOCK_INFO), and a writer
waits exactly where that lock is said to keep writers out."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from reconcile.dialects.mysql import DIALECT
from reconcile.errors import ServerError
from reconcile.hazards.facts import Blocks
from reconcile.state import Step
from tests.own_mariadb import own_mariadb
from tests.places import Place, place_on
from tests.servers import absent

ROWS = 150_000
_COLUMNS = "id int PRIMARY KEY, a int, s varchar(200), p point NOT NULL"
_BEFORE = (
    f"CREATE TABLE t ({_COLUMNS}); INSERT INTO t SELECT seq, 1, repeat(uuid(), 5), POINT(seq, 1) FROM seq_1_to_{ROWS}"
)
CASES = {
    "INPLACE, LOCK=NONE": f"{_COLUMNS}, KEY i (s)",
    "INPLACE with rebuild, LOCK=NONE": _COLUMNS.replace("a int", "a int NOT NULL"),
    "INPLACE, LOCK=SHARED": f"{_COLUMNS}, SPATIAL KEY i (p)",
    "INPLACE with rebuild, LOCK=SHARED": f"{_COLUMNS}, FULLTEXT KEY i (s)",
    "COPY": _COLUMNS.replace("a int", "a bigint"),
}


@dataclass(slots=True)
class Witness:
    """Notes, until told to stop, which locks on t are held, and how long a writer waits who comes again and again."""

    url: str
    stop: threading.Event = field(default_factory=threading.Event)
    modes: Counter[str] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)

    def look(self) -> None:
        with DIALECT.open(self.url) as session:
            (own,) = session.query("SELECT DATABASE()")[0]
            while not self.stop.is_set():
                self.modes.update(
                    mode
                    for (mode,) in session.query(
                        "SELECT lock_mode FROM information_schema.metadata_lock_info"
                        f" WHERE table_schema = '{own}' AND table_name = 't' AND lock_mode NOT LIKE 'MDL_SHARED_WRITE'"
                    )
                )
                time.sleep(0.002)

    def write(self) -> None:
        with DIALECT.open(self.url) as session:
            while not self.stop.is_set():
                start = time.monotonic()
                session.execute("UPDATE t SET id = id WHERE id = 7")
                self.waits.append(time.monotonic() - start)
                time.sleep(0.002)


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    """On a MariaDB of our own that tells of metadata locks: a plugin is for all who use the server."""
    with own_mariadb() as server, place_on(server, "mysql") as found:
        try:
            found.session.execute("INSTALL SONAME 'metadata_lock_info'")
        except ServerError as error:
            absent(f"the server has no plugin metadata_lock_info: {error.message}")
        yield found


@pytest.mark.parametrize("how", CASES)
def test_the_lock_is_held_that_the_step_names(how: str, place: Place) -> None:
    (step,) = (step for phase in place.plan(_BEFORE, f"CREATE TABLE t ({CASES[how]})") for step in phase.steps)
    name, _, said = (step.lock or "").partition(" on t ")
    assert said == f"({how})"
    witness, took = _watched(step, place)
    assert witness.modes.most_common(1)[0][0] == name, witness.modes
    kept_out = DIALECT.hazards.facts.blocks(step.lock or "") >= Blocks.WRITES
    assert (max(witness.waits) > took / 2) is kept_out, (max(witness.waits), took)


def _watched(step: Step, place: Place) -> tuple[Witness, float]:
    witness = Witness(place.url)
    threads = [threading.Thread(target=witness.look), threading.Thread(target=witness.write)]
    for thread in threads:
        thread.start()
    try:
        while not witness.waits:
            time.sleep(0.001)
        witness.modes.clear()
        start = time.monotonic()
        place.session.execute_all(step.sql)
        took = time.monotonic() - start
    finally:
        witness.stop.set()
        for thread in threads:
            thread.join()
    return witness, took
