"""What is expected of each case: expected.json, read, compared and written.

    {"sqlite": {"passed": 40,
                "failed": {"suite/case": "reverted: why"},
                "unmanaged": {"suite/case": "converged: kinds"}}}

A case that is not listed must pass. A mark must be true: a listed case that passes, or fails in other checks than
those before its colon, is an error too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TypedDict

from tests.corpus.cases import Entry
from tests.corpus.trial import FAILED, PASSED, UNMANAGED, Outcome

FILE = Path(__file__).with_name("expected.json")


class Expected(TypedDict):
    """One server's part of the file."""

    passed: int
    failed: dict[str, str]
    unmanaged: dict[str, str]


def read() -> dict[str, Expected]:
    """The whole file; nothing where there is none."""
    found: dict[str, Expected] = json.loads(FILE.read_text()) if FILE.exists() else {}
    return found


def mark_of(entry: Entry, expected: Mapping[str, Expected]) -> tuple[str, str]:
    """(status, failing checks) that the file says: ("passed", "") where the case is not listed."""
    part = expected.get(entry.server)
    if part:
        if entry.id in part["failed"]:
            return FAILED, part["failed"][entry.id].partition(":")[0]
        if entry.id in part["unmanaged"]:
            return UNMANAGED, part["unmanaged"][entry.id].partition(":")[0]
    return PASSED, ""


def disagreement(entry: Entry, outcome: Outcome, expected: Mapping[str, Expected]) -> str | None:
    """How the outcome differs from the mark, as a sentence; None where it does not."""
    wanted, found = mark_of(entry, expected), (outcome.status, outcome.failing)
    if wanted == found:
        return None
    if found[0] == PASSED:
        return f"passes now, but is marked {wanted[0]} ({wanted[1]}): take the mark away (score --accept)"
    return f"{outcome.status}: {outcome.line}" + (f" — expected {wanted[0]} ({wanted[1]})" if wanted[1] else "")


def part_of(outcomes: Mapping[str, Outcome]) -> Expected:
    """One server's part of the file from what was found."""

    def lines(status: str) -> dict[str, str]:
        return {name: outcome.line for name, outcome in sorted(outcomes.items()) if outcome.status == status}

    passed = sum(outcome.status == PASSED for outcome in outcomes.values())
    return Expected(passed=passed, failed=lines(FAILED), unmanaged=lines(UNMANAGED))


def accept(found: Mapping[str, Mapping[str, Outcome]]) -> None:
    """Make what was found the expectation, for the servers that were asked; the others keep theirs."""
    whole = read() | {server: part_of(outcomes) for server, outcomes in found.items()}
    FILE.write_text(json.dumps(dict(sorted(whole.items())), indent=1, ensure_ascii=False) + "\n")
