"""Runs every rule over every step. The rules are the modules of this package that have ``look``."""

from __future__ import annotations

import pkgutil
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib import import_module

import reconcile.hazards
from reconcile.hazards.base import Rule, View
from reconcile.state import Hazard, Key, Phase, State, Step


@cache
def rules() -> dict[str, Rule]:
    """Every rule by its code. Two rules of one code are a defect."""
    found: dict[str, Rule] = {}
    for info in pkgutil.iter_modules(reconcile.hazards.__path__):
        module = import_module(f"reconcile.hazards.{info.name}")
        if hasattr(module, "look"):
            if module.CODE in found:
                raise TypeError(f"two hazard rules have the code {module.CODE}")
            found[module.CODE] = module.look
    return found


def judge(phases: Sequence[Phase], *, before: State, after: State, filled: frozenset[Key]) -> tuple[Phase, ...]:
    """The phases with their hazards as they are now; those of the rules here are found anew each time."""
    return tuple(
        replace(phase, steps=tuple(_judged(step, before, after, filled) for step in phase.steps)) for phase in phases
    )


def _judged(step: Step, before: State, after: State, filled: frozenset[Key]) -> Step:
    view = View(step=step, before=before, after=after, filled=filled)
    own = tuple(hazard for hazard in step.hazards if hazard.code not in rules())
    found: list[Hazard] = [hazard for rule in rules().values() for hazard in rule(view)]
    return replace(step, hazards=(*own, *found))
