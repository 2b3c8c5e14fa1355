"""Views and triggers."""

from __future__ import annotations

from dataclasses import replace

from reconcile.dialects.base import Draft
from reconcile.dialects.mysql.features import Features
from reconcile.dialects.mysql.rules.made_under import definer_checks, definer_clause, session_around
from reconcile.dialects.sqltext import MYSQL
from reconcile.state import Action, How, Kind, Object, Trigger, Verb, View


def how_view(old: View, new: View) -> How:
    """In place where it needs no less than before: what it no longer needs may go in the statement that it waits for.

    Views over it look at it only when they are asked.
    """
    return How.ALTER if _names(old) <= _names(new) else How.REPLACE


def _names(view: View) -> frozenset[str]:
    return frozenset(token.text for token in MYSQL.tokens(view.definition) if token.kind == "ident")


def render_view(action: Action, features: Features) -> Draft:
    """CREATE VIEW, ALTER VIEW, CREATE OR REPLACE VIEW, DROP VIEW."""
    if action.verb is Verb.DROP:
        return _draft(action, f"DROP VIEW {MYSQL.ident(action.key.name)}")
    new, old = action.new, action.old
    assert isinstance(new, View)
    before, after = session_around(new, features)
    return replace(
        _draft(action, view_statement(new, old, features)), before=before, after=after, checks=definer_checks(new)
    )


def view_statement(view: View, old: Object | None, features: Features) -> str:
    """The whole statement. ALTER VIEW leaves the definer as it was, and whatever else it says nothing of."""
    options = dict(view.options)
    words = ["CREATE"]
    if isinstance(old, View):
        same = all(dict(old.options).get(name) == options.get(name) for name in ("algorithm", "security"))
        words = ["ALTER" if same else "CREATE OR REPLACE"]
    if "algorithm" in options:
        words.append(f"ALGORITHM={options['algorithm'].upper()}")
    if words[0] != "ALTER" and (definer := definer_clause(view)):
        words.append(definer.strip())
    if "security" in options:
        words.append(f"SQL SECURITY {options['security'].upper()}")
    columns = f" ({MYSQL.idents(view.columns)})" if features.view_columns_apart else ""
    words.append(f"VIEW {MYSQL.ident(view.key.name)}{columns} AS {view.definition}")
    if "check_option" in options:
        words.append(f"WITH {options['check_option'].upper()} CHECK OPTION")
    return " ".join(words)


def render_trigger(action: Action, features: Features) -> Draft:
    """The trigger's own statement, or DROP TRIGGER."""
    if action.verb is Verb.DROP:
        return _draft(action, f"DROP TRIGGER {MYSQL.ident(action.key.name)}")
    assert isinstance(action.new, Trigger)
    before, after = session_around(action.new, features)
    return replace(
        _draft(action, trigger_statement(action.new)), before=before, after=after, checks=definer_checks(action.new)
    )


def trigger_statement(trigger: Trigger) -> str:
    """The statement that makes it, as its definer's."""
    return f"CREATE {definer_clause(trigger)}{trigger.definition.removeprefix('CREATE ')}"


def _draft(action: Action, sql: str) -> Draft:
    on = action.key.root if action.key.kind is Kind.TRIGGER else action.key
    there = on.kind is not action.key.kind or action.verb is not Verb.CREATE
    lock = f"MDL_EXCLUSIVE on {on.name}" if there else None
    return Draft(summary=f"{action.verb.value} {action.key}", sql=(sql,), transactional=False, lock=lock)
