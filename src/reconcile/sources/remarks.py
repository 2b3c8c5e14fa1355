"""Remarks: where things stand in the sources, and which rules a comment mutes there. Only YAML tells so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from reconcile.dialects.base import Dialect
from reconcile.dialects.session import Session
from reconcile.errors import Place
from reconcile.hazards.policy import Comment, Mute, comments
from reconcile.sources.base import Target
from reconcile.sources.load import load_sources
from reconcile.sources.sql import read_text
from reconcile.sources.yaml import YamlSource
from reconcile.state import Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Remarks:
    """Places of objects by key, and the comments about rules."""

    places: Mapping[Key, Place] = field(default_factory=dict)
    mutes: tuple[Mute, ...] = ()

    def place_of(self, key: Key) -> Place | None:
        """Where the object is declared, or what it is a part of."""
        part: Key | None = key
        while part is not None and part not in self.places:
            part = part.parent
        return None if part is None else self.places[part]


NO_REMARKS = Remarks()


def read_remarks(specs: Sequence[str], *, root: Path, live: Session, dialect: Dialect) -> Remarks:
    """The remarks of these sources. Raises SourceError, and ConfigError for a comment that cannot be read."""
    target = Target(dialect=dialect, features=dialect.features(live), sqlalchemy=live.engine.dialect)
    places: dict[Key, Place] = {}
    mutes: list[Mute] = []
    for source in (source for spec in specs for source in load_sources(spec, root=root)):
        if not isinstance(source, YamlSource):
            continue
        source.declare(target)
        assert source.written is not None
        here = {_folded(key, dialect): place for key, place in source.written.places.items()}
        places |= here
        for comment in comments(read_text(source.path, source.shown), source.shown):
            key = _spoken_of(comment, here)
            place = Place(source.shown, comment.line)
            mutes.append(Mute(codes=frozenset(comment.codes), reason=comment.reason, place=place, key=key))
    return Remarks(places=places, mutes=tuple(mutes))


def _folded(key: Key, dialect: Dialect) -> Key:
    return Key(key.kind, key.schema, dialect.fold_name(key.name), key.parent and _folded(key.parent, dialect))


def _spoken_of(comment: Comment, places: Mapping[Key, Place]) -> Key | None:
    """What a comment is about: what begins on its line, or below it where it stands alone."""
    found = [
        (place.line, place.column, key.order, key)
        for key, place in places.items()
        if (place.line > comment.line if comment.alone else place.line == comment.line)
    ]
    return min(found)[-1] if found else None
