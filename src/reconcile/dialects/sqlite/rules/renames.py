"""Renames: native where SQLite has them, else by making the thing again under its new name."""

from __future__ import annotations

from dataclasses import replace

from reconcile.dialects.base import Draft, Scene
from reconcile.dialects.sqlite.names import quoted, spelled
from reconcile.dialects.sqlite.rules.programs import create_index, create_trigger, create_view, drop
from reconcile.dialects.sqlite.rules.rebuild import rebuild
from reconcile.dialects.sqltext import SQLITE
from reconcile.errors import Unplannable
from reconcile.state import Index, Kind, Object, Trigger, View


def rename(old: Object, new: Object, scene: Scene) -> Draft:
    """The rename, from ``scene.base`` on."""
    summary = f"rename {old.key} to {new.key.name}"
    name = SQLITE.ident(spelled(new))
    table = new.key.parent
    match new.key.kind:
        case Kind.TABLE | Kind.VIRTUAL_TABLE:
            # SQLite rewrites whatever mentions the table: views, triggers, foreign keys of others.
            return Draft(summary=summary, sql=(f"ALTER TABLE {quoted(scene.base, old.key)} RENAME TO {name}",))
        case Kind.COLUMN:
            assert table is not None
            column = quoted(scene.base, old.key)
            sql = f"ALTER TABLE {quoted(scene.base, table)} RENAME COLUMN {column} TO {name}"
            if sql in scene.refused:
                # A trigger on a view over the table has a name for the column that the rename takes from the view. It
                # is made anew afterwards, so SQLite need not look at it once more.
                return Draft(
                    summary=summary, sql=("PRAGMA legacy_alter_table=ON", sql, "PRAGMA legacy_alter_table=OFF")
                )
            return Draft(summary=summary, sql=(sql,))
        case Kind.INDEX | Kind.VIEW | Kind.TRIGGER:
            return Draft(summary=summary, sql=(drop(old), _create(new, scene)))
        case Kind.PRIMARY_KEY | Kind.UNIQUE | Kind.CHECK | Kind.FOREIGN_KEY if table is not None:
            return replace(rebuild(table, scene.base, scene.base.renamed(old.key, new.key)), summary=summary)
    raise Unplannable(f"SQLite cannot rename {old.key}", key=old.key, hint="drop it and make it under its new name")


def _create(item: Object, scene: Scene) -> str:
    match item:
        case Index():
            return create_index(scene.base, item)
        case View():
            return create_view(item)
        case Trigger():
            return create_trigger(item)
    raise TypeError(f"{item.key} has no statement of its own")
