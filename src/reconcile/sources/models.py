"""SQLAlchemy models as a desired state: the DDL is SQLAlchemy's own, events and ``ddl_if`` included."""

from __future__ import annotations

import inspect
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, Table

from reconcile.errors import Place, ReconcileError, SourceError
from reconcile.scratch.realise import Declared, NotRealised, Stated
from reconcile.sources.base import Declaration, Target
from reconcile.sources.entities import Entities, declares_itself, entities_among, entities_of, is_entities
from reconcile.sources.fingerprint import fingerprint
from reconcile.sources.imports import attribute, import_error, import_module
from reconcile.sources.metadata_ddl import (
    Piece,
    Refusal,
    compile_refusals,
    compiled,
    ddl_of,
    literal_dialect,
    refusals,
    schemas_of,
)
from reconcile.sources.metadata_hints import renames_of, unpreserved_in
from reconcile.state import Kind, Scope, State, table_key

_MOST = 10  # refusals told at once


@dataclass(frozen=True)
class ModelsSource:
    """A declarative base, a MetaData, or a callable that gives one of them, in an importable module."""

    module: str
    attribute: str
    root: Path

    @property
    def spec(self) -> str:
        return f"models:{self.module}:{self.attribute}"

    @cached_property
    def _found(self) -> Any:
        found = attribute(import_module(self.module, self.root), self.attribute)
        for _ in range(3):  # a factory may give a factory
            if _metadata_of(found) is not None or not callable(found):
                break
            try:
                found = found()
            except (Exception, SystemExit) as error:
                raise import_error(f"{self.spec} cannot be called", error, self.root) from error
        return found

    @cached_property
    def metadata(self) -> MetaData:
        """The MetaData meant. Raises SourceError where there is none."""
        metadata = _metadata_of(self._found)
        if metadata is None:
            raise SourceError(
                f"{self.spec} is a {type(self._found).__name__}, not a declarative base, a MetaData or a callable "
                "that gives one",
                hint="name the class that your models inherit from",
            )
        return metadata

    @cached_property
    def classes(self) -> Mapping[Table, type]:
        """Table → the mapped class, as far as the registry is known."""
        registry = getattr(self._found, "registry", None) or getattr(self._found, "_sa_registry", None)
        mappers = getattr(registry, "mappers", ())
        found: dict[Table, type] = {}
        for mapper in sorted(mappers, key=lambda m: len(m.class_.__mro__)):
            if isinstance(mapper.local_table, Table):
                found.setdefault(mapper.local_table, mapper.class_)
        return found

    def fingerprint(self, target: Target) -> str | None:
        return None if is_entities(self._found) else fingerprint(self.metadata, target.sqlalchemy)

    def declare(self, target: Target) -> Declaration:
        dialect = literal_dialect(target.sqlalchemy)
        if is_entities(self._found):
            entities = entities_among(self._found, dialect, self.spec, namespaces=target.dialect.namespaces)
            return Declaration(
                units=(*entities.first, *entities.last),
                scope=Scope(kinds=frozenset(), schemas=entities.schemas),
                notes=entities.notes,
            )
        refused = refusals(self.metadata, target)
        if refused:
            raise self._refused(refused)
        with self.compiling(target):
            entities = entities_of(self.metadata, dialect, self.spec, namespaces=target.dialect.namespaces)
        units = _Units(source=self, target=target, entities=entities)
        empty = not self.metadata.tables and not entities.last
        notes = (f"{self.spec} has no tables: does its module import the models?",) if empty else ()
        return Declaration(
            units=units,
            renames=tuple(renames_of(self.metadata, target, self.spec)),
            unpreserved=tuple(unpreserved_in(self.metadata, target)),
            scope=self._scope(target, entities),
            notes=(*notes, *entities.notes),
        )

    @contextmanager
    def compiling(self, target: Target) -> Iterator[None]:
        """Around whatever makes DDL of the models: what goes wrong is told in their terms."""
        try:
            yield
        except (ReconcileError, GeneratorExit):
            raise
        except Exception as error:
            if refused := compile_refusals(self.metadata, target):
                raise self._refused(refused) from error
            raise import_error(f"{self.spec}: create_all() fails", error, self.root) from error

    def _scope(self, target: Target, entities: Entities) -> Scope:
        """Models speak for tables in the schemas that they mention; desired.py adds the kinds their DDL has made."""
        kinds = frozenset({Kind.TABLE})
        if not target.dialect.namespaces:
            return Scope(kinds=kinds, ignore=entities.ignore, lenient=entities.lenient)
        default = target.dialect.default_schema
        named = {*schemas_of(self.metadata), *entities.schemas, default}
        return Scope(
            kinds=kinds,
            schemas=frozenset(name for name in named if name is not None),
            ignore=entities.ignore,
            lenient=entities.lenient,
        )

    def _refused(self, refused: list[Refusal]) -> SourceError:
        lines = [f"{r.what}{self._class_of(r.table)}: {r.reason}" for r in refused[:_MOST]]
        if len(refused) > _MOST:
            lines.append(f"and {len(refused) - _MOST} more")
        place = self._place_of(refused[0].table)
        return SourceError("\n".join(lines), place=place, hint="correct the models; nothing has been changed")

    def _class_of(self, table: Table | None) -> str:
        mapped = self.classes.get(table) if table is not None else None
        return f" (class {mapped.__module__}.{mapped.__qualname__})" if mapped else ""

    def _place_of(self, table: Table | None) -> Place | None:
        mapped = self.classes.get(table) if table is not None else None
        if mapped is None:
            return None
        try:
            file = Path(inspect.getsourcefile(mapped) or "")
            line = inspect.getsourcelines(mapped)[1]
        except (OSError, TypeError):
            return None
        root = self.root.resolve()
        return Place(str(file.relative_to(root)) if file.is_relative_to(root) else str(file), line)

    def blame(self, failure: NotRealised) -> SourceError:
        metadata = _metadata_of(self._found)
        table = None if metadata is None else metadata.tables.get(failure.unit.name)
        what = f"table {failure.unit.name}" if table is not None else failure.unit.name
        return SourceError(
            f"{what}{self._class_of(table)}: {failure.error.message}\n  in: {' '.join(failure.statement.sql.split())}",
            place=self._place_of(table),
            hint=failure.error.hint,
        )

    def check(self, state: State) -> None:
        del state


def _used_up(pieces: deque[Piece]) -> Iterator[Piece]:
    """Each piece, let go once it is given: SQLAlchemy's statements are ten times as large as their text."""
    while pieces:
        yield pieces.popleft()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Units:
    """The DDL in units, compiled while it is asked for."""

    source: ModelsSource
    target: Target
    entities: Entities

    def __iter__(self) -> Iterator[Declared]:
        source, target = self.source, self.target
        dialect = literal_dialect(target.sqlalchemy)
        with source.compiling(target):
            schemas = self.entities.schemas
            pieces = deque(ddl_of(source.metadata, target, dialect, schemas=schemas, unheard=declares_itself))
        place = Place(source.spec)
        first = iter(self.entities.first)
        # Only neighbours make a unit: events have one name in common, and the place where they fire matters.
        for (name, table), of_one in groupby(_used_up(pieces), key=itemgetter(0, 1)):
            with source.compiling(target):
                statements = tuple(Stated(sql=compiled(element, dialect), place=place) for *_, element in of_one)
            makes = None
            if not name.startswith("schema "):
                yield from first  # once
            if table is not None:
                schema = table.schema or target.dialect.default_schema
                makes = table_key(schema if target.dialect.namespaces else None, target.dialect.fold_name(table.name))
            yield Declared(
                name=name,
                statements=statements,
                origin=source.spec,
                movable=False,
                makes=makes,
                spelled=makes is not None,
            )
        yield from first
        yield from self.entities.last
        vars(dialect).clear()  # it holds itself, and something of each column's type

    def __length_hint__(self) -> int:
        return len(self.source.metadata.tables)


def _metadata_of(found: Any) -> MetaData | None:
    if isinstance(found, MetaData):
        return found
    metadata = getattr(found, "metadata", None)
    return metadata if isinstance(metadata, MetaData) else None
