"""One revision file: reading it with places in every error, writing it whole or not at all, and its seal."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from reconcile.dialects.base import Dialect
from reconcile.dialects.registry import get_dialect
from reconcile.errors import ConnectError, Place, RevisionError
from reconcile.files import temporary, write_whole
from reconcile.revisions import yamltext
from reconcile.revisions.form import from_data, tidy, to_data
from reconcile.revisions.schema import validate
from reconcile.state import Phase
from reconcile.state.digest import canonical, text_digest, to_plain
from reconcile.state.revision import Revision

SUFFIX = ".yaml"
_SCHEMA = "revision"
_LONGEST_SLUG = 50  # characters


def new_id(message: str, now: datetime) -> str:
    """An id from the time (to the second, UTC) and the message.

    >>> new_id("Add order notes!", datetime(2026, 11, 22, 10, 15, 30, tzinfo=UTC))
    '20261122T101530_add_order_notes'
    """
    plain = unicodedata.normalize("NFKD", message).encode("ascii", "ignore").decode("ascii").lower()
    slug = "_".join(re.findall(r"[a-z0-9]+", plain))
    if len(slug) > _LONGEST_SLUG:
        slug = slug[: _LONGEST_SLUG + 1].rpartition("_")[0] or slug[:_LONGEST_SLUG]
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%S}_{slug or 'revision'}"


# -- the seal


def checksum(revision: Revision) -> str:
    """Over what the revision says and does: deaf to the file's formatting, white space around SQL and the old seal."""
    return text_digest(canonical(to_plain(replace(_normal(revision), checksum=""))))


def _normal(revision: Revision) -> Revision:
    """The revision as its file gives it back."""
    plan = revision.plan
    tidied = replace(
        plan,
        phases=_tidied(plan.phases),
        revert_phases=_tidied(plan.revert_phases),
        rehearsal=replace(plan.rehearsal, complaints=()),
    )
    return replace(revision, plan=tidied)


def _tidied(phases: Sequence[Phase]) -> tuple[Phase, ...]:
    """Statements trimmed, steps numbered from one, without what was true of one database at one time."""
    numbers = iter(range(1, 1 + sum(len(phase.steps) for phase in phases)))
    return tuple(
        replace(
            phase,
            before=tuple(map(tidy, phase.before)),
            after=tuple(map(tidy, phase.after)),
            steps=tuple(
                replace(
                    step,
                    number=next(numbers),
                    sql=tuple(map(tidy, step.sql)),
                    checks=tuple(replace(check, query=tidy(check.query)) for check in step.checks),
                    estimate=None,
                )
                for step in phase.steps
            ),
        )
        for phase in phases
    )


def sealed(revision: Revision) -> Revision:
    """The revision, as its file will give it back, with the checksum of its content."""
    revision = _normal(revision)
    return replace(revision, checksum=checksum(revision))


def is_sealed(revision: Revision) -> bool:
    """Whether the checksum is that of the content."""
    return bool(revision.checksum) and revision.checksum == checksum(revision)


def check_sealed(revision: Revision, file: str = "") -> None:
    """Raises RevisionError for a revision that was edited after it was sealed, or never sealed."""
    if is_sealed(revision):
        return
    message = "was edited after it was sealed" if revision.checksum else "is not sealed (or its end is cut off)"
    raise RevisionError(
        f"revision {revision.id} {message}",
        revision=revision.id,
        place=Place(file) if file else None,
        hint=f"review it, then run: reconcile seal {revision.id}",
    )


# -- reading


def read(path: Path, *, sealed: bool = True, dialect: Dialect | None = None) -> Revision:
    """The revision in a file. Raises RevisionError with file:line:column.

    ``sealed``: refuse one without a valid seal. ``dialect``: of a file written by hand that does not say.
    """
    try:
        content = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise RevisionError(f"not UTF-8 text (byte {error.start})", place=Place(str(path))) from error
    except OSError as error:
        raise RevisionError(f"cannot be read: {error.strerror}", place=Place(str(path))) from error
    return parse(content, name=str(path), sealed=sealed, dialect=dialect)


def parse(content: str, *, name: str, sealed: bool = True, dialect: Dialect | None = None) -> Revision:
    """The revision in a text; ``name`` says in errors where that came from: a file, the database's own copy."""
    revision, has_seal = _parsed(content, name, dialect)
    if sealed and not has_seal:
        check_sealed(revision, name)
    return revision


@lru_cache(maxsize=256)  # one command looks at the same files several times; a revision never changes
def _parsed(content: str, name: str, dialect: Dialect | None) -> tuple[Revision, bool]:
    """The revision, and whether its seal is good."""
    document = yamltext.parse(content, name)
    if document.data is None:
        raise RevisionError("the file is empty", place=Place(name), hint="restore it, or delete it")
    validate(document, _SCHEMA, skip=("touches", "before", "after"))
    spoken = document.data.get("dialect")
    if spoken is not None and (dialect is None or dialect.name != spoken):
        try:
            dialect = get_dialect(spoken)
        except ConnectError as error:
            raise RevisionError(error.message, place=document.place(("dialect",))) from error
    revision = from_data(document, dialect=dialect, split=False)
    # What is sealed lists its statements one by one; only what a person has written since needs cutting.
    if is_sealed(revision):
        return revision, True
    return from_data(document, dialect=dialect, split=True), False


# -- writing


def text(revision: Revision) -> str:
    """The whole file."""
    head = f"# What is written here is what runs. After an edit: reconcile seal {revision.id}\n"
    data = to_data(revision)
    if revision.checksum:
        data["checksum"] = revision.checksum
    return head + _spaced(data)


def _spaced(data: dict[str, Any]) -> str:
    """Sections with blank lines between them; the head in one."""
    head = ("id", "parents", "message", "created", "dialect", "server", "base", "target", "manual", "rehearsed")
    parts = [yamltext.write({name: data[name] for name in head if name in data})]
    parts += [yamltext.write({name: value}) for name, value in data.items() if name not in head]
    return "\n".join(parts)


def write(revision: Revision, folder: Path) -> Path:
    """Write a new file into the folder: whole or not at all, and never over another. Raises RevisionError."""
    return restore(text(revision), revision.id, folder)


def restore(content: str, revision: str, folder: Path) -> Path:
    """The same for text that is already there (a lost file from the database's own copy)."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{revision}{SUFFIX}"
    new = temporary(content, folder)
    try:
        os.link(new, path)  # unlike a rename it fails where the name is taken
    except FileExistsError:
        raise RevisionError(
            f"{path} exists already", revision=revision, hint="choose another message, or wait a second"
        ) from None
    except OSError:  # a file system without hard links
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(content)
    finally:
        new.unlink(missing_ok=True)
    return path


def rewrite(revision: Revision, folder: Path) -> Path:
    """Replace the revision's own file in the folder (seal). Raises RevisionError where there is none."""
    path = folder / f"{revision.id}{SUFFIX}"
    if not path.is_file() or read(path, sealed=False).id != revision.id:
        # A person may have given the file another name.
        files = (each for each in sorted(folder.glob(f"*{SUFFIX}")) if read(each, sealed=False).id == revision.id)
        found = next(files, None)
        if found is None:
            raise RevisionError(f"no file in {folder} holds the revision {revision.id}", revision=revision.id)
        path = found
    write_whole(path, text(revision))
    return path


def write_template(revision: Revision, folder: Path) -> Path:
    """Write an empty, unsealed revision for a person to fill in, with a word on how. Raises RevisionError."""
    data = {name: value for name, value in to_data(revision).items() if name not in ("apply", "revert")}
    return restore(yamltext.write(data) + _BLANK.format(id=revision.id), revision.id, folder)


_BLANK = """
# Steps run in order, in one transaction where the database can. A step is
#   - an SQL statement, or several:   - |
#                                       UPDATE orders SET notes = '' WHERE notes IS NULL;
#   - a Python function:              - python: package.module:function
#     (called with one SQLAlchemy Connection; it must not commit)
#   - or either with more to say:     - summary: fill in the notes
#                                       sql: …
#                                       transactional: false
# When it is written: reconcile seal {id}
apply: []
revert: []
"""
