"""Preflight: the rows that would make a rebuild fail, found before anything is changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconcile.dialects.sqlite.names import column_list, quoted
from reconcile.dialects.sqlite.rules.conversions import conversions
from reconcile.dialects.sqlite.rules.tables import columns_of, default_of, is_option, rowid_alias
from reconcile.dialects.sqlite.text import fold, lex, name_of
from reconcile.dialects.sqltext import SQLITE
from reconcile.state import (
    Action,
    Check,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    IndexPart,
    Key,
    Kind,
    PrimaryKey,
    State,
    Unique,
    Verb,
    child_key,
)


def preflight(table: Key, base: State, target: State, actions: Sequence[Action]) -> Iterator[Check]:
    """A check for everything that is demanded anew of rows that are there."""
    for action in actions:
        match action:
            case Action(verb=Verb.ALTER, old=Column() as old, new=Column() as new):
                yield from _column(table, base, target, old, new)
                if old.collation != new.collation:
                    for item in _keys_of(new, target):
                        yield from duplicates(table, base, target, item)
            case Action(verb=Verb.CREATE, new=Column() as new):
                yield from _new_column(table, base, target, new)
            case Action(verb=Verb.CREATE | Verb.ALTER, new=CheckConstraint() as new):
                yield from _check(table, base, target, new)
            case Action(verb=Verb.CREATE | Verb.ALTER, new=PrimaryKey() | Unique() | Index() as new):
                yield from duplicates(table, base, target, new)
            case Action(verb=Verb.CREATE | Verb.ALTER, new=ForeignKey() as new):
                yield from _foreign_key(table, base, target, new)
    yield from _fitting(table, base, target, actions)
    yield from conversions(table, base, target)


def _column(table: Key, base: State, target: State, old: Column, new: Column) -> Iterator[Check]:
    alias = rowid_alias(target, table)
    is_alias = alias is not None and alias.key == new.key
    if old.nullable and not new.nullable and new.generated is None and not is_alias:
        name = quoted(base, old.key)
        yield Check(
            key=new.key,
            query=f"SELECT * FROM {quoted(base, table)} WHERE {name} IS NULL",
            message=f"{new.key} has rows that are NULL, and shall be NOT NULL",
            advice=f"give them a value: UPDATE {quoted(base, table)} SET {name} = … WHERE {name} IS NULL",
        )


def _new_column(table: Key, base: State, target: State, new: Column) -> Iterator[Check]:
    alias = rowid_alias(target, table)
    filled_in = new.generated is not None or (alias is not None and alias.key == new.key)
    default = default_of(target, new)
    if not new.nullable and not filled_in and (default is None or default.upper() == "NULL"):
        yield Check(
            key=new.key,
            query=f"SELECT * FROM {quoted(base, table)}",
            message=f"{new.key} is NOT NULL without a default, and the table has rows",
            advice="give the column a default, or add it as nullable, fill it, and then make it NOT NULL",
        )


def _check(table: Key, base: State, target: State, new: CheckConstraint) -> Iterator[Check]:
    if not _is_over_old_columns(new.expression, table, base, target):
        return
    yield Check(
        key=new.key,
        query=f"SELECT * FROM {quoted(base, table)} WHERE NOT ({new.expression})",
        message=f"rows of {table.name} break the check {new.expression}",
        advice="correct or delete these rows first",
    )


def _is_over_old_columns(expression: str, table: Key, base: State, target: State) -> bool:
    """Whether the rows as they are can be asked: every column it names is there, and stays what it is."""
    named = {fold(name_of(token)) for token in lex(expression) if token.kind in ("word", "ident")}
    old = {fold(column.key.name): column for column in columns_of(base, table)}
    return all(
        name not in named or (name in old and (old[name].type, old[name].generated) == (column.type, column.generated))
        for column in columns_of(target, table)
        for name in (fold(column.key.name),)
    )


def duplicates(table: Key, base: State, target: State, new: PrimaryKey | Unique | Index) -> Iterator[Check]:
    """Rows that are equal in what is to be unique."""
    if isinstance(new, Index) and not new.unique:
        return
    where = new.where if isinstance(new, Index) else None
    said = [where, *(part.expression for part in new.parts)]
    if not all(_is_over_old_columns(text, table, base, target) for text in said if text is not None):
        return
    cells: dict[str, str] = {}  # name → value
    grouped: list[str] = []
    for number, part in enumerate(new.parts, start=1):
        key = child_key(Kind.COLUMN, table, part.column or "")
        if part.expression is not None:
            name, value = SQLITE.ident(f"expression{number}"), f"({part.expression})"
        elif key in base:
            name = value = quoted(base, key)
        elif not _has_one_value(target, key):
            return  # NULLs, which are never the same, or values that only the new table has
        else:
            continue
        cells[name] = value
        grouped.append(value + _compared_by(part, key, base, target))
    query = f"SELECT * FROM {quoted(base, table)} LIMIT -1 OFFSET 1"
    if cells:
        given = [f"{value} IS NOT NULL" for value in cells.values()]
        if where is not None:
            given.append(f"({where})")
        listed = ", ".join(name if name == value else f"{value} AS {name}" for name, value in cells.items())
        query = (
            f'SELECT {listed}, count(*) AS "rows" FROM {quoted(base, table)} '
            f"WHERE {' AND '.join(given)} GROUP BY {', '.join(grouped)} HAVING count(*) > 1"
        )
    yield Check(
        key=new.key,
        query=query,
        message=f"rows of {table.name} have the same {', '.join(part.column or 'expression' for part in new.parts)}",
        advice="change or delete all but one of each group first",
    )


def _compared_by(part: IndexPart, column: Key, base: State, target: State) -> str:
    """COLLATE, where the values will be compared otherwise than they are now."""
    old, new = base.get(column), target.get(column)
    collation = part.collation
    if collation is None and isinstance(old, Column) and isinstance(new, Column) and old.collation != new.collation:
        collation = new.collation or "BINARY"
    return f" COLLATE {SQLITE.ident(collation)}" if collation else ""


def _keys_of(column: Column, target: State) -> Iterator[PrimaryKey | Unique | Index]:
    """What must be unique and has the column in it."""
    assert column.key.parent is not None
    for item in target.children(column.key.parent):
        if isinstance(item, PrimaryKey | Unique | Index) and any(p.column == column.key.name for p in item.parts):
            yield item


def _has_one_value(target: State, key: Key) -> bool:
    """Whether a new column is the same in all rows that are there: its default."""
    column = target.get(key)
    if not isinstance(column, Column) or column.generated is not None:
        return False
    default = default_of(target, column)
    return default is not None and default.upper() != "NULL"


def _foreign_key(table: Key, base: State, target: State, new: ForeignKey) -> Iterator[Check]:
    columns = [child_key(Kind.COLUMN, table, name) for name in new.columns]
    if any(column not in base for column in columns) or new.target not in target:
        return
    names = new.target_columns or _primary_columns(target, new.target)
    if len(names) != len(columns):
        return
    child, parent = quoted(base, table), quoted(base, new.target)
    given = " AND ".join(f"c.{quoted(base, column)} IS NOT NULL" for column in columns)
    query = f"SELECT * FROM {child} AS c WHERE {given}"
    if all(child_key(Kind.COLUMN, new.target, name) in base for name in names):
        same = " AND ".join(
            f"p.{quoted(base, child_key(Kind.COLUMN, new.target, name))} = c.{quoted(base, column)}"
            for name, column in zip(names, columns, strict=True)
        )
        query += f" AND NOT EXISTS (SELECT 1 FROM {parent} AS p WHERE {same})"
    elif new.target in base:
        return  # what the rows will refer to is made by this very plan
    yield Check(
        key=new.key,
        query=query,
        message=f"rows of {table.name} refer to rows of {new.target.name} that are not there",
        advice=f"correct {column_list(base, table, new.columns)} of these rows, or set it to NULL",
    )


def _primary_columns(state: State, table: Key) -> tuple[str, ...]:
    found = state.children(table, Kind.PRIMARY_KEY)
    return found[0].columns if found and isinstance(found[0], PrimaryKey) else ()


def _fitting(table: Key, base: State, target: State, actions: Sequence[Action]) -> Iterator[Check]:
    """Where the new table insists on a type (rowid, STRICT): values that surely are of another (stricttables.html)."""
    alias = rowid_alias(target, table)
    strict = is_option(target, table, "strict")
    changed = {action.key for action in actions}
    for column in columns_of(target, table):
        is_alias = alias is not None and alias.key == column.key
        type_ = "integer" if is_alias else column.type.lower() if strict else ""
        old = base.get(column.key)
        if type_ not in _NOT_OF_TYPE or not isinstance(old, Column) or column.generated is not None:
            continue
        if not changed & {column.key, table} and rowid_alias(base, table) == alias:
            continue
        name = quoted(base, old.key)
        yield Check(
            key=column.key,
            query=f"SELECT * FROM {quoted(base, table)} WHERE {_NOT_OF_TYPE[type_].format(name=name)}",
            message=f"{column.key} has values that are no {_CALLED[type_]}",
            advice="correct these values first",
        )


# Numbers and text are converted into one another where nothing is lost; blobs never are.
_NO_NUMBER = "typeof({name}) = 'blob' OR (typeof({name}) = 'text' AND ({name} = '' OR {name} GLOB '*[^0-9eE+. -]*'))"
_NOT_OF_TYPE = {
    "integer": _NO_NUMBER,
    "int": _NO_NUMBER,
    "real": _NO_NUMBER,
    "text": "typeof({name}) = 'blob'",
    "blob": "typeof({name}) NOT IN ('blob', 'null')",
}
_CALLED = {"integer": "whole numbers", "int": "whole numbers", "real": "numbers", "text": "text", "blob": "blobs"}
