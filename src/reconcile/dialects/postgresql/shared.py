"""Roles are shared by all databases of a server. DDL on them can be rolled back, so they can be tried."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reconcile.dialects.base import Shared
from reconcile.dialects.postgresql.read.roles import read_shared
from reconcile.dialects.session import Session
from reconcile.dialects.sqltext import POSTGRESQL
from reconcile.state import Key, Kind, role_key
from reconcile.state.scope import BOOKKEEPING_PREFIX

_ABOUT = re.compile(r"\s*(?:(?:CREATE|ALTER)\s+(?:ROLE|USER|GROUP)|COMMENT\s+ON\s+ROLE|GRANT)\b", re.I)


def _there(session: Session, keys: Iterable[Key]) -> frozenset[Key]:
    names = ", ".join(POSTGRESQL.literal(key.name) for key in keys)
    if not names:
        return frozenset()
    rows = session.query(f"SELECT rolname::text FROM pg_catalog.pg_roles WHERE rolname IN ({names})")
    return frozenset(role_key(name) for (name,) in rows)


def _aside(session: Session, keys: Iterable[Key]) -> None:
    """Under other names: what they own and may do makes no difference to those who take theirs."""
    for number, key in enumerate(sorted(_there(session, keys))):
        other = POSTGRESQL.ident(f"{BOOKKEEPING_PREFIX}aside_{number}")
        session.execute(f"ALTER ROLE {POSTGRESQL.ident(key.name)} RENAME TO {other}")


def _lend(session: Session, keys: Iterable[Key]) -> None:
    for key in sorted(keys):
        session.execute(f"CREATE ROLE {POSTGRESQL.ident(key.name)}")


def _subject(statement: str) -> Key | None:
    """The role that a statement makes, changes or comments on, or that it makes a member of another."""
    if not _ABOUT.match(statement):
        return None
    words = POSTGRESQL.words(statement)
    plain = [word.text.upper() for word in words]
    match plain[:3]:
        case ["CREATE" | "ALTER", "ROLE" | "USER" | "GROUP", what, *_] if what not in ("MAPPING", "ALL"):
            named = words[2]
        case ["COMMENT", "ON", "ROLE"] if len(words) > 3:
            named = words[3]
        case ["GRANT", *_] if "ON" not in plain and "TO" in plain[:-1]:
            named = words[plain.index("TO") + 1]
        case _:
            return None
    return role_key(POSTGRESQL.unquote(named.text) if named.kind == "ident" else named.text.lower())


def _says_password(statement: str) -> bool:
    return any(word.text.upper() == "PASSWORD" for word in POSTGRESQL.words(statement))


SHARED = Shared(
    kinds=frozenset({Kind.ROLE}),
    read=read_shared,
    there=_there,
    aside=_aside,
    lend=_lend,
    subject=_subject,
    secret=_says_password,
)
