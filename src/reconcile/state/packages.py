"""Packages: what Oracle calls so (MariaDB)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reconcile.state.key import Kind
from reconcile.state.made import Made
from reconcile.state.objects import Options, register


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Package(Made):
    """A package's specification, or its body, which is a facet of the package. ``definition`` follows the name.

    ``options``: ``security`` = "invoker", ``sql_mode`` as far as it decides how the text is read.
    """

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.PACKAGE, Kind.PACKAGE_BODY)

    definition: str
    options: Options = ()

    @property
    def grammar(self) -> str | None:
        return dict(self.options).get("sql_mode")
