"""ADD COLUMN and DROP COLUMN, and when they are exact (lang_altertable.html, 4 and 5)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from reconcile.dialects import filling
from reconcile.dialects.base import Draft, Scene
from reconcile.dialects.sqlite.names import quoted
from reconcile.dialects.sqlite.rules.tables import (
    column_clause,
    columns_of,
    default_of,
    is_option,
    named_clause,
    references_clause,
)
from reconcile.dialects.sqlite.text import fold
from reconcile.state import Column, ForeignKey, Key, Kind, State, child_key

# What goes with the column, or has been dropped by the time it goes.
_ELSEWHERE = frozenset({Kind.DEFAULT, Kind.INDEX, Kind.TRIGGER})
_CHANGING = frozenset({"CURRENT_TIME", "CURRENT_DATE", "CURRENT_TIMESTAMP"})


def can_add(key: Key, scene: Scene) -> bool:
    """Whether ALTER TABLE can add the column with all that is said of it."""
    column = scene.target[key]
    assert isinstance(column, Column)
    default = default_of(scene.target, column)
    constant = default is not None and default[0] != "(" and default.upper() not in _CHANGING
    if column.generated is not None:
        return not column.generated.stored and column.nullable
    if default is not None and not constant:
        return False
    has_value = constant and default is not None and default.upper() != "NULL"
    if not column.nullable and not has_value:
        return False
    # "If foreign key constraints are enabled and a column with a REFERENCES clause is added, the column must
    # have a default value of NULL."
    return not (has_value and _foreign_keys(scene.target, key))


def can_drop(key: Key, dropped: Collection[Key], scene: Scene) -> bool:
    """Whether ALTER TABLE can drop the column: nothing in the table's own statement mentions it, and every trigger
    and view makes sense to SQLite, which a rebuild does not ask for."""
    return _dropping(key, scene) not in scene.refused and all(
        other.kind in _ELSEWHERE or other.root != key.root or other in dropped for other in scene.base.dependents(key)
    )


def add_column(key: Key, scene: Scene) -> Draft:
    """ALTER TABLE … ADD COLUMN."""
    column = scene.target[key]
    assert isinstance(column, Column)
    assert key.parent is not None
    clause = column_clause(scene.target, column)
    for foreign_key in _foreign_keys(scene.target, key):
        clause += f" {named_clause(foreign_key)}{references_clause(scene.target, foreign_key)}"
    table = quoted(scene.base, key.parent)
    return Draft(summary=f"add {key}", sql=(f"ALTER TABLE {table} ADD COLUMN {clause}",))


def fill(table: Key, given: Mapping[Key, str], key: Sequence[Key], scene: Scene) -> Draft:
    """UPDATE of rows that have no value in a column that is to be NOT NULL."""
    state = scene.target
    keys = [quoted(state, part) for part in key]
    names = {fold(column.key.name) for column in columns_of(state, table)}
    if not keys and not is_option(state, table, "without_rowid"):
        keys = [name for name in ("rowid", "_rowid_", "oid") if name not in names][:1]
    return filling.fill(
        table,
        given,
        there=frozenset(given) & scene.base.objects.keys(),
        table_name=quoted(state, table),
        name=lambda column: quoted(state, column),
        keys=keys,
        literals=[f"quote({name})" for name in keys],
        in_parts=table in scene.online,
        lock=None,
    )


def drop_column(key: Key, scene: Scene) -> Draft:
    """ALTER TABLE … DROP COLUMN: SQLite writes the table's rows anew, and keeps all else."""
    return Draft(summary=f"drop {key}", sql=(_dropping(key, scene),), rewrites=True)


def _dropping(key: Key, scene: Scene) -> str:
    assert key.parent is not None
    return f"ALTER TABLE {quoted(scene.base, key.parent)} DROP COLUMN {quoted(scene.base, key)}"


def _foreign_keys(state: State, column: Key) -> list[ForeignKey]:
    assert column.parent is not None
    return [
        item
        for item in state.children(column.parent, Kind.FOREIGN_KEY)
        if isinstance(item, ForeignKey) and [child_key(Kind.COLUMN, column.parent, n) for n in item.columns] == [column]
    ]
