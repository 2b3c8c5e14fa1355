"""Sequences and the columns that own them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reconcile.state.key import Key, Kind
from reconcile.state.objects import Object, Options, register


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence(Object):
    """A sequence that is not an identity column's own. Its current value is data, not schema."""

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.SEQUENCE,)

    type: str = "bigint"
    start: int = 1
    increment: int = 1
    minimum: int = 1
    maximum: int = 9223372036854775807
    cache: int = 1
    cycle: bool = False
    options: Options = ()


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceOwner(Object):
    """ALTER SEQUENCE … OWNED BY column: apart, because the column's default needs the sequence first."""

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.SEQUENCE_OWNER,)

    column: Key

    @property
    def requires(self) -> frozenset[Key]:
        assert self.key.parent is not None
        return frozenset({self.key.parent, self.column})
