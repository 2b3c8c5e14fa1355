"""Runs the rules over every step. A rule is the ``RULE`` of a module somewhere below this package."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import import_module
from types import MappingProxyType, ModuleType

import reconcile.hazards
from reconcile.hazards.base import BREAKS_READERS, Rule, Schema, View, kept_in
from reconcile.hazards.evidence import NOTHING, Evidence, seconds
from reconcile.hazards.facts import SILENT, Facts
from reconcile.state import Estimate, Hazard, Key, Kind, Level, Phase, State, Step


def rules_in(package: ModuleType) -> tuple[Rule, ...]:
    """Every rule in the modules of a package and of those below it, by code."""
    found = []
    for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        rule = getattr(import_module(info.name), "RULE", None)
        if isinstance(rule, Rule):
            found.append(rule)
    return tuple(sorted(found, key=lambda rule: rule.code))


@cache
def rules() -> Mapping[str, Rule]:
    """The rules of every database, by code."""
    return _by_code(rules_in(reconcile.hazards))


def _by_code(found: Sequence[Rule]) -> Mapping[str, Rule]:
    named: dict[str, Rule] = {}
    for rule in found:
        if rule.code in named:
            raise TypeError(f"two hazard rules have the code {rule.code}")
        named[rule.code] = rule
    return MappingProxyType(named)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The rules for one database: those of all, its own, and what it tells them."""

    facts: Facts = SILENT
    package: str | None = None  # the name of the package with its own rules: they are loaded when they are asked for

    @property
    def rules(self) -> Mapping[str, Rule]:
        """By code. Two rules of one code are a defect."""
        return _house(self.package)


@cache
def _house(package: str | None) -> Mapping[str, Rule]:
    own = () if package is None else rules_in(import_module(package))
    return _by_code((*rules().values(), *own))


GENERIC = House()


def judge(
    phases: Sequence[Phase],
    *,
    before: State,
    after: State,
    filled: frozenset[Key],
    house: House = GENERIC,
    known: Evidence = NOTHING,
    design: frozenset[str] = frozenset(),
) -> tuple[Phase, ...]:
    """The phases with their hazards as they are now; those of the rules here are found anew each time.

    ``known``: what the live server has counted. ``design``: codes of rules of design that are to be
    looked at too, on what the plan makes or changes.
    """
    steps = (step for phase in phases for step in phase.steps)
    kept = frozenset(key for step in steps if step.keeps is not None for key in kept_in(step.keeps))
    judging = _Judging(before=before, after=after, filled=filled, house=house, known=known, kept=kept, design=design)
    moves: dict[Key, Key] = {}
    for old, new in _renames(phases):
        if old.kind is Kind.TABLE or old.kind is Kind.COLUMN:
            judging = judging.renamed(old, new)
        else:
            moves[old] = new
    if moves:
        judging = replace(judging, before=judging.before.moved(moves))
    return tuple(replace(phase, steps=tuple(judging.steps(phase))) for phase in phases)


def _renames(phases: Sequence[Phase]) -> Iterator[tuple[Key, Key]]:
    """What comes to be called otherwise, in order: the steps that do it say so by their hazard."""
    done: list[tuple[Key, Key]] = []
    for step in (step for phase in phases for step in phase.steps):
        for hazard in step.hazards:
            if hazard.code != BREAKS_READERS:
                continue
            here = hazard.key
            for old, new in done:
                here = here.moved(old, new)
            made = (e.key for e in step.effects if e.before is None and e.after is not None)
            for key in made:
                if key.kind is here.kind and key.parent == here.parent:
                    done.append((here, key))
                    yield here, key
                    break


_INDEXES = frozenset({Kind.INDEX, Kind.PRIMARY_KEY, Kind.UNIQUE, Kind.EXCLUSION})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judging:
    before: State
    after: State
    filled: frozenset[Key]
    house: House
    known: Evidence
    kept: frozenset[Key] = frozenset()
    design: frozenset[str] = field(default_factory=frozenset)

    def renamed(self, old: Key, new: Key) -> _Judging:
        """What rules are to see where this is the same object all along, under its new name."""
        return replace(
            self,
            before=self.before.renamed(old, new),
            filled=frozenset(key.moved(old, new) for key in self.filled),
            known=self.known.renamed(old, new),
            kept=frozenset(key.moved(old, new) for key in self.kept),
        )

    def steps(self, phase: Phase) -> Iterator[Step]:
        for place, step in enumerate(phase.steps):
            earlier = phase.steps[:place] if phase.transactional else ()
            yield replace(step, hazards=self.hazards(step, earlier), estimate=self.estimate(step))

    def estimate(self, step: Step) -> Estimate | None:
        """From the sizes of the tables that the step reads or writes whole; None where none is known."""
        if not (step.scans or step.rewrites):
            return None
        roots = {effect.key.root for effect in step.effects} & self.filled
        sizes = [size for key in sorted(roots) if (size := self.known.sizes.get(key)) is not None]
        indexes = sum(e.before is None and e.after is not None and e.key.kind in _INDEXES for e in step.effects)
        spans = [seconds(size, rewrites=step.rewrites, indexes=indexes) for size in sizes]
        if not sizes:
            return None
        return Estimate(
            rows=sum(size.rows for size in sizes),
            bytes=sum(size.bytes for size in sizes),
            least=sum(least for least, _ in spans),
            most=sum(most for _, most in spans),
        )

    def hazards(self, step: Step, earlier: tuple[Step, ...]) -> tuple[Hazard, ...]:
        rules = self.house.rules
        # What a draft brought along stays; what rules find is found anew.
        own = tuple(hazard for hazard in step.hazards if _is_brought(hazard, rules))
        view = View(
            step=replace(step, hazards=own),
            before=self.before,
            after=self.after,
            filled=self.filled,
            facts=self.house.facts,
            earlier=earlier,
            known=self.known,
            kept=self.kept,
        )
        found = [hazard for rule in rules.values() if rule.look is not None for hazard in rule.look(view)]
        if self.design:
            found += self.designed(step)
        found.sort(key=lambda hazard: -_LEVELS.index(hazard.level))
        return (*own, *found)

    def designed(self, step: Step) -> Iterator[Hazard]:
        made = {effect.key for effect in step.effects if effect.after is not None}
        about = frozenset(key.root for key in made)
        for hazard in inspect(self.after, self.house, about=about, only=self.design):
            if hazard.key in made:
                yield hazard


_LEVELS = list(Level)


def _is_brought(hazard: Hazard, rules: Mapping[str, Rule]) -> bool:
    rule = rules.get(hazard.code)
    return rule is None or (rule.look is None and rule.inspect is None)


def inspect(
    state: State,
    house: House,
    *,
    about: frozenset[Key] | None = None,
    only: frozenset[str] | None = None,
    known: Evidence = NOTHING,
) -> tuple[Hazard, ...]:
    """What rules of design find in a schema, by key. ``about``: only at these roots; ``only``: only these codes.
    ``known``: what the live server has counted.
    """
    schema = Schema(state=state, facts=house.facts, about=about, numbers=known.numbers)
    found = [
        hazard
        for rule in house.rules.values()
        if rule.inspect is not None and (only is None or rule.code in only)
        for hazard in rule.inspect(schema)
    ]
    return tuple(sorted(found, key=lambda hazard: (hazard.key, hazard.code)))
