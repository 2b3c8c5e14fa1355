"""Events: what the server runs by the clock (MySQL, MariaDB)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from reconcile.state.key import Kind
from reconcile.state.objects import Object, Options, register


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Object):
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
    definer: str | None = field(default=None, compare=False)  # user@host where it is not who reads
    made_under: str | None = field(default=None, compare=False)  # the whole sql_mode
