"""Row-level security and policies."""

from __future__ import annotations

from reconcile.dialects.postgresql.expressions import canonical
from reconcile.dialects.postgresql.read.context import Catalog, Reading
from reconcile.state import Key, Kind, Policy, RowSecurity, child_key


def read_policies(reading: Reading) -> None:
    """Both for tables that are modelled; on others they are opaque as the table is."""
    for oid, enabled, forced in reading.rows("row_security"):
        table = _table(reading, oid)
        if table is not None:
            key = child_key(Kind.ROW_SECURITY, table)
            reading.add(RowSecurity(key=key, enabled=enabled, forced=forced), table)
    for oid, relation, name, permissive, command, roles, using, check in reading.rows("policies"):
        table = _table(reading, relation)
        if table is None:
            continue
        key = child_key(Kind.POLICY, table, name)
        reading.addresses[Catalog.POLICY, oid] = key
        reading.add(
            Policy(
                key=key,
                permissive=permissive,
                command=command,
                roles=tuple(sorted(roles)),
                using=None if using is None else canonical(using),
                check=None if check is None else canonical(check),
            ),
            table,
        )


def _table(reading: Reading, oid: int) -> Key | None:
    if (Catalog.CLASS, oid) in reading.of_extensions:
        return None
    found = reading.locate(Catalog.CLASS, oid)
    return None if found is None or found.kind is Kind.OPAQUE else found
