"""Names as they are written: the spelling a person gave, where it is still the name of the object."""

from __future__ import annotations

from collections.abc import Iterable

from reconcile.dialects.sqlite.text import fold
from reconcile.dialects.sqltext import SQLITE
from reconcile.state import Key, Kind, Object, State, child_key


def spelled(item: Object) -> str:
    """The name with its letters' case, unless the object has been renamed since it was read."""
    written = item.written
    return written if written is not None and fold(written) == fold(item.key.name) else item.key.name


def constraint_name(item: Object) -> str:
    """A named constraint's name. Of two with one name the second is keyed with a number that is not written."""
    name = item.key.name
    written = item.written
    return written if written is not None and name.startswith(fold(written)) else name


def quoted(state: State, key: Key) -> str:
    """The quoted name of a table, view or column, spelled as ``state`` has it; as it stands if it is not there."""
    item = state.get(key)
    return SQLITE.ident(key.name if item is None else spelled(item))


def column_list(state: State, table: Key, columns: Iterable[str]) -> str:
    """Quoted columns of a table with commas between."""
    return ", ".join(quoted(state, child_key(Kind.COLUMN, table, name)) for name in columns)


def free_name(wanted: str, *states: State) -> str:
    """``wanted``, or it with a number, such that no table, view or index is called so."""
    taken = {
        fold(key.name) for state in states for key in state.objects if key.kind in (Kind.TABLE, Kind.VIEW, Kind.INDEX)
    }
    name, number = wanted, 1
    while fold(name) in taken:
        number += 1
        name = f"{wanted}_{number}"
    return name
