"""The attic as the applier sees it: what is in it, since when and from which revision; and how it is emptied.

The statements that fill it are the plan's own. Here is what no plan can say: that a name is taken by an earlier
entry, that there is nothing to bring back, and what was brought back and can go.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import (
    Column,
    Executable,
    Integer,
    MetaData,
    String,
    Table,
    delete,
    insert,
    inspect,
    select,
)
from sqlalchemy.exc import DBAPIError

from reconcile.dialects.base import AtticRules
from reconcile.dialects.session import Session
from reconcile.dialects.sidetables import AFTER
from reconcile.dialects.sqltext import Grammar
from reconcile.events import Listener, Notice
from reconcile.execution.history import Ascii
from reconcile.state import Kept, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class AtticEntry:
    """One table of the attic. ``revision`` is empty where nothing is known of it but that it is there."""

    name: str
    what: str  # "column public.users.email"
    revision: str
    direction: str  # which way of the revision put it there
    at: str  # ISO 8601, UTC
    run: int
    rows: int = 0
    bytes: int | None = None  # None: the server does not tell


class Attic:
    """The attic of one database. Not a value: it speaks through the session it was given."""

    def __init__(self, session: Session, grammar: Grammar, rules: AtticRules, *, place: str | None = None) -> None:
        """``place``: the schema of the bookkeeping, where it has one of its own."""
        self.session, self.grammar, self.rules, self.bookkeeping = session, grammar, rules, place
        metadata = MetaData(schema=place)
        self.index = Table(
            "reconcile_attic",
            metadata,
            Column("name", String(63), primary_key=True),
            Column("what", Ascii, nullable=False),
            Column("revision", String(160), nullable=False),
            Column("direction", String(16), nullable=False),
            Column("run", Integer, nullable=False, index=False, autoincrement=False),
            Column("at", String(40), nullable=False),
        )

    # -- looking

    def holds(self, name: str) -> bool:
        """Whether there is such a table."""
        return bool(inspect(self.session.connection).has_table(name, schema=self.rules.place))

    def tables(self) -> tuple[str, ...]:
        """All tables of the attic, those that only note what became of values left out."""
        look = inspect(self.session.connection)
        if self.rules.place is not None and not look.has_schema(self.rules.place):
            return ()
        names = look.get_table_names(schema=self.rules.place)
        own = [name for name in names if name.startswith(self.rules.prefix) and name != self.index.name]
        return tuple(sorted(name for name in own if not name.endswith(AFTER)))

    def entries(self) -> tuple[AtticEntry, ...]:
        """What is kept, oldest first. Counts the rows."""
        known = self._known()
        found = []
        for name in self.tables():
            row = known.get(name, {"what": name, "revision": "", "direction": "", "at": "", "run": 0})
            found.append(AtticEntry(name=name, rows=self.rows(name), bytes=self._bytes(name), **row))
        return tuple(sorted(found, key=lambda entry: (entry.at, entry.run, entry.name)))

    def rows(self, name: str) -> int:
        """How many rows are in a table of the attic."""
        return int(self.session.query(f"SELECT count(*) FROM {self._at(name)}")[0][0])

    def _bytes(self, name: str) -> int | None:
        query = self.rules.size(name)
        if query is None:
            return None
        found = self.session.query(query)
        return int(found[0][0]) if found and found[0][0] is not None else None

    def _known(self) -> dict[str, dict[str, Any]]:
        if not inspect(self.session.connection).has_table(self.index.name, schema=self.bookkeeping):
            return {}
        t = self.index.c
        query = select(t.name, t.what, t.revision, t.direction, t.at, t.run)
        rows = [dict(row._mapping) for row in self._do(query).fetchall()]
        return {row.pop("name"): row for row in rows}

    def _at(self, name: str) -> str:
        return self.grammar.qualified(self.rules.place, name)

    # -- filling

    def create(self) -> None:
        """Make the index where there is none. Outside a transaction."""
        try:
            self.index.create(self.session.connection, checkfirst=True)
        except DBAPIError as error:
            raise self.session.classify(error, "CREATE TABLE reconcile_attic") from error

    def expect(self, kept: Kept, *, revision: str, direction: str, run: int, at: str) -> None:
        """Before a step that keeps: write down what will be there, and move what has that name out of its way.

        The row is written first: of one whose table never came to be nobody hears.
        """
        row = self._known().get(kept.name)
        if self.holds(kept.name) and (row is None or row["run"] != run):
            self._aside(kept.name, row)
        self._do(delete(self.index).where(self.index.c.name == kept.name))
        values = {"name": kept.name, "what": _what(kept), "revision": revision, "direction": direction}
        self._do(insert(self.index).values(run=run, at=at, **values))

    def _aside(self, name: str, row: dict[str, Any] | None) -> None:
        number = 2
        while self.holds(f"{name}_{number}"):
            number += 1
        other = f"{name}_{number}"
        self._do(delete(self.index).where(self.index.c.name == other))
        if row is not None:
            self._do(insert(self.index).values(name=other, **row))
        listed = self.rules.relations(name)
        for old in [row[0] for row in self.session.query(listed)] if listed else (name, name + AFTER):
            if listed or self.holds(old):
                for sql in self.rules.rename(old, other + old.removeprefix(name)):
                    self.session.execute(sql)

    # -- emptying

    def remove(self, names: Sequence[str]) -> None:
        """Drop tables of the attic for good."""
        known = self._known()
        for name in names:
            with nullcontext() if self.session.in_transaction else self.session.transaction():
                for table in (name, name + AFTER):
                    self.session.execute(f"DROP TABLE IF EXISTS {self._at(table)}")
                if name in known:
                    self._do(delete(self.index).where(self.index.c.name == name))

    def tidy(self, steps: Sequence[Step], listen: Listener) -> None:
        """After a run: what was brought back goes; so does what holds nothing. Tells what could not be brought back."""
        back: dict[str, Kept] = {}
        for step in steps:
            if step.restores is not None and (step.restores.left or step.restores.name not in back):
                back[step.restores.name] = step.restores
        for name, kept in back.items():
            if self.holds(name):
                self._taken_out(kept, listen)
        for step in steps:
            if step.keeps is not None and self.holds(step.keeps.name) and not self.rows(step.keeps.name):
                self.remove([step.keeps.name])

    def _taken_out(self, kept: Kept, listen: Listener) -> None:
        left = int(self.session.query(kept.left)[0][0]) if kept.left else 0
        came = self.rows(kept.name) - left
        word = ("value" if kept.left else "row") + ("" if came == 1 else "s")
        listen(Notice(message=f"{_what(kept)}: {came:,} {word} brought back from the attic"))
        if left:
            listen(Notice(message=f"{_what(kept)}: {left:,} more are of rows that are gone; they stay in {kept.name}"))
        else:
            self.remove([kept.name])

    def _do(self, statement: Executable) -> Any:
        try:
            return self.session.connection.execute(statement)
        except DBAPIError as error:
            raise self.session.classify(error, str(statement)) from error


def _what(kept: Kept) -> str:
    """ "table t", "columns a, b of table t"."""
    words = f"{'column' if len(kept.columns) == 1 else 'columns'} {', '.join(kept.columns)} of " if kept.columns else ""
    return f"{words}{kept.key}"


class Custodian(Protocol):
    """Asked before each step of a run."""

    def admits(self, step: Step) -> bool:
        """Whether the step is to run: one that brings back is passed over where there is nothing."""
        ...

    def holds(self, name: str) -> bool:
        """Whether there is such a table in the attic."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OnScratch:
    """For rehearsals: no index."""

    attic: Attic

    def admits(self, step: Step) -> bool:
        return step.restores is None or self.attic.holds(step.restores.name)

    def holds(self, name: str) -> bool:
        return self.attic.holds(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDuty:
    """For the live database: writes down what is kept, and tells what is not there and what yields."""

    attic: Attic
    revision: str
    direction: str
    run: int
    stamp: Callable[[], str]
    listen: Listener

    def admits(self, step: Step) -> bool:
        if step.keeps is not None:
            self.attic.expect(
                step.keeps, revision=self.revision, direction=self.direction, run=self.run, at=self.stamp()
            )
        kept = step.restores
        if kept is None:
            return True
        if not self.attic.holds(kept.name):
            if kept.left or not kept.lost:
                self.listen(
                    Notice(message=f"{_what(kept)}: nothing is kept in the attic (purged?); {step.summary}: no")
                )
            return False
        if kept.lost and (lost := int(self.attic.session.query(kept.lost)[0][0])):
            self.listen(Notice(message=f"{_what(kept)}: {lost:,} value(s) were written since, and stay as they are"))
        return True

    def holds(self, name: str) -> bool:
        return self.attic.holds(name)
