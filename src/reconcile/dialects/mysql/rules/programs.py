"""Views, triggers and sequences."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.dialects.base import Draft
from reconcile.dialects.sqltext import MYSQL
from reconcile.state import Action, Kind, Sequence, Trigger, Verb, View


def render_view(action: Action) -> Draft:
    """CREATE VIEW, CREATE OR REPLACE VIEW, DROP VIEW."""
    if action.verb is Verb.DROP:
        return _draft(action, f"DROP VIEW {MYSQL.ident(action.key.name)}")
    assert isinstance(action.new, View)
    return _draft(action, view_statement(action.new, replace=action.verb is Verb.ALTER))


def view_statement(view: View, *, replace: bool = False) -> str:
    """The whole statement. The definition itself names the columns."""
    options = dict(view.options)
    words = ["CREATE OR REPLACE" if replace else "CREATE"]
    if "algorithm" in options:
        words.append(f"ALGORITHM={options['algorithm'].upper()}")
    if "security" in options:
        words.append(f"SQL SECURITY {options['security'].upper()}")
    words.append(f"VIEW {MYSQL.ident(view.key.name)} AS {view.definition}")
    if "check_option" in options:
        words.append(f"WITH {options['check_option'].upper()} CHECK OPTION")
    return " ".join(words)


def render_trigger(action: Action) -> Draft:
    """The trigger's own statement, or DROP TRIGGER."""
    if action.verb is Verb.DROP:
        return _draft(action, f"DROP TRIGGER {MYSQL.ident(action.key.name)}")
    assert isinstance(action.new, Trigger)
    return _draft(action, action.new.definition)


def render_sequence(action: Action) -> Draft:
    """CREATE, ALTER or DROP SEQUENCE."""
    name = MYSQL.ident(action.key.name)
    if action.verb is Verb.DROP:
        return _draft(action, f"DROP SEQUENCE {name}")
    assert isinstance(action.new, Sequence)
    return _draft(action, f"{action.verb.value.upper()} SEQUENCE {name} {' '.join(_settings(action.new))}")


def _settings(sequence: Sequence) -> Iterator[str]:
    yield f"START WITH {sequence.start}"
    yield f"MINVALUE {sequence.minimum}"
    yield f"MAXVALUE {sequence.maximum}"
    yield f"INCREMENT BY {sequence.increment}"
    yield f"CACHE {sequence.cache}" if sequence.cache else "NOCACHE"
    yield "CYCLE" if sequence.cycle else "NOCYCLE"


def _draft(action: Action, sql: str) -> Draft:
    on = action.key.root if action.key.kind is Kind.TRIGGER else action.key
    there = on.kind is not action.key.kind or action.verb is not Verb.CREATE
    lock = f"MDL_EXCLUSIVE on {on.name}" if there else None
    return Draft(summary=f"{action.verb.value} {action.key}", sql=(sql,), transactional=False, lock=lock)
