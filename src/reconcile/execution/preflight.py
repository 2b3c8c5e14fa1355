"""Before the first statement: are the touched objects as expected, and do no rows stand in the way?"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext

from reconcile.dialects.session import Session
from reconcile.errors import CheckFailed, DataError, Failure, Mismatch, ServerError
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


def check(checks: Iterable[Check], session: Session, *, consequence: str = "") -> None:
    """Ask every check. Raises CheckFailed that tells of all that find rows; ``consequence`` ends its message."""
    failures = tuple(failure for each in dict.fromkeys(checks) if (failure := ask(each, session)) is not None)
    if failures:
        raise CheckFailed(failures, consequence=consequence)


def ask(each: Check, session: Session) -> Failure | None:
    """How many rows the check's query returns, and up to five of them; None: no rows, all is well.

    A query may cast what is asked about: a value that the server does not take ends it, and tells of that value.
    """
    try:
        with _apart(session):
            count = int(session.query(f"SELECT count(*) FROM ({each.query}) AS offending")[0][0])
            if not count:
                return None
            columns, rows = session.query_named(f"SELECT * FROM ({each.query}) AS offending LIMIT {SAMPLES}")
            return Failure(check=each, count=count, columns=columns, samples=tuple(rows))
    except DataError as error:
        return Failure(check=each, count=None, samples=((error.message,),))
    except ServerError:
        # A query that is no subquery (two columns of one name, on MySQL): ask it as it stands.
        columns, rows = session.query_named(each.query)
        return Failure(check=each, count=len(rows), columns=columns, samples=tuple(rows[:SAMPLES])) if rows else None


def _apart(session: Session) -> AbstractContextManager[None]:
    """A query that fails must not spoil the transaction around it."""
    return session.savepoint() if session.in_transaction else nullcontext()
