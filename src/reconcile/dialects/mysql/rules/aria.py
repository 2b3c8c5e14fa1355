"""A table that leaves the engine Aria (MariaDB) keeps one of its options, in spite of what the statement says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from reconcile.dialects.base import Draft, Scene
from reconcile.dialects.mysql.rules.locks import Algorithm, ask
from reconcile.dialects.sqltext import MYSQL
from reconcile.state import Action, Key, Table

_KEPT = ("page_checksum", "1")  # of every table of Aria that says nothing else


def tidied(table: Key, actions: Sequence[Action], draft: Draft, scene: Scene) -> Iterator[Draft]:
    """The draft, and where it takes the table out of Aria, another that takes the option away."""
    leaving = next((action for action in actions if action.key == table and _leaves(action)), None)
    if leaving is None or not isinstance(leaving.new, Table):
        yield draft
        return
    rest = tuple(action for action in actions if action is not leaving)
    left = replace(leaving.new, options=tuple(sorted((*leaving.new.options, _KEPT))))
    yield replace(draft, covers=rest, leaves=(left,))
    asked = ask(f"ALTER TABLE {MYSQL.ident(table.name)} PAGE_CHECKSUM=DEFAULT", Algorithm.METADATA, table.name, scene)
    yield Draft(
        summary=f"alter {table}: it keeps nothing of Aria",
        sql=(asked.sql,),
        transactional=False,
        lock=asked.lock,
        covers=(leaving,),
    )


def _leaves(action: Action) -> bool:
    if not isinstance(action.old, Table) or not isinstance(action.new, Table):
        return False
    old, new = dict(action.old.options), dict(action.new.options)
    return old.get("engine") == "Aria" != new.get("engine") and not {*old, *new} & {"page_checksum"}
