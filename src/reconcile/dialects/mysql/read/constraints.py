"""Reads checks and foreign keys, and finds which of their names a person chose."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from reconcile.dialects.mysql.read.catalog import Catalog, Row, grouped
from reconcile.state import CheckConstraint, ForeignKey, Kind, Object, child_key, table_key

_MATCH = {"NONE": "SIMPLE"}


def json_columns(checks: list[Row], columns: list[Row]) -> frozenset[tuple[str, str]]:
    """(table, column) that are JSON: the check beside the column, type and collation are what JSON becomes."""
    checked = {
        (table, name)
        for table, name, clause, beside, _ in checks
        if beside and clause == f"json_valid(`{name.replace('`', '``')}`)"
    }
    text = {(row[0], row[1]) for row in columns if row[3] == "longtext" and row[7] == "utf8mb4_bin"}
    return frozenset(checked & text)


def read_checks(
    catalog: Catalog, rows: list[Row], json: frozenset[tuple[str, str]], tables: Set[str]
) -> Iterator[Object]:
    """Checks of ``tables``, but for those that are part of the type JSON."""
    seen: set[tuple[str, str]] = set()
    for table, name, clause, beside, enforced in rows:
        if table not in tables or (beside and (table, name) in json):
            continue
        key = table_key(None, table)
        expression = catalog.expression(clause)
        number = auto_number(catalog.features.check_auto_name, table, name)
        # Beside its column a check has no name but the column's, and is told apart from one of the table.
        shown = f"({name}: {expression})" if beside else f"({expression})" if number else name
        if number and (table, shown) in seen:
            shown = f"({expression}) {number}"  # the very same check twice
        seen.add((table, shown))
        yield CheckConstraint(
            key=child_key(Kind.CHECK, key, shown),
            expression=expression,
            column=name if beside else None,
            named=not (number or beside),
            ordinal=number,
            enforced=enforced == "YES",
        )


def read_foreign_keys(catalog: Catalog, tables: Set[str]) -> Iterator[Object]:
    """Foreign keys of ``tables``, also those into other databases."""
    columns = grouped(catalog.rows("foreign_key_columns"), 2)
    here = catalog.session.database
    seen: set[tuple[str, str]] = set()
    for table, name, target, on_update, on_delete, match, _ in catalog.rows("foreign_keys"):
        if table not in tables or (table, name) not in columns:
            continue
        pairs = columns[table, name]
        local = tuple(str(row[0]) for row in pairs)
        schema = None if pairs[0][1] == here else str(pairs[0][1])
        remote = tuple(str(row[2]) for row in pairs)
        number = auto_number(catalog.features.foreign_key_auto_name, table, name)
        where = target if schema is None else f"{schema}.{target}"
        shown = f"({', '.join(local)} -> {where}.{', '.join(remote)})" if number else name
        if number and (table, shown) in seen:
            shown = f"{shown} {number}"
        seen.add((table, shown))
        yield ForeignKey(
            key=child_key(Kind.FOREIGN_KEY, table_key(None, table), shown),
            columns=local,
            target=table_key(schema, target),
            target_columns=remote,
            on_update=on_update,
            on_delete=on_delete,
            match=_MATCH.get(match, match),
            named=not number,
            ordinal=number,
        )


def auto_number(pattern: str, table: str, name: str) -> int:
    """The number in a name that the server chose by ``pattern``; 0 where a person chose it."""
    before, _, after = pattern.format(table=table, number="\0").partition("\0")
    found = re.fullmatch(rf"{re.escape(before)}(\d+){re.escape(after)}", name)
    return int(found[1]) if found else 0
