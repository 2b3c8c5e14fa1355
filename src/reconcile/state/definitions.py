"""What is defined by a list of properties: operators and their classes, casts, text search, languages and the like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reconcile.state.key import Kind
from reconcile.state.objects import Object, Options, register


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Definition(Object):
    """CREATE … (property = value, …), as PostgreSQL's own grammar has one rule for most of these kinds.

    ``options`` are the properties, their values SQL as the server prints it. ``members`` are the clauses of what
    holds several things: ``OPERATOR 1 <(integer,integer)``, ``FOR word WITH simple``.

    The name says what tells one from another: an operator's and a cast's types, a class's access method:
    ``===(integer, integer)``, ``(integer AS public.mood)``, ``mine USING btree``.
    """

    kinds: ClassVar[tuple[Kind, ...]] = (
        Kind.LANGUAGE,
        Kind.ACCESS_METHOD,
        Kind.TEXT_SEARCH_PARSER,
        Kind.TEXT_SEARCH_TEMPLATE,
        Kind.TEXT_SEARCH_DICTIONARY,
        Kind.TEXT_SEARCH_CONFIGURATION,
        Kind.OPERATOR,
        Kind.OPERATOR_FAMILY,
        Kind.OPERATOR_CLASS,
        Kind.CAST,
        Kind.CONVERSION,
        Kind.TRANSFORM,
    )

    options: Options = ()
    members: tuple[str, ...] = ()

    def option(self, name: str) -> str | None:
        """The value of a property, or None."""
        return dict(self.options).get(name)
