"""The benchmark: ``python -m tests.benchmarks.run [--tables N]… [--server S]… [--repeat R]``; prints Markdown.

Everything is measured in one run, interleaved, each in a process of its own: ratios hold, seconds do not.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, TextIO

import sqlalchemy as sa

from tests import servers
from tests.benchmarks import schema
from tests.servers import Server

_HEAD = (
    "server",
    "tables",
    "what",
    "min s",
    "median s",
    "× dump",
    "× reflect",
    "× Alembic",
    "peak MB",
    "queries",
    "found",
)
_USUAL = (servers.POSTGRESQL15, servers.SQLITE, servers.MARIADB)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """Something measured. ``cache``: none (an empty folder), or that of a plan with nothing to do before."""

    label: str
    what: str
    changed: int = 0  # per cent of the tables
    warm: bool = False


THINGS = (
    Thing(label="read live state", what="read"),
    Thing(label="SQLAlchemy reads it", what="reflect"),
    Thing(label="the server's own dump", what="dump"),
    Thing(label="Alembic, nothing to do", what="alembic"),
    Thing(label="plan, nothing to do, warm", what="plan", warm=True),
    Thing(label="plan, nothing to do, cold", what="plan"),
    Thing(label="Alembic, 1 % changed", what="alembic", changed=1),
    Thing(label="plan, 1 % changed, warm", what="plan", changed=1, warm=True),
    Thing(label="plan, 1 % changed, cold", what="plan", changed=1),
)


def main(out: TextIO = sys.stdout) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, action="append", help="repeatable; default 100, 1000, 3000")
    parser.add_argument("--server", action="append", choices=servers.NAMES)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--dressed", action="store_true", help="with objects of every kind (PostgreSQL)")
    parser.add_argument("--only", action="append", help="repeatable: measure only things whose label holds this")
    parser.add_argument("--seconds", type=float, default=900, help="for one measurement")
    options = parser.parse_args()
    things = [thing for thing in THINGS if any(text in thing.label for text in options.only or [""])]
    out.write("| " + " | ".join(_HEAD) + " |\n" + "|---" * len(_HEAD) + "|\n")
    for name in options.server or _USUAL:
        server = servers.find(name)
        for tables in options.tables or [100, 1000, 3000]:
            with (
                built(server, tables, dressed=options.dressed) as url,
                tempfile.TemporaryDirectory(prefix="reconcile-bench-") as folder,
            ):
                results = measured(url, tables, things, options.repeat, Path(folder), options.seconds)
            for line in lines(server, tables, results):
                out.write(line + "\n")
            out.flush()
    return 0


@contextmanager
def built(server: Server, tables: int, *, dressed: bool = False) -> Iterator[str]:
    """A database that holds the schema, dropped afterwards. ``dressed``: see ``schema.dressing``."""
    name = f"rc_bench_{os.getpid()}_{tables}"
    url = server.create(name)
    drivers = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql", "sqlite": "sqlite"}
    engine = sa.create_engine(sa.make_url(url).set(drivername=drivers[server.dialect]))
    try:
        with engine.begin() as connection:
            schema.metadata(tables).create_all(connection)
        engine.dispose()
        for number in range(tables if dressed else 0):
            server.execute(name, schema.dressing(number))
        yield url
    finally:
        server.drop(name)


def measured(
    url: str, tables: int, things: list[Thing], repeat: int, folder: Path, seconds: float
) -> dict[Thing, list[dict[str, Any]]]:
    """Every thing ``repeat`` times, in turns."""
    known = folder / "known"
    results: dict[Thing, list[dict[str, Any]]] = {thing: [] for thing in things}
    if any(thing.warm for thing in things):
        filled = measure(Thing(label="", what="plan"), url, tables, known, seconds)
        if "error" in filled or not known.exists():
            raise RuntimeError(f"no plan, so nothing is remembered: {filled}")
    for number in range(repeat):
        for thing in things:
            if results[thing] and "error" in results[thing][0]:
                continue
            cache = folder / f"{number}-{things.index(thing)}"
            if thing.warm:
                shutil.copytree(known, cache)
            else:
                cache.mkdir()
            results[thing].append(measure(thing, url, tables, cache, seconds))
            shutil.rmtree(cache)
    return results


def measure(thing: Thing, url: str, tables: int, cache: Path, seconds: float) -> dict[str, Any]:
    """One measurement in a process of its own; what went wrong is a result too."""
    environment = {
        **os.environ,
        "RECONCILE_BENCH_TABLES": str(tables),
        "RECONCILE_BENCH_CHANGED": str(thing.changed),
    }
    command = [sys.executable, "-m", "tests.benchmarks.measure", thing.what, url, str(cache)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return {"error": f"more than {seconds:.0f} s"}
    if done.returncode:
        return {"error": (done.stderr.strip().splitlines() or ["?"])[-1][:200]}
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def lines(server: Server, tables: int, results: dict[Thing, list[dict[str, Any]]]) -> Iterator[str]:
    """A line of Markdown for each thing; ratios are of medians, Alembic's with as many tables changed."""

    def typical(what: str, changed: int) -> float | None:
        runs = [
            run["seconds"]
            for thing, runs in results.items()
            if thing.what == what and thing.changed == changed
            for run in runs
            if "seconds" in run
        ]
        return median(runs) if runs else None

    for thing, runs in results.items():
        head = [server.version, str(tables), thing.label]
        if runs and "error" in runs[0]:
            yield "| " + " | ".join([*head, runs[0]["error"]]) + " |" * (len(_HEAD) - len(head))
            continue
        seconds = [run["seconds"] for run in runs]
        cells = [
            f"{min(seconds):.3f}",
            f"{median(seconds):.3f}",
            _ratio(median(seconds), typical("dump", 0)),
            _ratio(median(seconds), typical("reflect", 0)),
            _ratio(median(seconds), typical("alembic", thing.changed)),
            f"{max(run['megabytes'] for run in runs):.0f}" if runs[0]["megabytes"] else "",
            str(runs[-1]["queries"] or ""),
            str(runs[-1]["found"]),
        ]
        yield "| " + " | ".join([*head, *cells]) + " |"


def _ratio(value: float, of: float | None) -> str:
    return f"{value / of:.2f}" if of else ""


if __name__ == "__main__":
    sys.exit(main())
