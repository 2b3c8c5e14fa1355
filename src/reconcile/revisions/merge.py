"""Branches of history: those that touch different objects merge by themselves, others must not run side by side."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from reconcile.errors import RevisionError
from reconcile.revisions.folder import Folder
from reconcile.state import Key
from reconcile.state.revision import Revision


def require_mergeable(folder: Folder) -> None:
    """Raises RevisionError that names two heads and the objects both touch; no two do: all is well."""
    for one, other in combinations(folder.heads, 2):
        shared = folder.ancestors(one) & folder.ancestors(other)
        common = overlap(_branch(folder, one, shared), _branch(folder, other, shared))
        if common:
            shown = ", ".join(str(key) for key in common[:5]) + (" …" if len(common) > 5 else "")
            raise RevisionError(
                f"{one} and {other} were made side by side and touch the same objects: {shown}",
                revision=other,
                hint=f"delete the file of the later one and plan it anew, on top of {one}",
            )


def _branch(folder: Folder, head: str, shared: frozenset[str]) -> list[Revision]:
    own = folder.ancestors(head) - shared
    return [revision for revision in folder.revisions if revision.id in own]


def overlap(ones: Iterable[Revision], others: Iterable[Revision]) -> tuple[Key, ...]:
    """The objects that both sides touch, and parts of one side's that the other makes or drops whole."""
    mine, theirs = _touched(ones), _touched(others)
    found = mine.keys() & theirs.keys()
    for here, there in ((mine, theirs), (theirs, mine)):
        whole = {key for key, exists_on_both_ends in here.items() if not exists_on_both_ends}
        found |= {key for key in there if any(parent in whole for parent in _parents(key))}
    return tuple(sorted(found))


def _touched(revisions: Iterable[Revision]) -> dict[Key, bool]:
    """key → whether the object is there before and after."""
    found: dict[Key, bool] = {}
    for revision in revisions:
        for key, (before, after) in revision.touches.items():
            found[key] = found.get(key, True) and before is not None and after is not None
    return found


def _parents(key: Key) -> Iterable[Key]:
    while key.parent is not None:
        key = key.parent
        yield key
