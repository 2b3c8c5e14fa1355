"""The DDL of a MetaData, as ``create_all()`` would send it, and the parts of it that ``create_all()`` refuses."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any

from sqlalchemy import Constraint, ForeignKeyConstraint, Index, MetaData, Table, text
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.engine.mock import MockConnection
from sqlalchemy.exc import SQLAlchemyError
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A part of a MetaData of which no DDL can be made."""

    what: str
    reason: str
    table: Table | None = None


def ddl_of(
    metadata: MetaData,
    target: Target,
    dialect: Dialect,
    *,
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
        pieces.append((_unit_name(element), _table_of(element), element))

    mock = _Mock(dialect, execute)
    mock.unheard = unheard
    metadata.create_all(mock, checkfirst=False)
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


def refusals(metadata: MetaData, target: Target) -> list[Refusal]:
    """What ``create_all()``, or every server, refuses; cheap, so that it is known before anything is made."""
    found: list[Refusal] = []
    for table in metadata.tables.values():
        if table.schema is not None and not target.dialect.namespaces:
            found.append(
                Refusal(
                    what=f"table {table.fullname}",
                    reason=f"{target.dialect.name} has no schemas within a database; "
                    f"take schema={table.schema!r} off the table",
                    table=table,
                )
            )
        found += _index_refusals(table)
        found += _key_refusals(table)
    return found


def _index_refusals(table: Table) -> Iterator[Refusal]:
    names: set[str] = set()
    for index in sorted(table.indexes, key=lambda index: str(index.name)):
        what = f"index {index.name} of table {table.fullname}"
        if not index.expressions:
            yield Refusal(what=what, reason="it has no columns", table=table)
        if str(index.name) in names:
            yield Refusal(what=what, reason="the table has two indexes of this name", table=table)
        names.add(str(index.name))


def _key_refusals(table: Table) -> Iterator[Refusal]:
    constraints = [c for c in table.constraints if isinstance(c, ForeignKeyConstraint)]
    for constraint in sorted(constraints, key=lambda c: tuple(c.column_keys)):
        for element in constraint.elements:
            try:
                element.column  # noqa: B018 - resolving it is the test
            except (SQLAlchemyError, AssertionError) as error:
                yield Refusal(
                    what=f"foreign key ({', '.join(constraint.column_keys)}) of table {table.fullname} "
                    f"to {element.target_fullname}",
                    reason=_first_line(error),
                    table=table,
                )
                break


def compile_refusals(metadata: MetaData, target: Target) -> list[Refusal]:
    """Only asked when ``create_all()`` as a whole does not go through: each part by itself."""
    dialect = literal_dialect(target.sqlalchemy)
    found: list[Refusal] = []
    for table in metadata.tables.values():
        mock: Any = _Mock(dialect, lambda element, *_: compiled(element, dialect))
        parts = [(f"table {table.fullname}", partial(compiled, CreateTable(table), dialect))]
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            what = f"index {index.name} of table {table.fullname}"
            parts.append((what, partial(compiled, CreateIndex(index), dialect)))
        failed = [Refusal(what=what, reason=reason, table=table) for what, try_ in parts if (reason := _failure(try_))]
        if not failed and (reason := _failure(partial(table.create, mock))):  # the DDL of its types, say
            failed = [Refusal(what=f"table {table.fullname}", reason=reason, table=table)]
        found += failed
    return found


def _failure(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except SQLAlchemyError as error:
        return _first_line(error)
    except (NotImplementedError, AttributeError, TypeError, ValueError) as error:
        return f"{type(error).__name__}: {_first_line(error)}"
    return ""


def _first_line(error: BaseException) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__


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
        return f"constraint {subject.name} of table {table.fullname}"
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


class _Mock(MockConnection):
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
