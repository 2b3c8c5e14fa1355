"""Schemas."""

from __future__ import annotations

from collections.abc import Iterable

from reconcile.dialects.base import Draft
from reconcile.dialects.postgresql.rules.text import name_of
from reconcile.state import Action, Verb


def render(action: Action) -> Iterable[Draft]:
    """CREATE SCHEMA, DROP SCHEMA (empty by then: no CASCADE)."""
    verb = "DROP" if action.verb is Verb.DROP else "CREATE"
    yield Draft(summary=f"{verb.lower()} {action.key}", sql=(f"{verb} SCHEMA {name_of(action.key)}",))
