"""Everything that MariaDB has for a schema, a case each in kinds.yaml: changed and changed back, made, dropped, read.

The oracle is the judge's (SHOW CREATE of everything), and for rows the answers of the server itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
import yaml

from reconcile import api
from reconcile.config import Project
from tests.benchmarks.test_queries import queries_of_reading
from tests.conftest import NewDatabase
from tests.corpus.cases import made
from tests.corpus.trial import try_case
from tests.oracle import ABSENT, shared_folder
from tests.servers import Server

KINDS: dict[str, dict[str, str]] = yaml.safe_load(
    (Path(__file__).parent.parent / "data" / "mysql" / "kinds.yaml").read_text(encoding="utf-8")
)
NUMBERS = {name: str(number) for number, name in enumerate(KINDS)}

needs_oracle = pytest.mark.skipif(shared_folder() is None, reason=ABSENT)


def text(name: str, which: str, copy: str = "") -> str:
    """One end of a case, under its number."""
    return KINDS[name].get(which, "").replace("#", NUMBERS[name] + copy)


def whole(which: str, *, copies: Iterable[str] = ("",)) -> str:
    """One end of all cases at once, without rows."""
    scripts = (text(name, which, copy) for copy in copies for name in KINDS)
    lines = (line for script in scripts for line in script.splitlines())
    return "\n".join(line for line in lines if not line.startswith(("INSERT ", "UPDATE ")))


@needs_oracle
@pytest.mark.parametrize("name", KINDS)
def test_each_kind_changes_and_changes_back(name: str, mariadb: Server) -> None:
    entry = made(mariadb.name, text(name, "old"), text(name, "new"))
    outcome = try_case(entry, allow=("all",), keeps=text(name, "keeps"))
    assert not outcome.unloadable
    assert not outcome.problems, f"{outcome.problems}\n{outcome.details}"
    assert not outcome.opaque


@needs_oracle
@pytest.mark.parametrize(("old", "new"), [("nothing", "new"), ("old", "nothing"), ("old", "new"), ("new", "old")])
def test_all_kinds_at_once_are_made_dropped_and_changed(old: str, new: str, mariadb: Server) -> None:
    outcome = try_case(made(mariadb.name, whole(old), whole(new)), allow=("all",), seconds=600)
    assert not outcome.unloadable
    assert not outcome.problems, f"{outcome.problems}\n{outcome.details}"


@pytest.mark.parametrize("kind", ["TABLE k (a int PRIMARY KEY) PARTITION BY KEY (a) PARTITIONS 2", "SEQUENCE k"])
def test_what_was_asked_about_last_time_may_be_gone(
    kind: str, mariadb: Server, new_database: NewDatabase, tmp_path: Path
) -> None:
    url = new_database(mariadb)
    (tmp_path / "new.sql").write_text(f"CREATE {kind};", encoding="utf-8")
    project = Project(root=tmp_path, database=url, desired=("new.sql",), cache=tmp_path / "cache")
    api.apply(project, proposal=api.plan(project))
    assert api.plan(project).plan.empty and api.plan(project).plan.empty
    mariadb.execute(url.rpartition("/")[2], f"DROP {kind.partition(' ')[0]} k")
    (step,) = api.plan(project).plan.steps
    assert step.summary.startswith("create ")


def test_reading_asks_as_much_for_many_of_a_kind_as_for_few(mariadb: Server, new_database: NewDatabase) -> None:
    counts = []
    for copies in (1, 5):
        url = new_database(mariadb)
        mariadb.execute(url.rpartition("/")[2], whole("new", copies=[f"c{number}" for number in range(copies)]))
        counts.append(queries_of_reading(url))
    (few, objects), (many, more) = counts
    assert objects > 300
    assert more >= 5 * objects
    assert many == few
