"""Privileges on objects and columns, and default privileges."""

from __future__ import annotations

from reconcile.dialects.postgresql.read.context import Catalog, Reading
from reconcile.state import (
    DefaultPrivilege,
    Key,
    Kind,
    MaterializedView,
    Privilege,
    View,
    child_key,
    default_privilege_key,
)

# What can have privileges; others at an address stand for a part of theirs.
_OF_CATALOG: dict[int, tuple[Kind, ...]] = {
    Catalog.CLASS: (Kind.TABLE, Kind.VIEW, Kind.MATERIALIZED_VIEW, Kind.SEQUENCE),
    Catalog.TYPE: (Kind.ENUM, Kind.DOMAIN, Kind.COMPOSITE, Kind.RANGE),
    Catalog.PROC: (Kind.FUNCTION, Kind.PROCEDURE, Kind.AGGREGATE),
}


def read_privileges(reading: Reading) -> None:
    """Privileges on whatever is modelled: to be called when all addresses are known. Those on others are opaque."""
    columns = {item.key: item.columns for item in reading.objects if isinstance(item, View | MaterializedView)}
    opaque: set[Key] = set()
    for catalog, oid, part, namespace, what, grantee, held, grantable in reading.rows("privileges"):
        if (catalog, oid) in reading.of_extensions:
            continue
        owner = reading.locate(catalog, oid, part)
        if owner is None or owner.kind is Kind.OPAQUE:
            _add_opaque(reading, namespace, what, owner, opaque)
            continue
        is_column = part and owner.kind is Kind.COLUMN
        if not is_column and owner.kind not in _OF_CATALOG.get(catalog, (owner.kind,)):
            # A part that has no key of its own: the constructor functions of a range, of no interest; or the sequence
            # of an identity column, which goes with the column whatever privileges it has.
            if catalog == Catalog.CLASS:
                _add_opaque(reading, namespace, what, None, opaque)
            continue
        about = owner
        if part and owner.kind is not Kind.COLUMN:
            about = child_key(Kind.COLUMN, owner, columns[owner][part - 1])
        reading.add(
            Privilege(
                key=child_key(Kind.PRIVILEGE, about, grantee),
                privileges=tuple(held or ()),
                grantable=tuple(grantable or ()),
            ),
            *{owner, *([owner.parent] if owner.parent is not None else [])},
        )
    for namespace, role, objects, grantee, held, grantable in reading.rows("default_privileges"):
        schema = None if namespace is None else reading.namespaces[namespace]
        item = DefaultPrivilege(
            key=default_privilege_key(schema, role, objects, grantee),
            role=role,
            objects=objects,
            grantee=grantee,
            privileges=tuple(held or ()),
            grantable=tuple(grantable or ()),
        )
        reading.add(item, *([reading.schema_keys[namespace]] if namespace in reading.schema_keys else []))


def _add_opaque(reading: Reading, namespace: int | None, what: str, owner: Key | None, seen: set[Key]) -> None:
    before = len(reading.objects)
    key = reading.add_opaque(namespace, "privileges", f"on {what}")
    if key in seen:  # another grantee's
        del reading.objects[before:]
    seen.add(key)
    if owner is not None:
        reading.needs.append((key, owner))
