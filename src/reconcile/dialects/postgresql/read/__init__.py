"""Reading a PostgreSQL database: a constant number of catalog queries → State."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from reconcile.dialects.postgresql.features import detect
from reconcile.dialects.postgresql.read import queries
from reconcile.dialects.postgresql.read.comments import read_comments
from reconcile.dialects.postgresql.read.constraints import read_constraints
from reconcile.dialects.postgresql.read.context import Reading
from reconcile.dialects.postgresql.read.definitions import read_definitions
from reconcile.dialects.postgresql.read.dependencies import (
    read_dependencies,
    read_needs_through_types,
    read_rewrites,
)
from reconcile.dialects.postgresql.read.foreign import read_foreign
from reconcile.dialects.postgresql.read.indexes import read_indexes, read_opclasses
from reconcile.dialects.postgresql.read.inheritance import read_inheritance, read_lineage
from reconcile.dialects.postgresql.read.materialized_views import read_materialized_views
from reconcile.dialects.postgresql.read.namespaces import read_extensions, read_namespaces
from reconcile.dialects.postgresql.read.opaques import read_opaques
from reconcile.dialects.postgresql.read.owners import read_owners_of_objects
from reconcile.dialects.postgresql.read.policies import read_policies
from reconcile.dialects.postgresql.read.privileges import read_privileges
from reconcile.dialects.postgresql.read.publications import read_publications
from reconcile.dialects.postgresql.read.routines import read_routines
from reconcile.dialects.postgresql.read.sequences import read_owners, read_sequences
from reconcile.dialects.postgresql.read.statistics import read_statistics
from reconcile.dialects.postgresql.read.subscriptions import read_subscriptions
from reconcile.dialects.postgresql.read.tables import name_not_nulls, read_columns, read_tables
from reconcile.dialects.postgresql.read.triggers import read_event_triggers, read_rules, read_triggers
from reconcile.dialects.postgresql.read.types import (
    read_collations,
    read_composites,
    read_domains,
    read_ranges,
    read_types,
)
from reconcile.dialects.postgresql.read.views import read_views
from reconcile.dialects.session import Session
from reconcile.state import State
from reconcile.state.collecting import uncollected

# Settings under which the server prints names qualified and constants the same way for everybody.
_SETTINGS = {
    "search_path": "",
    "quote_all_identifiers": "off",
    "DateStyle": "ISO, MDY",
    "IntervalStyle": "postgres",
    "TimeZone": "UTC",
    "bytea_output": "hex",
    "extra_float_digits": "1",
}


def read(session: Session, *, schemas: frozenset[str] | None = None) -> State:
    """Everything that is there. ``schemas``: only these. Uses the transaction that is open, or a reading one."""
    if not session.in_transaction:
        with session.reading():
            return read(session, schemas=schemas)
    with printing_plainly(session), uncollected():
        return _read(session, schemas)


def _read(session: Session, schemas: frozenset[str] | None) -> State:
    found = session.query(queries.text("namespaces"))
    namespaces = {oid: name for oid, name in found if schemas is None or name in schemas}
    reading = Reading(session=session, features=detect(session), namespaces=namespaces)
    read_extensions(reading)
    read_namespaces(reading)
    collations = read_collations(reading)
    read_composites(reading, collations)
    read_tables(reading)
    read_views(reading)
    read_materialized_views(reading)
    read_domains(reading, collations)
    opclasses = read_opclasses(reading)
    read_ranges(reading, collations, {oid: row[3] for oid, row in opclasses.by_oid.items()})
    read_types(reading)
    read_routines(reading)
    identities, owned = read_sequences(reading)
    index_columns = read_columns(reading, identities, collations)
    lineage = read_lineage(reading)
    bodies = read_indexes(reading, opclasses, collations, index_columns, lineage)
    name_not_nulls(reading, read_constraints(reading, bodies, lineage))
    read_inheritance(reading, lineage)
    read_foreign(reading)
    read_publications(reading)
    read_subscriptions(reading)
    read_owners(reading, owned)
    read_triggers(reading)
    read_rules(reading)
    read_event_triggers(reading)
    read_policies(reading)
    read_statistics(reading)
    read_definitions(reading)
    read_opaques(reading)
    read_rewrites(reading)
    read_dependencies(reading)
    read_comments(reading)
    read_privileges(reading)
    read_needs_through_types(reading)
    read_owners_of_objects(reading)
    return State.build(reading.objects, reading.needs, dialect="postgresql", server=session.server, structural=False)


@contextmanager
def printing_plainly(session: Session) -> Iterator[None]:
    """The settings for a read, put back afterwards: the transaction may not be ours alone."""
    names = ", ".join(f"current_setting('{name}')" for name in _SETTINGS)
    (before,) = session.query(f"SELECT {names}")
    session.query_setting(_set(_SETTINGS))
    yield
    # Not after an error: the transaction is then lost, and the settings with it.
    session.query_setting(_set(dict(zip(_SETTINGS, before, strict=True))))


def _set(settings: dict[str, str]) -> str:
    calls = ", ".join(
        "set_config('{}', '{}', true)".format(name, value.replace("'", "''")) for name, value in settings.items()
    )
    return f"SELECT {calls}"
