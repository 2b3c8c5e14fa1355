"""The names of constraints that nobody named: the server's own, or one like it that is free."""

from __future__ import annotations

from reconcile.dialects.base import Scene
from reconcile.dialects.mysql.features import Features
from reconcile.state import CheckConstraint, ForeignKey, Object, State
from reconcile.state.digest import text_digest

_FIRST_MADE_UP = 100_000  # above what a server would count to, below what it could not count on from
_MADE_UP = 900_000


def existing_name(item: CheckConstraint | ForeignKey, scene: Scene) -> str:
    """What the constraint is called on the server, before the plan."""
    if item.named:
        return item.key.name
    # On the way back, one that had to give way was made under a name of its own.
    rival = _rival(item, scene.base, scene.target)
    return _auto_name(item, scene.features, item.ordinal if rival is None else _made_up(item))


def new_name(item: CheckConstraint | ForeignKey, scene: Scene) -> str | None:
    """What a constraint that is made is called; None: let the server choose.

    One that has a number takes it along, so that reverting finds it again. Where a constraint that stays has
    that number already, it takes one made from its content, which no order of making can change.
    """
    if item.named:
        return item.key.name
    if not item.ordinal:
        return None
    rival = _rival(item, scene.base, scene.target)
    return _auto_name(item, scene.features, item.ordinal if rival is None else _made_up(item))


def _rival(item: CheckConstraint | ForeignKey, base: State, target: State) -> Object | None:
    """Another constraint that has the same number before and after."""
    assert item.key.parent is not None
    for other in base.children(item.key.parent, item.key.kind):
        numbers = {getattr(state.get(other.key), "ordinal", 0) for state in (base, target)}
        if other.key != item.key and numbers == {item.ordinal}:
            return other
    return None


def _made_up(item: CheckConstraint | ForeignKey) -> int:
    return _FIRST_MADE_UP + int(text_digest(str(item.key))[:12], 16) % _MADE_UP


def _auto_name(item: CheckConstraint | ForeignKey, features: Features, number: int) -> str:
    assert item.key.parent is not None
    fk = isinstance(item, ForeignKey)
    pattern = features.foreign_key_auto_name if fk else features.check_auto_name
    return pattern.format(table=item.key.parent.name, number=number)
