"""Plain views."""

from __future__ import annotations

from collections.abc import Iterable

from reconcile.dialects.base import Draft
from reconcile.dialects.postgresql.expressions import for_reading
from reconcile.dialects.postgresql.rules import tables
from reconcile.dialects.postgresql.rules.text import name_of, parameters
from reconcile.state import Action, Verb, View


def render(action: Action) -> Iterable[Draft]:
    """CREATE [OR REPLACE] VIEW, DROP VIEW, or a change of options."""
    name = name_of(action.key)
    lock = f"ACCESS EXCLUSIVE on {name}"
    if action.verb is Verb.DROP:
        yield Draft(summary=f"drop {action.key}", sql=(f"DROP VIEW {name}",), lock=lock)
        return
    new = action.new
    assert isinstance(new, View)
    if action.verb is Verb.CREATE:
        yield Draft(summary=f"create {new.key}", sql=(_create(new, "CREATE"),))
        return
    assert isinstance(action.old, View)
    if action.fields <= {"options"}:
        commands = tables.parameter_commands(list(action.old.options), list(new.options))
        statements = tuple(f"ALTER VIEW {name} {command}" for command in commands)
        yield Draft(summary=f"change options of {new.key}", sql=statements, lock=lock)
    else:
        yield Draft(summary=f"replace {new.key}", sql=(_create(new, "CREATE OR REPLACE"),), lock=lock)


def _create(item: View, verb: str) -> str:
    options = f" WITH ({parameters(item.options)})" if item.options else ""
    return f"{verb} VIEW {name_of(item.key)}{options} AS\n{for_reading(item.definition)}"
