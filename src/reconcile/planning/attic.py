"""What a way from one state to another destroys, and the steps that keep it in the attic and bring it back.

Knows which changes lose rows or values; how they are kept is the rules' affair.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace

from reconcile.dialects.base import AtticRules, Draft, Scene, Side
from reconcile.state import (
    Alter,
    Change,
    Column,
    Drop,
    Index,
    Kept,
    Key,
    Kind,
    Object,
    PartitionOf,
    PrimaryKey,
    Rename,
    Replace,
    State,
    Table,
    Unique,
    child_key,
    not_null_key,
)
from reconcile.state.digest import canonical, text_digest

Preserve = Callable[[Key], bool]  # whether a table's rows are to be kept


def keep_all(table: Key) -> bool:
    """The Preserve that says yes."""
    del table
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Treasure:
    """Something a way destroys: a table, or values of columns of one (``side``)."""

    name: str  # in the attic
    table: Key
    side: Side | None = None

    @property
    def kept(self) -> Kept:
        """As a step names it."""
        columns = tuple(key.name for key in self.side.columns) if self.side is not None else ()
        return Kept(name=self.name, key=self.table, columns=columns)

    def renamed(self, renames: Sequence[Rename]) -> Treasure:
        """The same before these renames were done."""

        def back(key: Key) -> Key:
            for rename in reversed(renames):
                key = key.moved(rename.key, rename.old.key)
            return key

        side = self.side and replace(
            self.side,
            table=back(self.side.table),
            columns=tuple(map(back, self.side.columns)),
            altered=frozenset(map(back, self.side.altered)),
            match=tuple(map(back, self.side.match)),
        )
        return replace(self, table=back(self.table), side=side)


def treasures(
    start: State,
    goal: State,
    changes: Iterable[Change],
    rules: AtticRules,
    preserve: Preserve,
    *,
    seed: str,
    filled: Set[Key] = frozenset(),
    converted: Set[Key] = frozenset(),
) -> tuple[Treasure, ...]:
    """What the changes destroy of what is to be kept, sorted by key. ``seed`` tells this plan from others. ``filled``:
    columns whose rows get values on the way; ``converted``: whose values become others."""
    changes = tuple(changes)
    changed = {change.key.root for change in changes}
    found: list[Treasure] = []
    columns: dict[Key, set[Key]] = {}
    altered = {key for key in converted if preserve(key.root)}
    for key in altered:
        columns.setdefault(key.root, set()).add(key)
    for change in changes:
        key = change.key
        if not preserve(key.root):
            continue
        match change:
            case Drop(old=Table() as table) if table.keeps_rows and not _part_of_what_changes(
                table, start, goal, changed
            ):
                found.append(Treasure(name=_name(key, seed, rules), table=key))
            case Drop(old=Column() as old) if _has_values(old, start) and key.root in goal:
                columns.setdefault(key.root, set()).add(key)
            case Replace(old=Column() as old, new=Column() as new) | Alter(old=Column() as old, new=Column() as new):
                if not _has_values(old, start):
                    continue
                if new.generated is not None:
                    columns.setdefault(key.root, set()).add(key)
                elif isinstance(change, Alter) and rules.lossy(old, new, start, goal):
                    columns.setdefault(key.root, set()).add(key)
                    altered.add(key)
            case Alter(old=Table(), new=Table()):
                if converted := {*_converted(key, start, goal, rules)}:
                    columns.setdefault(key, set()).update(converted)
                    altered |= converted
            case _:
                pass
    for table_key, everything in columns.items():
        side = _side(start, goal, table_key, sorted(everything), rules, filled)
        lost = [key for key in everything if key not in altered or side.is_key or rules.addresses_rows]
        if not lost:
            continue
        name = _name(table_key, seed, rules)
        side = _side(start, goal, table_key, sorted(lost), rules, filled)
        found.append(
            Treasure(name=name, table=table_key, side=replace(side, name=name, altered=frozenset(altered & {*lost})))
        )
    return tuple(sorted(found, key=lambda treasure: treasure.table))


def _converted(table: Key, start: State, goal: State, rules: AtticRules) -> Iterator[Key]:
    """The columns that hold something else because their table is another one."""
    for old in start.children(table, Kind.COLUMN):
        new = goal.get(old.key)
        if not isinstance(old, Column) or not isinstance(new, Column) or new.generated is not None:
            continue
        if _has_values(old, start) and rules.lossy(old, new, start, goal):
            yield old.key


def _part_of_what_changes(table: Table, state: State, goal: State, changed: Set[Key]) -> bool:
    """Whether a table above it stays and is changed. What is done to that is done to it too, until it is let go in the
    midst of it, so there is no moment at which it could be put aside as it was."""
    return any(
        (key in goal and key in changed)
        or (isinstance(above := state.get(key), Table) and _part_of_what_changes(above, state, goal, changed))
        for key in tables_above(table, state)
    )


def tables_above(table: Table, state: State) -> frozenset[Key]:
    """Those that it inherits from, or is a part of."""
    part = state.get(child_key(Kind.PARTITION, table.key))
    return frozenset({*table.inherits, *((part.of,) if isinstance(part, PartitionOf) else ())})


def _has_values(column: Column, state: State) -> bool:
    table = state.get(column.key.root)
    return (
        column.generated is None
        and isinstance(table, Table)
        and table.server is None
        and (column.local and not column.inherited)
    )


def _name(key: Key, seed: str, rules: AtticRules) -> str:
    """Fixed by the object and the plan: what was reviewed is what runs."""
    word = re.sub(r"[^a-z0-9]+", "_", "_".join(key.path[1 if key.schema else 0 :]).lower()).strip("_")[:20]
    return f"{rules.prefix}{word or 'x'}_{text_digest(canonical([str(key), seed]))[:10]}"


_KEYS = (Kind.PRIMARY_KEY, Kind.UNIQUE, Kind.INDEX)


def identifies(item: PrimaryKey | Unique | Index) -> bool:
    """Whether it is unique over all rows, by whole columns."""
    whole = all(part.column is not None and part.length is None for part in item.parts)
    return whole and (not isinstance(item, Index) or (item.unique and item.where is None))


def _side(start: State, goal: State, table: Key, columns: Sequence[Key], rules: AtticRules, filled: Set[Key]) -> Side:
    """Rows are found again by the primary key or a unique constraint without NULLs that lasts; else by all that
    lasts of them."""

    def lasts(key: Key) -> bool:
        old, new = start.get(key), goal.get(key)
        return (
            key not in columns
            and key not in filled
            and isinstance(old, Column)
            and isinstance(new, Column)
            and (old.type, old.collation) == (new.type, new.collation)
            and old.generated is None
            and new.generated is None
        )

    side = Side(name="", table=table, columns=tuple(columns), match=(), is_key=True)
    for item in (part for kind in _KEYS for part in start.children(table, kind)):
        if not isinstance(item, PrimaryKey | Unique | Index) or not identifies(item):
            continue
        then = goal.get(item.key)
        if not isinstance(then, type(item)) or not identifies(then) or then.parts != item.parts:
            continue
        match = tuple(child_key(Kind.COLUMN, table, part.column or "") for part in item.parts)
        if all(lasts(key) and not rules.takes_null(key, start) for key in match):
            return replace(side, match=match)
    rest = sorted(item.key for item in start.children(table, Kind.COLUMN) if lasts(item.key))
    return replace(side, match=tuple(rest), is_key=False)


# -- the drafts


def keeping(found: Iterable[Treasure], scene: Scene, rules: AtticRules) -> Iterator[Draft]:
    """Before anything is changed: there is room in the attic, and values of columns go there."""
    if room := rules.room():
        yield Draft(summary="make room in the attic", sql=tuple(room))
    for treasure in found:
        if treasure.side is not None:
            yield replace(rules.copy(treasure.side, scene), keeps=treasure.kept)


def noting(found: Iterable[Treasure], scene: Scene, rules: AtticRules) -> Iterator[Draft]:
    """After all is changed: what became of values whose column has another type now."""
    for treasure in found:
        if treasure.side is not None and treasure.side.altered:
            yield replace(rules.note(treasure.side, scene), keeps=treasure.kept)


def settling(found: Iterable[Treasure], scene: Scene, rules: AtticRules) -> Iterator[Draft]:
    """Before the way back: what was written since wins."""
    for treasure in found:
        if treasure.side is not None and treasure.side.altered:
            yield rules.settle(treasure.side, scene)


def restoring(
    found: Iterable[Treasure], scene: Scene, goal: State, rules: AtticRules, *, late_checks: bool
) -> Iterator[Draft]:
    """Rows and values come back; whole tables first. ``scene.target`` is the state halfway to ``goal``."""
    for treasure in sorted(found, key=lambda each: (each.side is not None, each.table)):
        kept, side = treasure.kept, treasure.side
        if side is None:
            yield replace(rules.rows(treasure.table, scene, treasure.name), restores=kept)
            continue
        checks = tuple(
            replace(rules.missing(side, key, scene), at_step=late_checks, kept=treasure.name)
            for key in side.columns
            if key not in side.altered and _wants_value(key, goal)
        )
        draft = rules.values(side, scene)
        yield replace(draft, restores=replace(kept, left=rules.left(side, scene)), checks=checks)


def _wants_value(key: Key, goal: State) -> bool:
    """Whether every row must have a value, and the attic is the only place it could come from."""
    column = goal.get(key)
    if not isinstance(column, Column) or column.nullable:
        return False
    if column.identity is not None or column.auto_increment or column.generated is not None:
        return False
    return child_key(Kind.DEFAULT, key) not in goal


def counting(found: Iterable[Treasure], scene: Scene, rules: AtticRules) -> Iterator[Draft]:
    """At the very end: sequences."""
    for treasure in found:
        for key in (treasure.table,) if treasure.side is None else treasure.side.columns:
            for draft in rules.counters(key, scene, treasure.name):
                yield replace(draft, restores=treasure.kept)


# -- the state in between


def halfway(start: State, goal: State, found: Sequence[Treasure], rules: AtticRules) -> State:
    """The state in which rows and values can come back: the goal, without what would be in their way."""
    tables = {treasure.table for treasure in found if treasure.side is None}
    sides = [treasure.side for treasure in found if treasure.side is not None]
    columns = {key for side in sides for key in side.columns if key not in side.altered}
    touched = {treasure.table for treasure in found}
    late = {
        key for key, item in goal.objects.items() if _in_the_way(item, goal, start, tables, columns, touched, rules)
    }
    late = set(goal.depending_on(late))
    objects = [opened(item) if item.key in columns else item for key, item in goal.objects.items() if key not in late]
    return goal.with_objects(objects)


LATE_KINDS = frozenset({Kind.PRIMARY_KEY, Kind.UNIQUE, Kind.CHECK, Kind.EXCLUSION, Kind.INDEX, Kind.FOREIGN_KEY})


def _in_the_way(
    item: Object,
    goal: State,
    start: State,
    tables: set[Key],
    columns: set[Key],
    touched: set[Key],
    rules: AtticRules,
) -> bool:
    key = item.key
    if key.kind is Kind.TRIGGER:
        return key.root in touched
    if key.kind is Kind.PUBLICATION:  # of what is published, rows without an identity cannot be updated
        return key not in start
    if key.kind is Kind.COMMENT and key.parent is not None and key.parent.parent is not None:
        return key.parent == not_null_key(key.parent.parent) and key.parent.parent in columns
    if key.kind not in LATE_KINDS:
        return False
    needs = goal.needs_of(key) | item.requires
    if key in start:  # it may be another under the same name: a primary key that gets its column back
        return bool(needs & columns)
    if key.kind is Kind.FOREIGN_KEY and not rules.postpones_foreign_keys():
        return bool(needs & columns) and key.root not in tables
    if key.kind is Kind.FOREIGN_KEY and ({key.root} | needs) & tables:
        return True
    return bool(needs & columns)


def opened(item: Object) -> Object:
    """A column that takes rows without a value."""
    assert isinstance(item, Column)
    if item.generated is not None:
        return item
    return replace(
        item, nullable=True, identity=None, auto_increment=False, not_null_name=None, options=_plain(item.options)
    )


def _plain(options: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in options if not name.startswith("not_null"))
