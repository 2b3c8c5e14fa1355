"""The reader: a whole SQLite database → a State, in three queries however large it is."""

from __future__ import annotations

import json
from importlib.resources import files

from reconcile.dialects.session import Session
from reconcile.dialects.sqlite.features import Features, parse_version
from reconcile.dialects.sqlite.read.parse import Unreadable
from reconcile.dialects.sqlite.read.programs import Programs
from reconcile.dialects.sqlite.read.tables import Found, TableReader
from reconcile.dialects.sqlite.read.virtual import read_virtual
from reconcile.dialects.sqlite.text import fold
from reconcile.state import Key, Kind, Opaque, State, child_key, table_key
from reconcile.state.collecting import uncollected
from reconcile.state.scope import is_bookkeeping

__all__ = ["features_of", "read_state"]


def features_of(session: Session) -> Features:
    """What the SQLite behind this session can do."""
    return Features.of(parse_version(str(session.query("SELECT sqlite_version()")[0][0])))


def read_state(session: Session, *, schemas: frozenset[str] | None = None) -> State:
    """The main database as a State. Attached databases are left alone; ``schemas`` has no meaning here."""
    del schemas
    with uncollected():
        return _read(session)


def _read(session: Session) -> State:
    features = features_of(session)
    masters = session.query(_query("objects"))
    columns = dict(session.query(_query("columns")))
    if features.table_list:
        shadows = {name for (name,) in session.query(_query("shadows"))}
    else:  # by their names: modules call them after their table (fts5.html, 9; rtree.html, 5)
        prefixes = tuple(f"{row[1]}_" for row in masters if row[0] == "table" and row[1] not in columns)
        shadows = {row[1] for row in masters if row[1].startswith(prefixes)}

    found = Found()
    programs = Programs(found)
    indexes: dict[str, list[tuple[str, str]]] = {}
    for kind, name, table, sql in masters:
        if kind == "index":
            indexes.setdefault(table, []).append((name, sql))
    for kind, name, _, sql in masters:
        if kind != "table" or name in shadows or is_bookkeeping(table_key(None, fold(name))):
            continue
        described = columns.get(name)
        if described is None:
            virtual = read_virtual(name, sql)
            found.add(virtual, ())
            programs.table(name, virtual.key, {})
            continue
        try:
            reader = TableReader(name, sql, json.loads(described), found)
        except Unreadable as error:
            programs.table(name, _unmanaged(found, "table", name, str(error)), {})
            continue
        reader.read()
        programs.table(name, reader.key, reader.columns)
        for index, statement in indexes.get(name, ()):
            try:
                reader.index(index, statement)
            except Unreadable as error:
                _unmanaged(found, "index", index, str(error), reader.key)
    programs.read([(kind, name, table, sql) for kind, name, table, sql in masters if kind in ("view", "trigger")])
    server = ".".join(str(part) for part in features.version)
    return found.state(f"SQLite {server}")


def _unmanaged(found: Found, what: str, name: str, reason: str, need: Key | None = None) -> Key:
    key = Key(Kind.OPAQUE, None, f"{what} {name}")
    if need is not None:
        key = child_key(Kind.OPAQUE, need, f"{what} {name}")
    found.add(Opaque(key=key, what=what, reason=reason), [] if need is None else [need])
    return key


def _query(name: str) -> str:
    return files(__package__).joinpath(f"{name}.sql").read_text(encoding="utf-8")
