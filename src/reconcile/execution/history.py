"""The database's own memory of what was run on it: runs, journal, revision texts and states.

Through SQLAlchemy Core, so it is the same on every database. Reading never creates anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sqlalchemy import (
    Column,
    CursorResult,
    Executable,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    delete,
    func,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateColumn

from reconcile.dialects.session import Session
from reconcile.errors import RevisionError, ServerError
from reconcile.execution.pack import pack, state_from_text, state_text, unpack
from reconcile.state import State, Step
from reconcile.state.digest import canonical, text_digest

# Of the tables below. Older ones are read as they are, and made like these before the first run is recorded.
# 2: a run names the seals of the revisions that its own builds on, and is linked to the run before it.
LAYOUT = 2
META_SCHEMA = "reconcile_meta"
_CHUNK = 32_000  # characters of packed text a row: MySQL's TEXT ends at 65,535 bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a revision. ``state``: running, done, failed, and reverted for a done one that was undone later."""

    number: int
    revision: str
    direction: str  # apply, revert, baseline
    state: str
    message: str
    parents: tuple[str, ...]
    checksum: str
    started: str  # ISO 8601, UTC
    finished: str | None
    seconds: float | None
    who: str
    tool: str
    steps: int
    note: str  # why it failed, or what recovery made of it
    revision_text: str  # digests of packed texts
    state_text: str | None
    built_on: tuple[str, ...] = ()  # the checksums of the parents, in their order
    link: str = ""  # see ``linked``; empty where an older version recorded it and no newer one has written since


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalRow:
    """How far one step came: ``state`` is running or done."""

    phase: int
    step: int
    state: str


class Ascii(TypeDecorator[str]):
    """Any text in a database of any encoding: what is not ASCII is written as \\uXXXX."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        del dialect
        return None if value is None else value.encode("unicode_escape").decode("ascii")

    def process_result_value(self, value: Any, dialect: Any) -> str | None:
        del dialect
        return None if value is None else str(value).encode("ascii").decode("unicode_escape")


def _since_2() -> tuple[Column[Any], ...]:
    # Nullable, since they are added to tables that hold rows.
    return (Column("built_on", Text, nullable=True), Column("link", String(64), nullable=True))


class _Tables:
    """The bookkeeping tables at one place, as that layout had them."""

    def __init__(self, schema: str | None, layout: int = LAYOUT) -> None:
        self.schema = schema
        self.version = layout
        self.metadata = MetaData(schema=schema)
        self.layout = Table(
            "reconcile_layout",
            self.metadata,
            Column("version", Integer, primary_key=True, autoincrement=False),
            Column("tool", String(40), nullable=False),
        )
        self.history = Table(
            "reconcile_history",
            self.metadata,
            # One more than the run that was the last when this one looked at the database. So the database itself
            # forbids that two follow the same one, and the second would overwrite what the first has made.
            Column("run", Integer, primary_key=True, autoincrement=False),
            Column("revision", String(160), nullable=False),
            Column("direction", String(16), nullable=False),
            Column("state", String(16), nullable=False),
            # 1 while running, else NULL. NULLs are distinct in a unique constraint on all three databases,
            # so the database itself forbids two runs at once.
            Column("active", Integer, nullable=True),
            Column("message", Ascii, nullable=False),
            Column("parents", Text, nullable=False),  # by space
            Column("checksum", String(64), nullable=False),
            Column("started", String(40), nullable=False),
            Column("finished", String(40), nullable=True),
            Column("seconds", Float, nullable=True),
            Column("who", Ascii, nullable=False),
            Column("tool", String(40), nullable=False),
            Column("steps", Integer, nullable=False),
            Column("note", Ascii, nullable=False),
            Column("revision_text", String(64), nullable=False),
            Column("state_text", String(64), nullable=True),
            *(_since_2() if layout >= 2 else ()),
            UniqueConstraint("active", name="reconcile_history_one_running"),
        )
        self.journal = Table(
            "reconcile_journal",
            self.metadata,
            Column("run", Integer, primary_key=True, autoincrement=False),
            Column("step", Integer, primary_key=True, autoincrement=False),
            Column("phase", Integer, nullable=False),
            Column("state", String(16), nullable=False),
            Column("at", String(40), nullable=False),
        )
        self.text = Table(
            "reconcile_text",
            self.metadata,
            Column("digest", String(64), primary_key=True),
            Column("part", Integer, primary_key=True, autoincrement=False),
            Column("packed", Text, nullable=False),
        )


class History:
    """What a database remembers. Not a value: it speaks through the session it was given."""

    def __init__(self, session: Session, *, namespaces: bool) -> None:
        """``namespaces``: whether the database has schemas (``dialect.namespaces``)."""
        self.session = session
        self.namespaces = namespaces

    # -- reading

    @cached_property
    def _tables(self) -> _Tables | None:
        """The tables where they are, or None. Raises RevisionError where a newer version made them."""
        look = inspect(self.session.connection)
        places = (META_SCHEMA, None) if self.namespaces else (None,)
        for place in places:
            if look.has_table("reconcile_layout", schema=place):
                version = self._do(select(func.max(_Tables(place).layout.c.version))).scalar()
                if version is None:
                    return None  # creation was interrupted before its last statement
                if version > LAYOUT:
                    raise RevisionError(
                        f"this database's history was written by a newer reconcile (layout {version}, known: {LAYOUT})",
                        hint="upgrade schema-reconcile",
                    )
                return _Tables(place, version)
        return None

    @property
    def exists(self) -> bool:
        """Whether the database has ever been written to by us."""
        return self._tables is not None

    @property
    def place(self) -> str | None:
        """The schema of the bookkeeping, where it has one of its own."""
        return self._tables.schema if self._tables is not None else None

    def runs(self) -> tuple[Run, ...]:
        """Every run, oldest first, as it was recorded."""
        if self._tables is None:
            return ()
        t = self._tables.history
        return tuple(_run(row._mapping) for row in self._do(select(t).order_by(t.c.run)).fetchall())

    def entries(self) -> tuple[Run, ...]:
        """Every run, oldest first; done runs that a later one undid have the state "reverted"."""
        found = list(self.runs())
        for later, run in enumerate(found):
            if run.direction == "revert" and run.state == "done":
                for index in range(later - 1, -1, -1):
                    past = found[index]
                    if past.revision == run.revision and past.direction != "revert" and past.state == "done":
                        found[index] = replace(past, state="reverted")
                        break
        return tuple(found)

    def applied(self) -> tuple[str, ...]:
        """Ids of the revisions that are in force, in the order in which they came to be."""
        found: dict[str, None] = {}
        for run in self.runs():
            if run.state == "done":
                if run.direction == "revert":
                    found.pop(run.revision, None)
                else:
                    found[run.revision] = None
        return tuple(found)

    def unfinished(self) -> Run | None:
        """The run that was begun and neither finished nor given up."""
        return next((run for run in reversed(self.runs()) if run.state == "running"), None)

    def last_state(self) -> State | None:
        """What the schema was after the last run that was done: what it should still be."""
        done = [run for run in self.runs() if run.state == "done" and run.state_text]
        return state_from_text(self._text(done[-1].state_text or "")) if done else None

    def revision_text(self, revision: str) -> str | None:
        """The revision's file as it was when it last ran; None if it never did."""
        found = [run for run in self.runs() if run.revision == revision and run.revision_text]
        return self._text(found[-1].revision_text) if found else None

    def journal(self, run: Run) -> tuple[JournalRow, ...]:
        """How far the steps of a run came, by step."""
        if self._tables is None:
            return ()
        t = self._tables.journal
        rows = self._do(select(t).where(t.c.run == run.number).order_by(t.c.step)).mappings()
        return tuple(JournalRow(phase=row["phase"], step=row["step"], state=row["state"]) for row in rows)

    def _text(self, digest: str) -> str:
        assert self._tables is not None
        t = self._tables.text
        rows = self._do(select(t.c.packed).where(t.c.digest == digest).order_by(t.c.part)).fetchall()
        try:
            text = unpack("".join(row[0] for row in rows))
        except ValueError:
            text = ""
        if text_digest(text) != digest:
            raise RevisionError(
                f"the history kept in the database is damaged: text {digest} is not what was written",
                hint="restore the reconcile_text table from a backup, or record the schema anew: reconcile baseline",
            )
        return text

    # -- writing

    def create(self, *, tool: str) -> None:
        """Make the tables where there are none, beside the user's where the role may not make a schema; upgrade old
        ones."""
        if self._tables is not None:
            if self._tables.version < LAYOUT:
                self._upgrade(self._tables, tool=tool)
            return
        place = META_SCHEMA if self.namespaces and self._make_schema() else None
        tables = _Tables(place)
        with self.session.transaction():
            try:
                tables.metadata.create_all(self.session.connection, checkfirst=True)
            except DBAPIError as error:
                refused = self.session.classify(error, "CREATE TABLE reconcile_…")
                if place is None and self.namespaces:
                    refused.hint = (
                        "the role may make neither a schema for the history nor tables beside its own: have an "
                        f"administrator run CREATE SCHEMA {META_SCHEMA} AUTHORIZATION …, and the same for "
                        "reconcile_attic, where what is dropped is kept"
                    )
                raise refused from error
            self._do(insert(tables.layout).values(version=LAYOUT, tool=tool))
        self.__dict__["_tables"] = tables

    def _upgrade(self, old: _Tables, *, tool: str) -> None:
        """Make older tables like those of today. Interrupted where DDL commits by itself, it is done again."""
        new = _Tables(old.schema)
        connection = self.session.connection
        with self.session.transaction():
            there = {column["name"] for column in inspect(connection).get_columns("reconcile_history", old.schema)}
            table = connection.dialect.identifier_preparer.format_table(new.history)
            for column in new.history.columns:
                if column.name not in there:
                    text = str(CreateColumn(column).compile(dialect=connection.dialect))
                    self.session.execute(f"ALTER TABLE {table} ADD COLUMN {text}")
            self.__dict__["_tables"] = new
            last: Run | None = None
            for run in self.runs():
                last = replace(run, link=linked(run, last))
                self._do(update(new.history).where(new.history.c.run == run.number).values(link=last.link))
            self._do(insert(new.layout).values(version=LAYOUT, tool=tool))

    def _make_schema(self) -> bool:
        if inspect(self.session.connection).has_schema(META_SCHEMA):
            return True
        try:
            self.session.execute(f"CREATE SCHEMA {META_SCHEMA}")
        except ServerError:
            return False
        return True

    def start(
        self,
        *,
        after: Run | None,
        revision: str,
        direction: str,
        message: str,
        parents: Sequence[str],
        built_on: Sequence[str],
        checksum: str,
        started: str,
        who: str,
        tool: str,
        steps: int,
        text: str,
    ) -> Run:
        """Record that a run begins, after the one that was the last when it looked at the database.

        The database refuses a second one at the same time, and a second one after the same: raises RevisionError.
        """
        self.create(tool=tool)
        tables = self._there
        if after is not None:  # as it ended: settled since, by this very run; or from tables that are upgraded now
            after = next(run for run in self.runs() if run.number == after.number)
        with self.session.transaction():
            values: dict[str, Any] = {
                "run": after.number + 1 if after is not None else 1,
                "revision": revision,
                "direction": direction,
                "state": "running",
                "message": message,
                "parents": " ".join(parents),
                "built_on": " ".join(built_on),
                "checksum": checksum,
                "started": started,
                "finished": None,
                "seconds": None,
                "who": who,
                "tool": tool,
                "steps": steps,
                "note": "",
                "revision_text": self._keep(text),
                "state_text": None,
            }
            begun = _run({**values, "link": ""})
            begun = replace(begun, link=linked(begun, after))
            try:
                self._do(insert(tables.history).values(active=1, **values, link=begun.link))
            except ServerError as error:
                others = [run for run in self._seen_by_others() if run.number >= begun.number or run.state == "running"]
                if not others:
                    raise
                raise RevisionError(
                    f"{others[-1].revision} was recorded by {others[-1].who} after this run looked at the database",
                    revision=revision,
                    hint="nothing has been changed by this run; begin again, from what the database is now",
                ) from error
        return begun

    def last(self) -> Run | None:
        """The last run that was recorded, whatever became of it."""
        return runs[-1] if (runs := self.runs()) else None

    def _seen_by_others(self) -> tuple[Run, ...]:
        """The runs, though the open transaction has failed."""
        self.session.rollback()
        return self.runs()

    def mark(self, run: Run, *, phase: int, step: Step, state: str, at: str) -> None:
        """Journal a step as running or done; part of whatever transaction is open."""
        t = self._there.journal
        self._do(delete(t).where(t.c.run == run.number, t.c.step == step.number))
        self._do(insert(t).values(run=run.number, step=step.number, phase=phase, state=state, at=at))

    def unmark(self, run: Run, *, step: Step) -> None:
        """Forget that a step was begun: the server refused it."""
        t = self._there.journal
        self._do(delete(t).where(t.c.run == run.number, t.c.step == step.number))

    def finish(self, run: Run, *, state: State, finished: str, seconds: float, note: str = "") -> None:
        """Record that a run is done and what the schema is now; part of the transaction that is open, if one is."""
        with nullcontext() if self.session.in_transaction else self.session.transaction():
            kept = self._keep(state_text(state))
            self._end(run, state="done", finished=finished, seconds=seconds, note=note, state_text=kept)

    def fail(self, run: Run, *, finished: str, seconds: float, note: str) -> None:
        """Record that a run was given up and left nothing behind."""
        self._end(run, state="failed", finished=finished, seconds=seconds, note=note)

    def remark(self, run: Run, note: str) -> None:
        """Say something about a run that stays unfinished."""
        t = self._there.history
        self._do(update(t).where(t.c.run == run.number).values(note=note))

    def replace_text(self, revision: str, text: str) -> None:
        """Write a revision's text anew, where the copy was damaged. The caller knows that it is the one that ran."""
        t, h = self._there.text, self._there.history
        old = [run.revision_text for run in self.runs() if run.revision == revision]
        with self.session.transaction():
            self._do(delete(t).where(t.c.digest.in_([*old, text_digest(text)])))
            self._do(update(h).where(h.c.revision == revision).values(revision_text=self._keep(text)))

    def _end(self, run: Run, **values: Any) -> None:
        t = self._there.history
        self._do(update(t).where(t.c.run == run.number).values(active=None, **values))

    def _keep(self, text: str) -> str:
        """Store a text once, however often it comes; its digest."""
        t = self._there.text
        digest = text_digest(text)
        if self._do(select(t.c.part).where(t.c.digest == digest).limit(1)).first() is None:
            packed = pack(text)
            for part, at in enumerate(range(0, len(packed), _CHUNK)):
                self._do(insert(t).values(digest=digest, part=part, packed=packed[at : at + _CHUNK]))
        return digest

    @property
    def _there(self) -> _Tables:
        if self._tables is None:
            raise RevisionError("this database has no history")
        return self._tables

    def _do(self, statement: Executable) -> CursorResult[Any]:
        try:
            result: CursorResult[Any] = self.session.connection.execute(statement)
            return result
        except DBAPIError as error:
            raise self.session.classify(error, str(statement)) from error


def linked(run: Run, before: Run | None) -> str:
    """What binds a run to all that was recorded before it: a digest of how it began and how the one before ended."""
    past = [] if before is None else [before.link, before.state, before.finished, before.state_text]
    begun = [run.number, run.revision, run.direction, run.message, run.parents, run.built_on, run.checksum]
    return text_digest(canonical([past, begun, [run.started, run.who, run.tool, run.steps]]))


def _run(row: Any) -> Run:
    return Run(
        number=row["run"],
        parents=tuple(row["parents"].split()),
        built_on=tuple((row.get("built_on") or "").split()),
        link=row.get("link") or "",
        **{
            name: row[name]
            for name in (
                "revision", "direction", "state", "message", "checksum", "started", "finished", "seconds",
                "who", "tool", "steps", "note", "revision_text", "state_text",
            )
        },
    )  # fmt: skip
