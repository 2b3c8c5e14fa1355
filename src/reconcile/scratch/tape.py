"""Tape: what a reader asked a database and what it was told. By it a database that has not changed is recognised.

Reading a thousand tables takes a moment to ask and ten to make objects of. A reader is a pure function of the
answers it gets, so the questions of last time are asked again, and if the answers are the same, so is the state.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import Any, TypeVar

from reconcile.dialects.session import Parameters, Session
from reconcile.errors import ServerError
from reconcile.scratch.cache import Cache
from reconcile.state import State
from reconcile.state.digest import canonical

Rows = list[tuple[Any, ...]]
K = TypeVar("K")
V = TypeVar("V")


Answer = tuple[str, Any, Rows]  # question, its parameters, what came back


class Tape:
    """Listens to a reader's questions and the answers, and remembers a digest of them, not the rows.

    Not a value: it is wound forward. ``known`` answers are played to a reader that asks the same in the same order.
    """

    def __init__(self, known: Sequence[Answer] = ()) -> None:
        self._known = deque(known)
        self._found = sha256()
        self.questions: list[tuple[str, Any]] = []

    def rows(
        self, sql: str, parameters: Parameters, ask: Callable[[str, Parameters], Rows], *, anew: bool = False
    ) -> Rows:
        """The known answer if this is the question that comes next, else a new one; in any case if it is ``anew``."""
        plain = dict(parameters) if isinstance(parameters, dict) else list(parameters)
        if self._known and self._known[0][:2] == (sql, plain):
            found = self._known.popleft()[2]
            if anew:
                found = ask(sql, parameters)
        else:
            self._known.clear()
            found = ask(sql, parameters)
        self.questions.append((sql, plain))
        self._found.update(repr((sql, plain, _in_order(sql, found))).encode("utf-8", "surrogatepass"))
        return found

    @property
    def digest(self) -> str:
        """Over questions and answers so far."""
        return self._found.hexdigest()


def _in_order(sql: str, rows: Rows) -> Rows:
    """The rows as the query orders them; else in one order, for a server's own changes with its statistics."""
    if "ORDER BY" in sql.rpartition(")")[2].upper():
        return rows
    try:
        return sorted(rows)
    except TypeError:  # nulls among the first columns
        return sorted(rows, key=repr)


@contextmanager
def playing(tape: Tape, session: Session) -> Iterator[None]:
    """The tape between the session and whoever asks it."""
    session.tape = tape
    try:
        yield
    finally:
        session.tape = None


def asked_again(questions: Sequence[tuple[str, Any]], session: Session) -> tuple[list[Answer], str]:
    """The database's answers to the questions of last time, and the digest of a tape of them.

    As far as they can be asked: one about a table that is gone since says that the database is not as it was.
    """
    tape = Tape()
    answers: list[Answer] = []
    with playing(tape, session):
        for sql, parameters in questions:
            try:
                answers.append((sql, parameters, session.query(sql, parameters)))
            except ServerError:
                return answers, ""
    return answers, tape.digest


def recalled_questions(cache: Cache, key: str) -> list[tuple[str, Any]]:
    """The questions remembered under ``key``; none if there are none."""
    text = cache.get_text(key)
    return [(sql, parameters) for sql, parameters in json.loads(text)] if text else []


def remember_questions(cache: Cache, key: str, tape: Tape) -> None:
    """Keep the tape's questions for next time, where they can be kept."""
    try:
        text = canonical(tape.questions)
    except TypeError:
        return
    if cache.get_text(key) != text:
        cache.put_text(key, text)


class Deferred(Mapping[K, V]):
    """A mapping that is made when it is first looked at."""

    def __init__(self, make: Callable[[], Mapping[K, V]]) -> None:
        self._make = make
        self._made: Mapping[K, V] | None = None

    @property
    def _all(self) -> Mapping[K, V]:
        if self._made is None:
            self._made = self._make()
        return self._made

    def __getitem__(self, key: K) -> V:
        return self._all[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)


def deferred_state(make: Callable[[], State], *, dialect: str, server: str) -> State:
    """A state that is made when it is first looked at."""
    made: list[State] = []

    def whole() -> State:
        if not made:
            made.append(make())
        return made[0]

    return State(
        objects=Deferred(lambda: whole().objects), needs=Deferred(lambda: whole().needs), dialect=dialect, server=server
    )
