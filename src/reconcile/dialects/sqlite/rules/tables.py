"""CREATE TABLE from a state, and the clauses that columns and constraints are made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconcile.dialects.sqlite.names import column_list, constraint_name, quoted, spelled
from reconcile.dialects.sqlite.text import fold, is_plain_default, is_type
from reconcile.dialects.sqltext import SQLITE
from reconcile.errors import Unplannable
from reconcile.state import (
    CheckConstraint,
    Column,
    Constraint,
    Default,
    ForeignKey,
    IndexPart,
    Key,
    Kind,
    PrimaryKey,
    State,
    Table,
    Unique,
    child_key,
)


def columns_of(state: State, table: Key) -> tuple[Column, ...]:
    """The table's columns in the order in which they are written."""
    columns = [item for item in state.children(table, Kind.COLUMN) if isinstance(item, Column)]
    return tuple(sorted(columns, key=lambda column: (column.position, column.key)))


def primary_key_of(state: State, table: Key) -> PrimaryKey | None:
    """The table's primary key."""
    return next((item for item in state.children(table, Kind.PRIMARY_KEY) if isinstance(item, PrimaryKey)), None)


def is_option(state: State, table: Key, name: str) -> bool:
    """Whether the table is STRICT, or WITHOUT ROWID."""
    item = state.get(table)
    return isinstance(item, Table) and dict(item.options).get(name) == "true"


def rowid_alias(state: State, table: Key) -> Column | None:
    """The INTEGER PRIMARY KEY column that is the rowid under another name (lang_createtable.html, 5)."""
    key = primary_key_of(state, table)
    if key is None or len(key.parts) != 1 or is_option(state, table, "without_rowid"):
        return None
    if dict(key.options).get("beside_column") == "true" and key.parts[0].descending:
        return None
    column = state.get(child_key(Kind.COLUMN, table, key.columns[0]))
    return column if isinstance(column, Column) and column.type.lower() == "integer" else None


def rowid_name(state: State, table: Key) -> str | None:
    """A name of the rowid that no column hides; None where all three are taken."""
    taken = {fold(column.key.name) for column in columns_of(state, table)}
    return next((name for name in ("rowid", "_rowid_", "oid") if name not in taken), None)


def row_address(state: State, table: Key) -> tuple[str, ...]:
    """What tells a row from all others, each as it is written: its rowid, or its key where there is none.

    Raises Unplannable where columns hide the rowid and nothing else is sure to be there and unique.
    """
    key = primary_key_of(state, table)
    if key is not None and is_option(state, table, "without_rowid"):
        return tuple(quoted(state, child_key(Kind.COLUMN, table, name)) for name in key.columns)
    if (name := rowid_name(state, table)) is not None:
        return (name,)
    if (alias := rowid_alias(state, table)) is not None:
        return (quoted(state, alias.key),)
    raise Unplannable(
        f"columns of {table} have taken all names of the rowid, so that its rows cannot be told apart",
        key=table,
        hint="rename one of rowid, oid and _rowid_ first, or say preserve: false",
    )


def create_table(state: State, table: Key, *, name: str | None = None) -> str:
    """The whole CREATE TABLE; under another ``name`` if given."""
    head = quoted(state, table) if name is None else SQLITE.ident(name)
    key = primary_key_of(state, table)
    beside = key is not None and _is_beside_column(state, key)
    lines = [
        column_clause(state, column, key if key is not None and beside and column.key.name in key.columns else None)
        for column in columns_of(state, table)
    ]
    constraints = [
        item
        for kind in (Kind.PRIMARY_KEY, Kind.UNIQUE, Kind.CHECK, Kind.FOREIGN_KEY)
        if not (beside and kind is Kind.PRIMARY_KEY)
        for item in state.children(table, kind)
        if isinstance(item, Constraint)
    ]
    keys = [item for item in constraints if isinstance(item, PrimaryKey | Unique)]
    lines += [constraint_clause(state, item) for item in sorted(keys, key=lambda item: item.ordinal)]
    lines += [constraint_clause(state, item) for item in constraints[len(keys) :]]
    body = ",\n  ".join(lines)
    options = [
        word
        for option, word in (("strict", "STRICT"), ("without_rowid", "WITHOUT ROWID"))
        if is_option(state, table, option)
    ]
    tail = f" {', '.join(options)}" if options else ""
    return f"CREATE TABLE {head} (\n  {body}\n){tail}"


def _is_beside_column(state: State, key: PrimaryKey) -> bool:
    """Whether the key is written beside its column: where it must be, and where a person would."""
    if len(key.parts) != 1 or key.parts[0].collation is not None:
        return False
    table = key.key.parent
    assert table is not None
    column = state.get(child_key(Kind.COLUMN, table, key.columns[0]))
    if isinstance(column, Column) and column.auto_increment:
        return True
    if dict(key.options).get("beside_column") == "true":
        return True
    others = [item for item in state.children(table, Kind.UNIQUE) if isinstance(item, Unique)]
    in_place = rowid_alias(state, table) is not None or all(other.ordinal >= key.ordinal for other in others)
    return in_place and not key.parts[0].descending


def column_clause(state: State, column: Column, key: PrimaryKey | None = None) -> str:
    """A column as it stands in CREATE TABLE; ``key``: the primary key is written beside it."""
    return " ".join(_column_words(state, column, key))


def _column_words(state: State, column: Column, key: PrimaryKey | None) -> Iterator[str]:
    yield SQLITE.ident(spelled(column))
    if column.type:
        # Only letters that SQLite takes for the same may change: to it "é" and "É" are two types.
        shown = column.type.upper() if column.type.isascii() else column.type
        # SQLite takes a type that begins with a quote for what stands up to the next.
        yield shown if is_type(column.type) else SQLITE.ident(column.type)
    if key is not None:
        yield from _named(key)
        yield "PRIMARY KEY"
        if key.parts[0].descending:
            yield "DESC"
        yield from _on_conflict(key.on_conflict)
        if column.auto_increment:
            yield "AUTOINCREMENT"
    if not column.nullable:
        if column.not_null_name is not None:
            yield f"CONSTRAINT {SQLITE.ident(column.not_null_name)}"
        yield "NOT NULL"
        yield from _on_conflict(dict(column.options).get("not_null_on_conflict"))
    default = default_of(state, column)
    if default is not None:
        yield f"DEFAULT {default}"
    if column.collation is not None:
        yield f"COLLATE {SQLITE.ident(column.collation)}"
    if column.generated is not None:
        how = "STORED" if column.generated.stored else "VIRTUAL"
        yield f"GENERATED ALWAYS AS ({column.generated.expression}) {how}"


def default_of(state: State, column: Column) -> str | None:
    """The column's default as it is written after DEFAULT."""
    default = state.get(child_key(Kind.DEFAULT, column.key))
    if not isinstance(default, Default):
        return None
    return default.expression if is_plain_default(default.expression) else f"({default.expression})"


def constraint_clause(state: State, item: Constraint) -> str:
    """A constraint as it stands at the end of CREATE TABLE."""
    return " ".join([*_named(item), *_constraint_words(state, item)])


def _constraint_words(state: State, item: Constraint) -> Iterator[str]:
    table = item.key.parent
    assert table is not None
    match item:
        case PrimaryKey():
            yield f"PRIMARY KEY ({parts_clause(state, table, item.parts)})"
            yield from _on_conflict(item.on_conflict)
        case Unique():
            yield f"UNIQUE ({parts_clause(state, table, item.parts)})"
            yield from _on_conflict(item.on_conflict)
        case CheckConstraint():
            yield f"CHECK ({item.expression})"
            yield from _on_conflict(item.on_conflict)
        case ForeignKey():
            yield f"FOREIGN KEY ({column_list(state, table, item.columns)})"
            yield references_clause(state, item)
        case _:
            raise TypeError(f"SQLite has no {item.key.kind.value}")


def references_clause(state: State, item: ForeignKey) -> str:
    """REFERENCES with all that follows it."""
    text = f"REFERENCES {quoted(state, item.target)}"
    if item.target_columns:
        text += f" ({column_list(state, item.target, item.target_columns)})"
    if item.on_delete != "NO ACTION":
        text += f" ON DELETE {item.on_delete}"
    if item.on_update != "NO ACTION":
        text += f" ON UPDATE {item.on_update}"
    if item.initially_deferred:
        text += " DEFERRABLE INITIALLY DEFERRED"
    return text


def parts_clause(state: State, table: Key, parts: Sequence[IndexPart]) -> str:
    """The columns and expressions of a key or index."""
    return ", ".join(" ".join(_part_words(state, table, part)) for part in parts)


def _part_words(state: State, table: Key, part: IndexPart) -> Iterator[str]:
    if part.column is not None:
        yield quoted(state, child_key(Kind.COLUMN, table, part.column))
    else:
        assert part.expression is not None
        yield part.expression
    if part.collation is not None:
        yield f"COLLATE {SQLITE.ident(part.collation)}"
    if part.descending:
        yield "DESC"


def named_clause(item: Constraint) -> str:
    """``CONSTRAINT name`` and a space, or nothing."""
    return "".join(f"{word} " for word in _named(item))


def _named(item: Constraint) -> Iterator[str]:
    if item.named:
        yield f"CONSTRAINT {SQLITE.ident(constraint_name(item))}"


def _on_conflict(action: str | None) -> Iterator[str]:
    if action is not None:
        yield f"ON CONFLICT {action.upper()}"
