"""The marks themselves: a false one is an error in either direction."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.corpus.cases import Entry
from tests.corpus.expected import Expected, disagreement, part_of
from tests.corpus.trial import FAILED, PASSED, UNLOADABLE, UNMANAGED, Outcome

_GOOD = Outcome(problems={})
_BAD = Outcome(problems={"reverted": "column a is gone"})
_WORSE = Outcome(problems={"converged": "column b is missing", "reverted": "column a is gone"})
_OPAQUE = Outcome(problems={"converged": "function f"}, opaque=("function",))
_MARKS = {
    "sqlite": Expected(
        passed=1, failed={"s/bad": "reverted: column a is gone"}, unmanaged={"s/f": "converged: function"}
    )
}


def _entry(name: str) -> Entry:
    return Entry(server="sqlite", case=SimpleNamespace(id=f"s/{name}"))


@pytest.mark.parametrize(("name", "outcome"), [("good", _GOOD), ("bad", _BAD), ("f", _OPAQUE)])
def test_a_true_mark_is_no_error(name: str, outcome: Outcome) -> None:
    assert disagreement(_entry(name), outcome, _MARKS) is None


@pytest.mark.parametrize(
    ("name", "outcome", "told"),
    [
        ("good", _BAD, "failed: reverted: column a is gone"),
        ("good", _OPAQUE, "unmanaged"),
        ("bad", _GOOD, "passes now"),
        ("bad", _WORSE, "expected failed"),
        ("f", _GOOD, "passes now"),
        ("f", _WORSE, "failed: converged, reverted"),
    ],
)
def test_a_false_mark_is_told(name: str, outcome: Outcome, told: str) -> None:
    assert told in (disagreement(_entry(name), outcome, _MARKS) or "")


def test_what_is_accepted_is_what_was_found() -> None:
    part = part_of({"s/good": _GOOD, "s/bad": _BAD, "s/f": _OPAQUE, "s/x": Outcome(problems={}, unloadable="no")})
    assert part == _MARKS["sqlite"]


def test_unmanaged_kinds_excuse_only_what_fails() -> None:
    seen = Outcome(problems={}, opaque=("function",))
    statuses = [outcome.status for outcome in (seen, _OPAQUE, _BAD, Outcome(problems={}, unloadable="no"))]
    assert statuses == [PASSED, UNMANAGED, FAILED, UNLOADABLE]
