"""The door: from specs to one State. Composes sources on one scratch database, or remembers what came of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache as remembered
from importlib import resources
from operator import length_hint
from pathlib import Path
from typing import Any

from reconcile.dialects.base import EMBEDDED, SAME_SERVER, Dialect
from reconcile.dialects.session import Session
from reconcile.errors import SourceError
from reconcile.events import Listener, Notice, Reading, silent
from reconcile.scratch.cache import NOWHERE, Cache
from reconcile.scratch.realise import Declared, NotRealised, lacks_something, nothing, realise
from reconcile.sources.base import Declaration, LeftOut, Source, Target
from reconcile.sources.database import DatabaseSource
from reconcile.sources.load import load_sources
from reconcile.sources.piecewise import Composition, Piece, piece_of, realise_changed
from reconcile.sources.portions import made_in_portions
from reconcile.sources.shared import lent, try_shared
from reconcile.state import Scope, State, with_shared
from reconcile.state.collecting import uncollected
from reconcile.state.digest import canonical, read_key, text_digest, to_plain
from reconcile.state.hints import RenameHint, ValueHint
from reconcile.state.key import APART, EACH_APART, Key, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Desired:
    """What is wanted. ``notes`` are lines for the user, ``memory`` the keys under which the cache knows it all."""

    state: State
    renames: tuple[RenameHint, ...] = ()
    unpreserved: tuple[Key, ...] = ()  # tables of which nothing goes into the attic
    backfills: tuple[ValueHint, ...] = ()
    conversions: tuple[ValueHint, ...] = ()
    scope: Scope
    left: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()
    memory: tuple[str, ...] = ()


def desired_state(
    specs: Sequence[str],
    *,
    live: Session,
    dialect: Dialect,
    root: Path,
    scratch: str,
    cache: Cache,
    listen: Listener = silent,
    fingerprint: str | None = None,
    skip_broken: bool = False,
    meanwhile: Callable[[], object] = nothing,
) -> Desired:
    """The state that ``specs`` describe together, in the dialect and version of ``live``.

    A single database is simply read. All else is made real, in the order of ``specs``, on one scratch database
    (``scratch`` as in ScratchMaker) and read back; unless the same declarations have been made real before.
    ``fingerprint``: what ``desired_fingerprint`` found, where it has been asked already. ``skip_broken``: go without
    what cannot be made of models; nothing is remembered then. ``meanwhile``: see realise.
    Raises SourceError, ConnectError.
    """
    sources = _sources(specs, root, skip_broken)
    if len(sources) == 1 and isinstance(sources[0], DatabaseSource):
        return Desired(state=sources[0].read(dialect), scope=Scope())
    target = Target(dialect=dialect, features=dialect.features(live), sqlalchemy=live.engine.dialect)
    environment = [dialect.name, live.version_key, reader_digest(dialect)]

    cache = NOWHERE if skip_broken else cache
    quick = fingerprint or _quick_key(sources, target, environment)
    name = text_digest(canonical(["composition", *environment, [source.spec for source in sources]]))
    if quick is not None and (known := _recall(cache, quick, name)) is not None:
        return known

    said = [source.declare(target) for source in sources]
    shared = tuple(unit for one in said if isinstance(one.units, tuple) for unit in one.units if unit.shared)
    left = [item for one in said for item in one.left]
    workshop = _Workshop(
        sources=sources,
        live=live,
        dialect=dialect,
        features=target.features,
        scratch=scratch,
        listen=listen,
        meanwhile=meanwhile,
        forgo=left.append,
        shared=shared,
    )
    exact, state = _composed(said, workshop, cache, environment, name)
    desired = Desired(
        state=state,
        renames=tuple(hint for one in said for hint in one.renames),
        unpreserved=tuple(key for one in said for key in one.unpreserved),
        backfills=tuple(hint for one in said for hint in one.backfills),
        conversions=tuple(hint for one in said for hint in one.conversions),
        scope=_scope([one.scope for one in said], state, dialect),
        left=tuple(left),
        notes=(*(note for one in said for note in one.notes), *_left_out(left)),
        memory=() if skip_broken else tuple(key for key in (quick, name, exact) if key is not None),
    )
    if quick is not None:
        cache.put_text(quick, _remark(desired, exact))
    return desired


def desired_fingerprint(
    specs: Sequence[str], *, live: Session, dialect: Dialect, root: Path, skip_broken: bool = False
) -> str | None:
    """A digest that changes whenever ``desired_state`` would find something else; None where that cannot be told
    without making the state. Raises SourceError."""
    sources = _sources(specs, root, skip_broken)
    target = Target(dialect=dialect, features=dialect.features(live), sqlalchemy=live.engine.dialect)
    return _quick_key(sources, target, [dialect.name, live.version_key, reader_digest(dialect)])


def _sources(specs: Sequence[str], root: Path, skip_broken: bool) -> list[Source]:
    return [source for spec in specs for source in load_sources(spec, root=root, skip_broken=skip_broken)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Workshop:
    """Where declarations are made real, and who is to blame if they cannot be."""

    sources: Sequence[Source]
    live: Session
    dialect: Dialect
    features: Any
    scratch: str
    listen: Listener
    meanwhile: Callable[[], object]
    forgo: Callable[[LeftOut], object]  # told of what it has to go without
    shared: Sequence[Declared]

    def make(self, units: Iterable[Declared]) -> State:
        """What the units become on an empty database. Raises SourceError."""
        if self.shared:
            units = tuple(unit for unit in units if not unit.shared)
        total = length_hint(units)
        own = "://" not in self.scratch  # there is but one of the user's
        left: list[LeftOut] = []

        def make(some: Iterable[Declared], *, before: int = 0) -> State:
            if before == 0:
                left.clear()
            try:
                return self._made(some, before, total, left.append)
            except SourceError as error:
                if not (self.scratch == EMBEDDED and lacks_something(error.__cause__)):
                    raise
                self.listen(Notice(message=f"{error.message}: so a database on the server itself was scratch"))
            return replace(self, scratch=SAME_SERVER)._made(some, before, total, left.append)

        alone = self.dialect.alone if own else frozenset()
        state = made_in_portions(units, make, alone=alone, slots=self.dialect.rules(self.features).slots)
        for item in left:
            self.forgo(item)
        return state

    def _made(self, units: Iterable[Declared], before: int, whole: int, forgo: Callable[[LeftOut], object]) -> State:
        def progress(done: int, total: int, what: str) -> None:
            self.listen(Reading(what=what, done=before + done, total=max(whole, before + total)))

        with uncollected(), self.dialect.scratch(self.live, self.scratch) as session:
            if session.version_key != self.live.version_key:
                text = (
                    f"scratch is {session.server}, not {self.live.server}: what they print differently shows as changed"
                )
                self.listen(Notice(message=text))
            shared = try_shared(self.shared, session, self.dialect, self._blame) if self.shared else ()
            with lent(shared, session, self.dialect):
                try:
                    forgone = realise(
                        units,
                        session,
                        transactional=self.dialect.transactional_ddl,
                        progress=progress,
                        meanwhile=self.meanwhile,
                    )
                except NotRealised as failure:
                    raise self._blame(failure) from failure
                state = self.dialect.read_scratch(session)
            for spared in forgone:
                if spared.statement.spare is not None:
                    forgo(LeftOut(spared.statement.spare, self._blame(spared).message))
            return with_shared(state, shared) if shared else state

    def _blame(self, failure: NotRealised) -> SourceError:
        return next(source for source in self.sources if source.spec == failure.unit.origin).blame(failure)

    def mend(self, units: Sequence[Declared], pieces: Sequence[Piece], known: Composition, old: State) -> State | None:
        """The same from what is remembered, where that is safe; a complaint is better had of the whole."""
        slots = self.dialect.rules(self.features).slots
        try:
            return realise_changed(units, pieces, known, old, make=self.make, slots=slots, alone=self.dialect.alone)
        except SourceError:
            return None


def _composed(
    said: Sequence[Declaration], workshop: _Workshop, cache: Cache, environment: Sequence[str], name: str
) -> tuple[str, State]:
    """What the declarations become together, remembered or made; and the key it is remembered under. ``name`` is that
    of the composition, whatever is in it."""
    known = Composition.load(cache.get_text(name) or "")
    units: Iterable[Declared] = _Chain(said)
    pieces: list[Piece] = []
    state = None
    if known is not None or all(isinstance(one.units, tuple) for one in said):
        units = tuple(units)
        pieces = [piece_of(unit) for unit in units]
        exact = _exact(pieces, environment)
        state = cache.get_state(exact)
        old = cache.get_state(known.state) if state is None and known is not None and not workshop.shared else None
        if known is not None and old is not None:
            state = workshop.mend(units, pieces, known, old)
    else:
        # Nothing to compare with: the server can work on the first while the last are being written.
        units = _Noting(units, pieces)
    if state is None:
        state = workshop.make(units)
        exact = _exact(pieces, environment)
    if known is None or known.state != exact:
        for source in workshop.sources:
            source.check(state)
        cache.put_state(exact, state)
        cache.put_text(name, Composition(pieces=tuple(pieces), state=exact).dump())
    return exact, state


def _exact(pieces: Iterable[Piece], environment: Sequence[str]) -> str:
    return text_digest(canonical([*environment, [piece.digest for piece in pieces]]))


@dataclass(frozen=True, slots=True)
class _Chain:
    """The units of all declarations, in order."""

    said: Sequence[Declaration]

    def __iter__(self) -> Iterator[Declared]:
        seen: set[tuple[str, ...]] = set()
        for one in self.said:
            for unit in one.units:
                if unit.once:
                    words = tuple(stated.sql for stated in unit.statements)
                    if words in seen:
                        continue
                    seen.add(words)
                yield unit

    def __length_hint__(self) -> int:
        return sum(length_hint(one.units) for one in self.said)


@dataclass(frozen=True, slots=True)
class _Noting:
    """Units, noted down as they go by."""

    units: Iterable[Declared]
    pieces: list[Piece]

    def __iter__(self) -> Iterator[Declared]:
        self.pieces.clear()
        for unit in self.units:
            self.pieces.append(piece_of(unit))
            yield unit

    def __length_hint__(self) -> int:
        return length_hint(self.units)


def _scope(scopes: Sequence[Scope], state: State, dialect: Dialect) -> Scope:
    """What the sources speak for together. One that speaks for some kinds also speaks for those its DDL has made.

    Who describes a database and says nothing of what it shares with others does not mean that all that is to go.
    """
    if any(scope.kinds is None for scope in scopes):
        kinds = None
    else:
        kinds = frozenset({kind for scope in scopes for kind in scope.kinds or ()})
        kinds |= {
            key.kind
            for key in state.objects
            if (key.parent is None or key.kind in APART) and key.kind is not Kind.OPAQUE
        }
    spoken: frozenset[Key] | None = None
    if kinds is not None:
        spoken = frozenset(key.root for key in state.objects if key.kind in EACH_APART)
    schemas: frozenset[str] | None = None
    if not any(scope.schemas is None for scope in scopes):
        schemas = frozenset(name for scope in scopes for name in scope.schemas or ())
    lenient = frozenset({kind for scope in scopes for kind in scope.lenient})
    silent = dialect.manages_shared and not any(map(dialect.is_shared, state.objects))
    return Scope(
        kinds=kinds,
        unasked=dialect.shared.kinds if dialect.shared is not None and silent else frozenset(),
        spoken=spoken,
        schemas=schemas,
        ignore=tuple(pattern for scope in scopes for pattern in scope.ignore),
        lenient=lenient,
        named=frozenset(key for key in state.objects if key.kind in lenient),
    )


def _left_out(items: Sequence[LeftOut]) -> Iterator[str]:
    """What is said of them, once of each; of what is part of another one of them, nothing."""
    gone = {item.what.key for item in items}
    told = {item.what: item.text for item in reversed(items) if item.what.key.parent not in gone}
    return (f"left out, and left alone where it is: {text}" for text in reversed(told.values()))


# -- memory


def _quick_key(sources: Iterable[Source], target: Target, environment: Sequence[str]) -> str | None:
    """A key that can be had without making any SQL; None where a source cannot tell."""
    prints: list[list[str]] = []
    for source in sources:
        found = source.fingerprint(target)
        if found is None:
            return None
        prints.append([source.spec, found])
    return text_digest(canonical(["quick", *environment, prints]))


def _remark(desired: Desired, exact: str) -> str:
    scope = desired.scope
    return canonical(
        {
            "state": exact,
            "unpreserved": [to_plain(key) for key in desired.unpreserved],
            "backfills": _values(desired.backfills),
            "conversions": _values(desired.conversions),
            "renames": [to_plain(hint) for hint in desired.renames],
            "kinds": None if scope.kinds is None else sorted(scope.kinds),
            "schemas": None if scope.schemas is None else sorted(scope.schemas),
            "spoken": None if scope.spoken is None else [to_plain(key) for key in sorted(scope.spoken)],
            "ignore": list(scope.ignore),
            "unasked": sorted(scope.unasked),
            "lenient": sorted(scope.lenient),
            "named": [to_plain(key) for key in sorted(scope.named)],
            "notes": list(desired.notes),
        }
    )


def _values(hints: Iterable[ValueHint]) -> list[Any]:
    return [[to_plain(hint.column), hint.expression, hint.origin] for hint in hints]


def _read_values(found: Iterable[Any]) -> tuple[ValueHint, ...]:
    return tuple(ValueHint(column=read_key(key), expression=text, origin=origin) for key, text, origin in found)


def _recall(cache: Cache, quick: str, name: str) -> Desired | None:
    text = cache.get_text(quick)
    if text is None:
        return None
    try:
        found: dict[str, Any] = json.loads(text)
        state = cache.get_state(found["state"])
        if state is None:
            return None
        return Desired(
            state=state,
            unpreserved=tuple(read_key(key) for key in found["unpreserved"]),
            backfills=_read_values(found["backfills"]),
            conversions=_read_values(found["conversions"]),
            renames=tuple(RenameHint(**{**hint, "new": read_key(hint["new"])}) for hint in found["renames"]),
            scope=Scope(
                kinds=None if found["kinds"] is None else frozenset(map(Kind, found["kinds"])),
                schemas=None if found["schemas"] is None else frozenset(found["schemas"]),
                spoken=None if found["spoken"] is None else frozenset(map(read_key, found["spoken"])),
                ignore=tuple(found["ignore"]),
                unasked=frozenset(map(Kind, found["unasked"])),
                lenient=frozenset(map(Kind, found["lenient"])),
                named=frozenset(map(read_key, found["named"])),
            ),
            notes=tuple(found["notes"]),
            memory=(quick, name, found["state"]),
        )
    except (ValueError, KeyError, TypeError):
        return None


@remembered
def _package_digest(package: str) -> str:
    texts: list[str] = []

    def visit(folder: Any) -> None:
        for entry in sorted(folder.iterdir(), key=lambda entry: str(entry.name)):
            if entry.is_dir():
                visit(entry)
            elif entry.name.endswith((".py", ".sql")):
                texts.append(entry.read_text(encoding="utf-8"))

    visit(resources.files(package))
    return text_digest("\0".join(texts))


def reader_digest(dialect: Dialect) -> str:
    """A digest of the code that reads states and makes them: what it remembers is void once it has changed.

    A version number by hand would be forgotten once, and a wrong memory is worse than none.
    """
    homes = {part.__module__.rpartition(".")[0] for part in (dialect.features, dialect.read, dialect.scratch)}
    digests = (_package_digest(home) for home in sorted({*homes, "reconcile.state"}))
    return text_digest("".join([getattr(dialect.read, "__name__", ""), *digests]))
