"""Renames, and moves from schema to schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconcile.dialects.base import Draft, Scene
from reconcile.dialects.postgresql.defaults import chosen_name
from reconcile.dialects.postgresql.features import Features
from reconcile.dialects.postgresql.rules import definitions, domains, routines, types
from reconcile.dialects.postgresql.rules.text import ident, index_name, name_of
from reconcile.dialects.sqltext import POSTGRESQL
from reconcile.state import Action, Column, Enum, Key, Kind

_WORDS = {
    Kind.SCHEMA: "SCHEMA",
    Kind.TABLE: "TABLE",
    Kind.VIEW: "VIEW",
    Kind.MATERIALIZED_VIEW: "MATERIALIZED VIEW",
    Kind.SEQUENCE: "SEQUENCE",
    Kind.STATISTICS: "STATISTICS",
    Kind.ENUM: "TYPE",
    Kind.DOMAIN: "DOMAIN",
    Kind.COMPOSITE: "TYPE",
    Kind.RANGE: "TYPE",
    Kind.COLLATION: "COLLATION",
    Kind.EVENT_TRIGGER: "EVENT TRIGGER",
    Kind.FOREIGN_WRAPPER: "FOREIGN DATA WRAPPER",
    Kind.FOREIGN_SERVER: "SERVER",
    Kind.PUBLICATION: "PUBLICATION",
    Kind.SUBSCRIPTION: "SUBSCRIPTION",
}


def render(action: Action, scene: Scene) -> Iterable[Draft]:
    """ALTER … RENAME TO; ALTER … SET SCHEMA where the schema is another one."""
    old, new = action.old, action.new
    assert old is not None and new is not None
    if old.key == new.key:
        assert isinstance(old, Enum) and isinstance(new, Enum)
        yield types.rename_labels(old, new)
        return
    statements = [*_statements(old.key, new.key), *_follow(old.key, new.key, scene)]
    yield Draft(summary=f"rename {old.key} to {new.key.name}", sql=tuple(statements), lock=_lock(old.key))


def _lock(key: Key) -> str:
    if key.kind is Kind.INDEX:
        return f"SHARE UPDATE EXCLUSIVE on {index_name(key)}"
    return f"ACCESS EXCLUSIVE on {name_of(key if key.parent is None else key.parent)}"


def _statements(old: Key, new: Key) -> Iterator[str]:
    if old.kind in routines.KINDS:
        yield from _routine(old, new)
        return
    if old.kind in definitions.KINDS:
        yield from _definition(old, new)
        return
    if old.kind in _WORDS:
        word = _WORDS[old.kind]
        schema = old.schema
        if old.schema != new.schema and old.kind is not Kind.SCHEMA:
            assert new.schema is not None
            yield f"ALTER {word} {name_of(old)} SET SCHEMA {ident(new.schema)}"
            schema = new.schema
        if old.name != new.name:
            at = ident(old.name) if old.kind is Kind.SCHEMA else POSTGRESQL.qualified(schema, old.name)
            yield f"ALTER {word} {at} RENAME TO {ident(new.name)}"
        return
    assert new.parent is not None
    if old.kind is Kind.INDEX:
        yield f"ALTER INDEX {index_name(old)} RENAME TO {ident(new.name)}"
    elif old.kind in (Kind.TRIGGER, Kind.RULE):
        word = old.kind.value.upper()
        yield f"ALTER {word} {ident(old.name)} ON {name_of(new.parent)} RENAME TO {ident(new.name)}"
    elif domains.is_check(old):
        yield f"ALTER DOMAIN {name_of(new.parent)} RENAME CONSTRAINT {ident(old.name)} TO {ident(new.name)}"
    elif new.parent.kind is Kind.COMPOSITE:
        yield f"ALTER TYPE {name_of(new.parent)} RENAME ATTRIBUTE {ident(old.name)} TO {ident(new.name)}"
    elif old.kind is Kind.POLICY:
        yield f"ALTER POLICY {ident(old.name)} ON {name_of(new.parent)} RENAME TO {ident(new.name)}"
    elif old.kind is Kind.COLUMN:
        word = _WORDS[new.parent.kind]
        yield f"ALTER {word} {name_of(new.parent)} RENAME COLUMN {ident(old.name)} TO {ident(new.name)}"
    else:
        yield f"ALTER TABLE {name_of(new.parent)} RENAME CONSTRAINT {ident(old.name)} TO {ident(new.name)}"


def _definition(old: Key, new: Key) -> Iterator[str]:
    if old.schema != new.schema and old.kind in definitions.MOVED:
        assert new.schema is not None
        yield f"ALTER {definitions.designation(old)} SET SCHEMA {ident(new.schema)}"
        old = Key(old.kind, new.schema, old.name)
    if old != new and old.kind in definitions.RENAMED:
        yield f"ALTER {definitions.designation(old)} RENAME TO {ident(definitions.plain_name(new))}"


def _routine(old: Key, new: Key) -> Iterator[str]:
    word = old.kind.value.upper()
    (was, types_), (name, _) = routines.signature(old), routines.signature(new)
    schema = old.schema
    if old.schema != new.schema:
        assert new.schema is not None
        yield f"ALTER {word} {routines.routine_name(old)} SET SCHEMA {ident(new.schema)}"
        schema = new.schema
    if was != name:
        yield f"ALTER {word} {POSTGRESQL.qualified(schema, was)}{types_} RENAME TO {ident(name)}"


def _follow(old: Key, new: Key, scene: Scene) -> Iterator[str]:
    """Names the server derived from the old name, and which our state does not spell out, follow to the new one."""
    features: Features = scene.features
    if old.kind is Kind.TABLE:
        table_was, table_is = old, new
        columns = [(item, item.key.name, item.key.name) for item in scene.base.children(old, Kind.COLUMN)]
    elif old.kind is Kind.COLUMN and old.parent is not None and new.parent is not None:
        table_was, table_is = new.parent, new.parent
        columns = [(scene.base[old], old.name, new.name)]
    else:
        return
    for item, was, is_ in columns:
        if not isinstance(item, Column):
            continue
        if item.identity is not None and item.identity.sequence is None:
            yield from _rename_sequence(table_is, table_was.name, was, is_)
        if features.has_named_not_null and not item.nullable and item.not_null_name is None:
            before, after = (chosen_name(table_was.name, was, "not_null"), chosen_name(table_is.name, is_, "not_null"))
            if before != after:
                yield f"ALTER TABLE {name_of(table_is)} RENAME CONSTRAINT {ident(before)} TO {ident(after)}"


def _rename_sequence(table: Key, table_was: str, column_was: str, column_is: str) -> Iterator[str]:
    before, after = chosen_name(table_was, column_was, "seq"), chosen_name(table.name, column_is, "seq")
    if before != after:
        yield f"ALTER SEQUENCE {POSTGRESQL.qualified(table.schema, before)} RENAME TO {ident(after)}"
