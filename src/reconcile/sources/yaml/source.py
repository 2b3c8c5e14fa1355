"""YAML files as a desired state."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from reconcile.errors import Place, SourceError, Unplannable
from reconcile.scratch.realise import Landmark, NotRealised
from reconcile.sources.base import Declaration, Target
from reconcile.sources.creation import units_of
from reconcile.sources.sql import read_text
from reconcile.state import Column, ForeignKey, Key, Kind, State
from reconcile.state.digest import text_digest

if TYPE_CHECKING:
    from reconcile.sources.yaml.read import Written

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
        # Most projects have models, and no use for a fifth of this package.
        from reconcile.sources.yaml.document import read_document
        from reconcile.sources.yaml.read import read_objects
        from reconcile.sources.yaml.schema import check_form

        document = read_document(read_text(self.path, self.shown), self.shown)
        check_form(document)
        written = self.written = read_objects(document, target)
        types = frozenset(getattr(target.sqlalchemy, "ischema_names", ()))
        tables = frozenset(key.name for key in written.places if key.kind is Kind.TABLE)

        def landmarks(key: Key) -> Iterator[Landmark]:
            item = written.state[key]
            if isinstance(item, Column) and (word := _WORD.search(item.type)):
                yield Landmark(word.group(), written.types[key], types)
            elif isinstance(item, ForeignKey):
                yield Landmark(item.target.name, written.targets[key], tables)

        try:
            units = units_of(written.state, target, self.spec, written.places.__getitem__, landmarks)
        except Unplannable as error:
            place = None if error.key is None else written.places.get(error.key)
            raise SourceError(error.message, place=place or Place(self.shown), hint=error.hint) from error
        shared = any(map(target.dialect.is_shared, written.places)) and not target.dialect.manages_shared
        return Declaration(
            units=units,
            notes=(f"{self.spec}: roles are described, and left alone: say 'manage: [roles]'",) if shared else (),
            renames=written.renames,
            unpreserved=written.unpreserved,
            backfills=written.backfills,
            conversions=written.conversions,
        )

    def blame(self, failure: NotRealised) -> SourceError:
        message = failure.error.message
        mark = _nearest(message, failure.statement.landmarks)
        if mark is None:
            mark = self._missing_target(failure)
        if mark is None:
            return SourceError(message, place=failure.statement.place, hint=failure.error.hint)
        near = get_close_matches(mark.text.lower(), [name.lower() for name in mark.among], n=1)
        hint = f"did you mean {near[0]}?" if near and near[0] != mark.text.lower() else failure.error.hint
        return SourceError(message, place=mark.place, hint=hint)

    def _missing_target(self, failure: NotRealised) -> Landmark | None:
        """A foreign key of the unit that refers to a table this file does not have (MariaDB says only "errno 150")."""
        if self.written is None:
            return None
        for key, place in self.written.targets.items():
            item = self.written.state[key]
            ours = failure.unit.name in (str(key.root), str(key))
            if ours and isinstance(item, ForeignKey) and item.target not in self.written.state:
                tables = [item.key.name for item in self.written.state.of_kind(Kind.TABLE)]
                return Landmark(item.target.name, place, tables)
        return None

    def check(self, state: State) -> None:
        """SQLite lets a foreign key refer to a table that is not there; a person hardly means that."""
        if self.written is None:
            return
        tables = {key.name.casefold(): key.name for key in state.objects if key.kind is Kind.TABLE}
        for key, place in self.written.targets.items():
            item = self.written.state[key]
            assert isinstance(item, ForeignKey)
            there = item.target in state or item.target.name.casefold() in tables
            if not there and key not in self.written.dangling:
                near = get_close_matches(item.target.name, tables.values(), n=1)
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
