"""The attic on MySQL and MariaDB: tables of the same database with a name of ours.

Every statement that makes or drops something commits by itself, so each is a step that can be run again; what brings
rows back is plain writing, in a transaction of its own. Whoever may read the whole database may read these tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from reconcile.dialects.base import Draft, Scene, Side, Unit
from reconcile.dialects.mysql.features import Features
from reconcile.dialects.mysql.rules.casts import misfits
from reconcile.dialects.mysql.rules.names import existing_name
from reconcile.dialects.mysql.rules.programs import render_trigger
from reconcile.dialects.sidetables import SideTables
from reconcile.dialects.sqltext import MYSQL
from reconcile.state import Action, CheckConstraint, Column, ForeignKey, Key, Kind, State, Verb


class MySqlAttic(SideTables):
    """See ``dialects.base.AtticRules``."""

    grammar = MYSQL
    transactional = False
    addresses_rows = False

    def __init__(self, features: Features) -> None:
        self.features = features

    def table(self, state: State, key: Key) -> str:
        del state
        return MYSQL.ident(key.name)

    def size(self, name: str) -> str | None:
        return (
            "SELECT data_length + index_length FROM information_schema.tables "
            f"WHERE table_schema = DATABASE() AND table_name = {MYSQL.literal(name)}"
        )

    def lossy(self, old: Column, new: Column, start: State, goal: State) -> bool:
        """Unless every value is certain to come back, or to be refused."""
        del start, goal
        return old.type != new.type and not _comes_back(old, new)

    def postpones_foreign_keys(self) -> bool:
        return True

    def content(self, columns: Sequence[str]) -> str:
        cells = [f"COALESCE(HEX(CAST({column} AS BINARY)), '-')" for column in columns] or ["''"]
        return f"SHA2(CONCAT_WS(',', {', '.join(cells)}), 256)"

    def same(self, a: str, b: str) -> str:
        return f"CAST({a} AS BINARY) <=> CAST({b} AS BINARY)"

    def making(self, name: str, query: str, side: Side) -> tuple[str, ...]:
        key = f"KEY ({', '.join(self.names(side))})"
        return (f"DROP TABLE IF EXISTS {self.at(name)}", f"CREATE TABLE {self.at(name)} ({key}) AS {query}")

    # -- tables

    def move(self, unit: Unit, scene: Scene, name: str) -> Iterable[Draft]:
        """RENAME TABLE; what has a name in the whole database, or acts on other tables, goes before."""
        table = next(action.key for action in unit.actions if action.key.kind is Kind.TABLE)
        drops = [action for action in unit.actions if action.verb is Verb.DROP]
        # One that follows another goes before it, or it would come to follow nobody.
        for action in sorted(drops, key=lambda action: -len(scene.base.needed_by({action.key}))):
            if action.key.kind is Kind.TRIGGER:
                yield _covering(render_trigger(action, self.features), action)
        held = [action for action in drops if isinstance(action.old, ForeignKey)]
        if not self.features.checks_named_apart:
            held += [a for a in drops if isinstance(a.old, CheckConstraint) and a.old.column is None]
        if held:
            words = ", ".join(f"DROP {_word(a, self.features)} {MYSQL.ident(_existing(a, scene))}" for a in held)
            yield Draft(
                summary=f"alter {table}: drop what ties it to others",
                sql=(f"ALTER TABLE {MYSQL.ident(table.name)} {words}",),
                transactional=False,
                lock=f"exclusive metadata lock on {table.name}",
                covers=tuple(held),
            )
        yield Draft(
            summary=f"drop {table}: it goes into the attic",
            sql=(f"RENAME TABLE {MYSQL.ident(table.name)} TO {self.at(name)}",),
            transactional=False,
            lock=f"exclusive metadata lock on {table.name}",
        )

    def rows(self, table: Key, scene: Scene, name: str) -> Draft:
        columns = MYSQL.idents(column.key.name for column in self.columns_of(scene.target, table))
        sql = f"INSERT INTO {MYSQL.ident(table.name)} ({columns}) SELECT {columns} FROM {self.at(name)}"
        # Else a 0 in the numbering column would get a number.
        return Draft(
            summary=f"bring the rows of {table} back",
            sql=(sql,),
            before=("SET SESSION sql_mode = CONCAT(@@sql_mode, ',NO_AUTO_VALUE_ON_ZERO')",),
            after=("SET SESSION sql_mode = REPLACE(@@sql_mode, 'NO_AUTO_VALUE_ON_ZERO', '')",),
        )

    # -- values

    def values(self, side: Side, scene: Scene) -> Draft:
        state, target = scene.target, MYSQL.ident(side.table.name)
        columns = self.columns_of(state, side.table)
        if side.is_key:
            equal = " AND ".join(f"t.{MYSQL.ident(key.name)} = s.k{number}" for number, key in enumerate(side.match, 1))
            given = dict(self.assigned(side, state))
            # What ON UPDATE would set is set to what it is.
            given |= {n: f"t.{n}" for c in columns if c.on_update and (n := MYSQL.ident(c.key.name)) not in given}
            words = ", ".join(f"t.{name} = {value}" for name, value in given.items())
            sql: tuple[str, ...] = (f"UPDATE {target} AS t JOIN {self.at(side.name)} AS s ON {equal} SET {words}",)
        else:
            # No row has an address here: all are taken out and put back with the values.
            names = [MYSQL.ident(c.key.name) for c in columns]
            back = dict(self.assigned(side, state, "r"))
            cells = ", ".join(
                f"CASE WHEN s.k1 IS NULL THEN r.{n} ELSE {back[n]} END AS {n}" if n in back else f"r.{n}" for n in names
            )
            sql = (
                f"CREATE TEMPORARY TABLE reconcile_rows AS SELECT {cells} FROM ({self.matched(side, state, *names)}) "
                f"AS r LEFT JOIN {self.at(side.name)} AS s ON {self.on(side, 's', 'r')}",
                f"DELETE FROM {target}",
                f"INSERT INTO {target} ({', '.join(names)}) SELECT {', '.join(names)} FROM reconcile_rows",
                "DROP TEMPORARY TABLE reconcile_rows",
            )
        return Draft(summary=f"bring the values of {side.table} back", sql=sql)

    def counters(self, key: Key, scene: Scene, name: str) -> Iterable[Draft]:
        """InnoDB goes on after the greatest number by itself; numbers that were given and deleted only the moved table
        knows of. ALTER TABLE takes no expression, so the statement is put together where it runs."""
        columns = scene.target.children(key, Kind.COLUMN) if key.kind is Kind.TABLE else ()
        if not any(isinstance(column, Column) and column.auto_increment for column in columns):
            return
        head = MYSQL.literal(f"ALTER TABLE {MYSQL.ident(key.name)} AUTO_INCREMENT = ")
        fresh = "SET SESSION information_schema_stats_expiry = 0" if self.features.stats_expire else ""
        yield Draft(
            summary=f"the numbers of {key} go on where they were",
            before=(fresh,) if fresh else (),
            sql=(
                f"SET @reconcile_numbers = (SELECT CONCAT({head}, auto_increment) FROM information_schema.tables "
                f"WHERE table_schema = DATABASE() AND table_name = {MYSQL.literal(name)})",
                "PREPARE reconcile_numbers FROM @reconcile_numbers",
                "EXECUTE reconcile_numbers",
                "DEALLOCATE PREPARE reconcile_numbers",
            ),
            after=("SET SESSION information_schema_stats_expiry = DEFAULT",) if fresh else (),
            transactional=False,
            lock=f"exclusive metadata lock on {key.name}",
        )


def _covering(draft: Draft, action: Action) -> Draft:
    return replace(draft, covers=(action,))


def _word(action: Action, features: Features) -> str:
    return "FOREIGN KEY" if isinstance(action.old, ForeignKey) else features.drop_check_word


def _existing(action: Action, scene: Scene) -> str:
    assert isinstance(action.old, ForeignKey | CheckConstraint)
    return existing_name(action.old, scene)


_TYPE = re.compile(r"(\w+)(?:\(([^)]*)\))?")
_WHOLE = ("tinyint", "smallint", "mediumint", "int", "bigint")


_MOMENTS = ("datetime", "timestamp", "time")


def _comes_back(old: Column, new: Column) -> bool:
    if (old.charset, old.collation) != (new.charset, new.collation):
        return False
    (a, had), (b, has) = (_parsed(column.type) for column in (old, new))
    if a in _WHOLE and b in _WHOLE:
        return True  # what does not fit is refused
    if a == b == "varchar":
        return misfits(old.type, new.type, "c") is None
    if a == b == "decimal":
        return had[1] <= has[1]  # likewise
    if a == b and a in _MOMENTS:
        return had <= has
    return a == b == "enum" or (a, b, has) in {("float", "double", (0,)), ("date", "datetime", has)}  # likewise


def _parsed(type_: str) -> tuple[str, tuple[int, ...]]:
    """A type's first word, and the numbers in its parentheses; of moments without any: no digits of a second."""
    found = _TYPE.match(type_)
    assert found is not None, type_
    numbers = tuple(int(number) for number in (found[2] or "").split(",") if number.strip().isdigit())
    return found[1], numbers or (0,)
