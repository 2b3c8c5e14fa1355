"""One case put to the proof, in this process: four checks, each by an oracle that is not ours.

converged   A (old) planned and applied towards B (new) reads like B
idempotent  a second plan is empty
reverted    revert of what was applied: A reads as it did before
round trip  B written as YAML and planned against B: an empty plan; and B is untouched by all this
"""

from __future__ import annotations

import itertools
import os
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconcile import api
from reconcile.config import Project
from reconcile.dialects.registry import dialect_for, get_dialect
from reconcile.errors import ReconcileError
from reconcile.sources.yaml.write import to_yaml
from tests import servers
from tests.corpus.cases import Entry
from tests.oracle import engine, judge

CHECKS = ("converged", "idempotent", "reverted", "round trip")
PASSED, FAILED, UNMANAGED, UNLOADABLE = "passed", "failed", "unmanaged", "unloadable"

_numbers = itertools.count()


class OutOfTime(BaseException):
    """The case's time is over. Not an Exception: the product must not take it for one of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """``problems``: what is wrong, by check. ``opaque``: what is there that the reader cannot describe."""

    problems: dict[str, str]
    opaque: tuple[str, ...] = ()
    unloadable: str = ""
    details: str = ""  # diffs, for a person

    @property
    def status(self) -> str:
        """A case with unmanaged kinds that passes all the same has passed: the oracle saw everything."""
        if self.unloadable:
            return UNLOADABLE
        if not self.problems:
            return PASSED
        return UNMANAGED if self.opaque else FAILED

    @property
    def failing(self) -> str:
        """The checks that fail: "converged, reverted"."""
        return ", ".join(check for check in CHECKS if check in self.problems)

    @property
    def line(self) -> str:
        """Failing checks and the first reason (or the unmanaged kinds), on one line."""
        first = next((self.problems[check] for check in CHECKS if check in self.problems), "")
        reason = ", ".join(self.opaque) if self.status == UNMANAGED else first
        return f"{self.failing}: {_one_line(reason)}"


def try_case(entry: Entry, *, seconds: int = 60, allow: tuple[str, ...] = (), keeps: str = "") -> Outcome:
    """Run the four checks; ``allow``: hazards that do not count. Faults of the product are the outcome.

    ``keeps``: a query on A that gives the same rows before, after, and after the revert, as part of these checks.
    """
    server = servers.find(entry.server)
    module, bank = judge(), engine(server)
    tag = f"{os.getpid()}_{next(_numbers)}"
    bench = None
    try:
        try:
            bench = bank.open_case(entry.case, tag)
            bench.fresh_a()
        except module.Unloadable as error:
            return Outcome(problems={}, unloadable=str(error))
        with tempfile.TemporaryDirectory(prefix="reconcile-corpus-") as folder, _alarm(seconds):
            return _Trial(bench, Path(folder), allow, keeps).run()
    finally:
        module.cleanup(bank, bench, tag)


class _Trial:
    """The four checks over one bench. Not a value: collects what goes wrong."""

    def __init__(self, bench: Any, folder: Path, allow: tuple[str, ...], keeps: str) -> None:
        self.bench, self.folder, self.allow, self.keeps = bench, folder, allow, keeps
        self.problems: dict[str, str] = {}
        self.details: list[str] = []
        self.opaque: set[str] = set()

    def run(self) -> Outcome:
        self.rows = self.kept()
        applied = self.guarded("converged", self.converge)
        if applied is not None:
            self.guarded("idempotent", self.plan_again)
            self.guarded("reverted", lambda: self.revert(applied))
        else:
            self.problems |= dict.fromkeys(("idempotent", "reverted"), "not reached")
        self.guarded("round trip", self.round_trip)
        return Outcome(problems=self.problems, opaque=tuple(sorted(self.opaque)), details="\n".join(self.details))

    def guarded(self, check: str, work: Any) -> Any:
        try:
            return work()
        except OutOfTime:
            self.problems.setdefault(check, "out of time")
        except Exception as error:  # whatever the product raises is a result here, not an accident
            name = "" if isinstance(error, ReconcileError) else f"{type(error).__name__}: "
            self.problems.setdefault(check, f"{name}{error}")
            self.details.append(f"{check}: {error!r}\n" + "\n".join(getattr(error, "differences", ())))
        return None

    def converge(self) -> api.Applied:
        project = self.project(self.bench.url_b)
        proposal = api.plan(project)
        for state in (proposal.base, proposal.target):
            self.opaque |= {item.what for item in state.unmanaged}
        self.opaque |= {item.what for item in proposal.unmanaged}
        applied = api.apply(project, proposal=proposal, allow=self.allow)
        self.compare("converged", self.bench.canon_new, self.bench.same_after_reload)
        self.compare_rows("converged")
        return applied

    def plan_again(self) -> None:
        proposal = api.plan(self.project(self.bench.url_b))
        if not proposal.plan.empty:
            self.problems["idempotent"] = "still: " + "; ".join(_steps(proposal))

    def revert(self, applied: api.Applied) -> None:
        project = self.project(self.bench.url_b)
        if applied.revisions:
            api.revert(project, api.to_revert(project, last=1), allow=self.allow)
        self.compare("reverted", self.bench.canon_old, self.like_old_after_reload)
        self.compare_rows("reverted")

    def round_trip(self) -> None:
        live = self.project(database=self.bench.url_b)
        state = api.inspect(live)
        self.opaque |= {item.what for item in state.unmanaged}
        file = self.folder / "desired.yaml"
        file.write_text(to_yaml(state, get_dialect(state.dialect)), encoding="utf-8")
        proposal = api.plan(self.project(str(file), database=self.bench.url_b))
        if not proposal.plan.empty:
            self.problems["round trip"] = "still: " + "; ".join(_steps(proposal))
        elif self.bench.canon_b() != self.bench.canon_new:
            self.problems["round trip"] = "the database that was only read has changed"

    # -- helpers

    def project(self, *desired: str, database: str = "") -> Project:
        return Project(
            root=self.folder,
            database=database or self.bench.url_a,
            desired=desired,
            cache=self.folder / "cache",
        )

    def kept(self) -> list[tuple[Any, ...]]:
        if not self.keeps:
            return []
        with dialect_for(self.bench.url_a).open(self.bench.url_a) as session:
            return session.query(self.keeps)

    def compare_rows(self, check: str) -> None:
        found = self.kept()
        if found != self.rows:
            self.problems.setdefault(check, f"rows: {found}, expected {self.rows}")

    def compare(self, check: str, wanted: list[str], reload: Any) -> None:
        """A's canonical form against the wanted one; spelling that a dump and reload evens out is the same."""
        module = judge()
        found = self.bench.canon_a()
        if found == wanted or (module.may_be_spelling(found, wanted) and reload()):
            return
        text = module.diff_text(found, wanted)
        self.details.append(f"{check}:\n{text}")
        changed = [line for line in text.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
        self.problems[check] = "; ".join(changed)

    def like_old_after_reload(self) -> bool:
        """The judge compares A and B after a reload; here B's place is taken by the old database."""
        if not hasattr(self.bench, "old"):
            return False
        wanted, self.bench.b = self.bench.b, self.bench.old
        try:
            same: bool = self.bench.same_after_reload()
        finally:
            self.bench.b = wanted
        return same


def _steps(proposal: api.Proposal) -> list[str]:
    return [step.summary for step in proposal.plan.steps]


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 200 else line[:199] + "…"


@contextmanager
def _alarm(seconds: int) -> Iterator[None]:
    """OutOfTime in the main thread when the time is over, and again whenever as much has passed."""

    def ring(number: int, frame: object) -> None:
        del number, frame
        raise OutOfTime

    previous = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
