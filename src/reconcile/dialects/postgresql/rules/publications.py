"""Publications."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconcile.dialects.base import Draft
from reconcile.dialects.postgresql.rules import text
from reconcile.dialects.postgresql.rules.text import ident, idents, name_of
from reconcile.state import Action, Publication, PublishedTable, Verb

_DEFAULTS = {
    "publish": "insert, update, delete, truncate",
    "publish_via_partition_root": "false",
    "publish_generated_columns": "none",
}


def render(action: Action) -> Iterable[Draft]:
    """CREATE, ALTER or DROP PUBLICATION."""
    words = {Verb.CREATE: "create", Verb.DROP: "drop", Verb.ALTER: "change"}
    yield Draft(summary=f"{words[action.verb]} {action.key}", sql=tuple(_statements(action)))


def _statements(action: Action) -> Iterator[str]:
    name = f"PUBLICATION {ident(action.key.name)}"
    old, new = action.old, action.new
    if new is None:
        yield f"DROP {name}"
        return
    assert isinstance(new, Publication)
    if old is None:
        what = " FOR ALL TABLES" if new.all_tables else f" FOR {_published(new)}" if new.tables or new.schemas else ""
        options = f" WITH ({text.parameters(new.options)})" if new.options else ""
        yield f"CREATE {name}{what}{options}"
        return
    assert isinstance(old, Publication)
    # A row filter on a partitioned table asks for publish_via_partition_root: that is set first, and taken away last.
    first = ("publish_via_partition_root", "true") in new.options
    members, settings = _members(name, old, new), _settings(name, old, new)
    yield from (*settings, *members) if first else (*members, *settings)


def _members(name: str, old: Publication, new: Publication) -> Iterator[str]:
    if (old.tables, old.schemas) != (new.tables, new.schemas):
        if new.tables or new.schemas:
            yield f"ALTER {name} SET {_published(new)}"
        else:
            tables = [f"TABLE {', '.join(name_of(table.table) for table in old.tables)}"] if old.tables else []
            schemas = [f"TABLES IN SCHEMA {idents(old.schemas)}"] if old.schemas else []
            yield f"ALTER {name} DROP {', '.join([*tables, *schemas])}"


def _settings(name: str, old: Publication, new: Publication) -> Iterator[str]:
    if old.options != new.options:
        changed = dict(new.options) | {
            option: _DEFAULTS[option] for option in dict(old.options).keys() - dict(new.options)
        }
        yield f"ALTER {name} SET ({text.parameters(sorted(changed.items()))})"


def _published(item: Publication) -> str:
    parts = [f"TABLE {', '.join(map(_table, item.tables))}"] if item.tables else []
    if item.schemas:
        parts.append(f"TABLES IN SCHEMA {idents(item.schemas)}")
    return ", ".join(parts)


def _table(published: PublishedTable) -> str:
    words = name_of(published.table)
    if published.columns:
        words += f" ({idents(published.columns)})"
    if published.where is not None:
        words += f" WHERE {text.enclosed(published.where)}"
    return words
