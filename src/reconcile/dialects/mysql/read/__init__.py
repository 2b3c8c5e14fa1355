"""Reads the connected database whole, by a number of queries that does not grow with it."""

from __future__ import annotations

from reconcile.dialects.mysql.read.catalog import Catalog
from reconcile.dialects.mysql.read.constraints import json_columns, read_checks, read_foreign_keys
from reconcile.dialects.mysql.read.indexes import read_indexes
from reconcile.dialects.mysql.read.needs import find_needs
from reconcile.dialects.mysql.read.sequences import read_sequences
from reconcile.dialects.mysql.read.tables import read_columns, read_tables
from reconcile.dialects.mysql.read.triggers import read_triggers
from reconcile.dialects.mysql.read.views import read_views
from reconcile.dialects.mysql.session import MySqlSession
from reconcile.dialects.session import Session
from reconcile.state import Key, Kind, Object, Opaque, State


def read(session: Session, *, schemas: frozenset[str] | None = None) -> State:
    """Everything in the connected database; see Reader. ``schemas`` means nothing here."""
    del schemas
    assert isinstance(session, MySqlSession)
    catalog = Catalog(session)
    relations = catalog.rows("tables")
    columns = catalog.rows("columns")
    modelled = [row for row in relations if row[1] == "BASE TABLE" and "partitioned" not in (row[4] or "")]
    collations = {row[0]: str(row[3]) for row in modelled}
    engines = {row[0]: str(row[2]) for row in modelled}
    checks = catalog.rows("checks")
    json = json_columns(checks, columns) if catalog.features.json_is_checked_text else frozenset()

    objects: list[Object] = [*read_tables(modelled)]
    objects += read_columns(catalog, columns, collations, json)
    objects += read_indexes(catalog, engines, collations.keys())
    objects += read_checks(catalog, checks, json, collations.keys())
    objects += read_foreign_keys(catalog, collations.keys())
    objects += read_sequences(catalog, [row[0] for row in relations if row[1] == "SEQUENCE"])
    objects += read_views(catalog, columns)
    needs: list[tuple[Key, Key]] = []
    for trigger, leader in read_triggers(catalog, collations.keys()):
        objects.append(trigger)
        if leader is not None:
            needs.append((trigger.key, leader))
    objects += _opaque_tables(relations)
    routines = {name: _opaque(kind, name) for kind, name in catalog.rows("others")}
    objects += routines.values()

    named = {item.key.name: item.key for item in objects if item.key.kind in (Kind.TABLE, Kind.VIEW, Kind.SEQUENCE)}
    hidden = {item.key.name.rpartition(" ")[2]: item.key for item in objects if isinstance(item, Opaque)}
    needs += find_needs(objects, {**hidden, **named}, {name: item.key for name, item in routines.items()})
    return State.build(objects, needs, dialect="mysql", server=session.server)


def _opaque_tables(rows: list[tuple[object, ...]]) -> list[Opaque]:
    found = []
    for name, kind, _, _, options, _ in rows:
        if kind == "SYSTEM VERSIONED":
            found.append(_opaque("system-versioned table", str(name)))
        elif kind == "BASE TABLE" and "partitioned" in str(options or ""):
            found.append(_opaque("partitioned table", str(name)))
    return found


def _opaque(what: str, name: str) -> Opaque:
    return Opaque(key=Key(Kind.OPAQUE, None, f"{what} {name}"), what=what)
