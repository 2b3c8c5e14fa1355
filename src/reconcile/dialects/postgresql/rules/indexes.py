"""Indexes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from reconcile.dialects.base import Draft, Scene, Unit
from reconcile.dialects.postgresql.rules import conflicts, online, tables, text, trees
from reconcile.dialects.postgresql.rules.text import ident, index_name, name_of
from reconcile.state import Action, Index, Key, Kind, Object, Table, Verb, differing_fields


def render(action: Action, scene: Scene, *, alone: bool = True) -> Iterable[Draft]:
    """CREATE INDEX, DROP INDEX, or a change of options. ``alone``: not one of a tree of partitions."""
    table = action.key.parent
    assert table is not None
    if action.verb is Verb.DROP:
        if alone and online.concerns(table, scene):
            yield online.drop_index(action.key)
            return
        yield Draft(
            summary=f"drop {action.key}",
            sql=(f"DROP INDEX {index_name(action.key)}",),
            lock=f"ACCESS EXCLUSIVE on {name_of(table)}",
        )
        return
    new = action.new
    assert isinstance(new, Index)
    if action.verb is Verb.CREATE:
        marks = tables.index_marks(new)
        gentle = online.concerns(table, scene) if alone else online.concerns_part(table, scene)
        if gentle and not marks and not _has_statistics(new):
            yield online.create_index(new, tuple(conflicts.of_key(new, scene)))
            return
        statements = [*_made(new, scene), *_statistics(new.key, {}, dict(new.options))]
        if marks:
            statements.append(f"ALTER TABLE {name_of(table)} {', '.join(marks)}")
        yield Draft(
            summary=f"create {new.key}",
            sql=tuple(statements),
            lock=" and ".join(f"SHARE on {name_of(each)}" for each in _locked(new, scene)) or None,
            # One of a partitioned table takes over those below, which are built before.
            scans=table in scene.base and not trees.is_partitioned(scene.target, table),
            checks=tuple(conflicts.of_key(new, scene)),
        )
        return
    assert action.old is not None
    yield Draft(
        summary=f"change options of {new.key}",
        sql=tuple(option_statements(action.old, new, marks=True, identity=_identity_without(new, scene))),
        lock=f"ACCESS EXCLUSIVE on {index_name(new.key)}",
    )


def _made(new: Index, scene: Scene) -> Iterator[str]:
    """CREATE INDEX; where it is not clear which of the indexes below belong to it, they are named one by one."""
    if _reaches_down(new, scene):
        yield text.index(new)
        return
    yield text.index(new, only=True)
    for item in trees.indexes_below(new, scene):
        yield f"ALTER INDEX {index_name(new.key)} ATTACH PARTITION {index_name(item.key)}"


def _reaches_down(new: Index, scene: Scene) -> bool:
    """Whether it is made for the tables below in one go."""
    return not _built_below(new, scene) and not any(_has_twin(item, scene) for item in trees.indexes_below(new, scene))


def _locked(new: Index, scene: Scene) -> Iterator[Key]:
    """Its table, and those below, as far as they are there already."""
    table = new.key.parent
    assert table is not None
    if table in scene.base:
        yield table
    for item in trees.indexes_below(new, scene) if _reaches_down(new, scene) else ():
        yield from _locked(item, scene)


def _built_below(new: Index, scene: Scene) -> bool:
    """Whether the indexes that it consists of have been built before, one by one."""
    below = trees.indexes_below(new, scene)
    return bool(below) and all(
        online.concerns_part(item.key.parent, scene) or _built_below(item, scene)
        for item in below
        if item.key.parent is not None
    )


def _has_twin(item: Index, scene: Scene) -> bool:
    """Whether another index of its table would do as well."""
    assert item.key.parent is not None
    others = (*scene.base.children(item.key.parent, Kind.INDEX), *scene.target.children(item.key.parent, Kind.INDEX))
    return any(other.key != item.key and differing_fields(other, item) <= {"key", "options"} for other in others)


def render_tree(unit: Unit, scene: Scene) -> Iterable[Draft]:
    """Indexes of a tree of partitions, or one index."""
    verb = unit.actions[0].verb
    if verb is Verb.DROP and len(unit.actions) > 1:
        tops = [a for a in unit.actions if isinstance(unit.host, tuple) and a.key == unit.host[1]]
        top = tops[0] if tops else unit.actions[0]
        yield from render(top, scene, alone=False)  # it takes along those below
        return
    for action in trees.order_of_indexes(unit, scene):
        for draft in render(action, scene, alone=len(unit.actions) == 1):
            yield replace(draft, covers=(action,)) if len(unit.actions) > 1 else draft
    for action in sorted((a for a in unit.actions if a.key.kind is Kind.PARTITION), key=lambda a: a.key):
        for draft in trees.render(action):
            yield replace(draft, covers=(action,))


def _identity_without(item: Index, scene: Scene) -> str:
    """The table's replica identity where it is no longer this index: the table may name another one itself, and
    whether it has done so already is not to be known here."""
    table = scene.target.get(item.key.parent) if item.key.parent is not None else None
    options = dict(table.options) if isinstance(table, Table) else {}
    return options.get("replica_identity", "default").upper()


def option_statements(old: Object, new: Object, *, marks: bool, identity: str = "DEFAULT") -> Iterator[str]:
    """ALTER INDEX from the old options to the new; ``marks``: CLUSTER ON and REPLICA IDENTITY too. ``identity``: the
    table's replica identity where it is no longer this index."""
    before, after = dict(getattr(old, "options", ())), dict(getattr(new, "options", ()))
    head = f"ALTER INDEX {index_name(new.key)}"
    for command in tables.parameter_commands(text.storage(before), text.storage(after)):
        yield f"{head} {command}"
    if before.get("tablespace") != after.get("tablespace"):
        yield f"{head} SET TABLESPACE {ident(after.get('tablespace', 'pg_default'))}"
    yield from _statistics(new.key, before, after)
    assert new.key.parent is not None
    table = f"ALTER TABLE {name_of(new.key.parent)}"
    if marks:
        for mark in tables.index_marks(new):
            if mark not in tables.index_marks(old):
                yield f"{table} {mark}"
    if before.get("clustered") and not after.get("clustered"):
        yield f"{table} SET WITHOUT CLUSTER"
    if before.get("replica_identity") and not after.get("replica_identity"):
        yield f"{table} REPLICA IDENTITY {identity}"


def _statistics(key: Key, before: dict[str, str], after: dict[str, str]) -> Iterator[str]:
    for name in sorted({*before, *after}):
        if name.startswith("statistics.") and before.get(name) != after.get(name):
            number = name.removeprefix("statistics.")
            yield f"ALTER INDEX {index_name(key)} ALTER COLUMN {number} SET STATISTICS {after.get(name, '-1')}"


def _has_statistics(item: Index) -> bool:
    return any(name.startswith("statistics.") for name, _ in item.options)
