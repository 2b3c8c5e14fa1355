"""Reads sequences (MariaDB), all by one query."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconcile.dialects.mysql.read.catalog import Catalog
from reconcile.dialects.sqltext import MYSQL
from reconcile.state import Key, Kind
from reconcile.state import Sequence as SequenceObject


def read_sequences(catalog: Catalog, names: Sequence[str]) -> Iterator[SequenceObject]:
    """The sequences of these names. MariaDB keeps each one's settings in a row of its own."""
    if not names:
        return
    query = " UNION ALL ".join(
        f"SELECT {MYSQL.literal(name)}, start_value, increment, minimum_value, maximum_value, cache_size, cycle_option"
        f" FROM {MYSQL.ident(name)}"
        for name in names
    )
    for name, start, increment, minimum, maximum, cached, cycle in catalog.session.query(query):
        yield SequenceObject(
            key=Key(Kind.SEQUENCE, None, str(name)),
            start=int(start),
            increment=int(increment),
            minimum=int(minimum),
            maximum=int(maximum),
            cache=int(cached),
            cycle=bool(cycle),
        )
