"""One point of the kill matrix: a fresh database, a run that dies, the next run, and what must be true then.

``python -m tests.faults.matrix [--every N] [--only NAME] [--random N]`` runs it whole and prints the figures.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import oracle, servers
from tests.faults.cases import SCENARIOS, Scenario
from tests.faults.runner import Ended, run, start
from tests.servers import Server

HOWS = ("kill", "interrupt", "lose", "full")
_INTERRUPTED = 130


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A scenario with its revision planned, and the databases that say what start and target look like."""

    scenario: Scenario
    server: Server
    project: Path
    prefix: str
    boundaries: int  # of an apply without faults
    back: int  # of a revert
    seconds: float  # that an apply without faults takes
    filled: tuple[Any, ...]
    kept: tuple[Any, ...] = ()

    @property
    def live(self) -> str:
        return f"{self.prefix}_live"

    @property
    def goal(self) -> str:
        return f"{self.prefix}_goal"

    @property
    def origin(self) -> str:
        return f"{self.prefix}_origin"

    def renew(self) -> None:
        """The live database as at the start, rows and all."""
        self.server.create(self.live)
        self.server.execute(self.live, self.scenario.start + self.scenario.setup)

    def stands(self) -> str:
        """ "start", "target", or how it differs from both."""
        to_goal = oracle.difference(self.server, self.live, self.goal)
        if not to_goal:
            return "target"
        to_origin = oracle.difference(self.server, self.live, self.origin)
        return "start" if not to_origin else f"neither; from the target:\n{to_goal}\nfrom the start:\n{to_origin}"

    def lost(self) -> str:
        """What of the rows is not as it was, or ''."""
        rows = [(self.scenario.rows, self.filled)]
        if self.scenario.kept and self.stands() == "start":
            rows.append((self.scenario.kept, self.kept))
        found = [query for query, answer in rows if fetch(self.server, self.live, query) != answer]
        return f"rows were lost or changed: {found}" if found else ""


@contextmanager
def stage(scenario: Scenario) -> Iterator[Stage]:
    """Everything that the points of one scenario share. Raises servers.Missing."""
    server = servers.find(scenario.server)
    prefix = f"rc_faults_{scenario.name.replace('-', '_')}_{os.getpid()}"
    project = Path(tempfile.mkdtemp(prefix="reconcile-faults-"))
    draft = Stage(
        scenario=scenario, server=server, project=project, prefix=prefix, boundaries=0, back=0, seconds=0.0, filled=()
    )
    try:
        desired = "target.yaml" if scenario.yaml else "target.sql"
        (project / desired).write_text(scenario.yaml or scenario.target)
        (project / "reconcile.yaml").write_text(
            f"database: {server.url_of(draft.live)}\ndesired: {desired}\nrevisions: revisions\ncache: cache.db\n"
            f"ignore: ['reconcile_*']\n{scenario.settings}"
        )
        for name, text in ((draft.origin, scenario.start), (draft.goal, scenario.target)):
            server.create(name)
            server.execute(name, text)
        draft.renew()
        filled = fetch(server, draft.live, scenario.rows)
        kept = fetch(server, draft.live, scenario.kept) if scenario.kept else ()
        assert filled and bool(kept) == bool(scenario.kept), "a scenario has rows"
        planned = run(project, ["plan", "--save", "-m", "change", "-q", *scenario.flags])
        assert planned.code == 0, planned.out
        there = run(project, APPLY)
        assert there.code == 0 and draft.stands() == "target", there.out + draft.stands()
        back = run(project, REVERT)
        assert back.code == 0 and draft.stands() == "start", back.out + draft.stands()
        yield Stage(
            scenario=scenario,
            server=server,
            project=project,
            prefix=prefix,
            boundaries=there.boundaries,
            back=back.boundaries,
            seconds=there.seconds,
            filled=filled,
            kept=kept,
        )
    finally:
        for name in (draft.live, draft.goal, draft.origin):
            server.drop(name)
        shutil.rmtree(project, ignore_errors=True)


APPLY = ("apply", "--yes", "-q", "--allow", "all", "--lock-wait", "20")
UNDO = ("apply", "--undo", "--yes", "-q", "--allow", "all", "--lock-wait", "20")
REVERT = ("revert", "--yes", "-q", "--allow", "all", "--lock-wait", "20")


def point(here: Stage, *, at: int, how: str = "kill", then: str = "apply", first: str = "apply") -> str:
    """Run ``first`` with a fault at a boundary, then settle it; what is wrong afterwards, or ''.

    ``then``: "apply" (to the target) or "undo" (to the start).
    """
    here.renew()
    if first == "revert":
        done = run(here.project, APPLY)
        if done.code:
            return f"apply before the fault: {done.out}"
    ended = run(here.project, APPLY if first == "apply" else REVERT, at=at, how=how)
    return settled(here, ended, how=how, then=then, first=first)


def settled(here: Stage, ended: Ended, *, how: str, then: str, first: str = "apply") -> str:
    """What is wrong after the next run, or ''."""
    if how == "kill" and ended.code not in (-9, 0):
        return f"the run was to be killed and ended with {ended.code}: {ended.out}"
    if "Traceback" in ended.out:
        return f"a traceback: {ended.out}"
    told = run(here.project, ("status",))
    if told.code or "Traceback" in told.out:
        return f"status: exit {told.code}: {told.out}"
    # Undoing asks for something only where a run is unfinished; else the plain way back is meant.
    unfinished = "was interrupted" in told.out
    if then == "undo":
        command, wanted = (UNDO, "start") if unfinished else (REVERT, "start")
        if not unfinished and here.stands() == "start":
            command = ()
    else:
        command, wanted = APPLY, "target"
    out = ""
    if command:
        after = run(here.project, command)
        out = after.out
        if after.code:
            return f"the next run: exit {after.code}: {after.out}\nstatus had said: {told.out}"
        if first == "revert" and then == "apply" and here.stands() == "start":
            out += run(here.project, APPLY).out  # it finished the way back; now there again
    found = here.stands()
    if found != wanted:
        return f"the database is at {found}, not at the {wanted}: {out}\nstatus had said: {told.out}"
    told = run(here.project, ("status",))
    if told.code or "was interrupted" in told.out:
        return f"still unfinished: {told.out}"
    if (lost := here.lost()) or found == "start" or not here.kept:
        return lost
    back = run(here.project, REVERT)
    return here.lost() if back.code == 0 and here.stands() == "start" else f"and back: exit {back.code}: {back.out}"


def at_random(here: Stage, chance: random.Random) -> str:
    """Kill `apply` after a random time, wherever it is."""
    here.renew()
    running = start(here.project, APPLY)
    time.sleep(chance.uniform(0.0, here.seconds * 1.2))
    running.kill()
    return settled(here, running.end(), how="kill", then=chance.choice(("apply", "undo")))


def fetch(server: Server, database: str, query: str) -> tuple[Any, ...]:
    """Rows by the driver alone."""
    url = server.url_of(database)
    if server.dialect == "sqlite":
        connection: Any = sqlite3.connect(url.removeprefix("sqlite:///"))
    elif server.dialect == "postgresql":
        import psycopg

        connection = psycopg.connect(url)
    else:
        connection = servers._pymysql(url)
    try:
        cursor = connection.cursor()
        cursor.execute(query)
        return tuple(tuple(row) for row in cursor.fetchall())
    finally:
        connection.close()


def points(here: Stage) -> Iterator[tuple[int, str, str, str]]:
    """Every (boundary, how, then, first) of a scenario."""
    for how in HOWS:
        # There is no server that could hang up, or else its disk is not ours to fill.
        if how == ("lose" if here.server.dialect == "sqlite" else "full"):
            continue
        for at in range(1, here.boundaries + 1):
            for then in ("apply", "undo"):
                yield at, how, then, "apply"
        for at in range(1, here.back + 1):
            yield at, how, "apply", "revert"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="only every N-th point")
    parser.add_argument("--only", default="", help="only scenarios whose name or server contains this")
    parser.add_argument("--random", type=int, default=0, help="instead: so many kills at random times, each")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=1e9, help="stop after this time")
    options = parser.parse_args()
    bad, end = 0, time.monotonic() + options.minutes * 60
    for scenario in SCENARIOS:
        if options.only not in f"{scenario.server}/{scenario.name}":
            continue
        with stage(scenario) as here:
            tried = failed = 0
            chance = random.Random(options.seed)
            plan: Iterator[Any] = (
                iter([None] * options.random) if options.random else iter([*points(here)][:: options.every])
            )
            for each in plan:
                if time.monotonic() > end:
                    break
                if each is None:
                    wrong = at_random(here, chance)
                else:
                    at, how, then, first = each
                    wrong = point(here, at=at, how=how, then=then, first=first)
                tried += 1
                if wrong:
                    failed += 1
                    sys.stdout.write(f"{scenario.server}/{scenario.name} {each}: {wrong}\n")
                    sys.stdout.flush()
            sys.stdout.write(
                f"{scenario.server}/{scenario.name}: {here.boundaries}+{here.back} boundaries, "
                f"{tried} points tried, {failed} not recovered\n"
            )
            sys.stdout.flush()
            bad += failed
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
