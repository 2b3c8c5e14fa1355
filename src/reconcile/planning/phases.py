"""Drafts → numbered steps with effects, cut into transactions. Prefers few phases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

from reconcile.dialects.base import Draft
from reconcile.state import Action, Effect, Key, Phase, State, Step, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """A draft with the actions that are done when it is, and why they are there."""

    draft: Draft
    effects: tuple[Effect, ...]
    made: Set[Key] = frozenset()  # keys it creates or alters
    needed: Set[Key] = frozenset()  # keys its actions need in the goal
    reason: str = ""


def effects_of(actions: Iterable[Action], base: State, goal: State) -> tuple[Effect, ...]:
    """What these actions do together, by digest: one effect for each key, also where it is dropped and made anew."""
    before: dict[Key, str | None] = {}
    after: dict[Key, str | None] = {}
    for action in actions:
        if action.verb is not Verb.CREATE:
            before[action.key] = base.digests[action.key]
        if action.verb is not Verb.DROP:
            after[action.key] = goal.digests[action.key]
    return tuple(
        Effect(key=key, before=before.get(key), after=after.get(key)) for key in sorted(before.keys() | after.keys())
    )


def cut(drafted: Sequence[Drafted]) -> tuple[Phase, ...]:
    """Steps in phases. A step that cannot run in a transaction stands alone; one whose effect is usable only
    after COMMIT ends its phase when something later needs it."""
    phases: list[Phase] = []
    open_steps: list[Step] = []
    before: list[str] = []
    after: list[str] = []

    def close() -> None:
        if open_steps:
            phases.append(Phase(transactional=True, steps=tuple(open_steps), before=tuple(before), after=tuple(after)))
        open_steps.clear()
        before.clear()
        after.clear()

    for index, item in enumerate(drafted):
        draft = item.draft
        step = _step(index + 1, item)
        if not draft.transactional:
            close()
            phases.append(Phase(transactional=False, steps=(step,), before=draft.before, after=draft.after))
            continue
        open_steps.append(step)
        before += [sql for sql in draft.before if sql not in before]
        after += [sql for sql in draft.after if sql not in after]
        if draft.commits and any(item.made & later.needed for later in drafted[index + 1 :]):
            close()
    close()
    return tuple(phases)


def _step(number: int, item: Drafted) -> Step:
    draft = item.draft
    return Step(
        number=number,
        summary=draft.summary,
        sql=draft.sql,
        transactional=draft.transactional,
        effects=item.effects,
        lock=draft.lock,
        rewrites=draft.rewrites,
        scans=draft.scans,
        reason=item.reason,
        hazards=draft.hazards,
        checks=draft.checks,
        keeps=draft.keeps,
        restores=draft.restores,
        batch=draft.batch,
    )
