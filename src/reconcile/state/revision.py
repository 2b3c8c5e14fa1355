"""What a revision is: a plan with a place in history. Not how it is written to a file or a table."""

from __future__ import annotations

from dataclasses import dataclass

from reconcile.state.key import Key
from reconcile.state.objects import Object
from reconcile.state.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A reviewed, sealed plan. ``created`` is ISO 8601 in UTC. ``manual``: written by hand, so its effects are
    whatever its SQL does (no images until it is sealed)."""

    id: str  # 20261122T101530_add_order_notes
    parents: tuple[str, ...]
    created: str
    message: str
    plan: Plan
    before: tuple[Object, ...] = ()  # the touched objects as they were
    after: tuple[Object, ...] = ()  # and as they shall be
    manual: bool = False
    checksum: str = ""  # over canonical content; empty until sealed
    # The checksums of the parents, in their order, so that a seal covers all that came before. None: it was sealed
    # by a version that did not say, or is not sealed yet.
    built_on: tuple[str, ...] = ()

    @property
    def touches(self) -> dict[Key, tuple[str | None, str | None]]:
        """key → (digest before, digest after), over all steps: the revision's preconditions and promises."""
        found: dict[Key, tuple[str | None, str | None]] = {}
        for step in self.plan.steps:
            for effect in step.effects:
                first = found[effect.key][0] if effect.key in found else effect.before
                found[effect.key] = (first, effect.after)
        return dict(sorted(found.items()))
