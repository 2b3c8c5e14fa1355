"""System versioning and periods (MariaDB): their clauses of ALTER TABLE, and what stands in a statement of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from reconcile.dialects.base import Draft, Scene
from reconcile.dialects.mysql.features import Features
from reconcile.dialects.mysql.rules.clauses import is_versioned, period_clause
from reconcile.dialects.mysql.rules.locks import Algorithm, Asked
from reconcile.dialects.sqltext import MYSQL
from reconcile.state import Action, Column, Hazard, Key, Kind, Level, Object, Table, Verb


def alters_history(table: Key, scene: Scene, features: Features) -> bool:
    """Whether the session has to allow it: a table with a history is not altered by default."""
    return features.temporal and any(is_versioned(state.get(table)) for state in (scene.base, scene.target))


def starts_history(actions: Sequence[Action]) -> Action | None:
    """The action that has to be done alone and first: columns can be left out only of a history that is there."""
    starting = next((a for a in actions if not is_versioned(a.old) and is_versioned(a.new)), None)
    left_out = any(isinstance(a.new, Column) and ("versioning", "without") in a.new.options for a in actions)
    return starting if starting is not None and starting.old is not None and left_out else None


def restarted_history(table: Key, actions: Iterable[Action], scene: Scene) -> Draft | None:
    """The statement before that by which a table whose history keeps the times of rows itself gets columns for them.

    There is no other way ("System-Versioned Tables": add the columns, then versioning), and none for the old rows.
    """
    item = scene.base.get(table)
    if not isinstance(item, Table) or not _restarts(table, actions, scene):
        return None
    asked = Asked(f"ALTER TABLE {MYSQL.ident(table.name)} DROP SYSTEM VERSIONING", Algorithm.COPY, table.name)
    return Draft(
        summary=f"alter {table}: drop its history",
        sql=(asked.sql,),
        transactional=False,
        lock=asked.lock,
        rewrites=asked.rewrites,
        hazards=(_lost(table, scene),),
        covers=(),
        leaves=(replace(item, options=tuple(pair for pair in item.options if pair[0] != "versioning")),),
    )


def period_words(table: Key, actions: Iterable[Action], scene: Scene) -> Iterator[str]:
    """The application-time period."""
    old, new = (
        dict(item.options).get("period") if isinstance(item, Table) else None
        for item in (scene.base.get(table), scene.target.get(table))
    )
    if old == new or not any(action.key == table for action in actions):
        return
    if old is not None:
        yield f"DROP PERIOD FOR {next(MYSQL.tokens(old)).text}"
    if new is not None:
        yield f"ADD PERIOD FOR {new}"


def versioning_words(table: Key, actions: Sequence[Action], scene: Scene) -> Iterator[str]:
    """System versioning and the period that goes with columns of its own."""
    period = period_clause(_created(actions))
    if period is not None:
        yield f"ADD {period}"
    before, after = is_versioned(scene.base.get(table)), is_versioned(scene.target.get(table))
    if before != after and any(action.key == table for action in actions):
        yield f"{'ADD' if after else 'DROP'} SYSTEM VERSIONING"
    elif _restarts(table, actions, scene):
        yield "ADD SYSTEM VERSIONING"


def history_lost(table: Key, scene: Scene) -> Iterator[Hazard]:
    """What rows were before goes with system versioning."""
    if is_versioned(scene.base.get(table)) and not is_versioned(scene.target.get(table)):
        yield _lost(table, scene)


def _lost(table: Key, scene: Scene) -> Hazard:
    filled = table in scene.filled
    return Hazard(
        code="drop-history",
        level=Level.DANGER if filled else Level.INFO,
        key=table,
        message=f"the history of {table} is dropped" if filled else f"{table} keeps no history any more",
        advice="copy it first: SELECT … FOR SYSTEM_TIME ALL" if filled else "",
    )


def _restarts(table: Key, actions: Iterable[Action], scene: Scene) -> bool:
    both = is_versioned(scene.base.get(table)) and is_versioned(scene.target.get(table))
    return both and period_clause(_created(actions)) is not None


def _created(actions: Iterable[Action]) -> Iterator[Object | None]:
    return (action.new for action in actions if action.verb is Verb.CREATE and action.key.kind is Kind.COLUMN)
