"""The rebuild of a table: what ALTER TABLE cannot do, as one step (lang_altertable.html, 7, with more care).

No other statement is touched. Views, triggers of other tables and foreign keys to the table keep naming it,
because ``legacy_alter_table`` is on for the one RENAME and foreign keys are off: without the first, SQLite would
refuse (a view over the table is broken for a moment); without the second, it would rewrite the foreign keys,
and DROP TABLE would delete the rows of children.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from reconcile.dialects import filling
from reconcile.dialects.base import Draft
from reconcile.dialects.sqlite.names import free_name, quoted, spelled
from reconcile.dialects.sqlite.rules.checks import preflight
from reconcile.dialects.sqlite.rules.programs import create_index, create_trigger, drop
from reconcile.dialects.sqlite.rules.tables import (
    columns_of,
    create_table,
    is_option,
    primary_key_of,
    rowid_alias,
    rowid_name,
)
from reconcile.dialects.sqlite.text import fold
from reconcile.dialects.sqltext import SQLITE
from reconcile.errors import Unplannable
from reconcile.state import Action, Column, Index, Key, Kind, State, Trigger

FOREIGN_KEYS_OFF = "PRAGMA foreign_keys=OFF"


def rebuild(
    table: Key,
    base: State,
    target: State,
    actions: Sequence[Action] = (),
    fills: Mapping[Key, str] = MappingProxyType({}),
) -> Draft:
    """Make the table as ``target`` has it, with its indexes and triggers, and carry its rows over.

    ``actions``: what changes, to tell what rows could be in the way. ``fills``: columns that have been filled for being
    NOT NULL; rows written since are done here. Raises Unplannable where something would be
    lost that we cannot make again.
    """
    lost = base.children(table, Kind.OPAQUE)
    if lost:
        raise Unplannable(
            f"{table} has to be rebuilt, which would lose {lost[0].key.name}",
            key=table,
            hint="rebuild the table by hand (reconcile revision)",
        )
    # No name of ours: tables that are called so are nowhere in the states, and one may be there.
    new = free_name(f"new_{table.name}", base, target)
    sql = [
        *_missed(table, base, fills),
        create_table(target, table, name=new),
        *_copy(table, new, base, target),
        *_high_water_mark(table, new, base, target),
        *_guard(table, new, base),
        f"DROP TABLE {quoted(base, table)}",
        "PRAGMA legacy_alter_table=ON",
        f"ALTER TABLE {SQLITE.ident(new)} RENAME TO {quoted(target, table)}",
        "PRAGMA legacy_alter_table=OFF",
    ]
    sql += [create_index(target, item) for item in target.children(table, Kind.INDEX) if isinstance(item, Index)]
    sql += _triggers(table, base, target)
    return Draft(
        summary=f"rebuild {table}{_what(actions)}",
        sql=tuple(sql),
        before=(FOREIGN_KEYS_OFF,),
        lock="EXCLUSIVE on the database",
        rewrites=True,
        checks=tuple(check for check in preflight(table, base, target, actions) if check.key not in fills),
    )


def _missed(table: Key, base: State, fills: Mapping[Key, str]) -> Iterator[str]:
    given = {quoted(base, key): text for key, text in fills.items() if key.root == table and key in base}
    if given:
        yield filling.missed(quoted(base, table), given)


def _triggers(table: Key, base: State, target: State) -> Iterator[str]:
    """The table's triggers. One that had its name elsewhere may still be there, where a knot held it up."""
    elsewhere = {item.key.name for item in base.of_kind(Kind.TRIGGER) if item.key.parent != table}
    for item in target.children(table, Kind.TRIGGER):
        if isinstance(item, Trigger):
            if item.key.name in elsewhere:
                yield drop(item)
            yield create_trigger(item)


def _what(actions: Sequence[Action]) -> str:
    """What changes, for the summary; parts of a column go without saying."""
    named = [
        f"{action.verb} {action.key.kind} {action.key.name}"
        for action in sorted(actions, key=lambda action: action.order)
        if action.key.kind not in (Kind.TABLE, Kind.DEFAULT)
    ]
    named += [
        f"{action.verb} default of {action.key.parent.name}"
        for action in actions
        if action.key.kind is Kind.DEFAULT
        and action.key.parent is not None
        and not any(other.key == action.key.parent for other in actions)
    ]
    if not named:
        return ""
    return f" ({', '.join(named[:3])}{', …' if len(named) > 3 else ''})"


def _copy(table: Key, new: str, base: State, target: State) -> Iterator[str]:
    pairs = _columns(table, base, target)
    if not pairs:
        return
    into = ", ".join(pair[0] for pair in pairs)
    out_of = ", ".join(pair[1] for pair in pairs)
    # OR ABORT: else a conflict clause of the new table (ON CONFLICT IGNORE) would drop rows without a word.
    yield f"INSERT OR ABORT INTO {SQLITE.ident(new)} ({into}) SELECT {out_of} FROM {quoted(base, table)}"


def _columns(table: Key, base: State, target: State) -> list[tuple[str, str]]:
    """(column of the new table, expression over the old): what is copied. Generated columns come by themselves."""
    old = {fold(column.key.name): column for column in columns_of(base, table)}
    pairs = [
        (SQLITE.ident(spelled(column)), SQLITE.ident(spelled(old[name])))
        for column in columns_of(target, table)
        if column.generated is None and (name := fold(column.key.name)) in old
    ]
    rowids = _rowids(table, base, target, old)
    return [rowids, *pairs] if rowids is not None else pairs


def _rowids(table: Key, base: State, target: State, old: dict[str, Column]) -> tuple[str, str] | None:
    """How rowids are kept: other programs, and full-text tables, may hold on to them."""
    if is_option(base, table, "without_rowid") or is_option(target, table, "without_rowid"):
        return None
    source = rowid_name(base, table)
    alias = rowid_alias(target, table)
    if source is None or (alias is not None and fold(alias.key.name) in old):
        return None  # the alias is copied as a column
    if alias is not None:
        return SQLITE.ident(spelled(alias)), source
    destination = rowid_name(target, table)
    return None if destination is None else (destination, source)


def _counts(state: State, table: Key) -> bool:
    return (
        any(column.auto_increment for column in columns_of(state, table)) and primary_key_of(state, table) is not None
    )


def _high_water_mark(table: Key, new: str, base: State, target: State) -> Iterator[str]:
    """AUTOINCREMENT promises never to give a number twice, so the mark of the old table goes on.

    Lost: it stays all the same, for the way back; SQLite does not look at it, and renames it with the table. Gained:
    SQLite has set it from the rows just copied, and one that was left is higher.
    """
    if not (_counts(base, table) or _counts(target, table)):
        return
    old, its = SQLITE.literal(spelled(base[table])), SQLITE.literal(new)
    if _counts(base, table):
        yield f"DELETE FROM sqlite_sequence WHERE name = {its}"
        yield f"INSERT INTO sqlite_sequence (name, seq) SELECT {its}, seq FROM sqlite_sequence WHERE name = {old}"
    else:
        left = f"SELECT seq FROM sqlite_sequence WHERE name = {old}"
        others = "SELECT name FROM sqlite_sequence"
        yield f"DELETE FROM sqlite_sequence WHERE name = {its} AND seq < ({left})"
        yield f"UPDATE sqlite_sequence SET name = {its} WHERE name = {old} AND {its} NOT IN ({others})"
        yield f"DELETE FROM sqlite_sequence WHERE name = {old}"


def _guard(table: Key, new: str, base: State) -> Iterator[str]:
    """Fail, by a constraint that says why, unless every row was copied."""
    reason = SQLITE.ident(f"every row of {table.name} must be copied")
    yield f"CREATE TEMP TABLE reconcile_guard (equal INTEGER CONSTRAINT {reason} CHECK (equal))"
    yield (
        f"INSERT INTO temp.reconcile_guard SELECT (SELECT count(*) FROM {quoted(base, table)}) = "
        f"(SELECT count(*) FROM {SQLITE.ident(new)})"
    )
    yield "DROP TABLE temp.reconcile_guard"
