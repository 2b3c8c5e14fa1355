"""Reads checks and foreign keys, and finds which of their names a person chose."""

from __future__ import annotations

from collections.abc import Iterator, Set

from reconcile.dialects.mysql.read.catalog import Catalog, Row, grouped, quoted_names_in
from reconcile.dialects.mysql.read.keys import Keys
from reconcile.state import CheckConstraint, ForeignKey, Kind, Object, child_key, table_key


def json_columns(checks: list[Row], columns: list[Row]) -> frozenset[tuple[str, str]]:
    """(table, column) that are JSON: the check beside the column, type and collation are what JSON becomes."""
    text = {(row[0], row[1]) for row in columns if row[3] == "longtext" and row[7] == "utf8mb4_bin"}
    checked = {(table, _json_column(clause)) for table, _, clause, beside, _ in checks if beside}
    return frozenset((table, name) for table, name in checked & text if name)


def _json_column(clause: str) -> str | None:
    """The column of ``json_valid(`column`)``."""
    if not (clause.startswith("json_valid(`") and clause.endswith("`)")):
        return None
    return clause[len("json_valid(`") : -len("`)")].replace("``", "`")


def read_checks(
    catalog: Catalog, keys: Keys, rows: list[Row], json: Set[tuple[str, str]], tables: Set[str]
) -> Iterator[Object]:
    """Checks of ``tables``, but for those that are part of the type JSON."""
    seen: set[tuple[str, str]] = set()
    for table, name, clause, beside, enforced in rows:
        if table not in tables:
            continue
        key = keys.table(table)
        expression = catalog.expression(catalog.whole(clause, table))
        column = _column_beside(name, expression, keys.columns[key].keys()) if beside else None
        if (table, column) in json and _json_column(clause) == column:
            continue
        number = 0 if beside else auto_number(catalog.features.check_auto_name, table, name)
        # Beside its column a check has no name of its own, and is told apart from one of the table.
        shown = f"({column}: {expression})" if beside else f"({expression})" if number else name
        if number and (table, shown) in seen:
            shown = f"({expression}) {number}"  # the very same check twice
        seen.add((table, shown))
        yield CheckConstraint(
            key=child_key(Kind.CHECK, key, shown),
            expression=expression,
            column=column,
            named=not (number or beside),
            ordinal=number,
            enforced=enforced == "YES",
        )


def _column_beside(name: str, expression: str, columns: Set[str]) -> str:
    """The column a check stands beside. Its catalog name is the column's, as it was before any renaming (MariaDB)."""
    mentioned = quoted_names_in(expression) & columns
    return next(iter(mentioned)) if name not in mentioned and len(mentioned) == 1 else name


def read_foreign_keys(catalog: Catalog, keys: Keys, tables: Set[str]) -> Iterator[Object]:
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
            key=child_key(Kind.FOREIGN_KEY, keys.table(table), shown),
            columns=local,
            target=keys.table(target) if schema is None else table_key(schema, target),
            target_columns=remote,
            on_update=on_update,
            on_delete=on_delete,
            match="SIMPLE" if match == "NONE" else str(match),
            named=not number,
            ordinal=number,
        )


def auto_number(pattern: str, table: str, name: str) -> int:
    """The number in a name that the server chose by ``pattern``; 0 where a person chose it."""
    before, _, after = pattern.format(table=table, number="\0").partition("\0")
    digits = name[len(before) : len(name) - len(after)]
    return int(digits) if name == f"{before}{digits}{after}" and digits.isascii() and digits.isdigit() else 0
