"""Scratch databases: in memory, always."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from reconcile.dialects.session import Session
from reconcile.dialects.sqlite.session import open_session


@contextmanager
def make_scratch(near: Session | None, spec: str) -> Iterator[Session]:
    """An empty database in memory, or the one that ``spec`` is a URL of."""
    del near
    url = spec if "://" in spec else "sqlite://"
    with open_session(url) as session:
        yield session
