"""Sample rows for a rehearsal: put into the tables a plan touches, and looked for afterwards.

Knows no type: what a column takes is found out by offering it texts until the server accepts one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy.exc import DBAPIError

from reconcile.dialects.session import Session
from reconcile.dialects.sqltext import Grammar
from reconcile.errors import RehearsalFailed, ServerError
from reconcile.state import Column, Key, Kind, State, Table, child_key

# Pairs, for two rows that are not equal. Every server turns a text into the column's type by itself.
_Pair = tuple[str, str] | tuple[int, int]
_OFFERS: tuple[_Pair, ...] = (
    ("1", "2"),  # numbers, texts, booleans, JSON, intervals, years
    ("2001-01-01 00:00:00", "2002-01-01 00:00:00"),  # dates and times
    ("2001-01-01", "2002-01-01"),
    ("00:00:01", "00:00:02"),
    ("0", "1"),  # bits of PostgreSQL
    (0, 1),  # bits of MySQL
    ("{}", "{1}"),  # arrays
    ("10.0.0.1", "10.0.0.2"),
    ("00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"),
    ("08:00:2b:01:02:03", "08:00:2b:01:02:04"),
    ("(1,1)", "(2,2)"),  # points
    ("[1,2)", "[3,4)"),  # ranges
    ("a", "b"),
)
_ROWS = 2


class Samples:
    """The rows of one rehearsal. Not a value: they are in a database."""

    def __init__(
        self, scratch: Session, grammar: Grammar, state: State, *, lasting: Iterable[Key], returning: Iterable[Key]
    ) -> None:
        """``state`` is what scratch holds; of ``lasting`` the tables must keep their rows, the columns their values.

        ``returning``: tables and columns that the plan puts into the attic. They must be as they were once it was run
        back; those that it calls otherwise before are not looked for.
        """
        self.scratch, self.grammar, self.state = scratch, grammar, state
        self._known: dict[str, _Pair | None] = {}
        kept, away = frozenset(lasting), frozenset(returning)
        self._seen: dict[Key, tuple[tuple[str, ...], list[str]]] = {}
        self._back: dict[Key, tuple[tuple[str, ...], list[str]]] = {}  # what must be there on the way back
        filled = [key for key in _parents_first(state) if self._fill(key)]
        self.filled = bool(filled)  # whether any table holds a row
        for key in filled:  # when all is done: a trigger may have written rows of its own
            columns = [column.key for column in _columns(state, key)]
            if key in kept:
                self._seen[key] = self._watched(key, [column for column in columns if column in kept - away])
            if key in away or away.intersection(columns):
                self._back[key] = self._watched(key, [c for c in columns if key in away or c in kept or c in away])

    @property
    def count(self) -> int:
        """How many rows are watched."""
        return sum(len(rows) for _, rows in self._seen.values())

    def require(self, direction: str, hint: str, *, back: bool) -> None:
        """Raises RehearsalFailed where a row is gone, or a value is another in a column that was not touched; ``back``:
        or that was in the attic."""
        lost: list[str] = []
        for key, (names, before) in (self._seen | self._back if back else self._seen).items():
            after = self._rows(key, names)
            if len(after) != len(before):
                lost.append(f"{key}: {len(after)} of {len(before)} rows are left")
            elif after != before:
                lost.append(f"{key}: rows hold other values than before in {', '.join(names)}")
        if lost:
            raise RehearsalFailed(f"on scratch the plan lost rows ({direction})", differences=lost, hint=hint)

    # -- putting in

    def _fill(self, key: Key) -> int:
        """How many rows went in: every column filled where the table allows, else only those that must be."""
        columns = [column for column in _columns(self.state, key) if self._is_ours(column)]
        must = [column for column in columns if not column.nullable and not self._has_default(column)]
        count = 0
        for number in range(_ROWS):
            count += any(self._insert(key, chosen, number) for chosen in (columns, must))
        return count

    def _is_ours(self, column: Column) -> bool:
        return column.generated is None and column.identity is None and not column.auto_increment

    def _has_default(self, column: Column) -> bool:
        return child_key(Kind.DEFAULT, column.key) in self.state

    def _insert(self, key: Key, columns: Sequence[Column], number: int) -> bool:
        values: dict[str, str | int] = {}
        for column in columns:
            offer = self._offer(column)
            if offer is not None:
                values[column.key.name] = offer[number]
            elif not column.nullable and not self._has_default(column):
                return False
        if not values:
            return False
        texts = ", ".join(map(self._literal, values.values()))
        return self._works(f"INSERT INTO {self._name(key)} ({self.grammar.idents(values)}) VALUES ({texts})")

    def _offer(self, column: Column) -> _Pair | None:
        """Two values the column's type takes, or None. Found out once a type."""
        if column.type not in self._known:
            self._known[column.type] = self._tried(column.type)
        return self._known[column.type]

    def _tried(self, kind: str) -> _Pair | None:
        probe = self.grammar.ident("reconcile_probe")
        if not self._works(f"CREATE TEMPORARY TABLE {probe} (c {kind})"):
            return None
        try:
            for offer in (*_OFFERS, *self._labels(kind)):
                if all(self._works(f"INSERT INTO {probe} VALUES ({self._literal(value)})") for value in offer):
                    return offer
            return None
        finally:
            self._works(f"DROP TABLE {probe}")

    def _labels(self, kind: str) -> Iterable[_Pair]:
        """The first and last string inside the type's own text, or among the labels of enums: 'a' in enum('a','b')."""
        inside = [self.grammar.unquote(token.text) for token in self.grammar.words(kind) if token.kind == "string"]
        if inside:
            yield inside[0], inside[-1]
        for item in self.state.of_kind(Kind.ENUM):
            labels: tuple[str, ...] = getattr(item, "labels", ())
            if labels:
                yield labels[0], labels[-1]

    def _literal(self, value: str | int) -> str:
        return self.grammar.literal(value) if isinstance(value, str) else str(value)

    def _works(self, sql: str) -> bool:
        try:
            self.scratch.execute(sql)
        except (ServerError, DBAPIError):
            return False
        return True

    # -- looking

    def _watched(self, key: Key, columns: Iterable[Key]) -> tuple[tuple[str, ...], list[str]]:
        names = tuple(column.name for column in columns)
        return names, self._rows(key, names)

    def _rows(self, key: Key, names: Sequence[str]) -> list[str]:
        chosen = self.grammar.idents(names) if names else "1"
        rows = self.scratch.query(f"SELECT {chosen} FROM {self._name(key)}")
        return sorted(repr([_comparable(value) for value in row]) for row in rows)

    def _name(self, key: Key) -> str:
        return self.grammar.qualified(key.schema, key.name)


def _comparable(value: object) -> object:
    """Binary values as psycopg2 gives them are views, which print their address."""
    return bytes(value) if isinstance(value, memoryview) else value


def _columns(state: State, table: Key) -> list[Column]:
    return [item for item in state.children(table, Kind.COLUMN) if isinstance(item, Column)]


def _parents_first(state: State) -> list[Key]:
    """Tables that keep rows of their own, after those their foreign keys point at, as far as that goes."""
    tables = [item for item in state.of_kind(Kind.TABLE) if isinstance(item, Table)]
    above = {parent for item in tables for parent in item.inherits}  # they show the rows of others too
    targets: Mapping[Key, set[Key]] = {item.key: set() for item in tables if item.keeps_rows and item.key not in above}
    for item in state.of_kind(Kind.FOREIGN_KEY):
        if item.key.root not in targets:
            continue
        targets[item.key.root].update(key.root for key in item.requires if key.root in targets)
    done: dict[Key, None] = {}
    path: set[Key] = set()

    def visit(key: Key) -> None:
        if key in done or key in path:
            return
        path.add(key)
        for target in sorted(targets[key]):
            visit(target)
        done[key] = None

    for key in targets:
        visit(key)
    return list(done)
