"""Extensions. What belongs to one is the extension's: read, never planned."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from reconcile.state.key import Key, Kind
from reconcile.state.objects import Object, register


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Extension(Object):
    """CREATE EXTENSION (PostgreSQL). ``version`` None: whatever the server has by default (only as written)."""

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.EXTENSION,)

    version: str | None = None
    schema: str | None = None  # None: pg_catalog, or the extension's own choice
    relocatable: bool = field(default=True, compare=False)

    @property
    def requires(self) -> frozenset[Key]:
        return frozenset() if self.schema is None else frozenset({Key(Kind.SCHEMA, None, self.schema)})
