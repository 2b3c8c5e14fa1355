"""One random pair led there and back on PostgreSQL, and planned from catalogs that come in any order."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from reconcile.dialects.postgresql import DIALECT
from reconcile.dialects.postgresql.read import queries
from reconcile.dialects.sqltext import POSTGRESQL
from reconcile.planning.build import make_plan
from reconcile.state import Plan, Scope, State
from tests.corpus.cases import made
from tests.corpus.trial import UNLOADABLE, try_case
from tests.properties.schemas import ROLES
from tests.servers import Server

__all__ = ["UNLOADABLE", "both_made", "led", "plans_agree", "read", "shuffled"]


def led(server: str, old: str, new: str) -> tuple[str, str]:
    """What is wrong, in short and in full, there and back, in a second plan, through YAML. Two empty texts: nothing."""
    outcome = try_case(made(server, old, new, roles=ROLES), allow=("all",))
    if outcome.unloadable:
        return UNLOADABLE, outcome.unloadable
    return (outcome.line, outcome.details) if outcome.problems else ("", "")


@contextmanager
def shuffled(order: int) -> Iterator[None]:
    """Catalog queries give their rows in another order, unless they say one themselves."""
    dice = random.Random(order)
    ask = queries.run

    def run(session: Any, features: Any, name: str, namespaces: tuple[int, ...]) -> list[queries.Row]:
        rows = ask(session, features, name, namespaces)
        if not _is_ordered(queries.text(name)):
            dice.shuffle(rows)
        return rows

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(queries, "run", run)
        yield


def _is_ordered(sql: str) -> bool:
    """Whether ORDER BY stands outside of all parentheses."""
    depth = 0
    for token in POSTGRESQL.words(sql):
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0 and token.text.upper() == "ORDER":
            return True
    return False


def read(url: str) -> State:
    """The state of a database."""
    with DIALECT.open(url) as session, session.reading():
        return DIALECT.read(session)


def plans_agree(old_url: str, new_url: str, order: int) -> tuple[Plan, Plan]:
    """The plan, and the plan from catalogs in another order: they have to be the same to the byte."""

    def plan() -> Plan:
        base, wanted = read(old_url), read(new_url)
        with DIALECT.open(old_url) as session:
            features = DIALECT.features(session)
        return make_plan(base, wanted, rules=DIALECT.rules(features), features=features, scope=Scope()).plan

    plain = plan()
    with shuffled(order):
        return plain, plan()


def both_made(place: Server, old: str, new: str) -> tuple[str, str]:
    """The names of two databases that hold the two schemas."""
    names = (f"rc_led_{os.getpid()}_a", f"rc_led_{os.getpid()}_b")
    for name, script in zip(names, (old, new), strict=True):
        place.create(name)
        place.execute(name, script)
    return names
