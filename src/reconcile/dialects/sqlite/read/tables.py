"""One table: its parsed text and its columns' pragma rows → objects and what each needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from reconcile.dialects.sqlite.read import parse
from reconcile.dialects.sqlite.text import canonical, canonical_default, canonical_type, cut, fold, name_of
from reconcile.state import (
    CheckConstraint,
    Column,
    Default,
    ForeignKey,
    Generated,
    Index,
    IndexPart,
    Key,
    Kind,
    Object,
    Options,
    PrimaryKey,
    State,
    Table,
    Unique,
    child_key,
    table_key,
)
from reconcile.state.bulk import make_many
from reconcile.state.key import column_keys

ColumnRow = Sequence[Any]  # name, type, notnull, dflt_value, hidden
_NO_OPTIONS: Options = ()
_STORED = 3  # pragma table_xinfo's "hidden" of a stored generated column

# The fields that are read of each kind of object, in the order in which they are noted down.
_NAMED = ("key", "named", "written")
_FIELDS: dict[type[Object], tuple[str, ...]] = {
    Table: ("key", "options", "written"),
    Column: (
        *("key", "type", "nullable", "generated", "collation", "auto_increment", "not_null_name", "options"),
        *("position", "written"),
    ),
    Default: ("key", "expression"),
    PrimaryKey: (*_NAMED, "parts", "on_conflict", "ordinal", "options"),
    Unique: (*_NAMED, "parts", "on_conflict", "ordinal"),
    CheckConstraint: (*_NAMED, "expression", "on_conflict", "column"),
    ForeignKey: (
        *_NAMED,
        *("columns", "target", "target_columns", "on_delete", "on_update", "deferrable", "initially_deferred"),
    ),
    Index: ("key", "parts", "unique", "where", "written"),
}
_MANY = 1000  # more at once are no quicker, and their values take room meanwhile
Noted = tuple[type[Object], tuple[Any, ...], Iterable[Key]]  # a class, its fields' values, what it needs


@dataclass(slots=True, kw_only=True)
class Found:
    """What has been read so far: a builder, not a value."""

    noted: dict[type[Object], list[tuple[Any, ...]]] = field(default_factory=lambda: {cls: [] for cls in _FIELDS})
    made: list[Object] = field(default_factory=list)
    needs: dict[Key, frozenset[Key]] = field(default_factory=dict)

    def note(self, cls: type[Object], values: tuple[Any, ...], needs: Iterable[Key]) -> None:
        """An object to be made of these values later: of many, all at once is quicker."""
        noted = self.noted[cls]
        noted.append(values)
        if len(noted) == _MANY:
            self._make(cls)
        if found := frozenset(needs):
            self.needs[values[0]] = found

    def add(self, item: Object, needs: Iterable[Key]) -> None:
        """An object of which there are few."""
        self.made.append(item)
        if found := frozenset(needs) - {item.key}:
            self.needs[item.key] = found

    def state(self, server: str) -> State:
        """All of it."""
        for cls in self.noted:
            self._make(cls)
        return State.of(self.made, self.needs, dialect="sqlite", server=server)

    def _make(self, cls: type[Object]) -> None:
        if noted := self.noted[cls]:
            keys, *values = zip(*noted, strict=True)
            self.made += make_many(cls, keys, dict(zip(_FIELDS[cls][1:], values, strict=True)))
            noted.clear()


def spelling(name: str, folded: str) -> str | None:
    """How a name is written, where that is not its folded form."""
    return None if name == folded else name


class TableReader:
    """Makes the objects of one table. Not a value: it fills ``found``."""

    def __init__(self, name: str, sql: str, rows: Sequence[ColumnRow], found: Found) -> None:
        self.folded = fold(name)
        self.key = table_key(None, self.folded)
        self.name, self.rows, self.found = name, rows, found
        self.parsed = parse.parse_table(sql)
        names = [row[0] for row in rows]
        if [column.name for column in self.parsed.columns] != names:
            unlike = parse.Unreadable("the columns that were read are not those that SQLite tells")
            raise unlike.at(sql, cut(sql)[0])
        self.columns = column_keys(self.key, map(fold, names))
        self.taken: set[tuple[Kind, str]] = set()
        self.keys = 0  # how many have been read

    @cached_property
    def collations(self) -> dict[str, str]:
        """What each column's values are compared by."""
        return {
            name: column.collation or "binary" for name, column in zip(self.columns, self.parsed.columns, strict=True)
        }

    def read(self) -> None:
        """Everything but the indexes."""
        self._table()
        self._columns()
        for name, constraint in self.parsed.constraints:
            self.found.note(*_MAKERS[constraint.kind](self, constraint, name))

    def text(self, tokens: parse.Tokens) -> str:
        return canonical(tokens, self.columns.keys(), own=self.folded)

    def mentioned(self, tokens: parse.Tokens) -> list[Key]:
        """The table and the columns that an expression names."""
        return [self.key, *_mentioned(tokens, self.columns)]

    def _table(self) -> None:
        options = []
        if self.parsed.strict:
            options.append(("strict", "true"))
        if self.parsed.without_rowid:
            options.append(("without_rowid", "true"))
        written = spelling(self.name, self.folded)
        self.found.note(Table, (self.key, tuple(options), written), ())

    def _columns(self) -> None:
        found, needs, columns = self.found, self.found.needs, self.found.noted[Column]
        counting = {
            fold(part.name)
            for _, constraint in self.parsed.constraints
            if constraint.autoincrement
            for part in constraint.parts
            if part.name is not None
        }
        only_the_table = frozenset({self.key})
        described = zip(self.rows, self.parsed.columns, self.columns.items(), strict=True)
        for position, (row, parsed, (folded, key)) in enumerate(described, 1):
            name, type_, not_null, default, hidden = row
            generated, options = None, _NO_OPTIONS
            needs[key] = only_the_table
            if parsed.generated is not None:
                generated = Generated(expression=self.text(parsed.generated), stored=hidden == _STORED)
                needs[key] = frozenset(self.mentioned(parsed.generated)) - {key}
            if parsed.not_null_conflict:
                options = (("not_null_on_conflict", parsed.not_null_conflict),)
            columns.append(
                (
                    key,
                    canonical_type(type_),
                    not not_null,
                    generated,
                    parsed.collation,
                    folded in counting,
                    parsed.not_null_name and fold(parsed.not_null_name),
                    options,
                    position,
                    None if name == folded else name,
                )
            )
            if default is not None:
                facet = Key(Kind.DEFAULT, None, "", key)
                found.note(Default, (facet, canonical_default(default)), (key,))

    def named(self, kind: Kind, name: str | None, content: str) -> tuple[Key, bool, str | None]:
        """Key and name of a constraint: by its name, or by its content; numbered where that is taken."""
        folded = fold(name) if name is not None else content
        unique, number = folded, 1
        while (kind, unique) in self.taken:
            number += 1
            unique = f"{folded} #{number}"
        self.taken.add((kind, unique))
        return child_key(kind, self.key, unique), name is not None, None if name == unique else name

    def next_key(self) -> int:
        """The place of the next key or unique constraint."""
        self.keys += 1
        return self.keys

    def parts(self, parts: Sequence[parse.Part]) -> tuple[IndexPart, ...]:
        return tuple(self._part(part) for part in parts)

    def _part(self, part: parse.Part) -> IndexPart:
        column = None if part.name is None else fold(part.name)
        if column in self.collations:
            own = self.collations[column]
            collation = None if part.collation in (None, own) else part.collation
            return _index_part(column, part.descending, collation)
        expression = self.text(part.expression)
        return IndexPart(expression=expression, descending=part.descending, collation=part.collation)

    def keys_of(self, parts: Sequence[parse.Part]) -> list[Key]:
        keys = [self.key]
        for part in parts:
            if part.name is not None and (key := self.columns.get(fold(part.name))) is not None:
                keys.append(key)
            else:
                keys.extend(_mentioned(part.expression, self.columns))
        return keys

    def index(self, name: str, sql: str) -> None:
        """An index of this table, from its CREATE INDEX."""
        parsed = parse.parse_index(sql)
        where = parsed.where
        needs = self.keys_of(parsed.parts)
        if where is not None:
            needs.extend(_mentioned(where, self.columns))
        key = child_key(Kind.INDEX, self.key, fold(name))
        text = None if where is None else self.text(where)
        self.found.note(Index, (key, self.parts(parsed.parts), parsed.unique, text, sql), needs)


@lru_cache(maxsize=512)
def _index_part(column: str | None, descending: bool, collation: str | None) -> IndexPart:
    """One for all keys that say the same."""
    return IndexPart(column=column, descending=descending, collation=collation)


def _mentioned(tokens: parse.Tokens, columns: dict[str, Key]) -> Iterator[Key]:
    for token in tokens:
        if token.kind in ("word", "ident") and (key := columns.get(fold(name_of(token)))) is not None:
            yield key


def _primary_key(table: TableReader, found: parse.Constraint, name: str | None) -> Noted:
    parts = table.parts(found.parts)
    # Beside a column, DESC makes it no alias of the rowid; in a table constraint it does nothing of the kind
    # (lang_createtable.html, 5).
    beside = found.column is not None and found.parts[0].descending
    options = (("beside_column", "true"),) if beside else ()
    named = table.named(Kind.PRIMARY_KEY, name, _content(parts))
    return PrimaryKey, (*named, parts, found.on_conflict, table.next_key(), options), table.keys_of(found.parts)


def _unique(table: TableReader, found: parse.Constraint, name: str | None) -> Noted:
    parts = table.parts(found.parts)
    named = table.named(Kind.UNIQUE, name, _content(parts))
    return Unique, (*named, parts, found.on_conflict, table.next_key()), table.keys_of(found.parts)


def _check(table: TableReader, found: parse.Constraint, name: str | None) -> Noted:
    expression = table.text(found.expression)
    named = table.named(Kind.CHECK, name, f"({expression})")
    column = None if found.column is None else fold(found.column)
    return CheckConstraint, (*named, expression, found.on_conflict, column), table.mentioned(found.expression)


def _foreign_key(table: TableReader, found: parse.Constraint, name: str | None) -> Noted:
    columns = tuple(fold(part.name or "") for part in found.parts)
    target = fold(found.target)
    named = table.named(Kind.FOREIGN_KEY, name, f"({', '.join(columns)}) -> {target}")
    target_columns = tuple(map(fold, found.target_columns))
    # Only DEFERRABLE INITIALLY DEFERRED defers; every other wording is the same as none (foreignkeys.html, 4.2).
    deferred = found.initially_deferred
    values = (columns, table_key(None, target), target_columns, found.on_delete, found.on_update, deferred, deferred)
    return ForeignKey, (*named, *values), table.keys_of(found.parts)


def _content(parts: Iterable[IndexPart]) -> str:
    words = []
    for part in parts:
        text = part.column or part.expression or ""
        text += f" COLLATE {part.collation}" if part.collation else ""
        words.append(f"{text} DESC" if part.descending else text)
    return f"({', '.join(words)})"


_MAKERS = {"PRIMARY": _primary_key, "UNIQUE": _unique, "CHECK": _check, "FOREIGN": _foreign_key}
