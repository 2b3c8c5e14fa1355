"""Realising declarations, packing states, and the cache."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import pytest

from reconcile.dialects.registry import get_dialect
from reconcile.dialects.session import Session
from reconcile.errors import Place, ServerError
from reconcile.scratch.cache import Cache, default_cache_path
from reconcile.scratch.packed import dump_state, load_state
from reconcile.scratch.realise import Declared, NotRealised, Stated, realise
from reconcile.state import Column, Kind, State, Table, child_key, table_key


def unit(*statements: str, movable: bool = True) -> Declared:
    stated = tuple(Stated(sql=sql, place=Place("f.sql", line)) for line, sql in enumerate(statements, 1))
    return Declared(name=statements[0], statements=stated, origin="f.sql", movable=movable)


@pytest.fixture
def session() -> Iterator[Session]:
    with get_dialect("sqlite").open("sqlite://") as opened:
        yield opened


def made(session: Session) -> set[str]:
    return {str(name) for (name,) in session.query("SELECT name FROM sqlite_master")}


@pytest.mark.parametrize("transactional", [True, False])
def test_units_wait_for_what_they_need(session: Session, transactional: bool) -> None:
    # SQLite takes a view of anything, but an index only of a table that is there.
    units = [
        unit("CREATE INDEX i ON t (a)"),
        unit("CREATE TABLE u (x)", "CREATE INDEX j ON t (b)"),
        unit("CREATE TABLE t (a, b)"),
    ]
    realise(units, session, transactional=transactional)
    assert made(session) == {"i", "j", "t", "u"}


@pytest.mark.parametrize("transactional", [True, False])
def test_what_no_order_helps_is_told_first_come(session: Session, transactional: bool) -> None:
    units = [unit("CREATE INDEX i ON t (a)"), unit("CREATE TABLE t (b)"), unit("CREATE INDEX j ON v (a)")]
    with pytest.raises(NotRealised) as caught:
        realise(units, session, transactional=transactional)
    assert caught.value.statement.sql == "CREATE INDEX i ON t (a)"
    assert "t" in made(session)


def test_a_script_is_not_moved(session: Session) -> None:
    units = [unit("CREATE TABLE a (x)", "CREATE INDEX i ON t (a)", movable=False), unit("CREATE TABLE t (a)")]
    with pytest.raises(NotRealised) as caught:
        realise(units, session, transactional=True)
    assert str(caught.value.statement.place) == "f.sql:2"


def test_what_cannot_run_in_a_transaction_runs_outside() -> None:
    ran: list[str] = []

    class Fake:
        inside = False
        portable = False

        @contextmanager
        def transaction(self) -> Iterator[None]:
            self.inside = True
            before = list(ran)
            try:
                yield
            except ServerError:
                ran[:] = before
                raise
            finally:
                self.inside = False

        def guarded(self) -> AbstractContextManager[None]:
            return nullcontext()

        def execute(self, sql: str) -> None:
            if self.inside and sql == "alone":
                raise ServerError("cannot run inside a transaction block")
            ran.append(sql)

        def execute_all(self, statements: Sequence[str]) -> None:
            for sql in statements:
                self.execute(sql)

    realise([unit("first"), unit("alone"), unit("last")], Fake(), transactional=True)  # type: ignore[arg-type]
    assert ran == ["first", "alone", "last"]


def test_progress_is_told(session: Session) -> None:
    told: list[tuple[int, int]] = []
    units = [unit(f"CREATE TABLE t{number} (x)") for number in range(250)]
    realise(units, session, transactional=True, progress=lambda done, total, _: told.append((done, total)))
    assert told == [(100, 250), (200, 250), (250, 250)]


# -- packed states


def sample() -> State:
    table = table_key(None, "t")
    columns = [
        Column(key=child_key(Kind.COLUMN, table, f"c{n}"), type="int", options=(("a", "b"),) * (n % 2), position=n)
        for n in range(4)
    ]
    return State.build(
        [Table(key=table), *columns], [(columns[0].key, columns[1].key)], dialect="sqlite", server="SQLite 3"
    )


def test_a_packed_state_is_the_same_state() -> None:
    session_state = sample()
    back = load_state(dump_state(session_state))
    assert back == session_state
    assert back.needs == session_state.needs
    assert (back.server, back.digest, list(back.objects)) == (
        session_state.server, session_state.digest, list(session_state.objects),
    )  # fmt: skip
    assert [c.position for c in back.of_kind(Kind.COLUMN)] == [0, 1, 2, 3]  # type: ignore[attr-defined]


def test_everything_a_reader_makes_can_be_packed(session: Session) -> None:
    for sql in (
        "CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT, b TEXT DEFAULT 'x' CHECK (b > ''), c REFERENCES nowhere)",
        "CREATE UNIQUE INDEX i ON t (b COLLATE NOCASE DESC, lower(b)) WHERE b > 'a'",
        "CREATE VIEW v AS SELECT a FROM t",
        "CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END",
    ):
        session.execute(sql)
    state = get_dialect("sqlite").read(session)
    back = load_state(dump_state(state))
    assert back == state
    assert back.needs == state.needs
    assert dump_state(back) == dump_state(state)


@pytest.mark.parametrize("cut", [0, 1, 10, 100])
def test_a_damaged_text_is_no_state(cut: int) -> None:
    with pytest.raises(ValueError, match="not a packed state"):
        load_state(dump_state(sample())[:cut])


def test_a_text_of_other_fields_is_no_state() -> None:
    data = json.loads(dump_state(sample()))
    data[5]["Column"].pop("type")
    with pytest.raises(ValueError, match="Column lacks type"):
        load_state(json.dumps(data))


# -- the cache


def test_the_cache_remembers_states_and_texts(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "deep" / "cache")
    assert cache.get_state("a") is None
    cache.put_state("a", sample())
    cache.put_text("b", "täxt\n")
    assert cache.get_state("a") == sample()
    assert cache.get_text("b") == "täxt\n"
    assert oct((tmp_path / "deep" / "cache").stat().st_mode & 0o777) == "0o700"


def test_a_damaged_entry_is_none_and_is_replaced(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    for damage in (b"", b"\xff\xfe", b"garbage", b"0\n{}"):
        cache.put_state("a", sample())
        (file,) = tmp_path.iterdir()
        file.write_bytes(damage)
        assert cache.get_state("a") is None
    file.write_bytes(file.read_bytes()[:-5])
    assert cache.get_state("a") is None
    cache.put_state("a", sample())
    assert cache.get_state("a") == sample()


def test_the_longest_unused_go_first(tmp_path: Path) -> None:
    now = [1000.0]
    cache = Cache(tmp_path, limit=900, age=100.0, clock=lambda: now[0])
    for name in "ab":
        cache.put_text(name, "x" * 300)
        now[0] += 10
        os.utime(cache._file(name), (now[0], now[0]))
    assert cache.get_text("a") is not None  # used last: b is now the oldest
    now[0] += 1
    cache.put_text("c", "x" * 300)
    assert [name for name in "abc" if cache.get_text(name)] == ["a", "c"]


def test_entries_nobody_asks_for_grow_old(tmp_path: Path) -> None:
    now = [1000.0]
    cache = Cache(tmp_path, age=100.0, clock=lambda: now[0])
    cache.put_text("a", "x")
    os.utime(cache._file("a"), (1000.0, 1000.0))
    now[0] = 2000.0
    cache.put_text("b", "y")
    assert [cache.get_text(name) for name in "ab"] == [None, "y"]


def test_many_writers_and_readers_see_whole_entries(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    texts = {"a" * 50_000, "b" * 50_000}

    def work(text: str) -> bool:
        cache.put_text("k", text)
        return cache.get_text("k") in texts

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(work, sorted(texts) * 20))
    assert not [file for file in tmp_path.iterdir() if file.name.startswith(".new-")]


def test_the_cache_lies_where_the_user_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_cache_path() == tmp_path / "reconcile"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert default_cache_path().is_absolute()


def test_a_state_packed_in_one_process_is_found_in_another(tmp_path: Path) -> None:
    Cache(tmp_path).put_state("a", sample())
    code = (
        "import sys; from pathlib import Path; from reconcile.scratch.cache import Cache\n"
        "from reconcile.state import table_key\n"
        "state = Cache(Path(sys.argv[1])).get_state('a')\n"
        "print(state.digest, table_key(None, 't') in state)"
    )
    ran = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == [sample().digest, "True"]
