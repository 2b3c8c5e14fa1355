"""A mutated statement read by the product and made again from what was read: SQLite must see no difference.

Long: ``python -m tests.properties.restated --mutants 10000 [--from SEED]``.
"""

from __future__ import annotations

import argparse
import re
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from reconcile import api
from reconcile.config import Project
from reconcile.dialects.sqlite import DIALECT
from reconcile.planning.build import creation
from reconcile.sources.yaml.write import to_yaml
from reconcile.state import Object, State, Trigger, View
from tests.properties.statements import Mutant, facts, mutants

_PLACE = re.compile(r"\(line \d+, column \d+ of its statement\)$")
SAME, REFUSED, WRONG = "the same", "refused", "wrong"


def judged(mutant: Mutant) -> tuple[str, str]:
    """What became of it (SAME, REFUSED, WRONG), and why."""
    try:
        return _judged(mutant)
    except Exception as error:  # whatever is raised is a result
        return WRONG, f"{type(error).__name__}: {error}"


def _judged(mutant: Mutant) -> tuple[str, str]:
    with DIALECT.scratch(None, "auto") as session:
        for sql in mutant.statements:
            session.execute(sql)
        read = DIALECT.read(session)
        if read.unmanaged:
            vague = [item.reason for item in read.unmanaged if not _PLACE.search(item.reason)]
            return (WRONG, f"refused without a place: {vague}") if vague else (REFUSED, read.unmanaged[0].reason)
        wanted = facts(_raw(session))
    for state in (read, unwritten(read)):
        again, found = made(state)
        if state is not read:  # what makes no sense has no meaning to keep, only a text
            wanted = {key: found.get(key) if isinstance(fact, str) else fact for key, fact in wanted.items()}
        if different := [key for key in {**wanted, **found} if wanted.get(key, "nothing") != found.get(key, "nothing")]:
            key = different[0]
            return WRONG, f"{key}: {_apart(wanted.get(key), found.get(key))}"
        if again.objects != read.objects:
            changed = sorted(str(key) for key in {**again.objects, **read.objects} if again.get(key) != read.get(key))
            return WRONG, f"read differently the second time: {changed}"
    return SAME, ""


def yaml_leaves(mutant: Mutant, folder: Path) -> str:
    """What a plan would still do where the database written as YAML is what is wanted; empty: nothing."""
    (folder / "live.db").unlink(missing_ok=True)
    with closing(sqlite3.connect(folder / "live.db")) as connection:
        connection.executescript(";\n".join(mutant.statements))
    project = Project(
        root=folder, database=f"sqlite:///{folder}/live.db", desired=("wanted.yaml",), cache=folder / "cache"
    )
    try:
        (folder / "wanted.yaml").write_text(to_yaml(api.inspect(project), DIALECT), encoding="utf-8")
        return "; ".join(step.summary for step in api.plan(project).plan.steps)
    except Exception as error:  # whatever is raised is a result
        return f"{type(error).__name__}: {error}"


def _apart(wanted: Any, found: Any) -> str:
    if isinstance(wanted, Counter) and isinstance(found, Counter):
        return f"{list((wanted - found).items())} became {list((found - wanted).items())}"
    return f"{wanted} became {found}"


def unwritten(state: State) -> State:
    """The state without what each statement looked like: only what it was read as.

    A word in double quotes is a name, or else a string, by what is in its scope: there only the text itself is exact.
    """

    def bare(item: Object) -> Object:
        ambiguous = isinstance(item, View | Trigger) and '"' in (item.written or "")
        return item if ambiguous else replace(item, written=None)

    return replace(state, objects={key: bare(item) for key, item in state.objects.items()})


def made(state: State) -> tuple[State, dict[str, object]]:
    """The state made in an empty database: read again, and as SQLite tells."""
    with DIALECT.scratch(None, "auto") as session:
        features = DIALECT.features(session)
        for phase in creation(State.empty("sqlite", ""), state, rules=DIALECT.rules(features), features=features):
            for sql in (*phase.before, *(sql for step in phase.steps for sql in step.sql), *phase.after):
                session.execute(sql)
        return DIALECT.read(session), facts(_raw(session))


def _raw(session: Any) -> sqlite3.Connection:
    found: sqlite3.Connection = session.connection.connection.driver_connection
    return found


def main() -> int:
    """Run them; print each that goes wrong, and the sums."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutants", type=int, default=10_000)
    parser.add_argument("--from", dest="seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin none after so long")
    parser.add_argument("--yaml", action="store_true", help="what is read whole is led through YAML too")
    options = parser.parse_args()
    sums: Counter[str] = Counter()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="reconcile-restated-") as folder:
        for mutant in islice(mutants(options.seed), options.mutants):
            if time.monotonic() - started > options.seconds:
                break
            what, why = judged(mutant)
            if what == SAME and options.yaml and (left := yaml_leaves(mutant, Path(folder))):
                what, why = WRONG, f"YAML leaves: {left}"
            sums[what] += 1
            if what == WRONG:
                sys.stdout.write(f"--- {why}\n{mutant.text}\n")
                sys.stdout.flush()
    seconds = time.monotonic() - started
    told = ", ".join(f"{sums[what]} {what}" for what in (SAME, REFUSED, WRONG))
    sys.stdout.write(f"SQLite {sqlite3.sqlite_version}: {sums.total()} mutants in {seconds:.0f} s: {told}\n")
    return 1 if sums[WRONG] else 0


if __name__ == "__main__":
    sys.exit(main())
