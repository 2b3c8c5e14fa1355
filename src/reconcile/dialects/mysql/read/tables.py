"""Reads tables, columns, defaults and their comments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set

from reconcile.dialects.mysql.read.catalog import Catalog, Row
from reconcile.dialects.mysql.read.keys import Keys
from reconcile.dialects.mysql.read.periods import Period
from reconcile.dialects.sqltext import MYSQL
from reconcile.state import Column, Comment, Default, Generated, Kind, Object, Options, Table, child_key

VERSIONING = "versioning"  # the option of a table with system versioning, and of a column without
PERIOD = "period"  # the option of a table with an application-time period
_OPTION = re.compile(r"`?((?:(?:DATA|INDEX) )?\w+)`?=('(?:[^']|'')*'|\"[^\"]*\"|\S+)")
_ON_UPDATE = re.compile(r"on update (\S+)", re.I)
# What the server reports of every table of Aria though nobody asked for it.
_IMPLIED_OPTIONS = frozenset({("transactional", "1"), ("page_checksum", "1")})
_SPATIAL = re.compile(r"(?:multi)?(?:point|linestring|polygon)|geometry")
_MERGE = "MRG_MyISAM"
_OF_MERGE = frozenset({"union", "insert_method"})
_NUMBERS = re.compile(r"(?:tinyint|smallint|mediumint|int|bigint|decimal|float|double|year)\b")


def read_tables(catalog: Catalog, keys: Keys, rows: list[Row], periods: Mapping[str, Period]) -> Iterator[Object]:
    """Tables and their comments. ``periods``: of application time, by table."""
    merged = catalog.shown(("TABLE", row[0]) for row in rows if row[2] == _MERGE)
    for name, kind, engine, collation, options, comment in rows:
        key = keys.table(name)
        found = {"engine": str(engine), "collation": str(collation)}
        found.update(create_options(options or ""))
        if engine == _MERGE:  # whose options only its statement tells
            last = catalog.local(merged["TABLE", name].splitlines()[-1])
            found.update(pair for pair in create_options(last) if pair[0] in _OF_MERGE)
        if engine == "Aria":
            found = dict(found.items() - _IMPLIED_OPTIONS)
        if kind == "SYSTEM VERSIONED":
            found[VERSIONING] = "system"
        if name in periods:
            found[PERIOD] = periods[name].option
        yield Table(key=key, options=tuple(sorted(found.items())))
        if comment:
            yield Comment(key=child_key(Kind.COMMENT, key), text=comment)


def create_options(text: str) -> Iterator[tuple[str, str]]:
    """The pairs of CREATE_OPTIONS: ``row_format=COMPRESSED key_block_size=4``."""
    for name, value in _OPTION.findall(text):
        yield name.lower(), value


def read_columns(
    catalog: Catalog, keys: Keys, rows: list[Row], collations: Mapping[str, str], json: Set[tuple[str, str]]
) -> Iterator[Object]:
    """Columns, defaults and comments of the tables in ``collations``; ``json`` are columns with the implied check."""
    bytes_ = _bytes(catalog, rows, collations.keys())
    systems = _reference_systems(catalog, rows)
    for row in rows:
        table, name, position, type_, nullable, default, charset, collation, extra, generated, comment, srid = row
        if table not in collations:
            continue
        key = keys.column(table, name)
        is_json = (table, name) in json
        own = None if is_json or collation == collations[table] else collation
        flags = str(extra).lower()
        on_update = _ON_UPDATE.search(extra) if flags else None
        yield Column(
            key=key,
            type="json" if is_json else type_,
            nullable=nullable == "YES",
            charset=charset if own and own != "binary" else None,
            collation=own,
            auto_increment="auto_increment" in flags,
            on_update=on_update[1] if on_update else None,
            generated=Generated(
                expression=catalog.expression(catalog.whole(generated, table)), stored="stored generated" in flags
            )
            if generated
            else None,
            invisible="invisible" in flags,
            options=_options(flags, systems.get((table, name), srid)),
            position=position,
        )
        text = bytes_.get((table, name))
        if text is None and not generated:
            text = _default(catalog, type_, default and catalog.whole(default, table), flags)
        if text is not None:
            yield Default(key=child_key(Kind.DEFAULT, key), expression=text)
        if comment:
            yield Comment(key=child_key(Kind.COMMENT, key), text=comment)


def _bytes(catalog: Catalog, rows: list[Row], tables: Set[str]) -> dict[tuple[str, str], str]:
    """Defaults of bytes that are no text. The catalog has a ? for each, as it has for each ? (MariaDB)."""
    doubtful = [
        f"SELECT {MYSQL.literal(table)}, {MYSQL.literal(name)}, CONCAT('0x', HEX(DEFAULT(x.{MYSQL.ident(name)})))"
        f" FROM (SELECT 1) AS one LEFT JOIN {MYSQL.ident(table)} AS x ON FALSE"
        for table, name, _, type_, _, default, *_ in rows
        if table in tables
        and catalog.features.quoted_defaults
        and str(type_).startswith(("binary", "varbinary"))
        and str(default).startswith("'")
        and "?" in default
    ]
    if not doubtful:
        return {}
    return {(table, name): text for table, name, text in catalog.session.query(" UNION ALL ".join(doubtful))}


def _reference_systems(catalog: Catalog, rows: list[Row]) -> dict[tuple[str, str], object]:
    """The spatial reference systems of columns, where not the columns' own rows tell (MariaDB)."""
    if not catalog.features.srid_apart or not any(_SPATIAL.match(row[3]) for row in rows):
        return {}
    return {(table, name): srid for table, name, srid in catalog.rows("geometry_columns")}


def _options(flags: str, srid: object) -> Options:
    found = []
    if srid is not None:
        found.append(("srid", str(srid)))
    if "without system versioning" in flags:
        found.append(("versioning", "without"))
    return tuple(found)


def _default(catalog: Catalog, type_: str, default: str | None, flags: str) -> str | None:
    """The default as SQL; None where there is none, or it is NULL."""
    if default is None:
        return None
    if catalog.features.quoted_defaults:
        return None if default == "NULL" else catalog.expression(default)
    # MySQL gives bare values, and says which are expressions.
    if "default_generated" in flags:
        text = catalog.expression(default)
        return text if text.upper().startswith("CURRENT_TIMESTAMP") else f"({text})"
    if _NUMBERS.match(type_) or (type_.startswith(("bit", "binary", "varbinary")) and default[:2] in ("b'", "0x")):
        return default
    return MYSQL.literal(default)
