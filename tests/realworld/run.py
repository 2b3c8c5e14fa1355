"""The gate over all applications: ``python -m tests.realworld.run [--app A] [--server S] [--out problems.txt]``."""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TextIO

from tests import servers
from tests.realworld.apps import APPS, App, build
from tests.realworld.gate import Verdict, gate, show
from tests.servers import Server

_USUAL = (servers.SQLITE, servers.POSTGRESQL15, servers.MARIADB)


def main(out: TextIO = sys.stdout) -> int:
    """Build what is missing, run the gate, print the table; exit 1 where something did not pass."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--app", action="append", choices=[app.name for app in APPS])
    parser.add_argument("--server", action="append", choices=servers.NAMES)
    parser.add_argument("--out", type=Path, help="file for all that was said of what failed")
    parser.add_argument("--build-only", action="store_true", help="make environments and databases, and stop")
    parser.add_argument("--rebuild", action="store_true", help="make the databases anew")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    places = [servers.find(name) for name in options.server or _USUAL]
    apps = [app for app in APPS if not options.app or app.name in options.app]

    def work(pair: tuple[App, Server]) -> list[tuple[App, Server, Verdict]]:
        app, server = pair
        try:
            databases = build(app, server, keep=not options.rebuild)
            if databases is None or options.build_only:
                return []
            errors = ", ".join(f"{label} not built" for label in databases.errors)
            line = [f"{app.name:12} {server.name:13} SQLAlchemy {databases.sqlalchemy}  {errors}"]
            verdicts = list(gate(app, server, databases))
        except Exception as error:  # one application must not stop the others
            line, verdicts = [f"{app.name:12} {server.name:13}"], [Verdict(way="build", problem=str(error))]
        line += [f"    {verdict.way:20} {_short(verdict.problem)}" for verdict in verdicts]
        out.write("\n".join(line) + "\n")
        out.flush()
        return [(app, server, verdict) for verdict in verdicts]

    pairs = [(app, server) for app in apps for server in places]
    with ThreadPoolExecutor(options.jobs) as pool:
        verdicts = [verdict for some in pool.map(work, pairs) for verdict in some]
    out.write("\n" + table(verdicts) + "\n")
    if options.out:
        show(options.out, verdicts)
    return 1 if any(verdict.problem for _, _, verdict in verdicts) else 0


def table(verdicts: list[tuple[App, Server, Verdict]]) -> str:
    """Markdown: a line per application and server, a column per way."""
    ways = list(dict.fromkeys(verdict.way for _, _, verdict in verdicts))
    rows: dict[tuple[str, str], dict[str, str]] = {}
    for app, server, verdict in verdicts:
        rows.setdefault((app.name, server.version), {})[verdict.way] = "no" if verdict.problem else "yes"
    lines = ["| application | server | " + " | ".join(ways) + " |", "|---" * (len(ways) + 2) + "|"]
    lines += [
        f"| {a} | {s} | " + " | ".join(cells.get(way, "") for way in ways) + " |" for (a, s), cells in rows.items()
    ]
    return "\n".join(lines)


def _short(problem: str) -> str:
    line = " ".join(problem.split())
    return "ok" if not line else line if len(line) <= 150 else line[:149] + "…"


if __name__ == "__main__":
    sys.exit(main())
