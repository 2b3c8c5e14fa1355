"""A database of each kind that is emptied and filled again: the examples of hazard rules are played on it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import pytest

from reconcile.api.proposing import read_rename
from reconcile.dialects.base import Dialect
from reconcile.dialects.registry import get_dialect
from reconcile.dialects.session import Session
from reconcile.diff.compare import without_bookkeeping
from reconcile.hazards.base import Rule
from reconcile.hazards.judge import inspect, judge
from reconcile.planning.build import make_plan
from reconcile.state import Hazard, Key, Kind, Phase, Scope, State
from tests import servers

NAMES = ("postgresql", "mysql", "sqlite")
ROLE = f"rc_example_{os.getpid()}"  # of the server, which is not ours alone
_SERVERS = {"postgresql": servers.POSTGRESQL15, "mysql": servers.MARIADB, "sqlite": servers.SQLITE}
_EMPTYING = {
    "postgresql": (
        "DROP SCHEMA public CASCADE",
        "DROP SCHEMA IF EXISTS s CASCADE",
        "DROP FOREIGN DATA WRAPPER IF EXISTS w CASCADE",
        "CREATE SCHEMA public",
        "DROP ROLE IF EXISTS {role}",
    ),
    "mysql": ("DROP DATABASE {name}", "CREATE DATABASE {name}", "USE {name}"),
}


def _all_rules() -> dict[str, Rule]:
    return {code: rule for name in NAMES for code, rule in get_dialect(name).hazards.rules.items()}


RULES = _all_rules()
EXAMPLES = [
    pytest.param(RULES[code], example, name, id=f"{code}-{number}-{name}")
    for code in sorted(RULES)
    for number, example in enumerate(RULES[code].examples)
    for name in example.on
]


@dataclass(frozen=True)
class Place:
    """A database that can be emptied, and read after SQL has been run in it."""

    dialect: Dialect
    session: Session
    url: str
    empty: Callable[[], None]

    def state(self, sql: str) -> State:
        self.empty()
        for statement in self.dialect.grammar.split(sql.replace("rc_example", ROLE)):
            self.session.execute(statement.text)
        state = without_bookkeeping(self.dialect.read(self.session))
        return state.select(lambda key: not self.dialect.is_shared(key) or key.root.name == ROLE)

    def inspected(self, sql: str) -> list[Hazard]:
        state = self.state(sql)
        known = self.dialect.usage(self.session, state)
        return list(inspect(state, self.dialect.hazards, known=known))

    def filled(self, state: State) -> frozenset[Key]:
        tables = (item.key for item in state.of_kind(Kind.TABLE))
        return frozenset(key for key in tables if self.session.has_rows(key.schema, key.name))

    def plan(
        self, before: str, wanted_sql: str, *, renames: tuple[str, ...] = (), online: bool = False
    ) -> tuple[Phase, ...]:
        """From a database made by ``before``, which is what is here then, to one made by the other; judged.

        ``online``: tables with rows are to be changed without keeping others out.
        """
        wanted = self.state(wanted_sql)
        base = self.state(before)
        filled = self.filled(base)
        features = self.dialect.features(self.session)
        planned = make_plan(
            base,
            wanted,
            rules=self.dialect.rules(features),
            features=features,
            scope=Scope(),
            hints=[read_rename(text, self) for text in renames],  # type: ignore[arg-type]  # it asks for the dialect only
            filled=filled,
            online=lambda: filled if online else frozenset(),
            hazards=self.dialect.hazards,
        )
        return judge(planned.plan.phases, before=base, after=planned.goal, filled=filled, house=self.dialect.hazards)


Places = Callable[[str], Place]


@contextmanager
def place_on(server: servers.Server, name: str) -> Iterator[Place]:
    """A place on this server; gone afterwards."""
    database = f"rc_places_{os.getpid()}_{name}"
    dialect = get_dialect(name).asked(frozenset({Kind.ROLE}))
    url = server.create(database)
    try:
        with dialect.open(url) as session:

            def empty() -> None:
                for statement in _EMPTYING.get(name, ()):
                    session.execute(statement.format(name=database, role=ROLE))
                if name == "sqlite":
                    session.execute("PRAGMA writable_schema = RESET")
                    _empty_sqlite(session)

            yield Place(dialect=dialect, session=session, url=url, empty=empty)
            empty()
    finally:
        server.drop(database)


@pytest.fixture(scope="module")
def places(request: pytest.FixtureRequest) -> Iterator[Places]:
    """``places("mysql")``: one for a module."""
    made: dict[str, Place] = {}
    with ExitStack() as stack:

        def place(name: str) -> Place:
            if name not in made:
                made[name] = stack.enter_context(place_on(request.getfixturevalue(_SERVERS[name]), name))
            return made[name]

        yield place


def _empty_sqlite(session: Session) -> None:
    session.execute("PRAGMA foreign_keys = OFF")
    for type_, name in session.query(
        "SELECT type, name FROM sqlite_master WHERE type IN ('view', 'table') ORDER BY 1 DESC"
    ):
        if not name.startswith("sqlite_"):
            session.execute(f'DROP {type_} IF EXISTS "{name}"')
