"""One pair of schemas with rows, there and back: the schema by the oracle, every kept value bit by bit.

After the apply the database reads like one built directly, and what each old column holds is what it held. After the
revert both schema and rows are those of the start. Numbers that were given out are not given out again.
"""

from __future__ import annotations

import itertools
import os
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from reconcile import api
from reconcile.config import Project
from tests.oracle import difference
from tests.properties.rows.schema import VOCABULARIES, Schema, Table, Vocabulary, ddl, old_and_new, renames, rows
from tests.servers import Server

_numbers = itertools.count()
Rows = dict[str, Counter[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """What a seed stands for on one kind of database."""

    seed: int
    old: Schema
    new: Schema
    words: Vocabulary
    inserts: tuple[str, ...]


def pair_of(seed: int, dialect: str) -> Pair:
    """The pair of a seed."""
    words = VOCABULARIES[dialect]
    dice = Random(seed)
    old, new = old_and_new(dice, words)
    inserts = tuple(rows(dice, old, words))
    tuple(ddl(new, words))  # lets go of references in cycles, as on the other side
    return Pair(seed=seed, old=old, new=new, words=words, inserts=inserts)


def problems(server: Server, seed: int) -> list[str]:
    """What goes wrong with this seed; nothing if all is well. Raises what the product raises."""
    pair = pair_of(seed, server.dialect)
    tag = f"{os.getpid()}_{next(_numbers)}"
    live, wanted, start = (f"rc_rows_{what}_{tag}" for what in ("a", "b", "old"))
    try:
        for name, schema in ((live, pair.old), (start, pair.old), (wanted, pair.new)):
            server.create(name)
            _execute(server, name, list(ddl(schema, pair.words)))
        _execute(server, live, list(pair.inserts))
        with tempfile.TemporaryDirectory(prefix="reconcile-rows-") as folder:
            return list(_there_and_back(server, pair, live, wanted, start, Path(folder)))
    finally:
        for name in (live, wanted, start):
            server.drop(name)


def _there_and_back(server: Server, pair: Pair, live: str, wanted: str, start: str, folder: Path) -> Iterator[str]:
    url = server.url_of(live)
    project = Project(root=folder, database=url, desired=("new.sql",), cache=folder / "cache")
    script = ";\n".join(ddl(pair.new, pair.words))
    (folder / "new.sql").write_text(script + ";\n", encoding="utf-8")
    start_tables = [(t, t) for t in pair.old.tables]
    there = [(old, new) for old in pair.old.tables for new in pair.new.tables if new.was == old.name]
    rowids = {old.name for old, new in there if old.has_rowids and new.has_rowids}
    before = _rows(server, live, start_tables, rowids, by_old_names=False)
    marks = _marks(server, live)

    proposal = api.plan(project, renames=renames(pair.new))
    api.apply(project, proposal=proposal, allow=("all",))
    if text := difference(server, live, wanted):
        yield f"after the apply the schema differs:\n{text}"
    yield from _lost(before, _rows(server, live, there, rowids, by_old_names=True), "after the apply")
    if left := [step.summary for step in api.plan(project).plan.steps]:
        yield f"a second plan is not empty: {'; '.join(left)}"
    after = _marks(server, live)
    yield from (
        f"{name} counts on from {after.get(name)}, not {mark}"
        for name, mark in marks.items()
        if server.dialect == "sqlite"
        and name in {t.name for t in pair.new.tables if t.counts}
        and after.get(name) != mark
    )

    if not proposal.plan.empty:
        api.revert(project, api.to_revert(project, last=1), allow=("all",))
    if text := difference(server, live, start):
        yield f"after the revert the schema differs:\n{text}"
    yield from _lost(before, _rows(server, live, start_tables, rowids, by_old_names=False), "after the revert")


def _lost(before: Rows, after: Rows, when: str) -> Iterator[str]:
    for table, found in before.items():
        if after.get(table) != found:
            now = after.get(table, Counter())
            yield f"{when}, {table}: gone {list(found - now)[:3]}, new {list(now - found)[:3]}"


def _rows(
    server: Server, database: str, tables: list[tuple[Table, Table]], keeps_rowid: set[str], *, by_old_names: bool
) -> Rows:
    """The old columns' values of each table, under the old table's name, in a form that shows every bit."""
    found: Rows = {}
    words = VOCABULARIES[server.dialect]
    with _connection(server, database) as ask:
        for old, new in tables:
            now = {c.was if by_old_names else c.name: c.name for c in new.columns}
            names = [{"serial": "id", "text": "k", "pair": "k"}[old.key]] if old.key != "none" else []
            names += ["k2"] if old.key == "pair" else []
            names += [words.shown.get(c.type, "{0}").format(now[c.name]) for c in old.columns if c.generated is None]
            if server.dialect == "sqlite":
                parts = [f"typeof({n}), quote({n})" for n in names]
                if new.has_rowids and old.name in keeps_rowid:
                    parts.append("rowid")
            elif server.dialect == "mysql":
                parts = [f"hex(concat({n}))" for n in names]
            else:
                parts = [f"{n}::text" for n in names]
            found[old.name] = Counter(tuple(row) for row in ask(f"SELECT {', '.join(parts)} FROM {new.name}"))
    return found


def _marks(server: Server, database: str) -> dict[str, int]:
    """SQLite: the highest number each AUTOINCREMENT has given out."""
    if server.dialect != "sqlite":
        return {}
    with _connection(server, database) as ask:
        if not list(ask("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'")):
            return {}
        return dict(ask("SELECT name, seq FROM sqlite_sequence"))


def _execute(server: Server, database: str, statements: list[str]) -> None:
    """Statements by the driver alone."""
    if server.dialect == "mysql":
        with _connection(server, database) as ask:
            for statement in statements:
                ask(statement)
    elif statements:
        server.execute(database, ";\n".join(statements))


@contextmanager
def _connection(server: Server, database: str) -> Iterator[Any]:
    """A function from a query to its rows; raw drivers."""
    url = server.url_of(database)
    connection: Any
    if server.dialect == "sqlite":
        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    elif server.dialect == "postgresql":
        import psycopg

        connection = psycopg.connect(url, autocommit=True)
    else:
        from tests.servers import _pymysql

        connection = _pymysql(url)

    def ask(sql: str) -> Any:
        cursor = connection.cursor()
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []

    try:
        yield ask
    finally:
        connection.close()
