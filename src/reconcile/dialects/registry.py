"""Name → Dialect, through entry points, loaded only when asked for."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points

from reconcile.dialects.base import Dialect
from reconcile.dialects.connect import dialect_name, parse_url
from reconcile.errors import ConnectError


@cache
def get_dialect(name: str) -> Dialect:
    """The dialect of this name. Raises ConnectError for an unknown one."""
    found = entry_points(group="reconcile.dialects", name=name)
    if not found:
        raise ConnectError(f"no dialect {name!r} is installed")
    dialect: Dialect = next(iter(found)).load()
    return dialect


def known_dialects() -> tuple[Dialect, ...]:
    """Every dialect that is installed, by name."""
    return tuple(
        get_dialect(name) for name in sorted({entry.name for entry in entry_points(group="reconcile.dialects")})
    )


def dialect_for(url: str) -> Dialect:
    """The dialect that speaks to this URL."""
    return get_dialect(dialect_name(parse_url(url)))
