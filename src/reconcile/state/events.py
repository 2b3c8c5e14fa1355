"""Events: what the server runs by the clock (MySQL, MariaDB)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reconcile.state.key import Kind
from reconcile.state.made import Made
from reconcile.state.objects import Options, register


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Made):
    """An event. ``schedule`` as the server prints it: ``EVERY 1 DAY STARTS '…' ENDS '…'``, ``AT '…'``.

    A start that nobody asked for (the second of creation) is left out. ``options``: ``sql_mode``, as far as it
    decides how the body is read, and ``time_zone``, where it is not the session's own.
    """

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.EVENT,)

    schedule: str
    status: str = "enable"  # enable, disable, disable on slave
    preserve: bool = False  # ON COMPLETION PRESERVE
    body: str
    options: Options = ()

    @property
    def grammar(self) -> str | None:
        return dict(self.options).get("sql_mode")
