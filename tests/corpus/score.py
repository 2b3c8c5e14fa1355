"""The score over the shared corpus: ``python -m tests.corpus.score [--server S] [--case GLOB] [--accept]``."""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from fnmatch import fnmatch
from typing import TextIO

from tests import servers
from tests.corpus import expected
from tests.corpus.cases import Entry, entries
from tests.corpus.trial import CHECKS, FAILED, PASSED, UNLOADABLE, UNMANAGED, Outcome, try_case
from tests.oracle import ABSENT, shared_folder

_HEAD = ("server", "suite", "cases", *CHECKS, PASSED, UNMANAGED, FAILED)


def main(out: TextIO = sys.stdout) -> int:
    """Try the cases, print the table; exit 1 where one is not as expected.json says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", action="append", choices=servers.NAMES, help="repeatable; default: all that run")
    parser.add_argument("--case", default="*", help="glob over suite/case")
    parser.add_argument("--sample", type=int, default=1, metavar="N", help="about one case in N, always the same")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seconds", type=int, default=60, help="for one case")
    parser.add_argument("--accept", action="store_true", help="write expected.json from what is found")
    parser.add_argument("--verbose", "-v", action="store_true", help="show what differs")
    options = parser.parse_args()
    if shared_folder() is None:
        parser.error(ABSENT)
    if options.accept and (options.case != "*" or options.sample != 1):
        parser.error("--accept needs every case: leave --case and --sample out")
    everything = entries(_running(options.server, out))
    todo = [entry for entry in everything if fnmatch(entry.id, options.case) and entry.sampled(options.sample)]
    marks = expected.read()
    found: dict[str, dict[str, Outcome]] = defaultdict(dict)
    surprises = 0
    with ProcessPoolExecutor(options.jobs) as pool:
        results = pool.map(_try, todo, [options.seconds] * len(todo), chunksize=4)
        for entry, outcome in zip(todo, results, strict=True):
            found[entry.server][entry.id] = outcome
            problem = None if outcome.status == UNLOADABLE else expected.disagreement(entry, outcome, marks)
            surprises += problem is not None
            if problem or (options.verbose and outcome.problems):
                out.write(f"{entry.server} {entry.id}: {problem or outcome.line}\n")
            if options.verbose and outcome.details:
                out.write(outcome.details + "\n")
            out.flush()
    out.write("\n" + table(found) + "\n")
    if options.accept:
        expected.accept(found)
        return 0
    return 1 if surprises else 0


def _running(names: list[str] | None, out: TextIO) -> tuple[str, ...]:
    """The servers to ask: those named must run; of all, those that do."""
    if names:
        return tuple(servers.find(name).name for name in names)
    running = []
    for name in servers.NAMES:
        try:
            running.append(servers.find(name).name)
        except servers.Missing as error:
            out.write(f"without {error}\n")
    return tuple(running)


def _try(entry: Entry, seconds: int) -> Outcome:
    return try_case(entry, seconds=seconds)


def table(found: dict[str, dict[str, Outcome]]) -> str:
    """Markdown: a line per server and suite, and one for the whole server."""
    lines = ["| " + " | ".join(_HEAD) + " |", "|---" * len(_HEAD) + "|"]
    for server, outcomes in found.items():
        suites: dict[str, list[Outcome]] = defaultdict(list)
        for name, outcome in outcomes.items():
            if outcome.status != UNLOADABLE:
                suites[name.partition("/")[0]].append(outcome)
        everything = [outcome for suite in suites.values() for outcome in suite]
        for suite, members in [*suites.items(), ("**all**", everything)]:
            status = Counter(outcome.status for outcome in members)
            checks = [sum(check not in outcome.problems for outcome in members) for check in CHECKS]
            cells = [len(members), *checks, status[PASSED], status[UNMANAGED], status[FAILED]]
            lines.append(f"| {servers.find(server).version} | {suite} | " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
