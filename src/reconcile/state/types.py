"""User-defined types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reconcile.state.key import Kind
from reconcile.state.objects import Object, Options, register


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Enum(Object):
    """CREATE TYPE … AS ENUM (PostgreSQL). MySQL's ENUM is part of a column's type."""

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.ENUM,)

    labels: tuple[str, ...]


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Domain(Object):
    """CREATE DOMAIN (PostgreSQL). Its CHECKs are objects of their own whose parent it is."""

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.DOMAIN,)

    type: str
    nullable: bool = True
    default: str | None = None
    collation: str | None = None  # only where it is not the type's own
    not_null_name: str | None = None  # a NOT NULL constraint that a person named (PostgreSQL 17)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """One attribute of a composite type."""

    name: str
    type: str
    collation: str | None = None  # only where it is not the type's own


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Composite(Object):
    """CREATE TYPE … AS (attribute type, …) (PostgreSQL)."""

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.COMPOSITE,)

    attributes: tuple[Attribute, ...] = ()


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Range(Object):
    """CREATE TYPE … AS RANGE (PostgreSQL). ``multirange`` only where the server would not choose it."""

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.RANGE,)

    subtype: str
    operator_class: str | None = None  # only where it is not the subtype's default
    collation: str | None = None
    canonical: str | None = None
    difference: str | None = None  # the function SUBTYPE_DIFF
    multirange: str | None = None


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Collation(Object):
    """CREATE COLLATION (PostgreSQL). ``options``: ``locale``, ``lc_collate``, ``lc_ctype``, ``rules``."""

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.COLLATION,)

    provider: str  # libc, icu, builtin
    deterministic: bool = True
    options: Options = ()
