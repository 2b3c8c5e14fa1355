"""A declarative schema-state reconciler for PostgreSQL, MySQL/MariaDB and SQLite. The names here are the public API.

They are loaded when first used, so that importing the package (and ``reconcile --version``) costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reconcile import aio, errors
    from reconcile.api import (
        Applied,
        Entry,
        Finding,
        Linted,
        Measures,
        Project,
        Proposal,
        Status,
        apply,
        baseline,
        diff,
        history,
        inspect,
        lint,
        measure,
        pending,
        plan,
        revert,
        save,
        seal,
        show,
        status,
        to_revert,
        undo,
        verify,
    )
    from reconcile.config import load_project
    from reconcile.errors import ReconcileError

_HOMES = {"ReconcileError": "reconcile.errors", "load_project": "reconcile.config"}
_MODULES = frozenset({"aio", "errors"})

__all__ = [
    "Applied",
    "Entry",
    "Finding",
    "Linted",
    "Measures",
    "Project",
    "Proposal",
    "ReconcileError",
    "Status",
    "aio",
    "apply",
    "baseline",
    "diff",
    "errors",
    "history",
    "inspect",
    "lint",
    "load_project",
    "measure",
    "pending",
    "plan",
    "revert",
    "save",
    "seal",
    "show",
    "status",
    "to_revert",
    "undo",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'reconcile' has no attribute {name!r}")
    if name in _MODULES:
        return import_module(f"reconcile.{name}")
    return getattr(import_module(_HOMES.get(name, "reconcile.api")), name)
