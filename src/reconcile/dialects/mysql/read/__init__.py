"""Reads the connected database whole, by a number of queries that does not grow with it."""

from __future__ import annotations

from collections.abc import Mapping

from reconcile.dialects.mysql.read.catalog import Catalog, Row
from reconcile.dialects.mysql.read.constraints import json_columns, read_checks, read_foreign_keys
from reconcile.dialects.mysql.read.events import read_events
from reconcile.dialects.mysql.read.indexes import read_indexes
from reconcile.dialects.mysql.read.keys import Keys
from reconcile.dialects.mysql.read.needs import find_needs
from reconcile.dialects.mysql.read.partitions import read_partitioning
from reconcile.dialects.mysql.read.periods import Period, read_periods
from reconcile.dialects.mysql.read.privileges import read_privileges
from reconcile.dialects.mysql.read.routines import read_routines
from reconcile.dialects.mysql.read.sequences import read_sequences
from reconcile.dialects.mysql.read.tables import read_columns, read_tables
from reconcile.dialects.mysql.read.triggers import read_triggers
from reconcile.dialects.mysql.read.views import read_views
from reconcile.dialects.mysql.session import MySqlSession
from reconcile.dialects.session import Session
from reconcile.state import Key, Kind, Object, State

_TABLES = frozenset({"BASE TABLE", "SYSTEM VERSIONED"})


def read(session: Session, *, schemas: frozenset[str] | None = None) -> State:
    """Everything in the connected database but privileges; see Reader. ``schemas`` means nothing here."""
    del schemas
    return _read(session, privileges=False)


def read_with_privileges(session: Session, *, schemas: frozenset[str] | None = None) -> State:
    """Who may do what as well: that needs the right to read the system's tables."""
    del schemas
    return _read(session, privileges=True)


def _read(session: Session, *, privileges: bool) -> State:
    assert isinstance(session, MySqlSession)
    with session.settled():
        return _state(Catalog(session), privileges=privileges)


def _state(catalog: Catalog, *, privileges: bool) -> State:
    keys = Keys()
    relations = catalog.rows("tables")
    columns = catalog.rows("columns")
    checks = catalog.rows("checks")
    periods = read_periods(catalog, checks)
    modelled = [row for row in relations if row[1] in _TABLES]
    collations = {row[0]: str(row[3]) for row in modelled}
    engines = {row[0]: str(row[2]) for row in modelled}
    json = json_columns(checks, columns) if catalog.features.json_is_checked_text else frozenset()

    objects: list[Object] = [*read_tables(catalog, keys, modelled, periods)]
    objects += read_columns(catalog, keys, columns, collations, json)
    foreign_keys = list(read_foreign_keys(catalog, keys, collations.keys()))
    objects += read_indexes(catalog, keys, engines, collations.keys(), foreign_keys, periods)
    objects += read_checks(
        catalog, keys, [row for row in checks if not _implied(row, periods)], json, collations.keys()
    )
    objects += foreign_keys
    objects += read_sequences(catalog, [row for row in relations if row[1] == "SEQUENCE"])
    if any("partitioned" in (row[4] or "") for row in modelled):
        objects += read_partitioning(catalog, keys, collations.keys())
    objects += read_views(catalog, columns)
    objects += read_routines(catalog)
    objects += read_events(catalog)
    following: list[tuple[Key, Key]] = []
    for trigger, leader in read_triggers(catalog, keys, collations.keys()):
        objects.append(trigger)
        if leader is not None:
            following.append((trigger.key, leader))
    named = {item.key.name: item.key for item in objects if item.key.kind in (Kind.TABLE, Kind.VIEW, Kind.SEQUENCE)}
    needs = [*following, *find_needs(objects, keys, named)]
    if privileges:
        for item, need in read_privileges(catalog, {item.key for item in objects}, named):
            objects.append(item)
            needs += [(item.key, each) for each in need]
    return State.build(objects, needs, dialect="mysql", server=catalog.session.server, structural=False)


def _implied(row: Row, periods: Mapping[str, Period]) -> bool:
    """Whether a check is what a period stands for: that it ends after it begins."""
    period = periods.get(row[0])
    return period is not None and row[1] == period.name
