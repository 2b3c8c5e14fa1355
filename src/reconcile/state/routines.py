"""Routines: functions, procedures, aggregates."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from reconcile.state.key import Kind
from reconcile.state.made import Made
from reconcile.state.objects import Object, Options, register


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter, as far as it decides whether a routine can be replaced in place."""

    mode: str  # in, out, inout, variadic, table
    name: str | None
    type: str
    optional: bool = False  # it has a default


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Routine(Made):
    """A function (a window function too) or a procedure.

    Where the server overloads (PostgreSQL) the key's name carries the input types: ``add(integer, integer)``.
    ``arguments`` and ``returns`` are as the server prints them. ``body`` is what stands in quotes after AS; with
    ``standard`` it is SQL of the statement itself: ``BEGIN ATOMIC … END`` or ``RETURN …``.

    ``options``, what is at its default left out: ``volatility`` (immutable, stable), ``parallel`` (safe,
    restricted), ``strict``, ``leakproof``, ``window`` = "true", ``security`` = "definer", ``cost``, ``rows``,
    ``support``, ``transform``; ``library`` (C: the object file). ``settings`` are the SET clauses, in their order.
    MySQL: ``deterministic``, ``aggregate`` = "true", ``data_access``, ``security`` = "invoker", ``sql_mode`` as far as
    it decides how the body is read; ``written`` are the arguments as a person wrote them, where that can be seen.
    """

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.FUNCTION, Kind.PROCEDURE)

    arguments: str = ""
    returns: str | None = None
    language: str
    body: str
    standard: bool = False
    options: Options = ()
    settings: tuple[tuple[str, str], ...] = ()
    parameters: tuple[Parameter, ...] = field(default=(), compare=False)

    @property
    def grammar(self) -> str | None:
        return dict(self.options).get("sql_mode")

    @property
    def unread(self) -> str:
        return "" if self.standard else self.body


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate(Object):
    """An aggregate. ``options`` are the clauses of CREATE AGGREGATE by their names in lower case (``sfunc``,
    ``stype``, ``initcond`` …), names and types as the server prints them."""

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.AGGREGATE,)

    arguments: str = "*"
    options: Options = ()
