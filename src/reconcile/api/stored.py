"""Revisions as they are kept: files in the project's folder, copies in the database."""

from __future__ import annotations

from reconcile.api.bench import Bench
from reconcile.config import Project
from reconcile.errors import RevisionError
from reconcile.revisions import file as revision_file
from reconcile.revisions.folder import Folder
from reconcile.state.revision import Revision


def folder_of(project: Project) -> Folder:
    """The project's revision files; an empty folder where none is configured or made yet."""
    return Folder.load(project.revisions) if project.revisions is not None else Folder()


def pending_of(bench: Bench) -> tuple[Revision, ...]:
    """Revision files this database has not seen, in the order in which they run.

    Raises RevisionError for another database's revisions and for unsealed edits.
    """
    folder = folder_of(bench.project)
    if not len(folder):
        return ()
    applied = set(bench.history.applied())
    found = tuple(revision for revision in folder.in_order() if revision.id not in applied)
    for revision in found:
        check_runnable(revision, bench)
    return found


def check_runnable(revision: Revision, bench: Bench) -> None:
    """Raises RevisionError where the revision may not run here."""
    if revision.plan.dialect != bench.dialect.name:
        raise RevisionError(
            f"revision {revision.id} was made for {revision.plan.dialect}, this database is {bench.dialect.name}",
            revision=revision.id,
            hint="keep one folder of revisions for each kind of database",
        )
    revision_file.check_sealed(revision)


def find(bench: Bench, name: str) -> Revision:
    """A revision by id, unique prefix or "head": from the folder, else the database's own copy."""
    folder = folder_of(bench.project)
    applied = bench.history.applied()
    if name == "head":
        if folder.heads:
            return folder[folder.heads[-1]]
        if applied:
            return from_database(bench, applied[-1])
        raise RevisionError("there are no revisions yet", hint="reconcile plan --save -m 'Initial tables'")
    known = dict.fromkeys([*(revision.id for revision in folder.in_order()), *applied])
    matches = [name] if name in known else [known_id for known_id in known if known_id.startswith(name)]
    matches = matches or [known_id for known_id in known if known_id.partition("_")[2] == name]
    if len(matches) != 1:
        what = "is not known" if not matches else f"could be {', '.join(matches)}"
        raise RevisionError(f"revision {name!r} {what}", revision=name, hint="reconcile history lists what there is")
    return folder[matches[0]] if matches[0] in folder else from_database(bench, matches[0])


def from_database(bench: Bench, revision_id: str) -> Revision:
    """The copy the database kept when the revision ran."""
    text = bench.history.revision_text(revision_id)
    if not text:
        raise RevisionError(f"revision {revision_id} is not known", revision=revision_id)
    return revision_file.parse(text, name=f"{revision_id} (in the database)")


def applied_revision(bench: Bench, revision_id: str) -> Revision:
    """A revision as it ran here: the database's copy, which no edit of a file can change."""
    return from_database(bench, revision_id)
