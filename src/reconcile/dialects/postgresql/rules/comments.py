"""COMMENT ON."""

from __future__ import annotations

from collections.abc import Iterable

from reconcile.dialects.base import Draft, Scene
from reconcile.dialects.postgresql.defaults import PUBLIC_COMMENT
from reconcile.dialects.postgresql.rules import definitions, domains, routines, trees
from reconcile.dialects.postgresql.rules.text import ident, index_name, literal, name_of, not_null_name
from reconcile.state import Action, Column, Comment, Key, Kind, Verb, child_key

_PUBLIC = Key(Kind.SCHEMA, None, "public")
_WORDS = {
    Kind.ROLE: "ROLE",
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
    Kind.EXTENSION: "EXTENSION",
    Kind.EVENT_TRIGGER: "EVENT TRIGGER",
    Kind.FOREIGN_WRAPPER: "FOREIGN DATA WRAPPER",
    Kind.FOREIGN_SERVER: "SERVER",
    Kind.PUBLICATION: "PUBLICATION",
    Kind.SUBSCRIPTION: "SUBSCRIPTION",
}


def render(action: Action, scene: Scene) -> Iterable[Draft]:
    """COMMENT ON … IS 'text', or IS NULL."""
    assert action.key.parent is not None
    text = literal(PUBLIC_COMMENT) if action.key.parent == _PUBLIC else "NULL"
    if action.verb is not Verb.DROP:
        assert isinstance(action.new, Comment)
        text = literal(action.new.text)
    words = {Verb.CREATE: "set", Verb.ALTER: "change"}.get(action.verb, "drop")
    sql = f"COMMENT ON {designation(action.key.parent, scene)} IS {text}"
    yield Draft(summary=f"{words} {action.key}", sql=(sql,), lock=_lock(action.key.parent))


def _lock(key: Key) -> str | None:
    """CommentObject locks relations, those of columns too; of what is on a table, the table."""
    root = key.root
    inside = key.kind is Kind.COLUMN or key == root
    if root.kind is not Kind.TABLE or not inside:
        return None
    return f"SHARE UPDATE EXCLUSIVE on {name_of(root)}"


def designation(key: Key, scene: Scene) -> str:
    """An object as COMMENT ON and ALTER call it: ``VIEW public.v``."""
    if trees.is_foreign(scene.target if key in scene.target else scene.base, key):
        return f"FOREIGN TABLE {name_of(key)}"
    if key.kind in _WORDS:
        return f"{_WORDS[key.kind]} {name_of(key)}"
    if key.kind in definitions.KINDS:
        return definitions.designation(key)
    if key.kind in routines.KINDS:
        return f"{key.kind.value.upper()} {routines.routine_name(key)}"
    assert key.parent is not None
    if key.kind is Kind.CHECK and key.parent.kind is Kind.COLUMN:
        column = (scene.target if child_key(Kind.COMMENT, key) in scene.target else scene.base)[key.parent]
        assert isinstance(column, Column) and key.parent.parent is not None
        return f"CONSTRAINT {ident(not_null_name(column))} ON {name_of(key.parent.parent)}"
    if key.kind is Kind.COLUMN:
        return f"COLUMN {name_of(key.parent)}.{ident(key.name)}"
    if key.kind is Kind.INDEX:
        return f"INDEX {index_name(key)}"
    if key.kind in (Kind.TRIGGER, Kind.RULE):
        return f"{key.kind.value.upper()} {ident(key.name)} ON {name_of(key.parent)}"
    if domains.is_check(key):
        return f"CONSTRAINT {ident(key.name)} ON DOMAIN {name_of(key.parent)}"
    if key.kind is Kind.POLICY:
        return f"POLICY {ident(key.name)} ON {name_of(key.parent)}"
    return f"CONSTRAINT {ident(key.name)} ON {name_of(key.parent)}"
