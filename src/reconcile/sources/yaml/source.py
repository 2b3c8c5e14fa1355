"""YAML files as a desired state."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from reconcile.errors import SourceError
from reconcile.scratch.realise import Landmark, NotRealised
from reconcile.sources.base import Declaration, Target
from reconcile.sources.creation import units_of
from reconcile.sources.sql import read_text
from reconcile.sources.yaml.document import read_document
from reconcile.sources.yaml.read import Written, read_objects
from reconcile.sources.yaml.schema import check_form
from reconcile.state import Column, ForeignKey, Key, State
from reconcile.state.digest import text_digest

_WORD = re.compile(r"\w+")


@dataclass(slots=True)
class YamlSource:
    """One YAML file. Keeps what it read, so that complaints can be placed."""

    path: Path
    shown: str
    written: Written | None = field(default=None, init=False, repr=False)

    @property
    def spec(self) -> str:
        return self.shown

    def fingerprint(self, target: Target) -> str | None:
        del target
        return text_digest(read_text(self.path, self.shown))

    def declare(self, target: Target) -> Declaration:
        document = read_document(read_text(self.path, self.shown), self.shown)
        check_form(document)
        written = self.written = read_objects(document, target)
        types = frozenset(getattr(target.sqlalchemy, "ischema_names", ()))
        tables = frozenset(key.name for key in written.places if key.kind.value == "table")

        def landmarks(key: Key) -> Iterator[Landmark]:
            item = written.state[key]
            if isinstance(item, Column) and (word := _WORD.search(item.type)):
                yield Landmark(word.group(), written.types[key], types)
            elif isinstance(item, ForeignKey):
                yield Landmark(item.target.name, written.targets[key], tables)

        units = units_of(written.state, target, written.places.__getitem__, landmarks)
        return Declaration(units=units, renames=written.renames)

    def blame(self, failure: NotRealised) -> SourceError:
        message = failure.error.message
        mark = _nearest(message, failure.statement.landmarks)
        if mark is None:
            return SourceError(message, place=failure.statement.place, hint=failure.error.hint)
        near = get_close_matches(mark.text.lower(), [name.lower() for name in mark.among], n=1)
        hint = f"did you mean {near[0]}?" if near and near[0] != mark.text.lower() else failure.error.hint
        return SourceError(message, place=mark.place, hint=hint)

    def check(self, state: State) -> None:
        """SQLite lets a foreign key refer to a table that is not there; a person hardly means that."""
        if self.written is None:
            return
        tables = sorted({key.name for key in state.objects if key.kind.value == "table"})
        for key, place in self.written.targets.items():
            item = self.written.state[key]
            assert isinstance(item, ForeignKey)
            if item.target not in state and key not in self.written.dangling:
                near = get_close_matches(item.target.name, tables, n=1)
                raise SourceError(
                    f"{key} refers to table {item.target.dotted}, which is not there",
                    place=place,
                    hint=f"did you mean {near[0]}?" if near else "describe the table too",
                )


def _nearest(message: str, marks: tuple[Landmark, ...]) -> Landmark | None:
    """The landmark the message is about: one that is no known word before one that is, then the first mentioned."""
    found: list[tuple[bool, int, int]] = []
    for number, mark in enumerate(marks):
        match = re.search(rf"(?<!\w){re.escape(mark.text)}(?!\w)", message, re.I)
        if match:
            known = mark.text.upper() in mark.among or mark.text in mark.among
            found.append((known, match.start(), number))
    return marks[min(found)[2]] if found else None
