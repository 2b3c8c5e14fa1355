"""Packages: what Oracle calls so (MariaDB)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from reconcile.state.key import Kind
from reconcile.state.objects import Object, Options, register


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Package(Object):
    """A package's specification, or its body, which is a facet of the package. ``definition`` follows the name.

    ``options``: ``security`` = "invoker", ``sql_mode`` as far as it decides how the text is read.
    """

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.PACKAGE, Kind.PACKAGE_BODY)

    definition: str
    options: Options = ()
    definer: str | None = field(default=None, compare=False)  # user@host where it is not who reads
    made_under: str | None = field(default=None, compare=False)  # the whole sql_mode
