"""Foreign data wrappers, servers and user mappings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconcile.dialects.base import Draft
from reconcile.dialects.postgresql.rules import text
from reconcile.dialects.postgresql.rules.text import ident, literal
from reconcile.state import Action, ForeignServer, ForeignWrapper, Hazard, Key, Level, UserMapping, Verb

_WORDS = {Verb.CREATE: "create", Verb.DROP: "drop", Verb.ALTER: "change"}


def render(action: Action) -> Iterable[Draft]:
    """CREATE, ALTER or DROP of any of the three."""
    yield Draft(
        summary=f"{_WORDS[action.verb]} {action.key}",
        sql=tuple(_statements(action)),
        hazards=tuple(_hazards(action)),
    )


def _statements(action: Action) -> Iterator[str]:
    old, new = action.old, action.new
    name = _name(action.key, old or new)
    if new is None:
        yield f"DROP {name}"
    elif old is None:
        yield f"CREATE {name}{''.join(_clauses(new))}{text.generic_options(_options(new))}"
    else:
        words = [*_changes(old, new), *text.generic_changes(_options(old), _options(new))]
        yield f"ALTER {name} {' '.join(words)}"


def _name(key: Key, item: object) -> str:
    match item:
        case ForeignWrapper():
            return f"FOREIGN DATA WRAPPER {ident(key.name)}"
        case ForeignServer():
            return f"SERVER {ident(key.name)}"
    assert key.parent is not None
    user = "PUBLIC" if key.name == "public" else ident(key.name)
    return f"USER MAPPING FOR {user} SERVER {ident(key.parent.name)}"


def _options(item: object) -> tuple[tuple[str, str], ...]:
    assert isinstance(item, ForeignWrapper | ForeignServer | UserMapping)
    return item.options


def _clauses(item: object) -> Iterator[str]:
    if isinstance(item, ForeignWrapper):
        yield from (f" {word}" for word in _functions(ForeignWrapper(key=item.key), item))
    elif isinstance(item, ForeignServer):
        yield f" TYPE {literal(item.type)}" if item.type is not None else ""
        yield f" VERSION {literal(item.version)}" if item.version is not None else ""
        yield f" FOREIGN DATA WRAPPER {ident(item.wrapper)}"


def _changes(old: object, new: object) -> Iterator[str]:
    if isinstance(old, ForeignWrapper) and isinstance(new, ForeignWrapper):
        yield from _functions(old, new)
    elif isinstance(old, ForeignServer) and isinstance(new, ForeignServer) and old.version != new.version:
        yield "VERSION NULL" if new.version is None else f"VERSION {literal(new.version)}"


def _functions(old: ForeignWrapper, new: ForeignWrapper) -> Iterator[str]:
    for word, before, after in (("HANDLER", old.handler, new.handler), ("VALIDATOR", old.validator, new.validator)):
        if before != after:
            yield f"NO {word}" if after is None else f"{word} {after}"


def _hazards(action: Action) -> Iterator[Hazard]:
    item = action.new if action.verb is Verb.CREATE else action.old if action.verb is Verb.DROP else None
    if not isinstance(item, UserMapping) or not item.secrets:
        return
    names = ", ".join(item.secrets)
    made = action.verb is Verb.CREATE
    yield Hazard(
        code="secret",
        level=Level.WARNING,
        key=action.key,
        message=f"{action.key} is made without its {names}" if made else f"{action.key} goes with its {names}",
        advice="set it by hand: ALTER USER MAPPING … OPTIONS (ADD …)"
        if made
        else "it is not kept and cannot be brought back",
    )
