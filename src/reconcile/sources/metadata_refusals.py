"""The parts of a MetaData that ``create_all()``, or a server, refuses; and the MetaData without them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, MetaData, Table
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import CreateIndex, CreateTable

from reconcile.sources.base import Target
from reconcile.sources.metadata_ddl import Mock, compiled, literal_dialect

Part = Table | Index | ForeignKeyConstraint


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A part of a MetaData of which no DDL can be made."""

    what: str
    reason: str
    part: Part

    @property
    def table(self) -> Table:
        """The table that the part is, or belongs to."""
        return table_of(self.part)


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
                    part=table,
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
            yield Refusal(what=what, reason="it has no columns", part=index)
        if str(index.name) in names:
            yield Refusal(what=what, reason="the table has two indexes of this name", part=index)
        names.add(str(index.name))


def _key_refusals(table: Table) -> Iterator[Refusal]:
    for constraint in foreign_keys(table):
        for element in constraint.elements:
            try:
                element.column  # noqa: B018 - resolving it is the test
            except (SQLAlchemyError, AssertionError) as error:
                yield Refusal(what=_described(constraint), reason=_first_line(error), part=constraint)
                break


def foreign_keys(table: Table) -> list[ForeignKeyConstraint]:
    """The table's foreign keys, in an order that does not change."""
    constraints = [c for c in table.constraints if isinstance(c, ForeignKeyConstraint)]
    return sorted(constraints, key=lambda c: c._creation_order)  # as SQLAlchemy writes them


def _described(key: ForeignKeyConstraint) -> str:
    columns, target = ", ".join(key.column_keys), key.elements[0].target_fullname
    return f"foreign key ({columns}) of table {key.table.fullname} to {target}"


def compile_refusals(metadata: MetaData, target: Target) -> list[Refusal]:
    """Only asked when ``create_all()`` as a whole does not go through: each part by itself."""
    dialect = literal_dialect(target.sqlalchemy)
    found: list[Refusal] = []
    for table in metadata.tables.values():
        mock: Any = Mock(dialect, lambda element, *_: compiled(element, dialect))
        parts: list[tuple[str, Part, Callable[[], object]]] = [
            (f"table {table.fullname}", table, partial(compiled, CreateTable(table), dialect))
        ]
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            what = f"index {index.name} of table {table.fullname}"
            parts.append((what, index, partial(compiled, CreateIndex(index), dialect)))
        failed = [
            Refusal(what=what, reason=reason, part=part) for what, part, try_ in parts if (reason := _failure(try_))
        ]
        if not failed and (reason := _failure(partial(table.create, mock))):  # the DDL of its types, say
            failed = [Refusal(what=f"table {table.fullname}", reason=reason, part=table)]
        found += failed
    return found


def all_refusals(metadata: MetaData, target: Target) -> list[Refusal]:
    """Every part that must be left out so that ``create_all()`` goes through; keys to tables left out are among it."""
    found = refusals(metadata, target)
    with taken_out(one.part for one in found):
        known = {id(one.part) for one in found}
        found += [one for one in compile_refusals(metadata, target) if id(one.part) not in known]
    gone = {id(one.part): one.what for one in found if isinstance(one.part, Table)}
    whole = [one for one in found if isinstance(one.part, Table) or id(one.table) not in gone]
    known = {id(one.part) for one in whole}
    for table in metadata.tables.values():
        for key in () if id(table) in gone else foreign_keys(table):
            if id(key) not in known and (what := gone.get(id(key.referred_table))):
                whole.append(Refusal(what=_described(key), reason=f"{what} is left out", part=key))
    return whole


@contextmanager
def taken_out(parts: Iterable[Part]) -> Iterator[None]:
    """The MetaData without these indexes and foreign keys, for as long as it takes. Tables it leaves where they are:
    name the others to ``create_all()``."""
    parts = list(parts)
    indexes = [part for part in parts if isinstance(part, Index)]
    keys = [part for part in parts if isinstance(part, ForeignKeyConstraint)]
    elements = [element for key in keys for element in key.elements]
    rules = [key._create_rule for key in keys]  # AddConstraint sets it
    try:
        for index in indexes:
            table_of(index).indexes.discard(index)
        for key in keys:
            table_of(key).constraints.discard(key)
        for element in elements:
            for holder in (element.parent, table_of(element.constraint)):
                holder.foreign_keys.discard(element)
        yield
    finally:
        for index in indexes:
            table_of(index).indexes.add(index)
        for key, rule in zip(keys, rules, strict=True):
            table_of(key).constraints.add(key)
            key._create_rule = rule
        for element in elements:
            for holder in (element.parent, table_of(element.constraint)):
                holder.foreign_keys.add(element)


def table_of(part: Any) -> Table:
    """The table that the part is, or belongs to."""
    table = part if isinstance(part, Table) else part.table
    assert isinstance(table, Table)
    return table


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
