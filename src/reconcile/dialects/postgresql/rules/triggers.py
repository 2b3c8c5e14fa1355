"""Triggers, rewrite rules and event triggers: replaced in place where the server can, with their enabled state."""

from __future__ import annotations

from collections.abc import Iterable

from reconcile.dialects.base import Draft
from reconcile.dialects.postgresql.rules.routines import signature
from reconcile.dialects.postgresql.rules.text import ident, literal, name_of
from reconcile.dialects.sqltext import POSTGRESQL
from reconcile.state import Action, EventTrigger, Key, Rule, Trigger, Verb

_STATES = {"origin": "ENABLE", "disabled": "DISABLE", "replica": "ENABLE REPLICA", "always": "ENABLE ALWAYS"}


def is_constraint(item: Trigger) -> bool:
    """Whether it is a constraint trigger: there is no OR REPLACE for those."""
    return item.definition.startswith("CREATE CONSTRAINT")


def render(action: Action) -> Iterable[Draft]:
    """CREATE [OR REPLACE], DROP, and ALTER TABLE … ENABLE or DISABLE."""
    key, word = action.key, action.key.kind.value.upper()
    assert key.parent is not None
    table = name_of(key.parent)
    level = "ACCESS EXCLUSIVE" if action.verb is Verb.DROP or isinstance(action.new, Rule) else "SHARE ROW EXCLUSIVE"
    lock = f"{level} on {table}"
    if action.verb is Verb.DROP:
        yield Draft(summary=f"drop {key}", sql=(f"DROP {word} {ident(key.name)} ON {table}",), lock=lock)
        return
    new, old = action.new, action.old
    assert isinstance(new, Trigger | Rule)
    state = f"ALTER TABLE {table} {_STATES[new.enabled]} {word} {ident(key.name)}"
    if action.verb is Verb.ALTER and action.fields == {"enabled"}:
        yield Draft(summary=f"{_STATES[new.enabled].lower()} {key}", sql=(state,), lock=lock)
        return
    text = new.definition
    if action.verb is Verb.ALTER:
        text = "CREATE OR REPLACE" + text.removeprefix("CREATE")
    # OR REPLACE sets a trigger's state back to ENABLE, and leaves a rule's alone.
    before = old.enabled if isinstance(old, Rule) else "origin"
    statements = (text,) if new.enabled == before else (text, state)
    yield Draft(summary=f"{'create' if action.verb is Verb.CREATE else 'replace'} {key}", sql=statements, lock=lock)


def render_event(action: Action) -> Iterable[Draft]:
    """Event triggers: only their state can be changed in place."""
    name = ident(action.key.name)
    if action.verb is Verb.DROP:
        yield Draft(summary=f"drop {action.key}", sql=(f"DROP EVENT TRIGGER {name}",))
        return
    new = action.new
    assert isinstance(new, EventTrigger)
    state = f"ALTER EVENT TRIGGER {name} {_STATES[new.enabled]}"
    if action.verb is Verb.ALTER:
        yield Draft(summary=f"{_STATES[new.enabled].lower()} {new.key}", sql=(state,))
        return
    tags = f"\n    WHEN TAG IN ({', '.join(map(literal, new.tags))})" if new.tags else ""
    text = f"CREATE EVENT TRIGGER {name} ON {new.event}{tags}\n    EXECUTE FUNCTION {_called(new.function)}()"
    yield Draft(summary=f"create {new.key}", sql=(text,) if new.enabled == "origin" else (text, state))


def _called(function: Key) -> str:
    return POSTGRESQL.qualified(function.schema, signature(function)[0])
