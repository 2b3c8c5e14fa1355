"""Finds what objects need beyond their own fields. There is no catalog of it here: the server's text is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconcile.dialects.mysql.read.catalog import names_in, quoted_names_in
from reconcile.state import (
    CheckConstraint,
    Column,
    Default,
    ForeignKey,
    Index,
    Key,
    Kind,
    Object,
    PrimaryKey,
    Trigger,
    View,
)

Pair = tuple[Key, Key]
_Keyed = PrimaryKey | Index


def find_needs(objects: list[Object], relations: Mapping[str, Key], routines: Mapping[str, Key]) -> Iterator[Pair]:
    """(who, what) pairs. ``relations``: tables, views and sequences by name; ``routines`` likewise."""
    columns: dict[Key, dict[str, Key]] = {}
    keys: dict[Key, list[_Keyed]] = {}
    for item in objects:
        if item.key.parent is None:
            continue
        if isinstance(item, Column):
            columns.setdefault(item.key.parent, {})[item.key.name.lower()] = item.key
        elif isinstance(item, PrimaryKey | Index):
            keys.setdefault(item.key.parent, []).append(item)
    for item in objects:
        match item:
            case CheckConstraint(expression=text):
                yield from _mentioned(item.key, text, columns.get(item.key.root, {}))
            case Column(generated=generated) if generated is not None:
                yield from _mentioned(item.key, generated.expression, columns.get(item.key.root, {}))
            case Default(expression=text) if "`" in text or "(" in text:
                yield from _mentioned(item.key, text, columns.get(item.key.root, {}))
                yield from _mentioned(item.key, text, {n.lower(): k for n, k in relations.items()} if "`" in text else {})
            case Index(parts=parts) if any(part.expression for part in parts):
                text = " ".join(part.expression or "" for part in parts)
                yield from _mentioned(item.key, text, columns.get(item.key.root, {}))
            case ForeignKey():
                yield from _serving_keys(item, keys)
            case View(definition=text):
                names = quoted_names_in(text)
                yield from ((item.key, relations[name]) for name in names & relations.keys())
                yield from ((item.key, routines[name]) for name in names & routines.keys())
            case Trigger(definition=text):
                names = names_in(text)
                yield from ((item.key, relations[name]) for name in names & relations.keys())
                yield from ((item.key, routines[name]) for name in names & routines.keys())
            case _:
                pass


def _mentioned(who: Key, text: str, known: Mapping[str, Key]) -> Iterator[Pair]:
    for name in quoted_names_in(text):
        if name.lower() in known:
            yield who, known[name.lower()]


def _serving_keys(item: ForeignKey, keys: Mapping[Key, list[_Keyed]]) -> Iterator[Pair]:
    """InnoDB wants a key over the columns on both sides, and refuses to drop the last one that serves."""
    assert item.key.parent is not None
    for table, names in ((item.key.parent, item.columns), (item.target, item.target_columns)):
        wanted = tuple(name.lower() for name in names)
        serving = [key for key in keys.get(table, ()) if _leads(key, wanted)]
        if serving:
            # The primary key first, then the narrowest: the choice must be the same on every server.
            best = min(serving, key=lambda k: (k.key.kind is not Kind.PRIMARY_KEY, len(k.parts), k.key.order))
            yield item.key, best.key


def _leads(key: _Keyed, wanted: tuple[str, ...]) -> bool:
    if isinstance(key, Index) and key.method is not None:
        return False
    leading = key.parts[: len(wanted)]
    return tuple((part.column or "").lower() for part in leading) == wanted and all(p.length is None for p in leading)
