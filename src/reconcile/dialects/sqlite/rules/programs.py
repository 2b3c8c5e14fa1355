"""CREATE and DROP of indexes, views and triggers."""

from __future__ import annotations

from reconcile.dialects.sqlite.names import quoted, spelled
from reconcile.dialects.sqlite.rules.tables import parts_clause
from reconcile.dialects.sqlite.text import fold, lex, name_of
from reconcile.dialects.sqltext import SQLITE
from reconcile.state import Index, Key, Object, State, Trigger, View, VirtualTable

_AT_NAME = {"VIEW": 2, "TRIGGER": 2, "INDEX": 2, "UNIQUE": 3, "VIRTUAL": 3}


def create_index(state: State, index: Index, *, name: str | None = None) -> str:
    """CREATE INDEX, as it was written where it still says what the index is."""
    table = index.key.parent
    assert table is not None
    if index.written is not None and name is None and _says(index.written, index.key.name, table):
        return index.written
    unique = "UNIQUE " if index.unique else ""
    where = f" WHERE {index.where}" if index.where is not None else ""
    called = SQLITE.ident(index.key.name if name is None else name)
    return f"CREATE {unique}INDEX {called} ON {quoted(state, table)} ({parts_clause(state, table, index.parts)}){where}"


def statement_name(item: Object) -> str:
    """The name of a view, trigger or index as it is spelled in its statement."""
    if item.written is None:
        return item.key.name
    name = _name_in(item.written)
    return name if name is not None and fold(name) == fold(item.key.name) else item.key.name


def create_view(view: View) -> str:
    """CREATE VIEW, as it was written where that is known."""
    if view.written is not None and fold(_name_in(view.written) or "") == fold(view.key.name):
        return view.written
    columns = f" ({SQLITE.idents(view.columns)})" if view.columns else ""
    return f"CREATE VIEW {SQLITE.ident(view.key.name)}{columns} AS {view.definition}"


def create_virtual(table: VirtualTable) -> str:
    """CREATE VIRTUAL TABLE, as it was written where that is known."""
    if table.written is not None and fold(_name_in(table.written) or "") == fold(table.key.name):
        return table.written
    return f"CREATE VIRTUAL TABLE {SQLITE.ident(table.key.name)} USING {table.definition}"


def create_trigger(trigger: Trigger) -> str:
    """CREATE TRIGGER, as it was written where that is known."""
    if trigger.written is not None and fold(_name_in(trigger.written) or "") == fold(trigger.key.name):
        return trigger.written
    return trigger.definition


def drop(item: Object) -> str:
    """DROP of a table, view, trigger or index. A trigger may have gone with its table."""
    name = statement_name(item) if isinstance(item, Index | View | Trigger | VirtualTable) else spelled(item)
    lenient = "IF EXISTS " if isinstance(item, Trigger) else ""
    word = "TABLE" if isinstance(item, VirtualTable) else item.key.kind.value.upper()
    return f"DROP {word} {lenient}{SQLITE.ident(name)}"


def _name_in(statement: str) -> str | None:
    """What the statement calls what it makes; SQLite keeps statements without IF NOT EXISTS."""
    tokens = lex(statement)
    if len(tokens) < 4 or tokens[1].upper not in _AT_NAME:
        return None
    return name_of(tokens[_AT_NAME[tokens[1].upper]])


def _says(statement: str, name: str, table: Key) -> bool:
    """Whether a CREATE INDEX is of this name and table: neither has been renamed since."""
    tokens = lex(statement)
    at = 3 if tokens[1].upper == "UNIQUE" else 2
    return (
        len(tokens) > at + 3
        and fold(name_of(tokens[at])) == fold(name)
        and tokens[at + 1].upper == "ON"
        and fold(name_of(tokens[at + 2])) == fold(table.name)
    )
