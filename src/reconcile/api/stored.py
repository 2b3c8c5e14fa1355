"""Revisions as they are kept: files in the project's folder, copies in the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from reconcile.api.bench import Bench
from reconcile.config import Project
from reconcile.dialects.base import Dialect
from reconcile.errors import RevisionError
from reconcile.revisions import file as revision_file
from reconcile.revisions.folder import Folder
from reconcile.revisions.merge import require_mergeable
from reconcile.state.revision import Revision


def folder_of(project: Project, dialect: Dialect | None = None) -> Folder:
    """The project's revision files; an empty folder where none is configured or made yet."""
    return Folder.load(project.revisions, dialect=dialect)


def pending_of(bench: Bench, *, upto: str | None = None) -> tuple[Revision, ...]:
    """Revision files this database has not seen, in the order in which they run; only what ``upto`` needs, if given.

    Raises RevisionError for another database's revisions, for unsealed edits, and for branches that touch the
    same objects.
    """
    folder = folder_of(bench.project, bench.dialect)
    if upto is not None and upto not in folder.by_id and folder.revisions:
        upto = folder.find(upto).id
    require_mergeable(folder)
    found = folder.pending(bench.history.applied(), upto=upto)
    for revision in found:
        check_runnable(revision, bench)
    folder.check_seals(found)
    ran = {run.revision: run.checksum for run in bench.history.runs() if run.state == "done"}
    for revision in found:
        for parent, named in zip(revision.parents, revision.built_on, strict=False):
            if ran.get(parent, named) != named:
                raise RevisionError(
                    f"revision {revision.id} builds on {parent} with the checksum {named}, "
                    f"but what ran here as {parent} has the checksum {ran[parent]}",
                    revision=revision.id,
                    hint="reconcile history --check tells what else is not as it was",
                )
    return found


def tips_of(bench: Bench) -> Mapping[str, str]:
    """What the next revision builds on, with checksums: the folder's heads, or what the database has seen last."""
    if bench.project.revisions is not None:
        return folder_of(bench.project, bench.dialect).tips
    return applied_tips(bench)


def applied_tips(bench: Bench) -> Mapping[str, str]:
    """The revisions in force on which no other one that is in force builds, with their checksums."""
    applied = bench.history.applied()
    ran = {run.revision: run for run in bench.history.runs() if run.revision in applied}
    built_on = {parent for run in ran.values() for parent in run.parents}
    return {one: ran[one].checksum for one in applied if one not in built_on}


def check_runnable(revision: Revision, bench: Bench) -> None:
    """Raises RevisionError where the revision was made for another kind of database."""
    if revision.plan.dialect != bench.dialect.name:
        raise RevisionError(
            f"revision {revision.id} was made for {revision.plan.dialect}, this database is {bench.dialect.name}",
            revision=revision.id,
            hint="keep one folder of revisions for each kind of database",
        )


def find(bench: Bench, name: str) -> Revision:
    """A revision by id, unique part of it, or "head": from the folder, else the database's own copy."""
    folder = folder_of(bench.project, bench.dialect)
    kept = Folder.of(_orphans(bench, folder))
    if name == "head" and not folder.revisions and kept.revisions:
        return from_database(bench, bench.history.applied()[-1])
    try:
        return folder.find(name)
    except RevisionError:
        if any(name in one.id for one in kept.revisions):
            return kept.find(name)
        raise


def _orphans(bench: Bench, folder: Folder) -> list[Revision]:
    """Applied revisions that have no file here, without their parents (which may be lost too)."""
    missing = [one for one in bench.history.applied() if one not in folder]
    return [replace(from_database(bench, one), parents=()) for one in missing]


def from_database(bench: Bench, revision_id: str) -> Revision:
    """The revision as it ran here: the database's copy, which no edit of a file can change."""
    text = bench.history.revision_text(revision_id)
    if not text:
        raise RevisionError(f"the database keeps no copy of revision {revision_id}", revision=revision_id)
    return revision_file.parse(text, name=f"{revision_id} (in the database)", dialect=bench.dialect)
