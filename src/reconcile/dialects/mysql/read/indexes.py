"""Reads primary keys and indexes. Unique constraints are unique indexes here: the server knows no difference."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Set

from reconcile.dialects.mysql.read.catalog import Catalog, Row, grouped
from reconcile.dialects.mysql.read.keys import Keys
from reconcile.dialects.mysql.read.periods import Period
from reconcile.dialects.sqltext import MYSQL
from reconcile.state import ForeignKey, Index, IndexPart, Key, Kind, Object, Options, PrimaryKey, child_key

_NAME = r"`(?:[^`]|``)+`"
_PARSER = re.compile(rf"^  FULLTEXT KEY ({_NAME}) .*WITH PARSER ({_NAME})", re.MULTILINE)
_VECTOR = re.compile(rf"^  VECTOR KEY ({_NAME}) \(.*?\)((?: `\w+`='\w*')+)", re.MULTILINE)
_VECTOR_OPTION = re.compile(r"`(\w+)`='(\w*)'")
_DEFAULT_METHOD = {"MEMORY": "hash"}


def read_indexes(
    catalog: Catalog,
    keys: Keys,
    engines: Mapping[str, str],
    tables: Set[str],
    foreign_keys: Iterable[Object],
    periods: Mapping[str, Period],
) -> Iterator[Object]:
    """Primary keys and indexes of ``tables``; ``engines`` decide which method goes without saying."""
    implied = _implied(foreign_keys)
    found = grouped(catalog.rows("indexes"), 2)
    special = _special(catalog, {(table, rows[0][-3]) for (table, _), rows in found.items() if table in tables})
    for (table, name), rows in found.items():
        if table not in tables:
            continue
        key = keys.table(table)
        non_unique, *_, method, comment, invisible = rows[0]
        shown = _method(str(method).lower(), engines[table])
        parts = tuple(_part(catalog, row, shown) for row in rows)
        options = (("comment", str(comment)),) if comment else ()
        options = (*options, *special.get((table, name), ()))
        period = periods.get(table)
        if period is not None and name in period.keys:
            parts = parts[:-2]  # the catalog has the period's end and start instead
            options = (*options, ("without_overlaps", period.name))
        if name == "PRIMARY":
            more = (*options, ("method", shown)) if shown else options
            yield PrimaryKey(key=child_key(Kind.PRIMARY_KEY, key, name), parts=parts, options=more)
        else:
            plain = int(non_unique) and not (shown or options or invisible)
            columns = tuple(row[1] for row in rows)
            yield Index(
                key=child_key(Kind.INDEX, key, name),
                parts=parts,
                unique=not int(non_unique),
                method=shown,
                invisible=bool(invisible),
                options=options,
                implied_by=implied.get((table, name, columns)) if plain else None,
            )


def _special(catalog: Catalog, methods: Set[tuple[str, str]]) -> dict[tuple[str, str], Options]:
    """What only the table's statement tells: parsers of fulltext indexes, distance and M of vector indexes (MariaDB).

    ``methods``: the tables, each with the methods of its indexes.
    """
    asked = {table for table, method in methods if method == "VECTOR" and catalog.features.vector_index_options}
    words = {table for table, method in methods if method == "FULLTEXT"}
    if words and catalog.rows("parsers"):
        asked |= words
    found: dict[tuple[str, str], Options] = {}
    for (_, table), shown in catalog.shown(("TABLE", table) for table in sorted(asked)).items():
        for name, parser in _PARSER.findall(shown):
            found[table, MYSQL.unquote(name)] = (("parser", MYSQL.unquote(parser)),)
        for name, said in _VECTOR.findall(shown):
            pairs = ((word.lower(), value) for word, value in _VECTOR_OPTION.findall(said))
            found[table, MYSQL.unquote(name)] = tuple(sorted(pairs))
    return found


def _implied(foreign_keys: Iterable[Object]) -> dict[tuple[str, str, tuple[str, ...]], Key]:
    """What the server calls the index that it makes for a foreign key: like it, or like its first column."""
    found = {}
    for item in foreign_keys:
        if isinstance(item, ForeignKey):
            name = item.key.name if item.named else item.columns[0]
            found[item.key.root.name, name, item.columns] = item.key
    return found


def _method(method: str, engine: str) -> str | None:
    """The method where it says something: SPATIAL and FULLTEXT always, else what is not the engine's own."""
    if method == "rtree":
        method = "spatial"
    return None if method == _DEFAULT_METHOD.get(engine, "btree") else method


def _part(catalog: Catalog, row: Row, method: str | None) -> IndexPart:
    _, column, expression, length, direction, *_ = row
    return IndexPart(
        column=column,
        expression=catalog.expression(expression) if expression else None,
        descending=direction == "D",
        # A spatial index reports the 32 bytes of a bounding box.
        length=None if method == "spatial" or length is None else int(length),
    )
