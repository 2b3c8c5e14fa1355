"""Tables, columns and defaults."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from reconcile.state.key import Key, Kind
from reconcile.state.objects import Object, Options, register


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Object):
    """A table without its parts: columns, constraints and indexes are objects of their own.

    ``options`` are the server's own words, lower case: ``engine``, ``charset``, ``collation``,
    ``row_format`` (MySQL), ``strict``, ``without_rowid`` = "true" (SQLite), ``persistence`` = "unlogged",
    ``fillfactor``, ``tablespace`` (PostgreSQL). What is at the server's default is left out.
    """

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.TABLE,)
    holds_data: ClassVar[bool] = True

    options: Options = ()
    partition_by: str | None = None  # RANGE (at), as the server prints it (PostgreSQL)
    inherits: tuple[Key, ...] = ()  # the tables after INHERITS, in order (PostgreSQL)
    of_type: Key | None = None  # a typed table's composite type (PostgreSQL)
    server: str | None = None  # a foreign table's server (PostgreSQL)
    foreign_options: Options = ()  # what a foreign table tells its wrapper

    @property
    def keeps_rows(self) -> bool:
        """Whether rows are kept in it itself: not in partitions, nor on another server, nor in a union's tables."""
        return self.partition_by is None and self.server is None and "union" not in dict(self.options)

    @property
    def requires(self) -> frozenset[Key]:
        found = set(self.inherits)
        if self.key.schema is not None:
            found.add(Key(Kind.SCHEMA, None, self.key.schema))
        if self.of_type is not None:
            found.add(self.of_type)
        if self.server is not None:
            found.add(Key(Kind.FOREIGN_SERVER, None, self.server))
        return frozenset(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """GENERATED … AS IDENTITY (SQL:2003). Unset numbers are the server's default for the type."""

    always: bool = False
    start: int | None = None
    increment: int | None = None
    minimum: int | None = None
    maximum: int | None = None
    cache: int | None = None
    cycle: bool = False
    sequence: str | None = None  # only where it is not the name the server would choose


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """GENERATED ALWAYS AS (expression)."""

    expression: str
    stored: bool


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Object):
    """A column. Its default is an object of its own (it may need what the column does not).

    ``type`` is the server's canonical spelling. ``position`` (1-based) is carried for display and for
    writing tables out, and is no difference.
    """

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.COLUMN,)
    holds_data: ClassVar[bool] = True

    type: str
    nullable: bool = True
    identity: Identity | None = None
    generated: Generated | None = None
    collation: str | None = None  # only where it is not the type's or the table's own
    charset: str | None = None  # MySQL: likewise
    auto_increment: bool = False  # MySQL AUTO_INCREMENT, SQLite AUTOINCREMENT
    on_update: str | None = None  # MySQL ON UPDATE expression
    invisible: bool = False
    not_null_name: str | None = None  # a NOT NULL constraint that a person named (PostgreSQL 18, SQLite)
    options: Options = ()  # conflict clauses, compression, srid …
    foreign_options: Options = ()  # what a foreign table's column tells the wrapper
    # It comes from a table above (INHERITS, PARTITION OF, OF type), which makes, alters and drops it.
    inherited: bool = field(default=False, compare=False)
    local: bool = field(default=True, compare=False)  # its own table declares it (too)
    not_null_local: bool = field(default=True, compare=False)  # likewise its NOT NULL (PostgreSQL 18)
    position: int = field(default=0, compare=False)


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Default(Object):
    """A column's DEFAULT, as the server prints the expression."""

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.DEFAULT,)

    expression: str
