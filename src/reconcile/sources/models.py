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

from sqlalchemy import ForeignKeyConstraint, Index, MetaData, Table
from sqlalchemy.sql.elements import ClauseElement

from reconcile.errors import Place, ReconcileError, SourceError
from reconcile.scratch.realise import Declared, NotRealised, Spare, Stated
from reconcile.sources.base import Declaration, LeftOut, Target
from reconcile.sources.entities import Entities, declares_itself, entities_among, entities_of, is_entities
from reconcile.sources.fingerprint import fingerprint
from reconcile.sources.imports import attribute, import_error, import_module
from reconcile.sources.metadata_ddl import Piece, added, compiled, ddl_of, literal_dialect, schemas_of
from reconcile.sources.metadata_hints import renames_of, unpreserved_in, values_in
from reconcile.sources.metadata_refusals import (
    Part,
    Refusal,
    all_refusals,
    compile_refusals,
    foreign_keys,
    refusals,
    table_of,
    taken_out,
)
from reconcile.state import Key, Kind, Scope, State, child_key, table_key

_MOST = 10  # refusals told at once


@dataclass(frozen=True)
class ModelsSource:
    """A declarative base, a MetaData, or a callable that gives one of them, in an importable module.

    ``skip_broken``: go without what cannot be made, as long as it is a table, an index or a foreign key.
    """

    module: str
    attribute: str
    root: Path
    skip_broken: bool = False

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
        if self.skip_broken:
            return None  # what cannot be made is found out by trying
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
        refused = all_refusals(self.metadata, target) if self.skip_broken else refusals(self.metadata, target)
        if refused and not self.skip_broken:
            raise self._refused(refused)
        with self.compiling(target):
            entities = entities_of(self.metadata, dialect, self.spec, namespaces=target.dialect.namespaces)
        units = _Units(source=self, target=target, entities=entities, refused=tuple(refused))
        empty = not self.metadata.tables and not entities.last
        notes = (f"{self.spec} has no tables: does its module import the models?",) if empty else ()
        return Declaration(
            units=units,
            renames=tuple(renames_of(self.metadata, target, self.spec)),
            unpreserved=tuple(unpreserved_in(self.metadata, target)),
            backfills=tuple(values_in("backfill", self.metadata, target, self.spec)),
            conversions=tuple(values_in("convert", self.metadata, target, self.spec)),
            scope=self._scope(target, entities),
            left=tuple(LeftOut(spare_of(one.part, target), self._told(one)) for one in refused),
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
        lines = [self._told(one) for one in refused[:_MOST]]
        if len(refused) > _MOST:
            lines.append(f"and {len(refused) - _MOST} more")
        place = self._place_of(refused[0].table)
        hint = "correct the models, or go on without these: --skip-broken; nothing has been changed"
        return SourceError("\n".join(lines), place=place, hint=hint)

    def _told(self, refused: Refusal) -> str:
        return f"{refused.what}{self._class_of(refused.table)}: {refused.reason}"

    def where(self, key: Key) -> str:
        """The class of a table (by its key) with file and line; the module, where there is none yet."""
        tables = self.metadata.tables.values() if not is_entities(self._found) else ()
        table = next((t for t in tables if t.name.lower() == key.name.lower() and t.schema in (key.schema, None)), None)
        mapped = self.classes.get(table) if table is not None else None
        place = self._place_of(table)
        name = f"class {mapped.__module__}.{mapped.__qualname__}" if mapped else f"{key} in {self.spec}"
        return f"{name} ({place})" if place is not None else name

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


def key_of(table: Table, target: Target) -> Key:
    """The key of the table, as the target spells names."""
    schema = table.schema or target.dialect.default_schema
    return table_key(schema if target.dialect.namespaces else None, target.dialect.fold_name(table.name))


def spare_of(part: Part, target: Target) -> Spare:
    """The part as something to go without."""
    table = key_of(table_of(part), target)
    name = target.dialect.fold_name(str(part.name or ""))
    match part:
        case ForeignKeyConstraint():
            columns = tuple(element.parent.name for element in part.elements)
            return Spare(child_key(Kind.FOREIGN_KEY, table, name), columns)
        case Index():
            return Spare(child_key(Kind.INDEX, table, name))
        case _:
            return Spare(table)


def _used_up(pieces: deque[Piece]) -> Iterator[Piece]:
    """Each piece, let go once it is given: SQLAlchemy's statements are ten times as large as their text."""
    while pieces:
        yield pieces.popleft()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Units:
    """The DDL in units, compiled while it is asked for, without what is refused."""

    source: ModelsSource
    target: Target
    entities: Entities
    refused: tuple[Refusal, ...]

    def __iter__(self) -> Iterator[Declared]:
        source, target = self.source, self.target
        dialect = literal_dialect(target.sqlalchemy)
        place = Place(source.spec)
        parts = {one.part for one in self.refused}
        without = {part for part in parts if isinstance(part, Table)}
        apart = source.skip_broken and dialect.supports_alter  # so that one of them failing leaves the table
        keys = [key for table in source.metadata.tables.values() for key in foreign_keys(table)] if apart else []
        first = iter(self.entities.first)
        with taken_out({*parts, *keys}):
            with source.compiling(target):
                schemas = self.entities.schemas
                pieces = deque(
                    ddl_of(source.metadata, target, dialect, without=without, schemas=schemas, unheard=declares_itself)
                )
                pieces += added(key for key in keys if not parts & {key, key.table})
            # Only neighbours make a unit: events have one name in common, and the place where they fire matters.
            for (name, table), of_one in groupby(_used_up(pieces), key=itemgetter(0, 1)):
                makes = None if table is None else key_of(table, target)
                with source.compiling(target):
                    statements = tuple(
                        Stated(sql=compiled(element, dialect), place=place, spare=self._spare(element, table))
                        for *_, element in of_one
                    )
                if not name.startswith("schema "):
                    yield from first  # once
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

    def _spare(self, element: ClauseElement, table: Table | None) -> Spare | None:
        if not self.source.skip_broken or table is None:
            return None
        part = getattr(element, "element", None)
        return spare_of(part if isinstance(part, Index | ForeignKeyConstraint) else table, self.target)

    def __length_hint__(self) -> int:
        return len(self.source.metadata.tables)


def _metadata_of(found: Any) -> MetaData | None:
    if isinstance(found, MetaData):
        return found
    metadata = getattr(found, "metadata", None)
    return metadata if isinstance(metadata, MetaData) else None
