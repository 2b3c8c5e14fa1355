"""Extensions: made, moved and updated; their members never on their own."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reconcile.dialects.base import Draft
from reconcile.dialects.postgresql.rules.text import ident, literal
from reconcile.state import Action, Extension, Verb


def goes_back(old: Extension, new: Extension) -> bool:
    """Whether the new version is an older one: extensions come with scripts for the way up, hardly ever down."""
    if old.version is None or new.version is None:
        return False
    return _numbers(new.version) < _numbers(old.version)


def _numbers(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"[0-9]+", version)]


def render(action: Action) -> Iterable[Draft]:
    """CREATE, ALTER or DROP EXTENSION."""
    name = ident(action.key.name)
    if action.verb is Verb.DROP:
        yield Draft(summary=f"drop {action.key}", sql=(f"DROP EXTENSION {name}",))
        return
    new, old = action.new, action.old
    assert isinstance(new, Extension)
    if action.verb is Verb.CREATE:
        text = f"CREATE EXTENSION {name}"
        text += f" SCHEMA {ident(new.schema)}" if new.schema is not None else ""
        text += f" VERSION {literal(new.version)}" if new.version is not None else ""
        yield Draft(summary=f"create {new.key}", sql=(text,))
        return
    assert isinstance(old, Extension)
    statements = []
    if old.schema != new.schema:
        statements.append(f"ALTER EXTENSION {name} SET SCHEMA {ident(new.schema or 'pg_catalog')}")
    if old.version != new.version and new.version is not None:
        statements.append(f"ALTER EXTENSION {name} UPDATE TO {literal(new.version)}")
    yield Draft(summary=f"alter {new.key}", sql=tuple(statements))
