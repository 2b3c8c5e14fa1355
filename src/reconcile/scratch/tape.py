"""Tape: what a reader asked a database and what it was told. By it a database that has not changed is recognised.

Reading a thousand tables takes a moment to ask and ten to make objects of. A reader is a pure function of the
answers it gets, so the questions of last time are asked again, and if the answers are the same, so is the state.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import Any, TypeVar

from reconcile.dialects.session import Parameters, Session
from reconcile.scratch.cache import Cache
from reconcile.state import State
from reconcile.state.digest import canonical

Rows = list[tuple[Any, ...]]
K = TypeVar("K")
V = TypeVar("V")


class Tape:
    """Questions with their answers, in order. Not a value: it is wound forward while a reader listens."""

    def __init__(self) -> None:
        self._asked: list[tuple[str, Any, Rows]] = []
        self._at = 0

    def rows(self, sql: str, parameters: Parameters, ask: Callable[[str, Parameters], Rows]) -> Rows:
        """The recorded answer if this is the question that comes next, else a new one."""
        if self._at < len(self._asked):
            known_sql, known_parameters, known_rows = self._asked[self._at]
            if (known_sql, known_parameters) == (sql, _plain(parameters)):
                self._at += 1
                return known_rows
            del self._asked[self._at :]
        found = ask(sql, parameters)
        self._asked.append((sql, _plain(parameters), found))
        self._at += 1
        return found

    @property
    def questions(self) -> list[tuple[str, Any]]:
        """What was asked, in order."""
        return [(sql, parameters) for sql, parameters, _ in self._asked]

    @property
    def digest(self) -> str:
        """Over questions and answers."""
        found = sha256()
        for asked in self._asked:
            found.update(repr(asked).encode("utf-8", "surrogatepass"))
        return found.hexdigest()

    def rewind(self) -> None:
        """Back to the first question, for a reader to listen."""
        self._at = 0


def _plain(parameters: Parameters) -> Any:
    return dict(parameters) if isinstance(parameters, dict) else list(parameters)


@contextmanager
def playing(tape: Tape, session: Session) -> Iterator[None]:
    """The tape between the session and whoever asks it."""
    session.tape = tape
    try:
        yield
    finally:
        session.tape = None


def asked_again(questions: Sequence[tuple[str, Any]], session: Session) -> Tape:
    """A tape of the database's answers to the questions of last time."""
    tape = Tape()
    with playing(tape, session):
        for sql, parameters in questions:
            session.query(sql, parameters)
    tape.rewind()
    return tape


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
