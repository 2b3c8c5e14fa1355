"""The attic on SQLite: tables with a name of ours. Everything happens in the plan's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reconcile.dialects.base import Draft, Scene, Side, Unit
from reconcile.dialects.sidetables import SideTables
from reconcile.dialects.sqlite.names import quoted, spelled
from reconcile.dialects.sqlite.rules.conversions import affinity_of
from reconcile.dialects.sqlite.rules.programs import drop
from reconcile.dialects.sqlite.rules.rebuild import FOREIGN_KEYS_OFF
from reconcile.dialects.sqlite.rules.tables import columns_of, is_option, row_address, rowid_alias
from reconcile.dialects.sqltext import SQLITE
from reconcile.state import Column, Index, Key, Kind, State, Verb


class SqliteAttic(SideTables):
    """See ``dialects.base.AtticRules``."""

    grammar = SQLITE

    def row_order(self, table: Key, state: State) -> str:
        return ", ".join(row_address(state, table))

    def lossy(self, old: Column, new: Column, start: State, goal: State) -> bool:
        """Unless the affinity stays, or there is none any more: every value is copied as it is (datatype3.html, 3)."""
        before, after = (affinity_of(column, state) for column, state in ((old, start), (new, goal)))
        return after not in (before, "blob") and {before, after} != {"integer", "numeric"}

    def takes_null(self, column: Key, state: State) -> bool:
        """A primary key can, unless it is the rowid (lang_createtable.html, 3.5)."""
        alias = rowid_alias(state, column.root)
        return super().takes_null(column, state) and not (alias is not None and alias.key == column)

    def postpones_foreign_keys(self) -> bool:
        """They are not enforced while a table is rebuilt or filled."""
        return False

    def table(self, state: State, key: Key) -> str:
        return quoted(state, key)

    def column(self, state: State, key: Key) -> str:
        return quoted(state, key)

    def content(self, columns: Sequence[str]) -> str:
        # quote() writes a literal that is read as the same value (lang_corefunc.html).
        return " || ',' || ".join(f"quote({column})" for column in columns) or "''"

    def same(self, a: str, b: str) -> str:
        return f"quote({a}) = quote({b})"

    def making(self, name: str, query: str, side: Side) -> tuple[str, ...]:
        names = ", ".join(self.names(side))
        return (
            f"DROP TABLE IF EXISTS {self.at(name)}",
            f"CREATE TABLE {self.at(name)} AS {query}",
            f"CREATE INDEX {SQLITE.ident(name + '_key')} ON {SQLITE.ident(name)} ({names})",
        )

    def rename(self, old: str, new: str) -> Sequence[str]:
        return (f"DROP INDEX IF EXISTS {SQLITE.ident(old + '_key')}", *super().rename(old, new))

    def move(self, unit: Unit, scene: Scene, name: str) -> Iterable[Draft]:
        """RENAME; where the table has foreign keys, which would stay in force, its rows are copied out of it."""
        base = scene.base
        table = next(action.key for action in unit.actions if action.key.kind is Kind.TABLE)
        own = {action.key for action in unit.actions if action.verb is Verb.DROP}
        sql = [drop(item) for item in base.children(table, Kind.TRIGGER) if item.key in own]
        sql.append(f"DROP TABLE IF EXISTS {SQLITE.ident(name)}")
        if base.children(table, Kind.FOREIGN_KEY) or is_option(base, table, "without_rowid"):
            columns = ", ".join(SQLITE.ident(spelled(column)) for column in self.columns_of(base, table))
            sql.append(f"CREATE TABLE {SQLITE.ident(name)} AS SELECT {columns} FROM {quoted(base, table)}")
            if any(column.auto_increment for column in columns_of(base, table)):
                sql += _mark(SQLITE.literal(name), SQLITE.literal(spelled(base[table])))
            sql.append(drop(base[table]))
        else:
            # Names of indexes are the database's own: the table made anew needs them.
            indexes = [item for item in base.children(table, Kind.INDEX) if isinstance(item, Index)]
            sql += [drop(item) for item in indexes]
            sql += [
                "PRAGMA legacy_alter_table=ON",  # nothing that names the table is to follow it
                f"ALTER TABLE {quoted(base, table)} RENAME TO {SQLITE.ident(name)}",
                "PRAGMA legacy_alter_table=OFF",
            ]
        yield Draft(summary=f"drop {table}: it goes into the attic", sql=tuple(sql), before=(FOREIGN_KEYS_OFF,))

    def rows(self, table: Key, scene: Scene, name: str) -> Draft:
        columns = ", ".join(SQLITE.ident(spelled(column)) for column in self.columns_of(scene.target, table))
        target = quoted(scene.target, table)
        return Draft(
            summary=f"bring the rows of {table} back",
            sql=(f"INSERT OR ABORT INTO {target} ({columns}) SELECT {columns} FROM {SQLITE.ident(name)}",),
            before=(FOREIGN_KEYS_OFF,),
        )

    def values(self, side: Side, scene: Scene) -> Draft:
        state = scene.target
        given = ", ".join(f"{name} = {value}" for name, value in self.assigned(side, state))
        if side.is_key:
            names = [self.column(state, key) for key in side.match]
            equal = " AND ".join(f"s.k{number} = t.{name}" for number, name in enumerate(names, 1))
            found = f"{self.at(side.name)} AS s WHERE {equal}"
        else:
            address = row_address(state, side.table)
            now = self.matched(side, state, *(f"{part} AS r{number}" for number, part in enumerate(address)))
            here = " AND ".join(f"m.r{number} = t.{part}" for number, part in enumerate(address))
            found = f"{self.at(side.name)} AS s JOIN ({now}) AS m ON {self.on(side, 'm', 's')} WHERE {here}"
        # UPDATE FROM is of 3.33.
        sql = f"UPDATE {quoted(state, side.table)} AS t SET {given} FROM {found}"
        return Draft(summary=f"bring the values of {side.table} back", sql=(sql,), before=(FOREIGN_KEYS_OFF,))

    def counters(self, key: Key, scene: Scene, name: str) -> Iterable[Draft]:
        """AUTOINCREMENT goes on where it was."""
        if key.kind is not Kind.TABLE or not any(c.auto_increment for c in columns_of(scene.target, key)):
            return
        own, kept = SQLITE.literal(spelled(scene.target[key])), SQLITE.literal(name)
        yield Draft(summary=f"{key} counts on where it was", sql=tuple(_mark(own, kept)))


def _mark(own: str, other: str) -> list[str]:
    """The high-water mark of one table for another, where that has one."""
    return [
        f"DELETE FROM sqlite_sequence WHERE name = {own} AND EXISTS "
        f"(SELECT 1 FROM sqlite_sequence AS o WHERE o.name = {other})",
        f"INSERT INTO sqlite_sequence (name, seq) SELECT {own}, seq FROM sqlite_sequence WHERE name = {other}",
    ]
