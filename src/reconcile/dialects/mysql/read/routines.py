"""Reads functions, procedures and packages, each family by one query."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconcile.dialects.mysql.read.catalog import Catalog, Row, grouped
from reconcile.dialects.mysql.read.modes import grammar_modes, made_under
from reconcile.dialects.sqltext import MYSQL
from reconcile.errors import ServerError
from reconcile.state import Comment, Key, Kind, Object, Opaque, Options, Package, Parameter, Routine, child_key

_KINDS = {"FUNCTION": Kind.FUNCTION, "PROCEDURE": Kind.PROCEDURE}


def read_routines(catalog: Catalog) -> Iterator[Object]:
    """All routines and packages with their comments. One whose body this user may not see is opaque."""
    rows = catalog.rows("routines")
    if not rows:
        return
    parameters = grouped(catalog.rows("parameters"), 2)
    written = _written(catalog)
    bodies = catalog.bodies((row[1], row[0], row[2], row[-4]) for row in rows)
    for row in rows:
        name, kind, body, *_, comment, _, _ = row
        exact = bodies[kind, name]
        if exact is None:
            what = str(kind).lower()
            reason = "its body is hidden from this user" if body is None else "its body cannot be read exactly"
            yield Opaque(key=Key(Kind.OPAQUE, None, f"{what} {name}"), what=what, reason=reason)
            continue
        row = (name, kind, exact, *row[3:])
        if kind in _KINDS:
            item = _routine(row, parameters.get((name, kind), []), written.get((name, kind)))
        else:
            item = _package(row)
        yield item
        if comment:
            yield Comment(key=child_key(Kind.COMMENT, item.key), text=str(comment))


def _routine(row: Row, parameters: list[Row], written: str | None) -> Object:
    name, kind, body, type_, charset, collation, *_, sql_mode, _, definer, connection = row
    options = dict(_options(row))
    if kind == "FUNCTION" and _is_aggregate(body):
        options["aggregate"] = "true"
    oracle = options.get("sql_mode") == "ORACLE"
    return Routine(
        key=Key(_KINDS[kind], None, name),
        arguments=", ".join(_argument(row, kind, oracle=oracle) for row in parameters),
        returns=_type(type_, charset, collation) if kind == "FUNCTION" else None,
        language="sql",
        body=body,
        options=tuple(sorted(options.items())),
        parameters=tuple(Parameter(mode=row[0].lower(), name=row[1], type=row[2]) for row in parameters),
        written=written,
        definer=definer,
        made_under=made_under(sql_mode),
        connection=connection,
    )


def _package(row: Row) -> Object:
    name, kind, body, *_, sql_mode, _, definer, connection = row
    key = Key(Kind.PACKAGE, None, name)
    return Package(
        key=key if kind == "PACKAGE" else child_key(Kind.PACKAGE_BODY, key),
        definition=body,
        options=_options(row),
        definer=definer,
        made_under=made_under(sql_mode),
        connection=connection,
    )


def _options(row: Row) -> Options:
    _, kind, _, _, _, _, deterministic, access, security, sql_mode, *_ = row
    found = dict(grammar_modes(sql_mode))
    if deterministic == "YES":
        found["deterministic"] = "true"
    if access != "CONTAINS SQL" and kind in _KINDS:
        found["data_access"] = str(access).lower()
    if security != "DEFINER":
        found["security"] = str(security).lower()
    return tuple(sorted(found.items()))


def _argument(row: Row, kind: str, *, oracle: bool) -> str:
    mode, name, type_, charset, collation = row
    words = [MYSQL.ident(name), _type(type_, charset, collation)]
    if kind == "PROCEDURE" and mode != "IN":
        # Under sql_mode ORACLE it stands behind the name, and IN OUT are two words.
        words.insert(*((1, mode.replace("INOUT", "IN OUT")) if oracle else (0, mode)))
    return " ".join(words)


def _type(type_: str, charset: str | None, collation: str | None) -> str:
    """The type with its collation, where it is not the database's."""
    return f"{type_} CHARSET {charset} COLLATE {collation}" if collation else type_


def _is_aggregate(body: str) -> bool:
    """No catalog tells which functions are aggregates (MariaDB), but these and no others ask for the next row so."""
    words = [token.text.upper() for token in MYSQL.words(body) if token.kind == "word"]
    return any(words[i : i + 4] == ["FETCH", "GROUP", "NEXT", "ROW"] for i in range(len(words)))


def _written(catalog: Catalog) -> dict[tuple[str, str], str]:
    """Parameters as a person wrote them: SHOW CREATE shows these. Not for every user to see."""
    if not catalog.features.parameters_written:
        return {}
    try:
        rows: Iterable[Row] = catalog.rows("written_routines")
    except ServerError:
        return {}
    return {(str(name), str(kind)): str(text) for name, kind, text in rows}
