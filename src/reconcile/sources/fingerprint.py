"""A digest of a MetaData by walking it, without making DDL of it: ten times quicker, and so asked first.

It must never be the same for two MetaData that make different DDL. What the walk does not know for certain (a listener
of the user's, a callable ``ddl_if``, a compiler hook on DDL) makes it give None, and the DDL itself decides.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import partial
from typing import Any

import sqlalchemy
from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    Constraint,
    ForeignKeyConstraint,
    Identity,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Sequence,
    Table,
    UniqueConstraint,
)
from sqlalchemy import Enum as SqlalchemyEnum
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import (
    AddConstraint,
    CreateColumn,
    CreateIndex,
    CreateSchema,
    CreateSequence,
    CreateTable,
    DefaultClause,
    FetchedValue,
    SetColumnComment,
    SetTableComment,
)
from sqlalchemy.sql.elements import ClauseElement, TextClause, quoted_name
from sqlalchemy.types import SchemaType, TypeEngine

from reconcile.sources.entities import has_entities
from reconcile.sources.metadata_ddl import literal_dialect
from reconcile.sources.metadata_hints import info_of

# A @compiles hook on one of these changes DDL in ways that no walk can see.
_HOOKABLE = (
    AddConstraint, CheckConstraint, Column, Computed, CreateColumn, CreateIndex, CreateSchema, CreateSequence,
    CreateTable, ForeignKeyConstraint, Identity, Index, PrimaryKeyConstraint, Sequence, SetColumnComment,
    SetTableComment, Table, UniqueConstraint,
)  # fmt: skip
_EVENTS = ("before_create", "after_create")
_KNOWN_SEQUENCE = ("name", "schema", "start", "increment", "minvalue", "maxvalue", "nominvalue", "nomaxvalue", "cycle",
                   "cache", "order", "optional", "always", "on_null")  # fmt: skip

_KNOWN_TYPE = (
    "name", "schema", "enums", "native_enum", "create_constraint", "length", "inherit_schema", "_inherit_schema",
    "create_type",
)  # fmt: skip


class _Unknown(Exception):
    """The walk has come upon something that it does not know."""


def fingerprint(metadata: MetaData, dialect: Dialect) -> str | None:
    """32 hex digits, the same in every process; None where only the DDL can tell."""
    try:
        walk = _Walk(dialect)
        digest = hashlib.sha256(repr(walk.metadata(metadata)).encode("utf-8", "surrogatepass"))
        for key in sorted(metadata.tables):
            digest.update(repr(walk.table(metadata.tables[key])).encode("utf-8", "surrogatepass"))
    except (_Unknown, SQLAlchemyError, AttributeError, NotImplementedError, TypeError, ValueError):
        return None  # if it is an error, declare() will say it better
    return digest.hexdigest()[:32]


class _Walk:
    """Remembers the text of types it has met. Not a value."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = literal_dialect(dialect)
        self.types: dict[Any, str] = {}

    def metadata(self, metadata: MetaData) -> tuple[Any, ...]:
        if type(metadata) is not MetaData or any("_compiler_dispatcher" in vars(cls) for cls in _HOOKABLE):
            raise _Unknown
        self._listeners(metadata)
        if has_entities(metadata):
            raise _Unknown
        dialect = self.dialect
        version = getattr(dialect, "server_version_info", None)
        flavour = getattr(dialect, "is_mariadb", None)
        sequences = sorted(repr(self._sequence(sequence)) for sequence in metadata._sequences.values())
        convention = self._value(dict(metadata.naming_convention))
        return sqlalchemy.__version__, dialect.name, version, flavour, metadata.schema, convention, sequences

    def table(self, table: Table) -> tuple[Any, ...]:
        if type(table) is not Table or getattr(table, "_creator_ddl", None) is not None:
            raise _Unknown
        self._listeners(table)
        constraints = sorted(table.constraints, key=lambda c: c._creation_order)
        return (
            table.fullname,
            _quote(table.name),
            table.comment,
            [str(prefix) for prefix in table._prefixes],
            self._options(table),
            _hints(info_of(table)),
            [self._column(column) for column in table.columns],
            [self._constraint(constraint) for constraint in constraints],
            sorted(repr(self._index(index)) for index in table.indexes),
        )

    def _column(self, column: Column[Any]) -> tuple[Any, ...]:
        if type(column).__module__.partition(".")[0] != "sqlalchemy":
            raise _Unknown
        default = column.default
        server = column.server_default
        return (
            column.name,
            _quote(column.name),
            self._type(column.type),
            column.nullable,
            column.primary_key,
            column.autoincrement,
            column.comment,
            column.system,
            None if server is None else self._server_default(server),
            self._sequence(default) if isinstance(default, Sequence) else None,
            self._options(column),
            _hints(info_of(column)),
        )

    def _server_default(self, default: Any) -> Any:
        if isinstance(default, Computed):
            return "computed", self._value(default.sqltext), default.persisted
        if isinstance(default, Identity):
            return "identity", self._sequence(default)
        if isinstance(default, DefaultClause):
            return self._value(default.arg)
        if type(default) is FetchedValue:
            return "fetched"
        raise _Unknown

    def _sequence(self, sequence: Any) -> tuple[Any, ...]:
        column = getattr(sequence, "column", None)
        facts = [self._value(getattr(sequence, name, None)) for name in _KNOWN_SEQUENCE]
        type_ = getattr(sequence, "data_type", None)
        return (
            *facts,
            self._options(sequence),
            None if type_ is None else self._type(type_),
            None if column is None else column.name,
        )

    def _constraint(self, item: Constraint) -> Any:
        if item._ddl_if is not None:
            raise _Unknown
        common = (
            type(item).__qualname__,
            str(item.name),
            item.deferrable,
            item.initially,
            item.comment,
            self._options(item),
            _hints(info_of(item)),
        )
        if type(item) in (PrimaryKeyConstraint, UniqueConstraint):
            # Only constraints over columns come here; SQLAlchemy types them by their base.
            return common, [column.name for column in item.columns], getattr(item, "_implicit_generated", None)  # type: ignore[attr-defined]
        if type(item) is ForeignKeyConstraint:
            targets = [element.target_fullname for element in item.elements]
            return (
                common,
                item.column_keys,
                [column.name for column in item.columns],
                targets,
                item.ondelete,
                item.onupdate,
                item.match,
                item.use_alter,
            )
        if type(item) is CheckConstraint:
            return common, self._value(item.sqltext), item._create_rule is None
        # A compiler without a statement is how SQLAlchemy itself prints a part; its annotation wants one.
        return common, self.dialect.ddl_compiler(self.dialect, None).process(item)  # type: ignore[arg-type]

    def _index(self, index: Index) -> Any:
        if type(index) is not Index or index._ddl_if is not None:
            raise _Unknown
        parts = [e.name if type(e) is Column else self._value(e) for e in index.expressions]
        kwargs = self._options(index)
        return str(index.name), bool(index.unique), parts, kwargs, _hints(info_of(index))

    def _type(self, type_: TypeEngine[Any]) -> str:
        if isinstance(type_, SqlalchemyEnum):
            return self._type_text(type_)
        key = (type(type_), *vars(type_).items())  # all that two types of one class can differ in
        try:
            text = self.types.get(key)
        except TypeError:  # it holds something that has no hash
            return self._type_text(type_)
        if text is None:
            text = self.types[key] = self._type_text(type_)
        return text

    def _type_text(self, type_: TypeEngine[Any]) -> str:
        text = f"{type(type_).__module__}.{type(type_).__qualname__} {type_.compile(dialect=self.dialect)}"
        if isinstance(type_, SchemaType):
            said = vars(type_)
            text += repr([self._value(said.get(name)) for name in _KNOWN_TYPE])
            text += str(said.get("metadata") is None)
        return text

    def _options(self, item: Any) -> Any:
        """The dialect's keyword arguments; SQLAlchemy sets the attribute up when it gets the first."""
        return (self._value(dict(item.dialect_kwargs)) or None) if "dialect_options" in vars(item) else None

    def _value(self, value: Any) -> Any:
        """Something whose repr says all that DDL depends on."""
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, str):
            return str(value)
        if isinstance(value, list | tuple):
            return [self._value(item) for item in value]
        if isinstance(value, dict):
            return sorted((str(name), self._value(item)) for name, item in value.items())
        if isinstance(value, TextClause) and not value._bindparams:
            return "text", value.text
        if isinstance(value, Column):
            return "column", value.name
        if isinstance(value, ClauseElement):
            return str(value.compile(dialect=self.dialect, compile_kwargs={"literal_binds": True}))
        raise _Unknown

    def _listeners(self, item: MetaData | Table) -> None:
        for name in _EVENTS:
            for listener in getattr(item.dispatch, name):
                if not _is_sqlalchemys(listener):
                    raise _Unknown


def _is_sqlalchemys(listener: Any) -> bool:
    """Named types listen to their table, to be created before it: what they do is told by the type."""
    while isinstance(listener, partial):
        listener = listener.func
    target = getattr(listener, "target", None) or getattr(listener, "__self__", None)
    return isinstance(target, SchemaType) and type(target).__module__.partition(".")[0] == "sqlalchemy"


def _quote(name: str) -> bool | None:
    return name.quote if isinstance(name, quoted_name) else None


_HINTS = ("renamed_from", "enum_renamed_from", "renamed_labels", "preserve", "backfill", "convert")


def _hints(info: Mapping[Any, Any]) -> Any:
    return [repr(info.get(name)) for name in _HINTS] if info else None
