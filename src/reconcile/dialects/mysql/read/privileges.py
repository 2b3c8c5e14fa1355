"""Reads who may do what with tables, columns and routines. What is granted on the database is the server's affair."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

from reconcile.dialects.mysql.read.catalog import Catalog
from reconcile.state import Key, Kind, Privilege, child_key

# "GRANT" (MySQL and MariaDB): with no privilege beside it, the grant option comes with this one.
_NOTHING = "USAGE"
_ROUTINES = {
    "FUNCTION": Kind.FUNCTION,
    "PROCEDURE": Kind.PROCEDURE,
    "PACKAGE": Kind.PACKAGE,
    "PACKAGE BODY": Kind.PACKAGE_BODY,
}


def read_privileges(
    catalog: Catalog, keys: Set[Key], named: Mapping[str, Key]
) -> Iterator[tuple[Privilege, frozenset[Key]]]:
    """Each privilege with what it needs. Those on what is not there outlive it, and are no one's.

    ``keys``: all that is there; ``named``: tables, views and sequences. Raises ServerError where they are hidden.
    """
    held: dict[Key, set[str]] = {}
    grantable: set[Key] = set()
    for grantee, relation, column, privilege, is_grantable in catalog.rows("privileges"):
        if relation not in named or (privilege == _NOTHING and is_grantable != "YES"):
            continue
        about = named[relation] if column is None else child_key(Kind.COLUMN, named[relation], column)
        if column is not None and about.root.kind is Kind.TABLE and about not in keys:
            continue
        key = child_key(Kind.PRIVILEGE, about, _grantee(grantee))
        held.setdefault(key, set()).add(privilege)
        if is_grantable == "YES":
            grantable.add(key)
    for grantee, name, kind, privileges in catalog.rows("routine_privileges"):
        about = _routine(name, kind)
        if about not in keys:
            continue
        key = child_key(Kind.PRIVILEGE, about, _grantee(grantee))
        words = {word.strip().upper() for word in str(privileges).split(",")}
        held[key] = words - {"GRANT", ""} or {_NOTHING}
        if "GRANT" in words:
            grantable.add(key)
    for key, words in held.items():
        listed = tuple(sorted(words))
        item = Privilege(key=key, privileges=listed, grantable=listed if key in grantable else ())
        yield item, item.requires & keys


def _routine(name: str, kind: str) -> Key:
    key = Key(Kind.PACKAGE if kind == "PACKAGE BODY" else _ROUTINES[kind], None, name)
    return child_key(Kind.PACKAGE_BODY, key) if kind == "PACKAGE BODY" else key


def _grantee(text: str) -> str:
    """ "user@host", or a role's name (MariaDB: without a host), of what the catalog prints as 'user'@'host'."""
    user, _, host = text.strip("'").rpartition("'@'") if not text.endswith("@''") else (text[1:-4], "", "")
    return f"{user}@{host}" if host else user
