"""What a hazard rule sees, and what one is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from reconcile.state import Effect, Hazard, Key, Object, State, Step

BREAKS_READERS = "breaks-readers"  # the hazard of a rename, see rename.py


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A step with both ends of the plan it belongs to."""

    step: Step
    before: State  # at the plan's start
    after: State  # at its end
    filled: frozenset[Key]  # tables known to hold rows

    def dropped(self) -> Iterator[Object]:
        """Objects that are there before the plan, go in this step, and are not there at its end.

        What is only renamed does not go: a step that renames says so by its hazard.
        """
        renamed = [hazard.key for hazard in self.step.hazards if hazard.code == BREAKS_READERS]
        return (
            self.before[e.key]
            for e in self.step.effects
            if e.after is None
            and e.key in self.before
            and e.key not in self.after
            and not any(e.key.within(key) for key in renamed)
        )

    def altered(self) -> Iterator[tuple[Object, Object]]:
        """Objects that this step changes from what they were to what they shall be."""
        return (
            (self.before[e.key], self.after[e.key])
            for e in self.step.effects
            if _alters(e) and e.key in self.before and e.key in self.after
        )

    def holds_rows(self, key: Key) -> bool:
        """Whether the table the object belongs to is known to hold rows."""
        return key.root in self.filled


def _alters(effect: Effect) -> bool:
    return effect.before is not None and effect.after is not None


Rule = Callable[[View], Iterator[Hazard]]
