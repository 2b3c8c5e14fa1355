"""Making real only what has changed: a remembered composition, and what its pieces became.

What a declaration becomes depends on its text and on what it needs (DESIGN §1.1). So when some declarations of a
composition differ from the remembered ones, those are made real with all that they mention, and the rest is taken
from memory. Where a source cannot tell what a declaration makes, that one is always made. In doubt the answer is None,
and everything is made: a wrong memory is worse than none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reconcile.scratch.realise import Declared
from reconcile.state import Key, Kind, Object, State
from reconcile.state.digest import canonical, read_key, text_digest, to_plain

_WORDS = re.compile(r"\w+")
_COUNTED = re.compile(r"\d+\Z")
_ROUNDS = 4

Make = Callable[[Sequence[Declared]], State]
Slots = Callable[[Object], Iterable[Hashable]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What is remembered of a declaration."""

    digest: str  # of its text
    makes: Key | None


def piece_of(unit: Declared) -> Piece:
    """The piece that a declaration is."""
    return Piece(digest=text_digest("\0".join(s.sql for s in unit.statements)), makes=unit.makes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """Declarations in order, and the name under which what they became is remembered."""

    pieces: tuple[Piece, ...]
    state: str

    def dump(self) -> str:
        """As text."""
        plain = [[piece.digest, None if piece.makes is None else to_plain(piece.makes)] for piece in self.pieces]
        return canonical({"state": self.state, "pieces": plain})

    @classmethod
    def load(cls, text: str) -> Composition | None:
        """What ``dump`` wrote, or None."""
        try:
            found: dict[str, Any] = json.loads(text)
            pieces = tuple(
                Piece(digest=digest, makes=None if makes is None else read_key(makes))
                for digest, makes in found["pieces"]
            )
            return cls(pieces=pieces, state=found["state"])
        except (ValueError, KeyError, TypeError):
            return None


def realise_changed(
    units: Sequence[Declared],
    pieces: Sequence[Piece],
    known: Composition,
    old: State,
    *,
    make: Make,
    slots: Slots,
    alone: frozenset[Kind] = frozenset(),
) -> State | None:
    """What ``units`` become, given that the ``known`` pieces became ``old``; None where all must be made.

    ``make`` makes some units real on an empty database, in their order, and reads it. ``alone``: kinds that need
    nothing of what they mention. Raises what ``make`` raises.
    """
    before, after = _by_object(known.pieces), _by_object(pieces)
    if before.get(None) != after.get(None) or (None in after and not _same_order(known.pieces, pieces)):
        return None
    if any(key is not None and key not in old for key in before):
        return None  # what it made is called otherwise
    changed = {key for key in before.keys() | after.keys() if key is not None and before.get(key) != after.get(key)}
    mentions = _Mentions(units, alone)
    for _ in range(_ROUNDS):
        changed |= mentions.carried_along(changed)
        needed = mentions.needed(changed)
        if 2 * len(needed) > len(after):
            return None
        made = make([unit for unit in units if unit.makes is None or unit.makes in needed])
        touched = [
            key
            for key in old.objects
            if old.home(key).root in changed and made.digests.get(key) != old.digests.get(key)
        ]
        affected = {old.home(who).root for key in touched for who in old.dependents(key)} & after.keys()
        if affected <= needed:
            foreign = {old.home(key).root for key in old.objects} - before.keys()
            if any(key not in made for key in foreign):
                return None  # who made that?
            return _merged(old, made, kept=after.keys() - needed, touched=touched, slots=slots)
        changed |= {key for key in affected if key is not None}
    return None


def _by_object(pieces: Iterable[Piece]) -> dict[Key | None, list[str]]:
    found: dict[Key | None, list[str]] = {}
    for piece in pieces:
        found.setdefault(piece.makes, []).append(piece.digest)
    return found


def _same_order(before: Sequence[Piece], after: Sequence[Piece]) -> bool:
    """Whether what both have comes in the same order: a default privilege is for what is made after it."""
    common = {piece.digest for piece in before} & {piece.digest for piece in after}
    first, second = ([piece.digest for piece in some if piece.digest in common] for some in (before, after))
    return first == second


class _Mentions:
    """Whose text mentions whom, by words: more than needed, never less."""

    def __init__(self, units: Sequence[Declared], alone: frozenset[Kind]) -> None:
        self.alone = alone
        self.words: dict[Key | None, set[str]] = {}
        self.open: set[Key] = set()  # what is added to others may change them
        for unit in units:
            text = " ".join(s.sql for s in unit.statements).casefold()
            self.words.setdefault(unit.makes, set()).update(_WORDS.findall(text))
            if unit.makes is not None and not unit.spelled:
                self.open.add(unit.makes)
        self.names: Mapping[Key, set[str]] = {
            key: set(_WORDS.findall(key.name.casefold())) for key in self.words if key is not None
        }
        self.by_word: dict[str, list[Key]] = {}
        self.wordless = [key for key, words in self.names.items() if not words]
        for key, words in self.names.items():
            if words:
                self.by_word.setdefault(max(words, key=lambda word: (len(word), word)), []).append(key)

    def of(self, key: Key | None) -> set[Key]:
        """The declared objects that this one may need: its text mentions them."""
        if key is not None and key.kind in self.alone:
            return set()
        words = self.words.get(key, set())
        found = {other for word in words for other in self.by_word.get(word, ()) if self.names[other] <= words}
        return found | set(self.wordless)

    def needed(self, keys: Iterable[Key]) -> set[Key]:
        """These, all that they mention, and all that is mentioned where nobody knows what it makes."""
        todo = [*(key for key in keys if key in self.words), *self.of(None)]
        found: set[Key] = set()
        while todo:
            key = todo.pop()
            if key not in found:
                found.add(key)
                todo.extend(self.of(key) - found)
        return found

    def carried_along(self, changed: set[Key]) -> set[Key]:
        """Others that may become something else because these have changed, though their text is the same."""
        names = {key: set(_WORDS.findall(key.name.casefold())) for key in changed}
        found: set[Key] = set()
        while True:
            more = {
                key
                for key in self.open - changed - found
                if any(names.get(other, self.names.get(other, set())) <= self.words[key] for other in changed | found)
            }
            if not more:
                return found
            found |= more


def _merged(
    old: State, made: State, *, kept: Iterable[Key | None], touched: Sequence[Key], slots: Slots
) -> State | None:
    """The old state with what was made in its place; None where names may have got into each other's way."""
    keep = set(kept)
    stays = [item for key, item in old.objects.items() if old.home(key).root in keep]
    if any(item.key in made for item in stays):
        return None
    freed = {key.name for key in touched if key not in made}
    taken = {slot for item in stays for slot in slots(item)}
    if any(slot in taken for item in made for slot in slots(item)):
        return None  # the server would have chosen another name, had both been there
    for item in stays:
        # Named "…1" because what was called "…" is gone now?
        if (shorter := _COUNTED.sub("", item.key.name)) != item.key.name and shorter in freed:
            return None
    needs = {**{item.key: old.needs_of(item.key) for item in stays}, **made.needs}
    return made.with_objects([*stays, *made], known=needs)
