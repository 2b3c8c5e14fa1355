"""The live database's own copy of what its desired state became on scratch, for machines that remember nothing.

A deploy starts on an empty machine: with this, a plan with nothing to do makes nothing there either (DESIGN §1.1).
Like the local cache it is only a memory, and it is written only when something has been applied.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Column, Integer, MetaData, String, Table, Text, delete, insert, inspect, select
from sqlalchemy.exc import DBAPIError

from reconcile.dialects.session import Session
from reconcile.errors import ServerError
from reconcile.execution.pack import pack, unpack
from reconcile.state.digest import text_digest

_CHUNK = 32_000  # characters of packed text a row: MySQL's TEXT ends at 65,535 bytes
_DIGEST = 32  # hex digits, before the text: what is not as it was written is not there


class Shelf:
    """Texts by key, beside the history. Speaks through the session it was given."""

    def __init__(self, session: Session, *, schema: str | None) -> None:
        """``schema``: where the bookkeeping is."""
        self.session = session
        self.schema = schema
        self.table = Table(
            "reconcile_memory",
            MetaData(schema=schema),
            Column("key", String(32), primary_key=True),
            Column("part", Integer, primary_key=True, autoincrement=False),
            Column("packed", Text, nullable=False),
        )

    def get(self, key: str) -> str | None:
        """The text put under ``key``; None where there is none, or it cannot be read."""
        t = self.table
        try:
            if not inspect(self.session.connection).has_table(t.name, schema=self.schema):
                return None
            rows = self.session.connection.execute(
                select(t.c.packed).where(t.c.key == text_digest(key)).order_by(t.c.part)
            ).fetchall()
            text = unpack("".join(row[0] for row in rows)) if rows else ""
        except (DBAPIError, ValueError):
            return None
        digest, text = text[:_DIGEST], text[_DIGEST:]
        return text if digest == text_digest(text) else None

    def put(self, texts: Mapping[str, str]) -> None:
        """Keep these, and nothing else. Raises ServerError."""
        t = self.table
        try:
            t.create(self.session.connection, checkfirst=True)
            with self.session.transaction():
                self.session.connection.execute(delete(t))
                for key, text in sorted(texts.items()):
                    packed = pack(text_digest(text) + text)
                    for part, at in enumerate(range(0, len(packed), _CHUNK)):
                        row = {"key": text_digest(key), "part": part, "packed": packed[at : at + _CHUNK]}
                        self.session.connection.execute(insert(t).values(**row))
        except DBAPIError as error:
            raise ServerError(f"what was made on scratch cannot be kept in the database: {error.orig}") from error
