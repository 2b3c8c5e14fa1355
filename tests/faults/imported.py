"""Imports all that a run would import, in the server from which the runs are forked."""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module

_DRIVERS = ("psycopg", "pymysql", "sqlalchemy.dialects.postgresql.psycopg", "sqlalchemy.dialects.mysql.pymysql")
_OURS = ("api", "cli.main", "cli.apply", "cli.revert", "cli.status", "reports.text", "reports.json")
_DIALECTS = ("postgresql", "mysql", "sqlite")

for name in (
    "rich.console",
    *_DRIVERS,
    *(f"reconcile.{each}" for each in _OURS),
    *(f"reconcile.dialects.{each}" for each in _DIALECTS),
):
    with suppress(ImportError):  # what is not installed is missed by who needs it
        import_module(name)
