"""The revisions on disk as a graph: loading, order, heads, finding one. A value; must not know any database."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from reconcile.dialects.base import Dialect
from reconcile.errors import Place, RevisionError
from reconcile.revisions.file import SUFFIX, check_sealed, checksum, read
from reconcile.revisions.schema import did_you_mean
from reconcile.state.revision import Revision


@dataclass(frozen=True)
class Folder:
    """Every revision file, parents before children, equals by id. Make one with ``Folder.load`` or ``Folder.of``."""

    revisions: tuple[Revision, ...] = ()
    paths: Mapping[str, Path] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path | None, *, dialect: Dialect | None = None) -> Folder:
        """Every ``*.yaml`` in the folder; an absent folder is an empty one. Seals are not asked for.

        ``dialect``: of files written by hand that do not name theirs. Raises RevisionError.
        """
        found: list[Revision] = []
        paths: dict[str, Path] = {}
        for file in sorted(path.glob(f"*{SUFFIX}")) if path is not None else ():
            revision = read(file, sealed=False, dialect=dialect)
            if revision.id in paths:
                raise RevisionError(
                    f"the revision {revision.id} is in {paths[revision.id].name} too",
                    revision=revision.id,
                    place=Place(str(file)),
                    hint="delete one, or give it another id",
                )
            found.append(revision)
            paths[revision.id] = file
        return cls.of(found, paths)

    @classmethod
    def of(cls, revisions: Iterable[Revision], paths: Mapping[str, Path] | None = None) -> Folder:
        """The graph of these revisions. Raises RevisionError for twins, unknown parents and cycles."""
        paths = paths or {}
        by_id: dict[str, Revision] = {}
        for revision in revisions:
            if revision.id in by_id:
                raise RevisionError(f"two files hold the revision {revision.id}", revision=revision.id)
            by_id[revision.id] = revision
        for revision in by_id.values():
            for parent in revision.parents:
                if parent not in by_id:
                    place = Place(str(paths[revision.id])) if revision.id in paths else None
                    raise RevisionError(
                        f"the parent {parent!r} of {revision.id} is not there",
                        revision=revision.id,
                        place=place,
                        hint=did_you_mean(parent, by_id) + "; is a file missing?",
                    )
        return cls(tuple(_sorted(by_id)), paths)

    def in_order(self) -> tuple[Revision, ...]:
        """All of them, each after those it builds on."""
        return self.revisions

    def __iter__(self) -> Iterator[Revision]:
        return iter(self.revisions)

    def __len__(self) -> int:
        return len(self.revisions)

    def __contains__(self, revision: object) -> bool:
        return revision in self.by_id

    def __getitem__(self, revision: str) -> Revision:
        return self.by_id[revision]

    @cached_property
    def by_id(self) -> Mapping[str, Revision]:
        """id → revision."""
        return {revision.id: revision for revision in self.revisions}

    @cached_property
    def heads(self) -> tuple[str, ...]:
        """Ids of the revisions nothing builds on, sorted."""
        built_on = {parent for revision in self.revisions for parent in revision.parents}
        return tuple(sorted(revision.id for revision in self.revisions if revision.id not in built_on))

    @cached_property
    def tips(self) -> Mapping[str, str]:
        """The heads with their checksums: what the next revision builds on."""
        return {head: self.by_id[head].checksum for head in self.heads}

    def built_on(self, parents: Iterable[str]) -> tuple[str, ...]:
        """The checksums of these revisions, as their files stand."""
        return tuple(self.by_id[parent].checksum for parent in parents)

    def find(self, name: str) -> Revision:
        """By id, unique beginning or unique part of the id, its file's path, or "head". Raises RevisionError."""
        if name.endswith(SUFFIX):
            file = Path(name).name
            name = next((key for key, path in self.paths.items() if path.name == file), name)
        if name in self.by_id:
            return self.by_id[name]
        if name == "head":
            if not self.heads:
                raise RevisionError("there are no revisions yet", hint="reconcile plan --save -m 'Initial tables'")
            if len(self.heads) > 1:
                raise RevisionError(f"there are several heads: {', '.join(self.heads)}", hint="name the revision")
            return self.by_id[self.heads[0]]
        found = [key for key in self.by_id if key.startswith(name)] or [key for key in self.by_id if name in key]
        if len(found) == 1:
            return self.by_id[found[0]]
        if found:
            raise RevisionError(f"{name!r} may be {' or '.join(found)}", hint="write more of it")
        raise RevisionError(f"there is no revision {name!r}", revision=name, hint=did_you_mean(name, self.by_id))

    def ancestors(self, *ids: str) -> frozenset[str]:
        """The revisions and all they build on."""
        found: set[str] = set()
        todo = [key for key in ids if key in self.by_id]
        while todo:
            key = todo.pop()
            if key not in found:
                found.add(key)
                todo.extend(self.by_id[key].parents)
        return frozenset(found)

    def descendants(self, *ids: str) -> frozenset[str]:
        """The revisions and all that build on them."""
        found = {key for key in ids if key in self.by_id}
        for revision in self.revisions:  # parents come before children
            if found.intersection(revision.parents):
                found.add(revision.id)
        return frozenset(found)

    def pending(self, applied: Iterable[str], *, upto: str | None = None) -> tuple[Revision, ...]:
        """What is not applied, in the order in which it would run; only what ``upto`` needs, if given."""
        done = frozenset(applied)
        wanted = self.ancestors(self.find(upto).id) if upto is not None else self.by_id.keys()
        return tuple(revision for revision in self.revisions if revision.id in wanted and revision.id not in done)

    def check_seals(self, revisions: Iterable[Revision]) -> None:
        """Raises RevisionError for the first that was edited after it was sealed, or never sealed, or builds on
        another content than its parent has."""
        for revision in revisions:
            check_sealed(revision, str(self.paths.get(revision.id, "")))
            for parent, named in self.broken_links(revision):
                raise RevisionError(
                    f"revision {revision.id} was sealed on top of {parent} with the checksum {named}, "
                    f"and {parent} has another content now",
                    revision=revision.id,
                    place=Place(str(self.paths[revision.id])) if revision.id in self.paths else None,
                    hint=f"see what changed in {parent}; where that is right: reconcile seal {revision.id}",
                )

    def broken_links(self, revision: Revision) -> Iterator[tuple[str, str]]:
        """The parents that are not what they were when it was sealed, with the checksum they had then."""
        for parent, named in zip(revision.parents, revision.built_on, strict=False):
            if parent in self.by_id and checksum(self.by_id[parent]) != named:
                yield parent, named


def _sorted(revisions: Mapping[str, Revision]) -> Iterable[Revision]:
    """Parents first; among those that are free, by id (which begins with the time). Kahn's algorithm."""
    waiting = {key: len(set(revision.parents)) for key, revision in revisions.items()}
    children: dict[str, list[str]] = {}
    for key, revision in revisions.items():
        for parent in set(revision.parents):
            children.setdefault(parent, []).append(key)
    free = [key for key, count in waiting.items() if not count]
    heapq.heapify(free)
    done: list[Revision] = []
    while free:
        key = heapq.heappop(free)
        done.append(revisions[key])
        for child in children.get(key, ()):
            waiting[child] -= 1
            if not waiting[child]:
                heapq.heappush(free, child)
    if len(done) < len(revisions):
        stuck = sorted(key for key, count in waiting.items() if count)
        raise RevisionError(f"revisions build on each other in a circle: {', '.join(stuck)}", revision=stuck[0])
    return done
