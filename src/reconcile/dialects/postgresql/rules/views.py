"""Plain views."""

from __future__ import annotations

from collections.abc import Iterable

from reconcile.dialects.base import Draft
from reconcile.dialects.postgresql.expressions import for_reading
from reconcile.dialects.postgresql.rules import tables
from reconcile.dialects.postgresql.rules.text import ident, name_of, parameters
from reconcile.state import Action, Options, Verb, View


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
        yield Draft(summary=f"create {new.key}", sql=(_create(new, "CREATE"), *_defaults((), new)))
        return
    assert isinstance(action.old, View)
    defaults = tuple(_defaults(action.old.column_defaults, new))
    if action.fields <= {"options", "column_defaults"}:
        commands = tables.parameter_commands(list(action.old.options), list(new.options))
        statements = (*(f"ALTER VIEW {name} {command}" for command in commands), *defaults)
        words = "options" if commands else "column defaults"
        yield Draft(summary=f"change {words} of {new.key}", sql=statements, lock=lock)
    else:
        yield Draft(summary=f"replace {new.key}", sql=(_create(new, "CREATE OR REPLACE"), *defaults), lock=lock)


def _defaults(before: Options, new: View) -> Iterable[str]:
    """ALTER VIEW … ALTER COLUMN for the defaults that differ. (CREATE OR REPLACE leaves them as they are.)"""
    old, wanted = dict(before), dict(new.column_defaults)
    for column in sorted({*old, *wanted}):
        if old.get(column) != wanted.get(column):
            to = f"SET DEFAULT {for_reading(wanted[column])}" if column in wanted else "DROP DEFAULT"
            yield f"ALTER VIEW {name_of(new.key)} ALTER COLUMN {ident(column)} {to}"


def _create(item: View, verb: str) -> str:
    options = f" WITH ({parameters(item.options)})" if item.options else ""
    return f"{verb} VIEW {name_of(item.key)}{options} AS\n{for_reading(item.written or item.definition)}"
