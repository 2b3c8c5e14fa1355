"""stats export: how big the tables are, for plans that are made elsewhere."""

from __future__ import annotations

from dataclasses import replace

from reconcile.api.bench import database_url, open_bench, run
from reconcile.api.measures import Measures
from reconcile.config import Project
from reconcile.events import Listener, silent


def measure(project: Project, *, listen: Listener = silent) -> Measures:
    """Rows and bytes of each table, and how much of a column is NULL where the server knows it."""

    def work() -> Measures:
        with open_bench(replace(project, statistics=None), listen) as bench:
            state = bench.read()
            known = bench.dialect.survey(bench.session, state)
            return Measures(
                dialect=bench.dialect.name,
                server=bench.session.server,
                evidence=replace(
                    known,
                    sizes={key: size for key, size in known.sizes.items() if key in state},
                    nulls={key: part for key, part in known.nulls.items() if key in state},
                ),
            )

    return run((database_url(project),), work)
