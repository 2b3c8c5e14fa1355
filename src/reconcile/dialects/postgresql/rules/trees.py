"""Trees of tables: partitions and inheritance. What PostgreSQL does to a table it does to those below it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reconcile.dialects.base import Draft, Scene, Unit
from reconcile.dialects.postgresql.rules.text import name_of
from reconcile.state import Action, Index, Key, Kind, Object, PartitionOf, State, Table, Verb, child_key


def parents(state: State, table: Key) -> tuple[Key, ...]:
    """The tables right above a table."""
    partition = state.get(child_key(Kind.PARTITION, table))
    if isinstance(partition, PartitionOf):
        return (partition.of,)
    item = state.get(table)
    return item.inherits if isinstance(item, Table) else ()


def made_anew(old: Object | None, new: Object | None) -> bool:
    """How a table is partitioned is for ever, and where a foreign table is: anew, if it holds no rows (tables.drop)."""
    if not isinstance(old, Table) or not isinstance(new, Table):
        return False
    return (old.partition_by, old.server) != (new.partition_by, new.server)


def lasting_parents(scene: Scene, table: Key) -> tuple[Key, ...]:
    """The tables above that the table has before the plan and after it, in the same place all the while."""
    key = child_key(Kind.PARTITION, table)
    if scene.base.get(key) != scene.target.get(key):
        return ()
    after = parents(scene.target, table)
    return tuple(
        parent
        for parent in parents(scene.base, table)
        if parent in after and not made_anew(scene.base.get(parent), scene.target.get(parent))
    )


def lasting_ancestors(scene: Scene, table: Key) -> Iterator[Key]:
    """All tables above, nearest first, whose alterations reach down to the table."""
    for parent in lasting_parents(scene, table):
        yield parent
        yield from lasting_ancestors(scene, parent)


def root(scene: Scene, table: Key) -> Key:
    """The table on top of the tree, before or after; the least where there are several."""
    seen: set[Key] = set()
    todo, tops = [table], []
    while todo:
        each = todo.pop()
        if each in seen:
            continue
        seen.add(each)
        above = {*parents(scene.base, each), *parents(scene.target, each)}
        todo += above
        if not above:
            tops.append(each)
    return min(tops, default=min(seen))


def depth(scene: Scene, table: Key) -> int:
    """How many tables are above, at most."""

    def count(each: Key, seen: frozenset[Key]) -> int:
        above = {*parents(scene.base, each), *parents(scene.target, each)} - seen
        return 1 + max((count(parent, seen | {each}) for parent in above), default=-1)

    return count(table, frozenset({table}))


def below(state: State, table: Key) -> Iterator[Key]:
    """The tables right below a table."""
    for key in state.dependents(table):
        if key.kind is Kind.PARTITION:
            item = state[key]
            if isinstance(item, PartitionOf) and item.of == table and key.parent is not None:
                yield key.parent
        elif key.kind is Kind.TABLE:
            item = state[key]
            if isinstance(item, Table) and table in item.inherits:
                yield key


def has_below(state: State, table: Key) -> bool:
    """Whether tables hang below the table."""
    return next(iter(below(state, table)), None) is not None


def is_parent(scene: Scene, table: Key) -> bool:
    """Whether tables that exist hang below the table."""
    return any(child in scene.base for child in below(scene.base, table))


def is_foreign(state: State, table: Key) -> bool:
    """Whether it is a foreign table."""
    item = state.get(table)
    return isinstance(item, Table) and item.server is not None


# -- partitions


def attach(item: PartitionOf) -> str:
    """ATTACH PARTITION."""
    assert item.key.parent is not None
    return f"ALTER TABLE {name_of(item.of)} ATTACH PARTITION {name_of(item.key.parent)} {item.bound}"


def detach(item: PartitionOf) -> str:
    """DETACH PARTITION."""
    assert item.key.parent is not None
    return f"ALTER TABLE {name_of(item.of)} DETACH PARTITION {name_of(item.key.parent)}"


def render(action: Action) -> Iterable[Draft]:
    """One table attached or detached."""
    item = action.new or action.old
    assert isinstance(item, PartitionOf) and item.key.parent is not None
    table = item.key.parent
    if action.verb is Verb.DROP:
        yield Draft(
            summary=f"detach {table} from {item.of.dotted}",
            sql=(detach(item),),
            lock=f"ACCESS EXCLUSIVE on {name_of(item.of)} and ACCESS EXCLUSIVE on {name_of(table)}",
        )
        return
    yield Draft(
        summary=f"attach {table} to {item.of.dotted}",
        sql=(attach(item),),
        # The manual, ALTER TABLE: SHARE UPDATE EXCLUSIVE on the parent, ACCESS EXCLUSIVE on what is attached.
        lock=f"SHARE UPDATE EXCLUSIVE on {name_of(item.of)} and ACCESS EXCLUSIVE on {name_of(table)}",
    )


def detached_first(scene: Scene, table: Key) -> Iterator[str]:
    """DETACH PARTITION for a partition that is dropped, where foreign keys point at a table above: the server
    refuses to drop what they may point at, and lets it go only after it has looked at the rows."""
    item = scene.base.get(child_key(Kind.PARTITION, table))
    if not isinstance(item, PartitionOf):
        return
    above: Key | None = item.of
    while above is not None:
        if any(key.kind is Kind.FOREIGN_KEY and key.parent != above for key in scene.base.dependents(above)):
            yield detach(item)
            return
        above = next(iter(parents(scene.base, above)), None)


# -- indexes


def indexes_host(action: Action, present: Mapping[tuple[Verb, Key], Action], scene: Scene) -> tuple[str, Key] | None:
    """The unit of an index in a tree of partitions: made from the leaves up, dropped from the top down."""
    assert action.key.parent is not None
    if action.verb is Verb.CREATE:
        top = root(scene, action.key.parent)
        return ("create indexes", top) if top != action.key.parent or is_partitioned(scene.target, top) else None
    if action.verb is Verb.DROP:
        detached = (Verb.DROP, child_key(Kind.PARTITION, action.key.parent)) in present
        if detached and isinstance(action.old, Index) and action.old.inherited_from is not None:
            return "alter", root(scene, action.key.parent)  # it can be dropped once its table is detached
        top = _topmost(action, present)
        return ("drop index", top) if top != action.key or is_partitioned(scene.base, action.key.parent) else None
    return None


def is_partitioned(state: State, table: Key) -> bool:
    """Whether its rows are in partitions."""
    item = state.get(table)
    return isinstance(item, Table) and item.partition_by is not None


def _topmost(action: Action, present: Mapping[tuple[Verb, Key], Action]) -> Key:
    """The highest of the indexes above that is dropped as well: it takes this one along."""
    key, old = action.key, action.old
    while isinstance(old, Index) and old.inherited_from is not None:
        above = present.get((Verb.DROP, old.inherited_from))
        if above is None:
            break
        key, old = above.key, above.old
    return key


def indexes_below(item: Index, scene: Scene) -> tuple[Index, ...]:
    """The indexes that belong to an index, as far as that is known, of partitions that are attached all the while."""
    assert item.key.parent is not None
    if not is_partitioned(scene.target, item.key.parent):
        return ()
    return tuple(
        index
        for table in sorted(below(scene.target, item.key.parent))
        if lasting_parents(scene, table)
        for index in scene.target.children(table, Kind.INDEX)
        if isinstance(index, Index) and index.inherited_from == item.key
    )


def order_of_indexes(unit: Unit, scene: Scene) -> list[Action]:
    """The actions of a unit of indexes in the order in which they are carried out: indexes below are adopted by
    those that are made above them (CREATE INDEX), which would else be given new ones with names of their own."""

    def place(action: Action) -> tuple[int, bool, Key, Key]:
        assert action.key.parent is not None
        above = action.new.inherited_from if isinstance(action.new, Index) else None
        # Of two that would do, the older one is adopted.
        return -depth(scene, action.key.parent), above is None, above or action.key, action.key

    return sorted((a for a in unit.actions if a.key.kind is Kind.INDEX), key=place)


__all__ = [
    "attach",
    "below",
    "depth",
    "detach",
    "detached_first",
    "has_below",
    "indexes_below",
    "indexes_host",
    "is_foreign",
    "is_parent",
    "lasting_ancestors",
    "lasting_parents",
    "order_of_indexes",
    "parents",
    "render",
    "root",
]
