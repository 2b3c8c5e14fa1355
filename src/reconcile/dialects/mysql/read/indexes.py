"""Reads primary keys and indexes. Unique constraints are unique indexes here: the server knows no difference."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Set

from reconcile.dialects.mysql.read.catalog import Catalog, Row, grouped
from reconcile.dialects.mysql.read.keys import Keys
from reconcile.dialects.mysql.read.periods import Period
from reconcile.dialects.sqltext import MYSQL
from reconcile.state import ForeignKey, Index, IndexPart, Key, Kind, Object, PrimaryKey, child_key

_NAME = r"`(?:[^`]|``)+`"
_PARSER = re.compile(rf"^  FULLTEXT KEY ({_NAME}) .*WITH PARSER ({_NAME})", re.MULTILINE)
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
    parsers = _parsers(catalog, {table for (table, _), rows in found.items() if rows[0][-3] == "FULLTEXT"} & tables)
    for (table, name), rows in found.items():
        if table not in tables:
            continue
        key = keys.table(table)
        non_unique, *_, method, comment, invisible = rows[0]
        shown = _method(str(method).lower(), engines[table])
        parts = tuple(_part(catalog, row, shown) for row in rows)
        options = (("comment", str(comment)),) if comment else ()
        if (table, name) in parsers:
            options = (*options, ("parser", parsers[table, name]))
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


def _parsers(catalog: Catalog, tables: Set[str]) -> dict[tuple[str, str], str]:
    """The parser of each fulltext index that has one of its own. Only the table's statement tells."""
    if not tables or not catalog.rows("parsers"):
        return {}
    found = {}
    for (_, table), shown in catalog.shown(("TABLE", table) for table in sorted(tables)).items():
        for name, parser in _PARSER.findall(shown):
            found[table, MYSQL.unquote(name)] = MYSQL.unquote(parser)
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
