"""How far did it come? Decided from what the database shows and the journal proves, never from belief."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reconcile.dialects.base import Scene, Unit
from reconcile.diff.describe import describe
from reconcile.errors import Mismatch
from reconcile.execution.history import JournalRow
from reconcile.execution.job import Job, World
from reconcile.state import Action, Key, Object, Phase, State, Verb
from reconcile.state.digest import object_digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """``done`` phases are done, the rest are not. ``doubt``: whether the next one was done cannot be told. ``begun``:
    parts of the next one are done, and it can go on from there."""

    done: int
    doubt: bool = False
    begun: bool = False


def standing(job: Job, live: State, journal: Sequence[JournalRow] = ()) -> Standing:
    """How many of the job's phases have been done. Raises Mismatch where the database is at none of their ends.

    Phases run one after the other and each happens as a whole, so the database must be where some number of
    them leads. Where several numbers fit (a phase that changes no object), the journal tells: a transactional
    phase is journaled in its own transaction; one that is not may be "running" there, and is then in doubt.
    """
    state = {row.step: row.state for row in journal}
    known = 0
    for phase in job.phases:
        if not all(state.get(step.number) == "done" for step in phase.steps):
            break
        known += 1
    fitting = [n for n in _fitting(job, live) if n >= known]
    if not fitting:
        raise Mismatch(
            f"{job.id} was interrupted while it ran ({job.direction}), and the database is neither as it was "
            f"before the next step nor as it should be after it",
            differences=_between(job, live, known),
            hint="make the objects named here like one or the other, then run the command again",
        )
    done = fitting[0]
    following = (step for phase in job.phases[done : done + 1] for step in phase.steps)
    running = [step for step in following if state.get(step.number) == "running"]
    # What is kept is kept again: the step begins by throwing away what it finds. What is done in parts goes on. Of what
    # is brought back only the place to number on from is set outside of a transaction, and may be set again.
    doubtful = any(step.effects or not (step.keeps or step.restores or step.batch) for step in running)
    begun = any(step.batch is not None for step in running)
    return Standing(done=done, doubt=doubtful and done + 1 in fitting, begun=begun)


def expected_after(job: Job, phases: int) -> dict[Key, str | None]:
    """The digests the touched objects must have when so many phases are done."""
    found = {key: before for key, (before, _) in job.touches.items()}
    for phase in job.phases[:phases]:
        for step in phase.steps:
            found.update((effect.key, effect.after) for effect in step.effects)
    return found


def _fitting(job: Job, live: State) -> list[int]:
    """The numbers of done phases that would explain the live state."""
    expected = expected_after(job, 0)
    wrong = {key for key, digest in expected.items() if not _is(live, key, digest)}
    found = [] if wrong else [0]
    for number, phase in enumerate(job.phases, start=1):
        for step in phase.steps:
            for effect in step.effects:
                (wrong.discard if _is(live, effect.key, effect.after) else wrong.add)(effect.key)
        if not wrong:
            found.append(number)
    return found


def _is(live: State, key: Key, digest: str | None) -> bool:
    return live.digests.get(key) == digest or (digest is None and _is_leftover(live.objects.get(key)))


def _is_leftover(item: Object | None) -> bool:
    """An index that a failed concurrent build left: it is there, it is not valid, and nothing uses it."""
    return item is not None and getattr(item, "valid", True) is False


def leftovers(job: Job, live: State, done: int) -> list[Object]:
    """Invalid objects in the place of ones the remaining phases will make."""
    expected = expected_after(job, done)
    found = [live.objects[key] for key, digest in expected.items() if digest is None and key in live.objects]
    return [item for item in found if _is_leftover(item)]


def remove_leftovers(job: Job, live: State, done: int, world: World) -> bool:
    """Drop what failed steps left in the way of being tried again; whether there was any."""
    items = leftovers(job, live, done)
    if not items:
        return False
    gone = {item.key for item in items}
    scene = Scene(
        base=live, target=live.select(lambda key: key not in gone), features=world.dialect.features(world.session)
    )
    rules = world.dialect.rules(scene.features)
    for item in items:
        action = Action(Verb.DROP, item.key, item, None)
        for draft in rules.render(Unit(host=None, actions=(action,)), scene):
            for sql in draft.sql:
                world.session.execute(sql)
    return True


def _between(job: Job, live: State, done: int) -> list[str]:
    """Each object of the phase in question that is neither before nor after, with both."""
    before, after = expected_after(job, done), expected_after(job, done + 1)
    lines: list[str] = []
    for key in before:
        if not _is(live, key, before[key]) and not _is(live, key, after[key]):
            found = live.objects.get(key)
            lines += [f"neither before: {line}" for line in describe_digest(job, key, before[key], found)]
            if after[key] != before[key]:
                lines += [f"nor after: {line}" for line in describe_digest(job, key, after[key], found)]
    if not lines:
        # Each is at one of the two, but not all at the same one: a step was done by half.
        for key in before:
            if before[key] != after[key]:
                side = "before" if _is(live, key, before[key]) else "after"
                lines.append(f"{key} is as it should be {side} step(s) {_numbers(job, done)}")
    return lines


def _numbers(job: Job, done: int) -> str:
    phases: tuple[Phase, ...] = job.phases[done : done + 1]
    return ", ".join(str(step.number) for phase in phases for step in phase.steps)


def describe_digest(job: Job, key: Key, digest: str | None, found: Object | None) -> list[str]:
    """What is otherwise about a touched object, in words as far as the job carries its image."""
    if digest is None:
        return describe(key, None, found)
    image = next(
        (i for i in (job.before.get(key), job.after.get(key)) if i is not None and object_digest(i) == digest), None
    )
    if image is not None:
        return describe(key, image, found)
    return [f"{key} is missing"] if found is None else [f"{key} is not as expected"]
