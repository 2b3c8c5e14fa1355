"""purge: what the attic keeps goes for good."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from reconcile.api.bench import Bench, database_url, open_bench, run
from reconcile.config import Project
from reconcile.errors import RevisionError
from reconcile.events import Listener, silent
from reconcile.execution.applier import locked
from reconcile.execution.attic import AtticEntry


def to_purge(
    project: Project, *, older_than: timedelta | None = None, revision: str | None = None, everything: bool = False
) -> tuple[AtticEntry, ...]:
    """The entries of the attic that a purge would remove, oldest first: those older than a time, those that one
    revision put there (its id, or the beginning of it), or all. Raises RevisionError where no entry is of it."""

    def work() -> tuple[AtticEntry, ...]:
        with open_bench(project, silent) as bench:
            return _chosen(bench, older_than, revision, everything)

    return run((database_url(project),), work)


def _chosen(
    bench: Bench, older_than: timedelta | None, revision: str | None, everything: bool
) -> tuple[AtticEntry, ...]:
    found = bench.world().attic.entries()
    if everything:
        return found
    if revision is not None:
        of_it = tuple(entry for entry in found if entry.revision and entry.revision.startswith(revision))
        if not of_it and found:
            known = sorted({entry.revision for entry in found if entry.revision})
            raise RevisionError(
                f"the attic keeps nothing of {revision}",
                revision=revision,
                hint=f"it keeps something of {', '.join(known)}" if known else "",
            )
        return of_it
    if older_than is None:
        return ()
    limit = (datetime.now(UTC) - older_than).isoformat(timespec="seconds")
    return tuple(entry for entry in found if entry.at and entry.at < limit)


def purge(
    project: Project, entries: Sequence[AtticEntry], *, lock_wait: float = 0.0, listen: Listener = silent
) -> tuple[AtticEntry, ...]:
    """Remove these entries (as ``to_purge`` gave them) for good; those that were still there. Raises LockHeld."""

    def work() -> tuple[AtticEntry, ...]:
        with open_bench(project, listen) as bench:
            world = bench.world()
            with locked(world, wait=lock_wait):
                there = set(world.attic.tables())
                going = tuple(entry for entry in entries if entry.name in there)
                world.attic.remove([entry.name for entry in going])
                return going

    return run((database_url(project),), work)
