"""Hints: what a desired state cannot say by itself, that something is not new but was called otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from reconcile.state.key import Key


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameHint:
    """The object wanted as ``new`` was called ``old_name`` before, in the same parent.

    ``label``: not the object itself but this enum label of it is meant. ``origin`` is where the hint stands.
    """

    new: Key
    old_name: str
    label: str | None = None
    origin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueHint:
    """What rows that are there get in a column: an expression over the row.

    As a backfill: where the column is new, or is to be NOT NULL. As a conversion: before what it takes is narrowed.
    """

    column: Key
    expression: str
    origin: str = ""
