"""What a program or a view was made as: who, and under which of the session's settings (MySQL, MariaDB)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Self

from reconcile.state.objects import Object


@dataclass(frozen=True, slots=True, kw_only=True)
class Made(Object):
    """Something that acts as whoever made it. No difference, and nothing that a change changes."""

    definer: str | None = field(default=None, compare=False)  # user@host where it is not who reads
    made_under: str | None = field(default=None, compare=False)  # the whole sql_mode, where it is not our own
    connection: str | None = field(default=None, compare=False)  # the collation of literals, where it is not our own

    @property
    def grammar(self) -> str | None:
        """The modes under which its text is read otherwise than in our sessions."""
        return None

    def heir_of(self, old: Object) -> Self:
        if not isinstance(old, Made) or (self.definer, self.made_under, self.connection) == (
            old.definer,
            old.made_under,
            old.connection,
        ):
            return self
        if self.grammar != old.grammar:
            return replace(self, definer=old.definer)
        return replace(self, definer=old.definer, made_under=old.made_under, connection=old.connection)
