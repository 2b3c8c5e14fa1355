"""The door: from specs to one State. Composes sources on one scratch database, or remembers what came of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache as remembered
from importlib import resources
from pathlib import Path
from typing import Any

from reconcile.dialects.base import Dialect
from reconcile.dialects.session import Session
from reconcile.events import Listener, Reading, silent
from reconcile.scratch.cache import Cache
from reconcile.scratch.realise import Declared, NotRealised, realise
from reconcile.sources.base import Source, Target
from reconcile.sources.database import DatabaseSource
from reconcile.sources.load import load_sources
from reconcile.state import Scope, State
from reconcile.state.digest import canonical, read_key, text_digest, to_plain
from reconcile.state.hints import RenameHint
from reconcile.state.key import APART, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Desired:
    """What is wanted. ``notes`` are lines for the user."""

    state: State
    renames: tuple[RenameHint, ...] = ()
    scope: Scope
    notes: tuple[str, ...] = ()


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
) -> Desired:
    """The state that ``specs`` describe together, in the dialect and version of ``live``.

    A single database is simply read. All else is made real, in the order of ``specs``, on one scratch database
    (``scratch`` as in ScratchMaker) and read back; unless the same declarations have been made real before.
    ``fingerprint``: what ``desired_fingerprint`` found, where it has been asked already.
    Raises SourceError, ConnectError.
    """
    sources = [source for spec in specs for source in load_sources(spec, root=root)]
    if len(sources) == 1 and isinstance(sources[0], DatabaseSource):
        return Desired(state=sources[0].read(dialect), scope=Scope())
    target = Target(dialect=dialect, features=dialect.features(live), sqlalchemy=live.engine.dialect)
    environment = [dialect.name, live.version_key, reader_digest(dialect)]

    quick = fingerprint or _quick_key(sources, target, environment)
    if quick is not None and (known := _recall(cache, quick)) is not None:
        return known

    said = [source.declare(target) for source in sources]
    units = [(unit, source) for source, one in zip(sources, said, strict=True) for unit in one.units]
    said = [replace(one, units=()) for one in said]
    exact = text_digest(canonical([*environment, [s.sql for unit, _ in units for s in unit.statements]]))
    state = cache.get_state(exact)
    if state is None:
        state = _make_real(units, live=live, dialect=dialect, scratch=scratch, listen=listen)
        for source in sources:
            source.check(state)
        cache.put_state(exact, state)
    desired = Desired(
        state=state,
        renames=tuple(hint for one in said for hint in one.renames),
        scope=_scope([one.scope for one in said], state),
        notes=tuple(note for one in said for note in one.notes),
    )
    if quick is not None:
        cache.put_text(quick, _remark(desired, exact))
    return desired


def desired_fingerprint(specs: Sequence[str], *, live: Session, dialect: Dialect, root: Path) -> str | None:
    """A digest that changes whenever ``desired_state`` would find something else; None where that cannot be told
    without making the state. Raises SourceError."""
    sources = [source for spec in specs for source in load_sources(spec, root=root)]
    target = Target(dialect=dialect, features=dialect.features(live), sqlalchemy=live.engine.dialect)
    return _quick_key(sources, target, [dialect.name, live.version_key, reader_digest(dialect)])


def _make_real(
    owned: list[tuple[Declared, Source]], *, live: Session, dialect: Dialect, scratch: str, listen: Listener
) -> State:
    """``owned`` units are used up: thousands of tables' DDL need not be in memory beside what became of it."""
    units = [unit for unit, _ in owned]

    def progress(done: int, total: int, what: str) -> None:
        listen(Reading(what=what, done=done, total=total))

    with dialect.scratch(live, scratch) as session:
        try:
            realise(units, session, transactional=dialect.transactional_ddl, progress=progress)
        except NotRealised as failure:
            source = next(source for unit, source in owned if unit is failure.unit)
            raise source.blame(failure) from failure
        owned.clear()
        units.clear()
        return dialect.read(session)


def _scope(scopes: Sequence[Scope], state: State) -> Scope:
    """What the sources speak for together. One that speaks for some kinds also speaks for those its DDL has made."""
    if any(scope.kinds is None for scope in scopes):
        kinds = None
    else:
        kinds = frozenset({kind for scope in scopes for kind in scope.kinds or ()})
        kinds |= {
            key.kind
            for key in state.objects
            if (key.parent is None or key.kind in APART) and key.kind is not Kind.OPAQUE
        }
    if any(scope.schemas is None for scope in scopes):
        return Scope(kinds=kinds)
    return Scope(kinds=kinds, schemas=frozenset(name for scope in scopes for name in scope.schemas or ()))


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
            "renames": [to_plain(hint) for hint in desired.renames],
            "kinds": None if scope.kinds is None else sorted(scope.kinds),
            "schemas": None if scope.schemas is None else sorted(scope.schemas),
            "notes": list(desired.notes),
        }
    )


def _recall(cache: Cache, quick: str) -> Desired | None:
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
            renames=tuple(RenameHint(**{**hint, "new": read_key(hint["new"])}) for hint in found["renames"]),
            scope=Scope(
                kinds=None if found["kinds"] is None else frozenset(map(Kind, found["kinds"])),
                schemas=None if found["schemas"] is None else frozenset(found["schemas"]),
            ),
            notes=tuple(found["notes"]),
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
    return text_digest("".join(_package_digest(home) for home in sorted({*homes, "reconcile.state"})))
