"""What a person has to write so that the desired state says what is live, as a diff."""

from __future__ import annotations

import difflib

from reconcile.api.values import ByHand
from reconcile.reports.models import model_of


def unified(before: str, after: str) -> str:
    """The lines that differ, with some around them, in the unified format."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2)
    return "\n".join(text for text in lines if not text.startswith(("---", "+++")))


def by_hand(change: ByHand) -> str:
    """What a person has to write: a diff of a model's class, or the statement that makes the difference."""
    if change.table is None or change.before is None or change.after is None:
        return change.sql
    table = change.table
    return unified(*(model_of(state, table) if table in state else "" for state in (change.before, change.after)))
