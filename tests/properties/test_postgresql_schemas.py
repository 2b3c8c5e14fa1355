"""PostgreSQL: any schema becomes any other and goes back, by the oracle; plans do not hang on the order of catalogs.

A sample; RECONCILE_EXAMPLES says how many, and ``python -m tests.properties.campaign`` gathers all that fails.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from reconcile.dialects.postgresql.read import queries
from tests import servers
from tests.oracle import ABSENT, shared_folder
from tests.properties.led import UNLOADABLE, both_made, led, plans_agree, read, shuffled
from tests.properties.schemas import Schema, pairs, sql_of
from tests.servers import Server

EXAMPLES = int(os.environ.get("RECONCILE_EXAMPLES", "8"))

_random = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=(Phase.explicit, Phase.generate),  # shrinking takes hundreds of databases: the campaign prints what failed
    derandomize="RECONCILE_EXAMPLES" not in os.environ,  # the same in every run, unless somebody wants more
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
one = pytest.mark.parametrize("server", [servers.POSTGRESQL15], indirect=True)


@one
@pytest.mark.timeout(300)
@pytest.mark.skipif(shared_folder() is None, reason=ABSENT)
@_random
@given(pairs())
def test_any_schema_becomes_any_other(server: Server, pair: tuple[Schema, Schema]) -> None:
    old, new = map(sql_of, pair)
    reason, details = led(server.name, old, new)
    assume(reason != UNLOADABLE)
    assert reason == "", details


@one
@pytest.mark.timeout(300)
@_random
@given(pairs(), st.integers(0, 2**31))
def test_plans_are_the_same_whatever_the_order_of_the_catalogs(
    server: Server, pair: tuple[Schema, Schema], order: int
) -> None:
    names = both_made(server, *map(sql_of, pair))
    try:
        plain, mixed = plans_agree(server.url_of(names[0]), server.url_of(names[1]), order)
    finally:
        for name in names:
            server.drop(name)
    assert repr(mixed) == repr(plain)


@one
def test_the_order_is_another_one_indeed(server: Server) -> None:
    names = both_made(server, "CREATE TABLE a (x int, y int); CREATE TABLE b (x int, y int)", "")
    try:
        seen: list[list[queries.Row]] = []
        ask = queries.run
        with shuffled(1), pytest.MonkeyPatch.context() as patch:
            mixed = queries.run

            def both(*arguments: object) -> list[queries.Row]:
                seen.extend((ask(*arguments), mixed(*arguments)))  # type: ignore[arg-type]  # passed on as they come
                return seen[-1]

            patch.setattr(queries, "run", both)
            read(server.url_of(names[0]))
    finally:
        for name in names:
            server.drop(name)
    assert any(plain != other for plain, other in zip(seen[::2], seen[1::2], strict=True))
