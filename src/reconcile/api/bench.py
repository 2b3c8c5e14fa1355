"""Bench: a project opened for work. Every use case begins by opening one."""

from __future__ import annotations

import asyncio
import getpass
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, TypeVar

from reconcile.api.measures import read_measures
from reconcile.config import Project
from reconcile.dialects.base import Dialect, Rules
from reconcile.dialects.connect import is_async, parse_url, shown, with_driver
from reconcile.dialects.registry import dialect_for
from reconcile.dialects.session import Session
from reconcile.diff.compare import without_bookkeeping
from reconcile.errors import ConfigError, ReconcileError, ServerError
from reconcile.events import Listener, Reading
from reconcile.execution.history import History
from reconcile.execution.job import World
from reconcile.execution.shelf import Shelf
from reconcile.hazards.evidence import NOTHING, Evidence, Size
from reconcile.planning.online import Online
from reconcile.scratch.cache import Cache, default_cache_path
from reconcile.scratch.tape import Answer, Tape, asked_again, playing, recalled_questions, remember_questions
from reconcile.sources.desired import reader_digest
from reconcile.state import Key, Kind, Scope, State, Table

T = TypeVar("T")

_AT_ONCE = 200  # tables asked about in one query


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """The live database's session with what is needed round it."""

    project: Project
    dialect: Dialect
    session: Session
    features: Any
    rules: Rules
    history: History
    cache: Cache
    listen: Listener
    assumed: Evidence = NOTHING  # sizes to plan for, instead of those found here

    def read(self) -> State:
        """The live state, without bookkeeping, read inside a read-only transaction."""
        return self.read_with_answers()[0]

    def read_with_answers(self, known: Sequence[Answer] = ()) -> tuple[State, str]:
        """The live state, and a digest of the catalog's answers that it was made of; ``known`` ones are not asked for
        again."""
        self.listen(Reading(what="live database"))
        tape = Tape(known)
        with self.session.reading(), playing(tape, self.session):
            state = self.dialect.read(self.session)
        remember_questions(self.cache, self._questions, tape)
        return without_bookkeeping(state), tape.digest

    def ask_again(self) -> tuple[list[Answer], str]:
        """What the catalog answers to the questions of the last reading, and a digest of that."""
        questions = recalled_questions(self.cache, self._questions)
        self.listen(Reading(what="live database"))
        with self.session.reading():
            return asked_again(questions, self.session)

    @property
    def online(self) -> Online:
        """Which tables the user wants to be changed without keeping others out."""
        return Online(mode=self.project.online, rows=self.project.online_rows)

    @property
    def shelf(self) -> Shelf:
        """The database's own memory of its desired state."""
        return Shelf(self.session, schema=self.history.place)

    @property
    def _questions(self) -> str:
        url = shown(parse_url(database_url(self.project)))
        return f"questions {self.session.version_key} {reader_digest(self.dialect)} {url}"

    def scratch(self) -> AbstractContextManager[Session]:
        """A new, empty database of the same kind."""
        return self.dialect.scratch(self.session, self.project.scratch)

    def scope(self, spoken_for: Scope) -> Scope:
        """What a desired state speaks for, narrowed or widened by the configuration."""
        chosen = self.project.schemas
        return Scope(
            kinds=spoken_for.kinds,
            schemas=frozenset(chosen) if chosen is not None else spoken_for.schemas,
            ignore=(*spoken_for.ignore, *self.project.ignore),
            unasked=spoken_for.unasked | (self.dialect.on_request - asked_for(self.project.manage)),
            spoken=spoken_for.spoken,
            lenient=spoken_for.lenient,
            named=spoken_for.named,
        )

    def counted(self, state: State) -> Evidence:
        """What the server has counted of these objects, with the sizes that the project says to plan for."""
        return self.dialect.usage(self.session, state).instead(self.assumed)

    def sizes(self, state: State, keys: Iterable[Key], known: Evidence) -> Mapping[Key, Size]:
        """How big tables are; those that these objects belong to are counted where the server keeps no count."""
        sizes = dict(known.sizes)
        for table in sorted({key.root for key in keys} - sizes.keys()):
            if isinstance(found := state.get(table), Table) and found.keeps_rows:
                name = self.dialect.grammar.qualified(table.schema, table.name)
                sizes[table] = Size(rows=int(self.session.query(f"SELECT count(*) FROM {name}")[0][0]), bytes=0)
        return sizes

    def filled(self, state: State, keys: Iterable[Key]) -> frozenset[Key]:
        """Which of the tables that these objects belong to, or that use them, hold rows."""
        touched = set(keys)
        users = (user for key in touched if key.root.kind is not Kind.TABLE for user in state.dependents(key))
        tables = {
            key.root
            for key in (*touched, *users)
            if isinstance(table := state.get(key.root), Table) and table.server is None  # never ask another server
        }
        full = {key for key, size in self.assumed.sizes.items() if size.rows} & tables
        asked = sorted(tables - full)
        for start in range(0, len(asked), _AT_ONCE):
            some = asked[start : start + _AT_ONCE]
            names = (self.dialect.grammar.qualified(key.schema, key.name) for key in some)
            questions = ", ".join(f"EXISTS (SELECT 1 FROM {name})" for name in names)
            try:
                answers = self.session.query(f"SELECT {questions}")[0]
            except ServerError:  # one of them may not be read: each for itself
                answers = tuple(self.session.has_rows(key.schema, key.name) for key in some)
            full.update(key for key, answer in zip(some, answers, strict=True) if answer)
        return frozenset(full)

    def world(self) -> World:
        """What the applier needs to run jobs here."""
        return World(
            session=self.session,
            dialect=self.dialect,
            read=lambda session: without_bookkeeping(self.dialect.read(session)),
            history=self.history,
            who=who_and_where(),
            tool=version("schema-reconcile"),
            root=self.project.root,
            python=self.project.python,
            timeouts=self.project.timeouts,
            pace=self.project.pace,
            listen=self.listen,
        )


def asked_for(words: Sequence[str]) -> frozenset[Kind]:
    """The kinds that ``manage:`` names, in the plural as one says them: owners, privileges."""
    return frozenset(kind for kind in Kind if f"{kind.value}s" in words)


def who_and_where() -> str:
    """user@host, for history and for those who wait for the lock."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        user = "unknown"
    return f"{user}@{socket.gethostname()}"


def database_url(project: Project) -> str:
    """The live database's URL. Raises ConfigError where none is configured."""
    if not project.database:
        raise ConfigError(
            "no database is given",
            hint="pass --url, or set 'database:' in reconcile.yaml (reconcile init writes one)",
        )
    return project.database


@contextmanager
def open_bench(project: Project, listen: Listener) -> Iterator[Bench]:
    """Connect to the project's database. Raises ConnectError."""
    url = database_url(project)
    dialect = dialect_for(url).asked(asked_for(project.manage))
    with dialect.open(url) as session:
        features = dialect.features(session)
        yield Bench(
            project=project,
            dialect=dialect,
            session=session,
            features=features,
            rules=dialect.rules(features),
            history=History(session, namespaces=dialect.namespaces),
            cache=Cache(project.cache or default_cache_path()),
            listen=listen,
            assumed=NOTHING if project.statistics is None else read_measures(project.statistics, dialect),
        )


def run(urls: Sequence[str], work: Callable[[], T]) -> T:
    """Call ``work`` so that asynchronous drivers function: plainly, or inside an event loop's greenlet.

    ``urls``: what it may connect to; specs that are no URLs do no harm. Raises ReconcileError inside a running
    event loop: await the twin in reconcile.aio there.
    """
    if _IN_GREENLET.get() or not any(_wants_loop(url) for url in urls):
        return work()
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(run_async(work))
    raise ReconcileError("an event loop is running here", hint="await the function of this name in reconcile.aio")


# Whether this context already is inside ``run_async``: use cases call each other.
_IN_GREENLET: ContextVar[bool] = ContextVar("reconcile_in_greenlet", default=False)


async def run_async(work: Callable[[], T]) -> T:
    """The same from inside a running event loop."""
    from sqlalchemy.util import greenlet_spawn  # only where it is needed: greenlet is an extra

    token = _IN_GREENLET.set(True)
    try:
        found: T = await greenlet_spawn(work)
        return found
    finally:
        _IN_GREENLET.reset(token)


def _wants_loop(url: str) -> bool:
    if "://" not in url:
        return False
    return is_async(with_driver(parse_url(url), dialect_for(url).drivers))
