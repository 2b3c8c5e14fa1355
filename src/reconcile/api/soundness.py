"""Whether history is sound: the files, what the database recorded, and its own copies, held against each other.

``repair`` makes good only what evidence shows the right answer to: a checksum that was recorded when it ran.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from reconcile.api.bench import Bench, database_url, open_bench, run
from reconcile.api.stored import from_database
from reconcile.api.values import Flaw
from reconcile.config import Project
from reconcile.errors import RevisionError
from reconcile.events import Listener, silent
from reconcile.execution.applier import answer, locked
from reconcile.execution.history import Run, linked
from reconcile.revisions import file as revision_file
from reconcile.state.revision import Revision


def check(project: Project, *, listen: Listener = silent) -> tuple[Flaw, ...]:
    """Everything about files and database that does not fit together; nothing where all is sound."""

    def work() -> tuple[Flaw, ...]:
        with open_bench(project, listen) as bench:
            return _Inspection.of(bench).flaws()

    return run((database_url(project),), work)


def repair(project: Project, *, lock_wait: float = 0.0, listen: Listener = silent) -> tuple[Flaw, ...]:
    """Mend what ``check`` finds a remedy for; those that were mended. Raises LockHeld, RevisionError, ServerError."""

    def work() -> tuple[Flaw, ...]:
        with open_bench(project, listen) as bench, locked(bench.world(), wait=lock_wait):
            here = _Inspection.of(bench)
            found = tuple(flaw for flaw in here.flaws() if flaw.remedy)
            for flaw in found:
                here.mend(flaw)
        return found

    return run((database_url(project),), work)


def settle_doubt(project: Project, *, done: bool, lock_wait: float = 0.0, listen: Listener = silent) -> str:
    """Record a person's word on the step of an interrupted run that nothing in the database tells about; its summary.

    Raises RevisionError where there is no such step.
    """

    def work() -> str:
        with open_bench(project, listen) as bench, locked(world := bench.world(), wait=lock_wait):
            return answer(world, done=done).summary

    return run((database_url(project),), work)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Inspection:
    bench: Bench
    files: Mapping[str, tuple[Path, Revision]]
    unreadable: Mapping[Path, str]
    ran: Mapping[str, Run]  # what is in force here: the run that made it so

    @classmethod
    def of(cls, bench: Bench) -> _Inspection:
        files: dict[str, tuple[Path, Revision]] = {}
        unreadable: dict[Path, str] = {}
        folder = bench.project.revisions
        for path in sorted(folder.glob(f"*{revision_file.SUFFIX}")) if folder is not None else ():
            try:
                revision = revision_file.read(path, sealed=False, dialect=bench.dialect)
            except RevisionError as error:
                unreadable[path] = error.message
            else:
                files[revision.id] = (path, revision)
        applied = bench.history.applied()
        ran = {one.revision: one for one in bench.history.runs() if one.state == "done" and one.direction != "revert"}
        return cls(bench=bench, files=files, unreadable=unreadable, ran={one: ran[one] for one in applied})

    # -- what is wrong

    def flaws(self) -> tuple[Flaw, ...]:
        found = [*self._recorded(), *self._copies()]
        if self.bench.project.revisions is not None:
            found += [*self._lost(), *self._changed(), *self._order(), *self._chain()]
        return tuple(found)

    def _recorded(self) -> Iterator[Flaw]:
        """The rows of history, each bound to the one before it."""
        before: Run | None = None
        for one in self.bench.history.runs():
            if one.link and one.link != linked(one, before):
                last = f"run {before.number}" if before is not None else "the beginning"
                yield Flaw(
                    kind="tampered",
                    revision=one.revision,
                    message=f"run {one.number} ({one.direction} of {one.revision}) does not follow {last} as recorded: "
                    "a row of reconcile_history was changed or removed by hand",
                    advice="compare reconcile_history with a backup",
                )
            before = one

    def _copies(self) -> Iterator[Flaw]:
        """The database's own texts, each under the digest of what was written."""
        for one in {each.revision: each for each in self.bench.history.runs() if each.revision_text}.values():
            if self._copy(one.revision) is None:
                same = self._file_of(one)
                yield Flaw(
                    kind="copy",
                    revision=one.revision,
                    message=f"the database's own copy of {one.revision} is damaged",
                    remedy="write it anew from the file" if same is not None else "",
                    evidence="the file has the checksum that was recorded when it ran" if same is not None else "",
                    advice="" if same is not None else "restore reconcile_text from a backup, or the file as it ran",
                )
        try:
            self.bench.history.last_state()
        except (RevisionError, ValueError) as error:
            yield Flaw(
                kind="copy",
                revision="",
                message=f"the schema recorded after the last run cannot be read: {error}",
                advice="drift cannot be told until the next run records the schema anew",
            )

    def _lost(self) -> Iterator[Flaw]:
        broken = {path.name.removesuffix(revision_file.SUFFIX): (path, why) for path, why in self.unreadable.items()}
        for one, (path, why) in broken.items():
            if one not in self.ran:
                yield Flaw(kind="unreadable", revision=one, message=why, advice=f"correct {path.name}, or delete it")
        for one in self.ran:
            if one in self.files:
                continue
            said = f": {broken[one][1]}" if one in broken else ""
            what = f"the file of {one} cannot be read{said}" if said else f"{one} was applied here and has no file"
            if self._copy(one) is None:
                yield Flaw(
                    kind="unknown",
                    revision=one,
                    message=f"{what}, and the database keeps no sound copy",
                    advice="take the file from version control or a backup",
                )
            else:
                yield Flaw(
                    kind="unreadable" if said else "missing",
                    revision=one,
                    message=what,
                    remedy="write the file from the database's own copy" + (_ASIDE if said else ""),
                    evidence="the copy is what ran, by its checksum",
                )

    def _changed(self) -> Iterator[Flaw]:
        for one, (path, revision) in self.files.items():
            if one not in self.ran:
                if not revision_file.is_sealed(revision):
                    message = f"{path.name} is not sealed, or was edited after it was"
                    yield Flaw(
                        kind="unsealed", revision=one, message=message, advice=f"review it; reconcile seal {one}"
                    )
            elif revision_file.checksum(revision) != self.ran[one].checksum:
                copy = self._copy(one)
                yield Flaw(
                    kind="edited",
                    revision=one,
                    message=f"{path.name} is not what ran here as {one}",
                    remedy="" if copy is None else "write the file from the database's own copy" + _ASIDE,
                    evidence="" if copy is None else "the copy is what ran, by its checksum",
                    advice="take the file from version control" if copy is None else "",
                )

    def _order(self) -> Iterator[Flaw]:
        """Revisions in force without what they build on."""
        for one, row in self.ran.items():
            for parent in row.parents:
                if parent not in self.ran:
                    there = "is pending" if parent in self.files else "is in no file either"
                    yield Flaw(
                        kind="out of order",
                        revision=one,
                        message=f"{one} is applied, and {parent}, on which it builds, is not: it {there}",
                        advice=f"reconcile apply {parent}" if parent in self.files else f"reconcile revert {one}",
                    )
        for one, (path, revision) in self.files.items():
            for parent in revision.parents:
                if one not in self.ran and parent not in self.files and parent not in self.ran:
                    yield Flaw(
                        kind="unknown",
                        revision=one,
                        message=f"{path.name} builds on {parent}, of which there is no file",
                        advice="is a file missing? take it from version control",
                    )

    def _chain(self) -> Iterator[Flaw]:
        """Seals cover the seals of what a revision builds on."""
        for one, (_, revision) in self.files.items():
            for parent, named in zip(revision.parents, revision.built_on, strict=False):
                here = self.ran[parent].checksum if parent in self.ran else None
                if here is None and parent in self.files:
                    here = revision_file.checksum(self.files[parent][1])
                if here is not None and here != named:
                    yield Flaw(
                        kind="chain",
                        revision=one,
                        message=f"{one} was sealed on top of another {parent} (checksum {named}, here {here})",
                        advice=f"see what changed in {parent}; where that is right: reconcile seal {one}",
                    )

    def _copy(self, revision: str) -> Revision | None:
        """The database's copy, where it is whole and is what the record says ran."""
        try:
            copy = from_database(self.bench, revision)
        except (RevisionError, ValueError):
            return None
        row = self.ran.get(revision)
        return copy if row is None or copy.checksum == row.checksum else None

    def _file_of(self, one: Run) -> Revision | None:
        found = self.files.get(one.revision)
        return found[1] if found is not None and revision_file.checksum(found[1]) == one.checksum else None

    # -- making it good

    def mend(self, flaw: Flaw) -> None:
        """Carry out the remedy of a flaw that ``flaws`` gave."""
        folder, history = self.bench.project.revisions, self.bench.history
        if flaw.kind == "copy":
            history.replace_text(flaw.revision, revision_file.text(self.files[flaw.revision][1]))
            return
        assert folder is not None
        copy = from_database(self.bench, flaw.revision)
        path = folder / f"{copy.id}{revision_file.SUFFIX}"
        if flaw.revision in self.files:
            path = self.files[flaw.revision][0]
        if path.exists():
            path.rename(_free(path))
        revision_file.write(copy, folder)


_ASIDE = "; what is there now is kept beside it, as *.edited"


def _free(path: Path) -> Path:
    """A name beside the file that no file has."""
    names = (path.with_name(f"{path.name}.edited{number or ''}") for number in count())
    return next(name for name in names if not name.exists())
