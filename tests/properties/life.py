"""The life of a database as a state machine: wishes, plans, runs that are killed, drift, edited files, branches, ways
back. Whatever the order: history is sound, the database is where it is said to be, and no row is lost."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.faults.matrix import fetch
from tests.faults.runner import run
from tests.servers import Server
from tests.shell import Said, Shell

Schema = dict[str, frozenset[str]]  # table → its columns beside "id"
Rows = dict[str, frozenset[int]]  # table → ids

_WISHES = st.dictionaries(st.sampled_from("tuv"), st.frozensets(st.sampled_from("abc")), min_size=1)
_BOUNDARIES = st.integers(20, 100)  # a run has about so many; one that it does not come to is none
_APPLY = ("apply", "--yes", "-q", "--allow", "all", "--lock-wait", "20")
_REVERT = ("revert", "--yes", "-q", "--allow", "all", "--lock-wait", "20")


def sql_of(schema: Schema) -> str:
    """The tables as statements."""
    return "".join(
        f"CREATE TABLE {table} (id integer PRIMARY KEY{''.join(f', {c} integer' for c in sorted(columns))});\n"
        for table, columns in sorted(schema.items())
    )


@dataclass
class Step:
    """A revision that is in force: what was before it, and the rows that it put into the attic."""

    before: Schema
    kept: Rows = field(default_factory=dict)


class Life(RuleBasedStateMachine):
    """One database, one project. Subclasses say on which server."""

    server: Server

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="reconcile-life-"))
        self.name = f"rc_life_{os.getpid()}"
        self.shell = Shell.make(self.folder, self.server.create(self.name))
        self.live: Schema = {}
        self.wanted: Schema = {}
        self.rows: Rows = {}
        self.past: list[Step] = []
        self.next_id = 1
        self.shell.want("")

    def teardown(self) -> None:
        self.server.drop(self.name)
        shutil.rmtree(self.folder, ignore_errors=True)

    # -- what a user does

    @initialize()
    def begin(self) -> None:
        self._wish({"t": frozenset("a"), "u": frozenset("ab")})
        self.apply()
        for table in self.live:
            self._insert(table)

    @rule(wish=_WISHES)
    def wish(self, wish: Schema) -> None:
        self._wish(wish)

    @precondition(lambda self: self.live)
    @rule(data=st.data())
    def insert(self, data: st.DataObject) -> None:
        self._insert(data.draw(st.sampled_from(sorted(self.live))))

    @rule()
    def apply(self) -> None:
        self._done(self.shell.call(*_APPLY))
        self._arrived()

    @rule(wish=_WISHES, at=_BOUNDARIES, how=st.sampled_from(["kill", "interrupt"]), undo=st.booleans())
    def apply_that_dies(self, wish: Schema, at: int, how: str, undo: bool) -> None:
        self._wish(wish)
        run(self.folder, _APPLY, at=at, how=how)
        unfinished = self._explained()
        if undo and unfinished:
            self._done(self.shell.call("apply", "--undo", "--yes", "-q", "--allow", "all"))
            if self._stands(self.live):
                for path in self.shell.files[len(self.past) :]:  # what was taken back is given up
                    path.unlink()
                return
        self._done(self.shell.call(*_APPLY))
        self._arrived()

    @precondition(lambda self: self.past)
    @rule()
    def revert(self) -> None:
        self._done(self.shell.call(*_REVERT))
        self._back()

    @precondition(lambda self: self.past)
    @rule(at=_BOUNDARIES)
    def revert_that_dies(self, at: int) -> None:
        run(self.folder, _REVERT, at=at)
        self._explained()
        if not self._stands(self.past[-1].before) or self.past[-1].before == self.live:
            self._done(self.shell.call(*_REVERT))
        self._done(self.shell.call("status"))
        if self._explained():
            self._done(self.shell.call("revert", "--yes", "-q", "--allow", "all"))
        self._back()

    @precondition(lambda self: self.live)
    @rule(data=st.data())
    def drift(self, data: st.DataObject) -> None:
        """Somebody adds a column by hand; it is told, and planned away."""
        table = data.draw(st.sampled_from(sorted(self.live)))
        self.server.execute(self.name, f"ALTER TABLE {table} ADD COLUMN by_hand integer")
        assert "by_hand" in self._done(self.shell.call("status")).out
        if self.wanted.get(table) is None or self.wanted != self.live:
            drop = f"ALTER TABLE {table} DROP COLUMN by_hand"
            self.server.execute(self.name, drop)
            return
        self._done(self.shell.call(*_APPLY))
        self.past.append(Step(before={**self.live, table: self.live[table] | {"by_hand"}}))

    @precondition(lambda self: self.wanted != self.live)
    @rule()
    def edit(self) -> None:
        """A revision file that was edited does not run until it is sealed."""
        revision = self.shell.save("edited")
        path = self.shell.file(revision)
        path.write_text(path.read_text().replace("message: edited", "message: changed"))
        refused = self.shell.call(*_APPLY)
        assert refused.code == 1 and "seal" in refused.all
        assert self._stands(self.live)
        self._done(self.shell.call("seal", revision, "-q"))
        self._done(self.shell.call(*_APPLY))
        self._arrived()

    @precondition(lambda self: self.wanted == self.live and "w" not in self.live)
    @rule()
    def branch(self) -> None:
        """Two revisions on one parent that touch different tables: both run, and go back one by one."""
        self.shell.want(sql_of({**self.wanted, "x": frozenset()}))
        first = self.shell.save("first")
        away = self.folder / "away.yaml"
        self.shell.file(first).rename(away)
        self.shell.want(sql_of({**self.wanted, "y": frozenset()}))
        self.shell.save("second")
        away.rename(self.shell.file(first))
        self.shell.want(sql_of({**self.wanted, "x": frozenset(), "y": frozenset()}))
        self._done(self.shell.call(*_APPLY))
        assert self._stands({**self.live, "x": frozenset(), "y": frozenset()})
        self._done(self.shell.call("revert", "--last", "2", "--yes", "-q", "--allow", "all"))
        for path in self.shell.files[len(self.past) :]:
            path.unlink()
        self.shell.want(sql_of(self.wanted))

    # -- what must be true whatever he did

    @invariant()
    def history_is_sound(self) -> None:
        self._done(self.shell.call("history", "--check"))
        assert not self._explained(), "nothing is unfinished"

    @invariant()
    def the_database_is_where_it_should_be(self) -> None:
        assert self._stands(self.live), f"{self._tables()} is not {self.live}"

    @invariant()
    def no_row_is_lost(self) -> None:
        for table in self.live:
            found = frozenset(row[0] for row in fetch(self.server, self.name, f"SELECT id FROM {table}"))
            assert found == self.rows.get(table, frozenset()), table

    # --

    def _insert(self, table: str) -> None:
        self.server.execute(self.name, f"INSERT INTO {table} (id) VALUES ({self.next_id})")
        self.rows[table] = self.rows.get(table, frozenset()) | {self.next_id}
        self.next_id += 1

    def _wish(self, schema: Schema) -> None:
        self.wanted = schema
        self.shell.want(sql_of(schema))

    def _arrived(self) -> None:
        """The wish came true."""
        if self.wanted == self.live:
            return
        gone = {table: self.rows.pop(table) for table in self.live if table not in self.wanted and table in self.rows}
        self.past.append(Step(before=self.live, kept=gone))
        self.live = dict(self.wanted)

    def _back(self) -> None:
        """The last revision is undone, and its file given up: what was before is wanted again."""
        step = self.past.pop()
        for table in self.live:
            if table not in step.before:
                self.rows.pop(table, None)
        self.rows |= step.kept
        self.live = step.before
        for path in self.shell.files[len(self.past) :]:
            path.unlink()
        self._wish(dict(step.before))

    def _done(self, said: Said) -> Said:
        assert said.code == 0, said.all
        return said

    def _explained(self) -> bool:
        """Whether a run is unfinished; then `status` says so in a sentence."""
        said = self._done(self.shell.call("status")).out
        return "was interrupted" in said and "finishes it" in said

    def _stands(self, schema: Schema) -> bool:
        return self._tables() == schema

    def _tables(self) -> Schema:
        if self.server.dialect == "sqlite":
            query = "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'"
        else:
            here = "'public'" if self.server.dialect == "postgresql" else "DATABASE()"
            query = f"SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = {here}"
        found: dict[str, set[str]] = {}
        for table, column in fetch(self.server, self.name, query):
            if not table.startswith("reconcile"):
                found.setdefault(table, set()).add(column)
        return {table: frozenset(columns - {"id"}) for table, columns in found.items()}
