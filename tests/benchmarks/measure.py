"""One measurement in a process of its own: ``python -m tests.benchmarks.measure WHAT URL CACHE``; prints JSON.

The metadata is built, and everything imported, before the clock starts. Peak memory is the whole process's.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from tests.benchmarks import schema

TARGET = "models:tests.benchmarks.schema:TARGET"
Work = Callable[[], Any]


def read(url: str, cache: Path) -> tuple[Work, Callable[[Any], int]]:
    """The live database into a State; counts its objects."""
    del cache
    from reconcile.dialects.registry import dialect_for

    dialect = dialect_for(url)
    session = dialect.open(url)

    def work() -> Any:
        with session.reading():
            return dialect.read(session)

    return work, len


def plan(url: str, cache: Path) -> tuple[Work, Callable[[Any], int]]:
    """The whole plan, rehearsal included; counts its steps."""
    from reconcile import api
    from reconcile.config import Project
    from reconcile.dialects.connect import parse_url, with_driver
    from reconcile.dialects.registry import dialect_for

    sa.create_engine(with_driver(parse_url(url), dialect_for(url).drivers))  # imports the driver and its dialect
    project = Project(root=Path.cwd(), database=url, desired=(TARGET,), cache=cache)
    return lambda: api.plan(project), lambda proposal: len(proposal.plan.steps)


def alembic(url: str, cache: Path) -> tuple[Work, Callable[[Any], int]]:
    """Alembic's comparison with types and server defaults; counts what it finds."""
    del cache
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    from reconcile.dialects.connect import parse_url, with_driver
    from reconcile.dialects.registry import dialect_for

    engine = sa.create_engine(with_driver(parse_url(url), dialect_for(url).drivers))

    def work() -> Any:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_server_default": True})
            return compare_metadata(context, schema.TARGET)

    return work, len


def reflect(url: str, cache: Path) -> tuple[Work, Callable[[Any], int]]:
    """SQLAlchemy's own reading of all tables; counts what we would make objects of, as far as it tells."""
    del cache
    from reconcile.dialects.connect import parse_url, with_driver
    from reconcile.dialects.registry import dialect_for

    connection = sa.create_engine(with_driver(parse_url(url), dialect_for(url).drivers)).connect()

    def work() -> Any:
        metadata = sa.MetaData()
        metadata.reflect(connection)
        return metadata

    def count(metadata: Any) -> int:
        parts = (len(t.columns) + len(t.indexes) + len(t.constraints) + 1 for t in metadata.tables.values())
        return sum(parts)

    return work, count


def dump(url: str, cache: Path) -> tuple[Work, Callable[[Any], int]]:
    """The server's own dump of the schema; counts its lines."""
    del cache
    parts = sa.make_url(url)
    if parts.get_backend_name() == "postgresql":
        command = ["pg_dump", "--schema-only", url]
    elif parts.get_backend_name() == "sqlite":
        command = ["sqlite3", str(parts.database), ".schema"]
    else:
        login = ["-h", str(parts.host), "-P", str(parts.port or 3306), "-u", str(parts.username)]
        command = ["mariadb-dump", "--no-defaults", *login, "--no-data", str(parts.database)]

    def work() -> bytes:
        return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout

    return work, lambda text: text.count(b"\n")


KINDS = {"read": read, "plan": plan, "alembic": alembic, "dump": dump, "reflect": reflect}


def main() -> None:
    """Measure once."""
    what, url, cache = sys.argv[1:4]
    work, count = KINDS[what](url, Path(cache))
    queries = 0

    def counted(*arguments: Any) -> None:
        nonlocal queries
        del arguments
        queries += 1

    event.listen(sa.Engine, "before_cursor_execute", counted)
    started = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - started
    found = {
        "seconds": seconds,
        # Linux counts a parent's memory at the fork as its child's: of other programs nothing true is known.
        "megabytes": None if what == "dump" else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "queries": queries,
        "found": count(result),
    }
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
