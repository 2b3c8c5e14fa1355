"""Views."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from reconcile.state.key import Kind
from reconcile.state.made import Made
from reconcile.state.objects import Object, Options, register


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class View(Made):
    """A plain view. ``definition`` is the query as the server prints it, without a final semicolon."""

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.VIEW,)

    definition: str
    columns: tuple[str, ...] = ()  # the explicit or resulting column names
    options: Options = ()  # check_option, security_barrier, security_invoker, algorithm, security, definer
    # (column, expression): what an INSERT through the view puts where it says nothing (PostgreSQL)
    column_defaults: Options = ()
    # (name, type) of each column where the catalog tells: decides whether OR REPLACE may be used.
    column_types: tuple[tuple[str, str], ...] = field(default=(), compare=False)


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class MaterializedView(Object):
    """A materialized view. Its rows come from other rows: it can be made anew at any time.

    ``options`` hold its columns' settings too: ``storage.total``, ``statistics.total``.
    """

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.MATERIALIZED_VIEW,)

    definition: str
    columns: tuple[str, ...] = ()
    options: Options = ()
    # WITH NO DATA until somebody refreshes it. Whether it holds rows is data, not schema.
    populated: bool = field(default=True, compare=False)
