"""One table: its parsed text and its columns' pragma rows → objects and what each needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from reconcile.dialects.sqlite.read import parse
from reconcile.dialects.sqlite.text import canonical, canonical_default, canonical_type, fold, name_of
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
    PrimaryKey,
    Table,
    Unique,
    child_key,
    table_key,
)

ColumnRow = tuple[Any, ...]  # name, type, notnull, dflt_value, hidden
_STORED = 3  # pragma table_xinfo's "hidden" of a stored generated column


@dataclass(slots=True, kw_only=True)
class Found:
    """What has been read so far: a builder, not a value."""

    objects: list[Object] = field(default_factory=list)
    needs: list[tuple[Key, Key]] = field(default_factory=list)

    def add(self, item: Object, needs: Iterable[Key]) -> None:
        self.objects.append(item)
        key = item.key
        self.needs.extend([(key, need) for need in needs])


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
        if [column.name for column in self.parsed.columns] != [row[0] for row in rows]:
            raise parse.Unreadable("the columns that were read are not those that SQLite tells")
        folded = [fold(row[0]) for row in rows]
        self.columns = {name: Key(Kind.COLUMN, None, name, self.key) for name in folded}
        self.collations = dict(
            zip(folded, (column.collation or "binary" for column in self.parsed.columns), strict=True)
        )
        self.taken: set[tuple[Kind, str]] = set()

    def read(self) -> None:
        """Everything but the indexes."""
        self._table()
        self._columns()
        for constraint in self.parsed.constraints:
            self.found.add(*_MAKERS[constraint.kind](self, constraint))

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
        self.found.objects.append(Table(key=self.key, options=tuple(options), written=written))

    def _columns(self) -> None:
        objects, needs, table = self.found.objects, self.found.needs, self.key
        counting = {
            fold(part.name)
            for constraint in self.parsed.constraints
            if constraint.autoincrement
            for part in constraint.parts
            if part.name is not None
        }
        described = zip(self.rows, self.parsed.columns, self.columns.items(), strict=True)
        for position, (row, parsed, (folded, key)) in enumerate(described, 1):
            name, type_, not_null, default, hidden = row
            generated = None
            if parsed.generated is not None:
                generated = Generated(expression=self.text(parsed.generated), stored=hidden == _STORED)
                needs.extend((key, need) for need in self.mentioned(parsed.generated) if need != key)
            conflict = parsed.not_null_conflict
            objects.append(
                Column(
                    key=key,
                    type=canonical_type(type_),
                    nullable=not not_null,
                    generated=generated,
                    collation=parsed.collation,
                    auto_increment=folded in counting,
                    not_null_name=parsed.not_null_name and fold(parsed.not_null_name),
                    options=(("not_null_on_conflict", conflict),) if conflict else (),
                    position=position,
                    written=spelling(name, folded),
                )
            )
            needs.append((key, table))
            if default is not None:
                facet = child_key(Kind.DEFAULT, key)
                objects.append(Default(key=facet, expression=canonical_default(default)))
                needs.append((facet, key))

    def named(self, kind: Kind, name: str | None, content: str) -> dict[str, Any]:
        """Key and name of a constraint: by its name, or by its content; numbered where that is taken."""
        folded = fold(name) if name is not None else content
        unique, number = folded, 1
        while (kind, unique) in self.taken:
            number += 1
            unique = f"{folded} #{number}"
        self.taken.add((kind, unique))
        return {
            "key": child_key(kind, self.key, unique),
            "named": name is not None,
            "written": None if name is None or name == unique else name,
        }

    def parts(self, parts: Sequence[parse.Part]) -> tuple[IndexPart, ...]:
        return tuple(self._part(part) for part in parts)

    def _part(self, part: parse.Part) -> IndexPart:
        column = None if part.name is None else fold(part.name)
        if column in self.collations:
            own = self.collations[column]
            collation = None if part.collation in (None, own) else part.collation
            return IndexPart(column=column, descending=part.descending, collation=collation)
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
        index = Index(
            key=child_key(Kind.INDEX, self.key, fold(name)),
            parts=self.parts(parsed.parts),
            unique=parsed.unique,
            where=None if where is None else self.text(where),
            written=sql,
        )
        self.found.add(index, needs)


def _mentioned(tokens: parse.Tokens, columns: dict[str, Key]) -> Iterator[Key]:
    for token in tokens:
        if token.kind in ("word", "ident") and (key := columns.get(fold(name_of(token)))) is not None:
            yield key


def _primary_key(table: TableReader, found: parse.Constraint) -> tuple[Object, Iterable[Key]]:
    parts = table.parts(found.parts)
    # Beside a column, DESC makes it no alias of the rowid; in a table constraint it does nothing of the kind
    # (lang_createtable.html, 5).
    beside = found.column is not None and found.parts[0].descending
    key = PrimaryKey(
        **table.named(Kind.PRIMARY_KEY, found.name, _content(parts)),
        parts=parts,
        on_conflict=found.on_conflict,
        options=(("beside_column", "true"),) if beside else (),
    )
    return key, table.keys_of(found.parts)


def _unique(table: TableReader, found: parse.Constraint) -> tuple[Object, Iterable[Key]]:
    parts = table.parts(found.parts)
    named = table.named(Kind.UNIQUE, found.name, _content(parts))
    return Unique(**named, parts=parts, on_conflict=found.on_conflict), table.keys_of(found.parts)


def _check(table: TableReader, found: parse.Constraint) -> tuple[Object, Iterable[Key]]:
    expression = table.text(found.expression)
    check = CheckConstraint(
        **table.named(Kind.CHECK, found.name, f"({expression})"),
        expression=expression,
        on_conflict=found.on_conflict,
        column=None if found.column is None else fold(found.column),
    )
    return check, table.mentioned(found.expression)


def _foreign_key(table: TableReader, found: parse.Constraint) -> tuple[Object, Iterable[Key]]:
    columns = tuple(fold(part.name or "") for part in found.parts)
    target = fold(found.target)
    # Only DEFERRABLE INITIALLY DEFERRED defers; every other wording is the same as none (foreignkeys.html, 4.2).
    foreign_key = ForeignKey(
        **table.named(Kind.FOREIGN_KEY, found.name, f"({', '.join(columns)}) -> {target}"),
        columns=columns,
        target=table_key(None, target),
        target_columns=tuple(fold(name) for name in found.target_columns),
        on_delete=found.on_delete,
        on_update=found.on_update,
        deferrable=found.initially_deferred,
        initially_deferred=found.initially_deferred,
    )
    return foreign_key, table.keys_of(found.parts)


def _content(parts: Iterable[IndexPart]) -> str:
    words = []
    for part in parts:
        text = part.column or part.expression or ""
        text += f" COLLATE {part.collation}" if part.collation else ""
        words.append(f"{text} DESC" if part.descending else text)
    return f"({', '.join(words)})"


_MAKERS = {"PRIMARY": _primary_key, "UNIQUE": _unique, "CHECK": _check, "FOREIGN": _foreign_key}
