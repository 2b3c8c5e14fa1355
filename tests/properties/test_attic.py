"""Nothing is lost: random tables with rows, a random destructive target, rows written since, and back.

Every original value is back and every later row is still there, on each database. In a test run a few; long:
``python -m tests.properties.test_attic [rounds] [seed]``.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from reconcile import api
from reconcile.config import Project
from reconcile.dialects.registry import dialect_for
from tests import servers
from tests.servers import Server

NewDatabase = Callable[[Server], str]
ROUNDS = 4  # in a test run, on each server
EVERY = (servers.SQLITE, servers.POSTGRESQL15, servers.MARIADB)

# Type → what it may become (with losses), and literals.
_TYPES: dict[str, dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "postgresql": {
        "integer": (("bigint", "text"), ("1", "-5", "70000")),
        "text": ((), ("'x'", "'it''s'", "' 7 '", "''")),
        "numeric(10,4)": (("numeric(10,1)", "integer"), ("1.2345", "-0.5", "99")),
        "timestamp": (("date",), ("'2001-02-03 04:05:06.789'", "'1999-12-31 23:59:59'")),
        "double precision": (("real", "integer"), ("0.1", "3.14159265358979", "-2.5")),
        "json": (("jsonb",), ("""'{"b": 1,  "a": 2}'""", "'[1,1]'")),
        "boolean": ((), ("true", "false")),
        "mood": ((), ("'sad'", "'ok'")),
        "bytea": ((), (r"'\x00ff'", r"'\x61'")),
    },
    "mysql": {
        "int": (("bigint", "varchar(30)"), ("1", "-5", "70000")),
        "varchar(20)": ((), ("'x'", "'it''s'", "'A'", "''")),
        "decimal(10,4)": (("decimal(10,1)", "int"), ("1.2345", "-0.5", "99")),
        "datetime(3)": (("datetime", "date"), ("'2001-02-03 04:05:06.789'", "'1999-12-31 23:59:59'")),
        "double": (("float", "decimal(9,2)"), ("0.1", "3.14159265358979", "-2.5")),
        "blob": ((), ("x'00ff'", "x'61'")),
        "enum('sad','ok')": ((), ("'sad'", "'ok'")),
    },
    "sqlite": {
        "INTEGER": (("TEXT",), ("1", "-5", "70000")),
        "TEXT": (("INTEGER", "REAL", "BLOB"), ("'x'", "'007'", "' 7 '", "'1.50'", "''", "'15'", "'-2.5'")),
        "NUMERIC": (("TEXT",), ("1.25", "-0.5", "99")),
        "REAL": (("INTEGER", "TEXT"), ("0.1", "3.0", "-2.5")),
        "BLOB": (("TEXT",), ("x'00ff'", "'t'", "4")),
    },
}

# What would not be the same number again is refused before anything is done (test_sqlite_conversions.py).
_REFUSED = {("TEXT", type_): {"'007'", "' 7 '", "'1.50'"} for type_ in ("INTEGER", "REAL")}


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    type: str
    default: str | None = None
    unique: bool = False


@dataclass(frozen=True, slots=True)
class _Table:
    name: str
    keyed: bool
    columns: tuple[_Column, ...]
    parent: str | None = None  # it refers to that table's key
    indexed: bool = False


@dataclass(slots=True)
class _Round:
    """One random story."""

    dialect: str
    chance: random.Random
    old: list[_Table] = field(default_factory=list)
    new: list[_Table] = field(default_factory=list)

    def tell(self) -> None:
        for number in range(self.chance.randint(1, 4)):
            self.old.append(self._table(number))
        for table in self.old:
            if self.chance.random() < 0.35 and len(self.old) > 1:
                continue
            self.new.append(self._changed(table))
        there = {table.name for table in self.new if table.keyed}
        self.new = [replace(t, parent=t.parent if t.parent in there else None) for t in self.new]

    def _table(self, number: int) -> _Table:
        columns = tuple(self._column(place) for place in range(self.chance.randint(1, 4)))
        keyed = [table.name for table in self.old if table.keyed]
        parent = self.chance.choice(keyed) if keyed and self.chance.random() < 0.5 else None
        return _Table(f"t{number}", self.chance.random() < 0.6, columns, parent, self.chance.random() < 0.5)

    def _column(self, place: int) -> _Column:
        kind = self.chance.choice(list(_TYPES[self.dialect]))
        default = self.chance.choice(_TYPES[self.dialect][kind][1]) if self.chance.random() < 0.3 else None
        return _Column(f"c{place}", kind, default if kind not in ("blob", "BLOB", "json") else None)

    def _changed(self, table: _Table) -> _Table:
        columns: list[_Column] = []
        for column in table.columns:
            kinds = _TYPES[self.dialect][column.type][0]
            what = self.chance.random()
            if what < 0.35:
                continue
            # On MySQL rows without a key cannot be told apart, so what a type change loses of them is not kept.
            told_apart = table.keyed or self.dialect != "mysql"
            if what < 0.7 and kinds and column.default is None and told_apart:
                columns.append(replace(column, type=self.chance.choice(kinds)))
            else:
                columns.append(column)
        if self.chance.random() < 0.3 or not columns:
            columns.append(_Column("fresh", next(iter(_TYPES[self.dialect]))))
        return replace(table, columns=tuple(columns), indexed=table.indexed and self.chance.random() < 0.5)

    # -- as SQL

    def script(self, tables: list[_Table]) -> str:
        parts = (
            ["CREATE TYPE mood AS ENUM ('sad', 'ok')"] if self.dialect == "postgresql" and self._moody(tables) else []
        )
        for table in tables:
            lines = [f"id {'INTEGER' if self.dialect == 'sqlite' else 'bigint'} NOT NULL PRIMARY KEY"] * table.keyed
            for column in table.columns:
                default = f" DEFAULT {column.default}" if column.default is not None else ""
                lines.append(f"{column.name} {column.type}{default}")
            if table.parent is not None:
                kind = "INTEGER" if self.dialect == "sqlite" else "bigint"
                lines.append(f"up {kind}")
                lines.append(f"FOREIGN KEY (up) REFERENCES {table.parent} (id)")
            parts.append(f"CREATE TABLE {table.name} ({', '.join(lines)})")
            plain = [c.name for c in table.columns if c.type not in ("json", "blob", "BLOB")]
            if table.indexed and plain:
                parts.append(f"CREATE INDEX {table.name}_i ON {table.name} ({plain[0]})")
        return ";\n".join(parts) + ";\n"

    def _retyped(self, table: str, column: _Column) -> bool:
        before = {(t.name, c.name): c.type for t in self.old for c in t.columns}
        return before.get((table, column.name), column.type) != column.type

    def _becomes(self, table: str, column: _Column) -> str:
        return {(t.name, c.name): c.type for t in self.new for c in t.columns}.get((table, column.name), column.type)

    @staticmethod
    def _moody(tables: list[_Table]) -> bool:
        return any(column.type == "mood" for table in tables for column in table.columns)

    def rows(self, tables: list[_Table], first: int) -> list[tuple[str, dict[str, str]]]:
        """Rows as literals by column; parents come first."""
        found: list[tuple[str, dict[str, str]]] = []
        for table in tables:
            for number in range(first, first + self.chance.randint(0, 6)):
                row = {"id": str(number)} if table.keyed else {}
                for column in table.columns:
                    values = next(
                        (kind[1] for name, kind in _TYPES[self.dialect].items() if name == column.type), ("1", "2")
                    )
                    if self._retyped(table.name, column):
                        values = ("'1'", "'2'")  # as fits both
                    if column.type in ("date", "datetime"):
                        values = ("'2020-01-01'",)
                    if column.type == "jsonb":
                        values = ("""'{"z": 1}'""",)
                    refused = _REFUSED.get((column.type, self._becomes(table.name, column)), set())
                    row[column.name] = self.chance.choice([*(v for v in values if v not in refused), "NULL"])
                if table.parent is not None:
                    ids = [r["id"] for name, r in found if name == table.parent]
                    row["up"] = self.chance.choice([*ids, "NULL"])
                if row:
                    found.append((table.name, row))
        return found


@contextmanager
def connected(url: str) -> Iterator[Callable[[str], list[tuple[Any, ...]]]]:
    """A function that runs one statement."""
    with dialect_for(url).open(url) as session:
        yield session.query


def _inserts(rows: list[tuple[str, dict[str, str]]]) -> list[str]:
    return [f"INSERT INTO {name} ({', '.join(row)}) VALUES ({', '.join(row.values())})" for name, row in rows]


def _snapshot(url: str, tables: list[_Table]) -> dict[str, Counter[str]]:
    """Every row of every table, by columns that stand in the given schema."""
    found: dict[str, Counter[str]] = {}
    with connected(url) as run:
        for table in tables:
            names = (["id"] if table.keyed else []) + [c.name for c in table.columns] + (["up"] if table.parent else [])
            found[table.name] = Counter(
                repr(_plain(row)) for row in run(f"SELECT {', '.join(names)} FROM {table.name}")
            )
    return found


def _plain(row: Any) -> list[Any]:
    return [bytes(value) if isinstance(value, memoryview) else value for value in row]


def story(url: str, dialect: str, seed: int, folder: Path) -> None:
    """One round; raises AssertionError with the seed."""
    told = _Round(dialect, random.Random(seed))
    told.tell()
    old, new = folder / "old.sql", folder / "new.sql"
    old.write_text(told.script(told.old))
    new.write_text(told.script(told.new))
    with connected(url) as run:
        for sql in [*old.read_text().rstrip(";\n").split(";\n"), *_inserts(told.rows(told.old, 1))]:
            run(sql)
    before = _snapshot(url, told.old)
    project = Project(root=folder, database=url, desired=(str(new),), cache=folder / "cache")
    for turn in range(2):
        proposal = api.plan(project)
        if proposal.plan.empty:
            return
        assert proposal.plan.rehearsal.backward.value == "passed", f"seed {seed}: {proposal.plan.rehearsal.reason}"
        done = api.apply(project, proposal=proposal, allow=["all"])
        later = told.rows(told.new, 1000 * (turn + 1))
        with connected(url) as run:
            for sql in _inserts(later):
                run(sql)
        counts = {name: sum(rows.values()) for name, rows in _snapshot(url, told.new).items()}
        api.revert(project, done.revisions, allow=["all"])
        after = _snapshot(url, told.old)
        for name, rows in before.items():
            gone = rows - after[name]
            assert not gone, f"seed {seed}, turn {turn}: of {name} {dict(gone)} is not back; now {dict(after[name])}"
            here = sum(after[name].values())
            assert here == counts.get(name, sum(rows.values())), f"seed {seed}: {name} has {here} rows"
        before = after
    assert not api.plan(replace(project, desired=(str(old),))).plan.steps, f"seed {seed}: the schema is not as before"


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("seed", range(ROUNDS))
def test_every_value_is_back_and_every_later_row_is_kept(
    name: str, seed: int, request: pytest.FixtureRequest, new_database: NewDatabase, tmp_path: Path
) -> None:
    server: Server = request.getfixturevalue(name)
    story(new_database(server), server.dialect, seed, tmp_path)


def _long(rounds: int, first: int, names: tuple[str, ...]) -> int:
    import tempfile
    import traceback

    def say(text: str) -> None:
        sys.stderr.write(f"{text}\n")

    bad = 0
    for name in names:
        server = servers.find(name)
        for seed in range(first, first + rounds):
            with tempfile.TemporaryDirectory() as folder:
                url = server.create("attic_property")
                try:
                    story(url, server.dialect, seed, Path(folder))
                except Exception as error:
                    bad += 1
                    say(f"{name} seed {seed}: {type(error).__name__}: {error}")
                    if rounds == 1:
                        traceback.print_exc()
                        for each in ("old.sql", "new.sql"):
                            say((Path(folder) / each).read_text())
                server.drop("attic_property")
        say(f"{name}: {rounds} rounds, {bad} bad so far")
    return bad


if __name__ == "__main__":
    chosen = tuple(sys.argv[3:]) or EVERY
    sys.exit(bool(_long(int((sys.argv[1:] or ["50"])[0]), int((sys.argv[2:] or ["0"])[0]), chosen)))
