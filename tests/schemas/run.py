"""The score over the real schemas: ``python -m tests.schemas.run [--server S]… [--schema GLOB] [--way WORD]``."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from fnmatch import fnmatch
from typing import TextIO

from tests import servers
from tests.corpus.cases import Entry
from tests.corpus.trial import CHECKS, UNLOADABLE, Outcome, try_case
from tests.oracle import ABSENT, shared_folder
from tests.schemas.cases import KNOWN, WAYS, legs

_USUAL = (servers.POSTGRESQL15, servers.MARIADB, servers.SQLITE)


def main(out: TextIO = sys.stdout) -> int:
    """Lead every schema along every way, print the table; exit 1 where another check fails than is known to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", action="append", choices=servers.NAMES, help="repeatable; default: all but 18")
    parser.add_argument("--schema", default="*", help="glob over the folders")
    parser.add_argument("--way", default="", help=f"only ways that hold this: {', '.join(WAYS)}")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--seconds", type=int, default=600, help="for one way through one schema")
    parser.add_argument("--verbose", "-v", action="store_true", help="show what differs")
    options = parser.parse_args()
    if shared_folder() is None:
        parser.error(ABSENT)
    names = tuple(servers.find(name).name for name in options.server or _USUAL)
    todo = [leg for leg in legs(names) if fnmatch(leg.case.suite, options.schema) and options.way in leg.case.name]
    rows: list[tuple[Entry, Outcome, float]] = []
    with ProcessPoolExecutor(options.jobs) as pool:
        for leg, (outcome, seconds) in zip(todo, pool.map(_try, todo, [options.seconds] * len(todo)), strict=True):
            rows.append((leg, outcome, seconds))
            out.write(f"{leg.server} {leg.id} {seconds:.1f} s: {outcome.status}\n")
            out.writelines(f"    {check}: {problem[:400]}\n" for check, problem in outcome.problems.items())
            if options.verbose and outcome.details:
                out.write(outcome.details + "\n")
            out.flush()
    out.write("\n" + table(rows) + "\n")
    return 1 if any(sorted(o.problems) != sorted(KNOWN.get((leg.server, leg.id), ())) for leg, o, _ in rows) else 0


def _try(leg: Entry, seconds: int) -> tuple[Outcome, float]:
    started = time.monotonic()
    outcome = try_case(leg, seconds=seconds, allow=("all",))
    return outcome, time.monotonic() - started


def table(rows: Sequence[tuple[Entry, Outcome, float]]) -> str:
    """Markdown: a line per server, schema and way; a column per check; the seconds that it took, building included."""
    lines = ["| server | schema | way | loads | " + " | ".join(CHECKS) + " | s |", "|---" * (len(CHECKS) + 5) + "|"]
    for leg, outcome, seconds in rows:
        loads = outcome.status != UNLOADABLE
        cells = ["yes" if loads and check not in outcome.problems else "**no**" for check in CHECKS]
        head = [servers.find(leg.server).version, leg.case.suite, leg.case.name, "yes" if loads else "**no**"]
        lines.append("| " + " | ".join([*head, *cells, f"{seconds:.1f}"]) + " |")
    passed = sum(not outcome.problems and not outcome.unloadable for _, outcome, _ in rows)
    return "\n".join([*lines, "", f"{passed} of {len(rows)} hold whole."])


if __name__ == "__main__":
    sys.exit(main())
