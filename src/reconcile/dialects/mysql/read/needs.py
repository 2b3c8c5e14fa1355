"""Finds what objects need. There is no catalog of it here: fields tell, and text that the server printed is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reconcile.dialects.mysql.read.catalog import called_in, names_in, quoted_names_in
from reconcile.dialects.mysql.read.keys import Keys
from reconcile.dialects.mysql.read.modes import has_ansi_quotes
from reconcile.state import (
    CheckConstraint,
    Column,
    Default,
    ForeignKey,
    Index,
    Key,
    Kind,
    Object,
    Partitioning,
    PrimaryKey,
    Table,
    Trigger,
    View,
)

Pair = tuple[Key, Key]
_Keyed = PrimaryKey | Index
_NONE: Mapping[str, Key] = {}


def find_needs(objects: list[Object], keys: Keys, named: Mapping[str, Key]) -> Iterator[Pair]:
    """All (who, what) pairs. ``named``: tables, views, sequences and what is unmanaged, by name."""
    served = _keys_by_table(objects)
    # What a routine, an event or a package mentions it looks for when it runs, and not before: it needs nothing.
    functions = {item.key.name: item.key for item in objects if item.key.kind is Kind.FUNCTION}
    for item in objects:
        key = item.key
        if key.parent is not None:
            yield key, key.parent
        match item:
            case PrimaryKey(parts=parts) | Index(parts=parts):
                assert key.parent is not None
                columns = keys.columns[key.parent]
                for part in parts:
                    if part.column in columns:  # the server's own hidden columns are not
                        yield key, columns[part.column]
                    elif part.expression is not None:
                        yield from _mentioned(key, quoted_names_in(part.expression), columns)
            case CheckConstraint(expression=text):
                assert key.parent is not None
                yield from _mentioned(key, quoted_names_in(text), keys.columns[key.parent])
            case Column(generated=generated) if generated is not None:
                assert key.parent is not None
                yield from _mentioned(key, quoted_names_in(generated.expression), keys.columns[key.parent])
            case Default(expression=text) if "`" in text:
                names = quoted_names_in(text)
                yield from _mentioned(key, names, keys.columns.get(key.root, _NONE))
                yield from _mentioned(key, names, named)
            case ForeignKey():
                yield from _foreign_key(item, keys, served)
            case View(definition=text):
                yield from _read_from(key, frozenset(quoted_names_in(text)), keys, named)
                yield from _mentioned(key, called_in(text), functions)
            case Table(options=options) if "union" in dict(options):
                yield from _mentioned(key, quoted_names_in(dict(options)["union"]), named)
            case Partitioning(by=by, subpartition_by=more):
                assert key.parent is not None
                yield from _mentioned(key, quoted_names_in(f"{by} {more}"), keys.columns[key.parent])
            case Trigger(definition=text, grammar=grammar):
                yield from _read_from(key, names_in(text, ansi_quotes=has_ansi_quotes(grammar)), keys, named)
            case _:
                pass


def _keys_by_table(objects: Iterable[Object]) -> dict[Key, list[_Keyed]]:
    found: dict[Key, list[_Keyed]] = {}
    for item in objects:
        if isinstance(item, PrimaryKey | Index) and item.key.parent is not None:
            found.setdefault(item.key.parent, []).append(item)
    return found


def _read_from(who: Key, names: frozenset[str], keys: Keys, named: Mapping[str, Key]) -> Iterator[Pair]:
    """The tables and views whose names are mentioned, and those of their columns whose names are too."""
    for _, relation in _mentioned(who, names, named):
        yield who, relation
        yield from _mentioned(who, names, keys.columns.get(relation, _NONE))


def _mentioned(who: Key, names: Iterable[str], known: Mapping[str, Key]) -> Iterator[Pair]:
    for name in names:
        if name in known:
            yield who, known[name]


def _foreign_key(item: ForeignKey, keys: Keys, served: Mapping[Key, list[_Keyed]]) -> Iterator[Pair]:
    """Both tables, the columns, and the keys over them.

    InnoDB wants a key over the columns on both sides, and refuses to drop the last one that serves.
    """
    assert item.key.parent is not None
    yield item.key, item.target
    for table, names in ((item.key.parent, item.columns), (item.target, item.target_columns)):
        known = keys.columns.get(table, _NONE)
        for name in names:
            if name in known:
                yield item.key, known[name]
        serving = [key for key in served.get(table, ()) if _leads(key, names)]
        if len(serving) == 1:
            yield item.key, serving[0].key
        elif serving:
            # The primary key first, then the narrowest: the choice must be the same on every server.
            best = min(serving, key=lambda k: (k.key.kind is not Kind.PRIMARY_KEY, len(k.parts), k.key.order))
            yield item.key, best.key


def _leads(key: _Keyed, names: tuple[str, ...]) -> bool:
    if isinstance(key, Index) and key.method is not None:
        return False
    leading = key.parts[: len(names)]
    return tuple(part.column for part in leading) == names and all(part.length is None for part in leading)
