"""Watch: whether others have changed what a run has yet to change, seen at a glance where the server allows one."""

from __future__ import annotations

from collections.abc import Mapping

from reconcile.dialects.session import Session
from reconcile.execution.job import Job
from reconcile.execution.recovery import expected_after
from reconcile.state import Key, Phase, State


class Watch:
    """What has been seen of the objects that a job has yet to touch. Not a value: it forgets what the run changes.

    Reading the whole catalog before each of hundreds of statements would take longer than they do.
    """

    def __init__(self, job: Job, session: Session) -> None:
        self.job, self.session = job, session
        self._seen: dict[Key, str] = {}  # outermost objects that were as expected → how they looked just before

    def undisturbed(self, phase: Phase) -> bool | None:
        """Whether all that the phase changes looks as when it was last found as expected. None: no glance can tell."""
        mine = {effect.key for step in phase.steps for effect in step.effects}
        roots = {key.root for key in mine}
        if not roots <= self._seen.keys():
            return None
        return self.session.glance(mine) == {root: self._seen[root] for root in roots}

    def before_reading(self, number: int) -> Mapping[Key, str]:
        """How everything looks that the phases from ``number`` on touch. Looked at before the state is read: what
        changes between the two will look otherwise at the next glance, and is never taken for seen."""
        ahead = {effect.key for phase in self.job.phases[number:] for step in phase.steps for effect in step.effects}
        return self.session.glance(ahead)

    def found(self, looks: Mapping[Key, str], live: State, number: int) -> None:
        """The state was read: of what is as expected after so many phases the look is remembered."""
        expected = expected_after(self.job, number)
        wrong = {key.root for key, digest in expected.items() if live.digests.get(key) != digest}
        self._seen = {root: look for root, look in looks.items() if root not in wrong}

    def changed(self, phase: Phase) -> None:
        """The run itself has carried the phase out."""
        for step in phase.steps:
            for effect in step.effects:
                self._seen.pop(effect.key.root, None)
