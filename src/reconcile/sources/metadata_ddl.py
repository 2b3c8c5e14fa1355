"""The DDL of a MetaData, as ``create_all()`` would send it."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import Any

from sqlalchemy import Constraint, ForeignKeyConstraint, Index, MetaData, Table, text
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.engine.mock import MockConnection
from sqlalchemy.schema import (
    AddConstraint,
    CreateIndex,
    CreateSchema,
    CreateTable,
    ExecutableDDLElement,
    SetColumnComment,
    SetConstraintComment,
    SetTableComment,
)
from sqlalchemy.sql.ddl import SchemaGenerator
from sqlalchemy.sql.elements import ClauseElement

from reconcile.errors import SourceError
from reconcile.sources.base import Target

_ABOUT_TABLES = (AddConstraint, CreateIndex, CreateTable, SetColumnComment, SetConstraintComment, SetTableComment)

# The unit's name (a table's full name, else what it is); the table it is about, if it is; one statement. Compiling a
# statement costs more than running it, so that is left to whoever needs the text.
Piece = tuple[str, Table | None, ClauseElement]


def ddl_of(
    metadata: MetaData,
    target: Target,
    dialect: Dialect,
    *,
    without: Collection[Table] = (),
    schemas: frozenset[str] = frozenset(),
    unheard: Callable[[Any], bool] = lambda _: False,
) -> list[Piece]:
    """Every statement, in SQLAlchemy's order; DDL events fire and ``ddl_if`` is honoured. Schemas come first.

    ``schemas``: others that are needed too. ``unheard``: listeners that are passed over.
    """
    pieces: list[Piece] = []

    def execute(element: Any, *parameters: Any, **_: Any) -> None:
        if any(parameters):
            raise SourceError("a DDL event executes a statement with parameters, which no schema needs")
        if without and getattr(getattr(element, "element", None), "name", "") is None:
            return  # a nameless type: SQLAlchemy makes those of all tables, and this is why one is left out
        pieces.append((_unit_name(element), _table_of(element), element))

    mock = Mock(dialect, execute)
    mock.unheard = unheard
    tables = [table for table in metadata.tables.values() if table not in without] if without else None
    metadata.create_all(mock, checkfirst=False, tables=tables)
    pieces = [piece for _, some in groupby(pieces, key=_indexed) for piece in _in_one_order(list(some))]
    if not target.dialect.namespaces:
        return pieces
    events = (compiled(element, dialect) for _, table, element in pieces if table is None)
    made = " ".join(sql for sql in events if re.match(r"\s*create\s+schema\b", sql, re.I))
    creations = [
        (f"schema {name}", None, CreateSchema(name))
        for name in sorted((schemas_of(metadata) | schemas) - {target.dialect.default_schema})
        if not re.search(rf"\b{re.escape(name)}\b", made)  # else an event of the user's makes it
    ]
    return [*creations, *pieces]


def added(keys: Iterable[ForeignKeyConstraint]) -> list[Piece]:
    """The statements that add foreign keys to tables made without them."""
    elements = [AddConstraint(key) for key in keys]
    return [(_unit_name(element), _table_of(element), element) for element in elements]


def _indexed(piece: Piece) -> int:
    """The table whose index the piece makes; 0 for other pieces."""
    _, table, element = piece
    return id(table) if isinstance(element, CreateIndex) else 0


def _in_one_order(pieces: list[Piece]) -> list[Piece]:
    """Neighbouring indexes of a table by name: SQLAlchemy has them in a set, in another order in every process."""
    if not _indexed(pieces[0]):
        return pieces
    return sorted(pieces, key=lambda piece: str(piece[2].element.name))  # type: ignore[attr-defined]  # a CreateIndex


def schemas_of(metadata: MetaData) -> frozenset[str]:
    """The schemas that tables, named types and sequences are put in by name."""
    named = {table.schema for table in metadata.tables.values()}
    named |= {sequence.schema for sequence in metadata._sequences.values()}
    named |= {getattr(column.type, "schema", None) for table in metadata.tables.values() for column in table.columns}
    return frozenset(str(name) for name in named if name is not None)


def compiled(element: ClauseElement, dialect: Dialect) -> str:
    """The statement's text with all values written out."""
    if isinstance(element, ExecutableDDLElement):
        return str(element.compile(dialect=dialect)).strip()
    return str(element.compile(dialect=dialect, compile_kwargs={"literal_binds": True})).strip()


def literal_dialect(dialect: Dialect) -> Dialect:
    """A copy that does not double percent signs: our statements run without parameters, as they stand."""
    plain: Any = copy.copy(dialect)
    plain.paramstyle = "named"
    plain.positional = False
    plain.identifier_preparer = copy.copy(dialect.identifier_preparer)
    plain.identifier_preparer.dialect = plain
    plain.identifier_preparer._double_percents = False
    plain.type_compiler_instance = plain.type_compiler_cls(plain)
    vars(plain).pop("_type_memos", None)  # what it remembers of each column's type shall end with it
    result: Dialect = plain
    return result


def _table_of(element: Any) -> Table | None:
    """The table that the statement makes, or makes a part of, where that is all it does: SQLAlchemy's own DDL."""
    if type(element) not in _ABOUT_TABLES:
        return None
    subject = element.element
    table = subject if isinstance(subject, Table) else getattr(subject, "table", None)
    return table if isinstance(table, Table) else None


def _unit_name(element: Any) -> str:
    subject = getattr(element, "element", None)
    table = subject if isinstance(subject, Table) else getattr(subject, "table", None)
    if isinstance(table, Table) and isinstance(subject, Table | Index):
        return table.fullname
    if isinstance(table, Table) and isinstance(subject, Constraint):
        what = "an unnamed constraint" if subject.name is None else f"constraint {subject.name}"
        return f"{what} of table {table.fullname}"
    name = getattr(subject, "name", None)
    return f"{type(element).__name__} {name}" if name else f"event {type(element).__name__}"


class _Generator(SchemaGenerator):
    """SQLAlchemy's, but for listeners that are passed over."""

    @contextmanager
    def with_ddl_events(self, target: Any, **kw: Any) -> Iterator[None]:
        for event in ("before_create", "after_create"):
            for listener in getattr(target.dispatch, event):
                if not self.connection.unheard(listener):
                    listener(target, self.connection, _ddl_runner=self, **kw)
            if event == "before_create":
                yield


class Mock(MockConnection):
    """Collects; and tells a DDL event that wants more than that why it cannot be served."""

    unheard: Callable[[Any], bool] = staticmethod(lambda _: False)

    def _run_ddl_visitor(self, visitorcallable: Any, element: Any, **kwargs: Any) -> None:
        visitor = _Generator if visitorcallable is SchemaGenerator else visitorcallable
        super()._run_ddl_visitor(visitor, element, **kwargs)

    def exec_driver_sql(self, statement: str, parameters: Any = None, **_: Any) -> None:
        self.execute(text(statement.replace(":", "\\:")), parameters)

    def __getattr__(self, name: str) -> Any:
        raise SourceError(
            f"a DDL event asks the connection for {name!r}",
            hint="DDL events of models may execute DDL; a query of the database they cannot make here",
        )
