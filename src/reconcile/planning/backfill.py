"""Values for rows that are there, where a column is new or becomes NOT NULL: the state in which they are filled in.

Knows no SQL: how rows are filled is the rules' affair.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from reconcile.dialects.base import Draft, Rules, Scene
from reconcile.planning.attic import LATE_KINDS, identifies, opened, tables_above
from reconcile.state import (
    Column,
    Index,
    Key,
    Kind,
    PrimaryKey,
    State,
    Table,
    Unique,
    child_key,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """The columns of one table that get values, each with an expression over its row."""

    table: Key
    columns: Mapping[Key, str]


def fills(start: State, goal: State, given: Mapping[Key, str], filled: frozenset[Key]) -> tuple[Fill, ...]:
    """What has to be filled in on the way, sorted by table."""
    found: dict[Key, dict[Key, str]] = {}
    for key, expression in sorted(given.items()):
        old, new = start.get(key), goal.get(key)
        if key.root not in start or key.root not in filled or not isinstance(new, Column) or new.generated is not None:
            continue
        if old is None or (isinstance(old, Column) and old.nullable and not new.nullable):
            found.setdefault(key.root, {})[key] = expression
    return tuple(Fill(table=table, columns=columns) for table, columns in found.items())


def stages(start: State, goal: State, found: Iterable[Fill]) -> tuple[State, State]:
    """The state in which rows are filled, and the one after that, in which only columns are left to be dropped.

    In the first the columns take rows without a value, and what is built over them is not there yet. Columns that go
    are there in both: values may be made of theirs.
    """
    found = tuple(found)
    columns = {
        child_key(Kind.COLUMN, table, key.name)
        for fill in found
        for table in _with_those_below(fill.table, goal)
        for key in fill.columns
    }
    late = {
        item.key
        for item in goal
        if item.key.kind in LATE_KINDS
        and start.get(item.key) != item
        and (goal.needs_of(item.key) | item.requires) & columns
    }
    late = set(goal.depending_on(late))
    going = [
        part
        for fill in found
        for item in start.children(fill.table, Kind.COLUMN)
        if item.key not in goal and isinstance(item, Column) and item.generated is None
        for part in (item, *start.children(item.key))
    ]
    needs = [(part.key, need) for part in going for need in start.needs_of(part.key)]
    objects = [opened(item) if item.key in columns else item for item in goal if item.key not in late]
    return goal.with_objects([*objects, *going], needs), goal.with_objects([*goal, *going], needs)


def _with_those_below(table: Key, state: State) -> Iterator[Key]:
    """The table, its partitions and those that inherit from it: they have its columns."""
    yield table
    for item in state.of_kind(Kind.TABLE):
        if isinstance(item, Table) and table in tables_above(item, state):
            yield from _with_those_below(item.key, state)


def key_of(table: Key, state: State) -> tuple[Key, ...]:
    """The columns of a key without NULLs by which all rows can be gone through; none: there is none."""
    for kind in (Kind.PRIMARY_KEY, Kind.UNIQUE, Kind.INDEX):
        for item in state.children(table, kind):
            if not isinstance(item, PrimaryKey | Unique | Index) or not identifies(item):
                continue
            columns = tuple(child_key(Kind.COLUMN, table, part.column or "") for part in item.parts)
            if all(isinstance(column := state.get(key), Column) and not column.nullable for key in columns):
                return columns
    return ()


def filling(found: Iterable[Fill], scene: Scene, rules: Rules, *, late_checks: bool) -> Iterator[Draft]:
    """The drafts that fill in. ``scene``: from the start to the state halfway."""
    for fill in found:
        for draft in rules.fill(fill.table, fill.columns, key_of(fill.table, scene.target), scene):
            yield replace(draft, checks=tuple(replace(check, at_step=late_checks) for check in draft.checks))
