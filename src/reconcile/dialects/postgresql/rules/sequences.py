"""Sequences and their ownership."""

from __future__ import annotations

from collections.abc import Iterable

from reconcile.dialects.base import Draft, Scene
from reconcile.dialects.postgresql.rules import text
from reconcile.dialects.postgresql.rules.alter import continue_after_rows
from reconcile.dialects.postgresql.rules.text import ident, literal, name_of, sequence_settings
from reconcile.state import Action, Column, Key, Sequence, SequenceOwner, Verb

_UNLOGGED = ("persistence", "unlogged")


def render(action: Action) -> Iterable[Draft]:
    """CREATE, ALTER or DROP SEQUENCE."""
    name = name_of(action.key)
    if action.verb is Verb.DROP:
        yield Draft(summary=f"drop {action.key}", sql=(f"DROP SEQUENCE {name}",), lock=f"ACCESS EXCLUSIVE on {name}")
        return
    new, old = action.new, action.old
    assert isinstance(new, Sequence)
    if action.verb is Verb.CREATE:
        yield Draft(summary=f"create {new.key}", sql=(text.create_sequence(new),))
        return
    assert isinstance(old, Sequence)
    statements: list[str] = []
    if _settings(old) != _settings(new):
        before, restart = text.into_bounds(name, (old.minimum, old.maximum), (new.minimum, new.maximum))
        statements += [before] if before else []
        statements.append(f"ALTER SEQUENCE {name} {sequence_settings(new)}{restart}")
    if old.options != new.options:
        statements.append(f"ALTER SEQUENCE {name} SET {'UNLOGGED' if _UNLOGGED in new.options else 'LOGGED'}")
    yield Draft(summary=f"alter {new.key}", sql=tuple(statements), lock=f"SHARE ROW EXCLUSIVE on {name}")


def _settings(item: Sequence) -> tuple[object, ...]:
    return item.type, item.start, item.increment, item.minimum, item.maximum, item.cache, item.cycle


def render_owner(action: Action, scene: Scene) -> Iterable[Draft]:
    """OWNED BY. A new sequence for a column that has rows goes on from their values."""
    sequence = action.key.parent
    assert sequence is not None
    head = f"ALTER SEQUENCE {name_of(sequence)}"
    if action.verb is Verb.DROP:
        yield Draft(summary=f"free {sequence} from its column", sql=(f"{head} OWNED BY NONE",))
        return
    assert isinstance(action.new, SequenceOwner)
    column = action.new.column
    assert column.parent is not None
    statements = [f"{head} OWNED BY {name_of(column.parent)}.{ident(column.name)}"]
    if _is_new_for_rows(sequence, column, scene):
        item = scene.target[sequence]
        assert isinstance(item, Sequence)
        statements.append(
            continue_after_rows(literal(name_of(sequence)), column.parent, column.name, ascending=item.increment > 0)
        )
    yield Draft(summary=f"let {column} own {sequence}", sql=tuple(statements))


def _is_new_for_rows(sequence: Key, column: Key, scene: Scene) -> bool:
    kept = isinstance(scene.base.get(column), Column) and isinstance(scene.target.get(column), Column)
    return kept and sequence not in scene.base
