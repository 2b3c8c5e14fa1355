"""Before the first statement: are the touched objects as expected, and do no rows stand in the way?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from reconcile.dialects.session import Session
from reconcile.errors import CheckFailed, Mismatch, ServerError
from reconcile.execution.job import Job
from reconcile.execution.recovery import describe_digest
from reconcile.state import Check, Key, State

SAMPLES = 5


def require(job: Job, live: State) -> None:
    """Every object the job touches is as it was when the plan was made. Raises Mismatch that lists the others."""
    lines = differing(job, {key: before for key, (before, _) in job.touches.items()}, live)
    if lines:
        raise Mismatch(
            f"{job.id} cannot {job.direction}: the database is not as it expects; nothing was changed",
            differences=lines,
            hint="see what changed with 'reconcile status'; then undo that, or make a new plan",
        )


def differing(job: Job, expected: dict[Key, str | None], live: State) -> list[str]:
    """The touched objects that are not as expected, in words."""
    return [
        line
        for key, digest in expected.items()
        if live.digests.get(key) != digest
        for line in describe_digest(job, key, digest, live.objects.get(key))
    ]


def check(checks: Iterable[Check], session: Session) -> None:
    """Run every check. Raises CheckFailed for the first that finds rows; its ``differences`` tell of all."""
    failed = [(each, *found) for each in dict.fromkeys(checks) if (found := offending(each, session))[0]]
    if not failed:
        return
    first, count, samples = failed[0]
    error = CheckFailed(
        f"{first.message} ({_rows(count)}); nothing was changed", check=first, count=count, samples=samples
    )
    error.differences = tuple(f"{each.message} ({_rows(number)})" for each, number, _ in failed)
    raise error


def offending(each: Check, session: Session) -> tuple[int, tuple[tuple[Any, ...], ...]]:
    """How many rows the check's query returns, and up to five of them."""
    try:
        count = int(session.query(f"SELECT count(*) FROM ({each.query}) AS offending")[0][0])
        if not count:
            return 0, ()
        return count, tuple(session.query(f"SELECT * FROM ({each.query}) AS offending LIMIT {SAMPLES}"))
    except ServerError:
        # A query that is no subquery (two columns of one name, on MySQL): ask it as it stands.
        rows = session.query(each.query)
        return len(rows), tuple(rows[:SAMPLES])


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"
