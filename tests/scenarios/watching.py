"""Watching a PostgreSQL step while its transaction is open: whom it shuts out, what it reads, what it writes anew."""

from __future__ import annotations

from dataclasses import dataclass, field

from reconcile.dialects.session import Session
from reconcile.errors import LockTimeout, ServerError
from reconcile.hazards.facts import Blocks

_TABLES = "FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
_READ = (
    "SELECT relname, coalesce(sum(seq_tup_read), 0)::int FROM pg_stat_xact_user_tables"
    " WHERE schemaname = 'public' GROUP BY relname"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """By the names of tables that were there before the step, and are there after it."""

    shuts_out: dict[str, Blocks] = field(default_factory=dict)
    reads: frozenset[str] = frozenset()  # rows of theirs, in whole scans
    rewrites: frozenset[str] = frozenset()

    def __or__(self, other: Seen) -> Seen:
        names = self.shuts_out.keys() | other.shuts_out.keys()
        worst = {n: max(each.shuts_out.get(n, Blocks.NOBODY) for each in (self, other)) for n in names}
        return Seen(shuts_out=worst, reads=self.reads | other.reads, rewrites=self.rewrites | other.rewrites)


def watched(session: Session, witness: Session, statements: tuple[str, ...]) -> Seen:
    """Run the statements in the transaction that ``session`` has open; ``witness`` tries to get by."""
    outside = {name for (name,) in witness.query(f"SELECT relname {_TABLES}")}
    files, read = dict(session.query(f"SELECT relname, relfilenode {_TABLES}")), dict(session.query(_READ))
    session.execute_all(statements)
    kept = dict(session.query(f"SELECT relname, relfilenode {_TABLES}"))
    there = outside & files.keys() & kept.keys()
    now = dict(session.query(_READ))
    return Seen(
        shuts_out={name: shut_out(witness, name) for name in there},
        reads=frozenset(name for name in there if now.get(name, 0) > read.get(name, 0)),
        rewrites=frozenset(name for name in there if kept[name] != files[name]),
    )


def shut_out(witness: Session, table: str) -> Blocks:
    """Who does not get at the table just now: by trying."""
    witness.execute("SET lock_timeout = '30ms'")
    if not _gets_by(witness, f"SELECT 1 FROM {table} LIMIT 1"):
        return Blocks.READS
    return Blocks.NOBODY if _gets_by(witness, f"DELETE FROM {table} WHERE false") else Blocks.WRITES


def _gets_by(witness: Session, sql: str) -> bool:
    try:
        witness.execute(sql)
    except LockTimeout:
        return False
    except ServerError as error:
        raise AssertionError(f"{sql}: {error.message}") from error
    return True
