"""Extended statistics."""

from __future__ import annotations

from collections.abc import Iterable

from reconcile.dialects.base import Draft
from reconcile.dialects.postgresql.rules.text import enclosed, ident, name_of
from reconcile.state import Action, Statistics, Verb


def render(action: Action) -> Iterable[Draft]:
    """CREATE, ALTER or DROP STATISTICS."""
    name = name_of(action.key)
    if action.verb is Verb.DROP:
        yield Draft(summary=f"drop {action.key}", sql=(f"DROP STATISTICS {name}",))
        return
    new = action.new
    assert isinstance(new, Statistics)
    statements = []
    if action.verb is Verb.CREATE:
        types = f" ({', '.join(new.types)})" if new.types else ""
        parts = ", ".join(ident(p.column) if p.column is not None else enclosed(p.expression or "") for p in new.parts)
        statements.append(f"CREATE STATISTICS {name}{types} ON {parts} FROM {name_of(new.target)}")
    if action.verb is Verb.ALTER or new.rows is not None:
        statements.append(f"ALTER STATISTICS {name} SET STATISTICS {-1 if new.rows is None else new.rows}")
    yield Draft(
        summary=f"{action.verb.value} {new.key}",
        sql=tuple(statements),
        lock=f"SHARE UPDATE EXCLUSIVE on {name_of(new.target)}",
    )
