"""The names of constraints that nobody named: the server's own, or one like it that is free."""

from __future__ import annotations

from reconcile.dialects.mysql.features import Features
from reconcile.state import CheckConstraint, ForeignKey, State
from reconcile.state.digest import text_digest

_FIRST_MADE_UP = 100_000  # above what a server would count to, below what it could not count on from
_MADE_UP = 900_000


def existing_name(item: CheckConstraint | ForeignKey, features: Features) -> str:
    """What the constraint is called on the server."""
    return item.key.name if item.named else _auto_name(item, features, item.ordinal)


def new_name(item: CheckConstraint | ForeignKey, base: State, features: Features) -> str | None:
    """What a constraint that is made is called; None: let the server choose.

    One that has a number takes it along, so that reverting finds it again; where ``base`` has another
    constraint of that number, it takes one made from its content, which no order of making can change.
    """
    if item.named:
        return item.key.name
    if not item.ordinal:
        return None
    return _auto_name(item, features, _free_number(item, base))


def _free_number(item: CheckConstraint | ForeignKey, base: State) -> int:
    assert item.key.parent is not None
    taken = {
        other.ordinal
        for other in base.children(item.key.parent, item.key.kind)
        if isinstance(other, CheckConstraint | ForeignKey) and other.key != item.key
    }
    if item.ordinal not in taken:
        return item.ordinal
    return _FIRST_MADE_UP + int(text_digest(str(item.key))[:12], 16) % _MADE_UP


def _auto_name(item: CheckConstraint | ForeignKey, features: Features, number: int) -> str:
    assert item.key.parent is not None
    fk = isinstance(item, ForeignKey)
    pattern = features.foreign_key_auto_name if fk else features.check_auto_name
    return pattern.format(table=item.key.parent.name, number=number)
