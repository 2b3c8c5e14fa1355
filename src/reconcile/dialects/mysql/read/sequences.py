"""Reads sequences (MariaDB), all by one query."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconcile.dialects.mysql.read.catalog import Catalog, Row
from reconcile.dialects.sqltext import MYSQL
from reconcile.state import Comment, Key, Kind, Object, child_key
from reconcile.state import Sequence as SequenceObject


def read_sequences(catalog: Catalog, relations: Sequence[Row]) -> Iterator[Object]:
    """The sequences with their comments. MariaDB keeps each one's settings in a row of its own."""
    if not relations:
        return
    query = " UNION ALL ".join(
        f"SELECT {MYSQL.literal(name)}, start_value, increment, minimum_value, maximum_value, cache_size, cycle_option"
        f" FROM {MYSQL.ident(name)}"
        for name, *_ in relations
    )
    told = {name: (engine, comment) for name, _, engine, _, _, comment in relations}
    for name, start, increment, minimum, maximum, cached, cycle in catalog.session.query(query):
        engine, comment = told[name]
        key = Key(Kind.SEQUENCE, None, str(name))
        yield SequenceObject(
            key=key,
            start=int(start),
            increment=int(increment),
            minimum=int(minimum),
            maximum=int(maximum),
            cache=int(cached),
            cycle=bool(cycle),
            options=() if engine == "InnoDB" else (("engine", str(engine)),),
        )
        if comment:
            yield Comment(key=child_key(Kind.COMMENT, key), text=str(comment))
