"""SQL over side tables: values of columns beside what their rows are found again by.

The same on every database but for a few words, which a dialect's attic rules supply.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reconcile.dialects.base import Draft, Scene, Side
from reconcile.dialects.sqltext import Grammar
from reconcile.state import Check, Column, Kept, Key, Kind, State

AFTER = "_after"  # of the second table: what a change of type made of the values


class SideTables:
    """What the attic rules of the three databases share. Holds no state."""

    grammar: Grammar
    place: str | None = None
    prefix = "reconcile_attic_"
    transactional = True  # whether CREATE TABLE is
    addresses_rows = True

    # -- the words that differ

    def table(self, state: State, key: Key) -> str:
        """The quoted table."""
        del state
        return self.grammar.qualified(key.schema, key.name)

    def column(self, state: State, key: Key) -> str:
        """The quoted column."""
        del state
        return self.grammar.ident(key.name)

    def content(self, columns: Sequence[str]) -> str:
        """An expression that is equal where all of ``columns`` are, to the last bit, and never NULL."""
        raise NotImplementedError

    def same(self, a: str, b: str) -> str:
        """A condition: equal to the last bit, or both NULL."""
        raise NotImplementedError

    def row_order(self, table: Key, state: State) -> str:
        """What tells rows that are alike apart, within one reading."""
        del table, state
        return "1"

    def stored(self, column: Column, value: str, scene: Scene) -> str:
        """The value as it is put into the attic."""
        del column, scene
        return value

    def noted(self, value: str) -> str:
        """What became of a value, in a form that ``same`` compares."""
        return value

    def making(self, name: str, query: str, side: Side) -> tuple[str, ...]:
        """The statements that make a table of the attic from a query; whatever has that name goes."""
        raise NotImplementedError

    def room(self) -> Sequence[str]:
        return ()

    def size(self, name: str) -> str | None:
        del name
        return None

    def relations(self, name: str) -> str | None:
        del name
        return None

    def rename(self, old: str, new: str) -> Sequence[str]:
        return (f"ALTER TABLE {self.at(old)} RENAME TO {self.grammar.ident(new)}",)

    def takes_null(self, column: Key, state: State) -> bool:
        item = state[column]
        assert isinstance(item, Column)
        return item.nullable

    # -- how rows are found again

    def at(self, name: str) -> str:
        """A table of the attic."""
        return self.grammar.qualified(self.place, name)

    def matched(self, side: Side, state: State, *more: str) -> str:
        """A query of what rows of the table are found again by (k1, k2 …), and ``more``."""
        columns = [self.column(state, key) for key in side.match]
        if side.is_key:
            found = [f"{column} AS k{number}" for number, column in enumerate(columns, 1)]
        else:
            content = self.content(columns)
            found = [f"{content} AS k1"]
            found.append(
                f"row_number() OVER (PARTITION BY {content} ORDER BY {self.row_order(side.table, state)}) AS k2"
            )
        return f"SELECT {', '.join([*found, *more])} FROM {self.table(state, side.table)}"

    def names(self, side: Side) -> list[str]:
        """k1, k2 …"""
        return [f"k{number}" for number in range(1, (len(side.match) if side.is_key else 2) + 1)]

    def on(self, side: Side, a: str, b: str) -> str:
        """That a row of ``a`` is one of ``b``."""
        return " AND ".join(f"{a}.{name} = {b}.{name}" for name in self.names(side))

    def assigned(self, side: Side, state: State, old: str = "t") -> list[tuple[str, str]]:
        """Column and the value that it gets from the side table s; ``old`` is where its own value stands."""
        found = []
        for number, key in enumerate(side.columns, 1):
            item, name = state[key], self.column(state, key)
            assert isinstance(item, Column)
            value = self.read_back(item, f"s.v{number}", state)
            if key in side.altered:
                value = f"CASE WHEN s.f{number} = 0 THEN {value} ELSE {old}.{name} END"
            found.append((name, value))
        return found

    # -- drafts

    def copy(self, side: Side, scene: Scene) -> Draft:
        values = []
        for number, key in enumerate(side.columns, 1):
            item = scene.base[key]
            assert isinstance(item, Column)
            values.append(f"{self.stored(item, self.column(scene.base, key), scene)} AS v{number}")
            if key in side.altered:
                values.append(f"0 AS f{number}")
        query = self.matched(side, scene.base, *values)
        return Draft(
            summary=f"keep {_values(side.columns)} in the attic",
            sql=(*self.held(scene.base, side.table), *self.making(side.name, query, side)),
            transactional=self.transactional,
            scans=True,
            lock=self.copy_lock(side.table),
        )

    def convert(self, table: Key, given: Mapping[Key, str], scene: Scene) -> Draft:
        columns, rows = {key: self.column(scene.base, key) for key in given}, self.table(scene.base, table)
        assigned = ", ".join(f"{column} = ({given[key]})" for key, column in columns.items())
        return Draft(
            summary=f"convert {_values(tuple(given))}",
            sql=(f"UPDATE {rows} SET {assigned}",),
            lock=self.written_lock(table),
            # No row is looked for: it is asked to learn beforehand, and by name, that an expression does not run.
            checks=tuple(
                Check(
                    key=key,
                    query=f"SELECT {column} FROM {rows} WHERE 1 = 0 AND ({given[key]}) IS NULL",
                    message=f"the conversion of {key} does not run",
                    advice="say another expression",
                )
                for key, column in columns.items()
            ),
        )

    def written_lock(self, table: Key) -> str | None:
        """What writing rows of the table locks."""
        del table
        return None

    def held(self, state: State, table: Key) -> tuple[str, ...]:
        """The statement that keeps writers away while values are copied."""
        del state, table
        return ()

    def copy_lock(self, table: Key) -> str | None:
        """What ``held`` locks."""
        del table
        return None

    def note(self, side: Side, scene: Scene) -> Draft:
        query = self.matched(side, scene.target, *self._altered(side, scene.target))
        return Draft(
            summary=f"note what became of {_values(sorted(side.altered))}",
            sql=self.making(side.name + AFTER, query, side),
            transactional=self.transactional,
            scans=True,
        )

    def _altered(self, side: Side, state: State) -> list[str]:
        return [
            f"{self.noted(self.column(state, key))} AS v{number}"
            for number, key in enumerate(side.columns, 1)
            if key in side.altered
        ]

    def settle(self, side: Side, scene: Scene) -> Draft:
        changed = {
            number: self._changed(side, number, scene)
            for number, key in enumerate(side.columns, 1)
            if key in side.altered
        }
        lost = " OR ".join(changed.values())
        return Draft(
            summary=f"{_values(sorted(side.altered))}: what was written since stays",
            sql=tuple(f"UPDATE {self.at(side.name)} AS s SET f{n} = 1 WHERE {which}" for n, which in changed.items()),
            scans=True,
            restores=Kept(
                name=side.name, key=side.table, lost=f"SELECT count(*) FROM {self.at(side.name)} AS s WHERE {lost}"
            ),
        )

    def _changed(self, side: Side, number: int, scene: Scene) -> str:
        now = self.matched(side, scene.base, *self._altered(side, scene.base))
        return (
            f"EXISTS (SELECT 1 FROM ({now}) AS r JOIN {self.at(side.name + AFTER)} AS a ON {self.on(side, 'a', 'r')} "
            f"WHERE {self.on(side, 'r', 's')} AND NOT ({self.same(f'r.v{number}', f'a.v{number}')}))"
        )

    def missing(self, side: Side, column: Key, scene: Scene) -> Check:
        now = self.matched(side, scene.base)
        return Check(
            key=column,
            query=f"SELECT * FROM ({now}) AS r WHERE NOT EXISTS "
            f"(SELECT 1 FROM {self.at(side.name)} AS s WHERE {self.on(side, 's', 'r')})",
            message=f"{column} is to be NOT NULL again and has no default: rows written since have no value for it",
            advice=f"insert their key and a value into {self.at(side.name)}, or delete them",
        )

    def left(self, side: Side, scene: Scene) -> str:
        now = self.matched(side, scene.target)
        some = " OR ".join(f"s.v{number} IS NOT NULL" for number in range(1, len(side.columns) + 1))
        return (
            f"SELECT count(*) FROM {self.at(side.name)} AS s WHERE ({some}) AND NOT EXISTS "
            f"(SELECT 1 FROM ({now}) AS r WHERE {self.on(side, 'r', 's')})"
        )

    def read_back(self, column: Column, value: str, state: State) -> str:
        """A kept value as the column takes it (see ``stored``)."""
        del column, state
        return value

    def columns_of(self, state: State, table: Key) -> list[Column]:
        """The table's columns that take values, in order."""
        found = [item for item in state.children(table, Kind.COLUMN) if isinstance(item, Column)]
        return sorted((item for item in found if item.generated is None), key=lambda item: (item.position, item.key))


def _values(columns: Sequence[Key]) -> str:
    """ "the values of t.a, b"."""
    first, *rest = columns
    return f"the values of {', '.join([first.dotted, *(key.name for key in rest)])}"
