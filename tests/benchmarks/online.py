"""Changes to a table of five million rows on PostgreSQL under a write load: time, longest stall of a writer, estimate.

python -m tests.benchmarks.online URL [ROWS]: URL of an empty database. Not part of the continuous integration.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from reconcile import api
from reconcile.config import Project
from reconcile.events import StepDone, StepStarted
from reconcile.hazards.evidence import span
from reconcile.state import Step

OLD = "CREATE TABLE t (id bigint PRIMARY KEY, a integer, b text);"
NEW = """
CREATE TABLE t (id bigint PRIMARY KEY, a integer NOT NULL, b text, c integer, CONSTRAINT a_positive CHECK (a > 0));
CREATE INDEX t_a_idx ON t (a);
"""


@dataclass(slots=True)
class Writer:
    """Updates one row at a time until told to stop."""

    url: str
    rows: int
    stop: threading.Event = field(default_factory=threading.Event)
    waits: list[tuple[float, float]] = field(default_factory=list)  # when it began, how long it took

    def run(self) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            number = 0
            while not self.stop.is_set():
                number = number * 7919 % self.rows + 1
                start = time.monotonic()
                connection.execute("UPDATE t SET b = 'w' WHERE id = %s", (number,))
                self.waits.append((start, time.monotonic() - start))
                time.sleep(0.001)

    def longest(self, start: float, end: float) -> float:
        """The longest wait that touched this span of time, in seconds."""
        return max((wait for begun, wait in self.waits if begun <= end and begun + wait >= start), default=0.0)


def measure(url: str, rows: int, mode: str, folder: Path) -> None:
    """One run with --online ``mode``; prints a line for each step."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS t")
        connection.execute("DROP SCHEMA IF EXISTS reconcile_meta CASCADE")
        connection.execute(OLD)
        connection.execute("INSERT INTO t SELECT g, g, repeat('x', 100) FROM generate_series(1, %s) g", (rows,))
        connection.execute("ANALYZE t")
    (folder / "new.sql").write_text(NEW)
    project = Project(root=folder, database=url, desired=("new.sql",), cache=folder / "cache", online=mode)
    size = next(iter(api.measure(project).evidence.sizes.values()))
    start = time.monotonic()
    proposal = api.plan(project)
    say(f"online: {mode}; {rows:,} rows, estimated: {size}; plan {time.monotonic() - start:.1f} s")
    estimated = {
        step.number: f"  (estimated: {span(step.estimate.least, step.estimate.most)})"
        for step in proposal.plan.steps
        if step.estimate is not None
    }
    began: dict[int, float] = {}
    spans: list[tuple[Step, float, float]] = []

    def listen(event: object) -> None:
        if isinstance(event, StepStarted):
            began[event.step.number] = time.monotonic()
        elif isinstance(event, StepDone):
            spans.append((event.step, began[event.step.number], time.monotonic()))

    writer = Writer(url, rows)
    thread = threading.Thread(target=writer.run)
    thread.start()
    time.sleep(1)
    start = time.monotonic()
    try:
        api.apply(project, proposal=proposal, allow=("all",), listen=listen)
    finally:
        writer.stop.set()
        thread.join()
    for step, begun, end in spans:
        stall = writer.longest(begun, end)
        say(f"  {end - begun:6.2f} s  stall {stall:6.3f} s  {step.summary}{estimated.get(step.number, '')}")
    total = writer.longest(start, time.monotonic())
    say(f"  all: {time.monotonic() - start:.1f} s, longest stall {total:.3f} s, {len(writer.waits):,} writes")


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        for way in ("never", "always"):
            measure(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5_000_000, way, Path(place))
