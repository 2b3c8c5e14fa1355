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
    if "://" in spec:
        with open_session(spec) as session:
            yield session
        return
    with open_session("sqlite://") as session:
        # Each table and each index takes a page at least, and there are few rows here: the smallest (pragma.html).
        session.execute("PRAGMA page_size = 512")
        yield session
