"""Objects by the thousand: a frozen dataclass guards its attributes, not its slots, and filling these is what is quick.

It trusts types and runs no ``__init__``: fields are taken as they come.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, fields
from functools import cache
from typing import Any, TypeVar

from reconcile.state.key import Key
from reconcile.state.objects import Object

Made = TypeVar("Made", bound=Object)


def make_many(cls: type[Made], keys: Sequence[Key], values: Mapping[str, Sequence[Any]]) -> list[Made]:
    """Objects of one class: under these keys, with a value for each of them in every field that is named.

    Other fields are at their default. Raises ValueError where one has none, or there are too few or too many values.
    """
    made: Any = cls
    items = [object.__new__(cls) for _ in keys]
    _fill(cls, "key", items, keys)
    for name, default in _defaults(made):
        given = values.get(name)
        if given is not None:
            _fill(cls, name, items, given)
        elif default is MISSING:
            raise ValueError(f"{cls.__name__} lacks {name}")
        else:
            _fill(cls, name, items, [default] * len(items))
    return items


def _fill(cls: type, name: str, items: Sequence[object], values: Sequence[Any]) -> None:
    if len(items) != len(values):
        raise ValueError(f"{cls.__name__}.{name} has {len(values)} values for {len(items)} objects")
    put: Callable[[object, Any], None] = getattr(cls, name).__set__
    deque(map(put, items, values), maxlen=0)


@cache
def _defaults(cls: Any) -> tuple[tuple[str, Any], ...]:
    return tuple((field.name, field.default) for field in fields(cls) if field.name != "key")
