"""What a database looks like after renames, asked of a server: it rewrites the text of views and checks itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from reconcile.dialects.base import Dialect, Rules, Scene, Unit
from reconcile.dialects.session import Session
from reconcile.errors import FormRefused, ReconcileError
from reconcile.events import Listener, Notice
from reconcile.planning.build import creation, renamed_by_key
from reconcile.state import Action, Key, Object, Opaque, Rename, State, Verb


def scratch_renamer(
    dialect: Dialect,
    rules: Rules,
    features: Any,
    open_scratch: Callable[[], AbstractContextManager[Session]],
    listen: Listener,
) -> Callable[[State, Sequence[Rename]], Sequence[State]]:
    """A Renamer (planning.build) that carries the renames out on scratch and reads the result back.

    Where that cannot be done (something unmanaged is in the way) it falls back to renaming by key, and says so:
    printed expressions then keep the old name and may show as differences, which the rehearsal would find.
    """

    def rename(base: State, renames: Sequence[Rename]) -> Sequence[State]:
        by_key = renamed_by_key(base, renames)
        touched = _neighbourhood(base, [rename.old.key for rename in renames])
        try:
            if any(isinstance(base[key], Opaque) for key in touched):
                raise ReconcileError("something unmanaged is involved")
            return [_merged(by_key[i], read) for i, read in enumerate(_replay(base, touched, renames))]
        except ReconcileError as error:
            listen(Notice(message=f"renames were followed without a server: {error}"))
            return by_key

    def _replay(base: State, touched: frozenset[Key], renames: Sequence[Rename]) -> list[State]:
        refused: frozenset[str] = frozenset()
        while True:
            try:
                with open_scratch() as scratch:
                    return _tried(scratch, base, touched, renames, refused)
            except FormRefused as error:
                if error.sql in refused:  # the rules have no other form to offer
                    raise
                refused |= {error.sql}

    def _tried(
        scratch: Session, base: State, touched: frozenset[Key], renames: Sequence[Rename], refused: frozenset[str]
    ) -> list[State]:
        part = base.select(touched.__contains__)
        for phase in creation(dialect.read_scratch(scratch), part, rules=rules, features=features):
            for sql in (*phase.before, *(sql for step in phase.steps for sql in step.sql), *phase.after):
                scratch.execute(sql)
        states: list[State] = []
        for one in renames:
            before = states[-1] if states else part
            unit = Unit(host=None, actions=(Action(Verb.RENAME, one.key, one.old, one.new),))
            scene = Scene(base=before, target=before, features=features, refused=refused)
            for draft in rules.render(unit, scene):
                for sql in (*draft.before, *draft.sql, *draft.after):
                    scratch.execute(sql)
            states.append(dialect.read_scratch(scratch))
        return states

    return rename


def _neighbourhood(state: State, keys: Sequence[Key]) -> frozenset[Key]:
    """The renamed objects, all that lives in them or needs them, and what that needs."""
    roots = {key.root for key in keys}
    return state.needed_by(state.depending_on(key for key in state.objects if key.root in roots))


def _merged(by_key: State, read: State) -> State:
    """The state by key, with the server's word for what scratch knows.

    A root that is on scratch in full is taken from there whole: an unnamed check is keyed by its text, so it
    comes back under another key. Of the others (a table that is only pointed at) scratch holds but a part.
    """
    whole = {item.key.root for item in read} - {
        item.key.root for item in by_key if item.key not in read and _keyed(item)
    }
    kept = [read.get(item.key) or item for item in by_key if item.key.root not in whole]
    fresh = [item for item in read if item.key.root in whole and item.key.root in by_key]
    needs = [(item.key, need) for item in fresh for need in read.needs_of(item.key)]
    return by_key.with_objects([*kept, *fresh], needs)


def _keyed(item: Object) -> bool:
    """Whether the object's key is a name, not its content."""
    return getattr(item, "named", True)
