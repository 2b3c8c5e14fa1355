"""The pipeline: two states → a plan there and back. One page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from types import MappingProxyType
from typing import Any, TypedDict

from reconcile.dialects.base import Draft, Rules, Scene, Unit
from reconcile.diff.closure import close
from reconcile.diff.compare import Judgement, compare, goal_of, without_bookkeeping
from reconcile.diff.renames import renames_from, same_but_for_name
from reconcile.errors import Unplannable
from reconcile.hazards.base import kept_in
from reconcile.hazards.judge import GENERIC, House, judge
from reconcile.hazards.rename import of_rename
from reconcile.planning import attic, backfill, conversion
from reconcile.planning.attic import Preserve, Treasure
from reconcile.planning.fold import units_in_order
from reconcile.planning.order import actions_of, precedence
from reconcile.planning.phases import Drafted, cut, effects_of
from reconcile.state import (
    Action,
    Change,
    Effect,
    Kept,
    Key,
    Kind,
    Phase,
    Plan,
    Rename,
    Replace,
    Scope,
    State,
    Verb,
)
from reconcile.state.digest import object_digest
from reconcile.state.hints import RenameHint

# What a database looks like after renames: only a server can tell, since it rewrites the text of views and checks.
Renamer = Callable[[State, Sequence[Rename]], Sequence[State]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan, the two states it leads between (without bookkeeping), and the changes it carries out."""

    plan: Plan
    base: State
    goal: State
    changes: tuple[Change, ...]


def renamed_by_key(base: State, renames: Sequence[Rename]) -> Sequence[State]:
    """The Renamer that asks no server: keys and column names follow, printed expressions do not."""
    states: list[State] = []
    for rename in renames:
        base = base.renamed(rename.old.key, rename.key) if rename.old.key != rename.key else base.apply([rename])
        states.append(base)
    return states


def make_plan(
    base: State,
    wanted: State,
    *,
    rules: Rules,
    features: Any,
    scope: Scope,
    hints: Iterable[RenameHint] = (),
    renamer: Renamer = renamed_by_key,
    filled: frozenset[Key] = frozenset(),
    online: Callable[[], frozenset[Key]] = frozenset,
    refused: frozenset[str] = frozenset(),
    hazards: House = GENERIC,
    preserve: Preserve | None = None,
    backfills: Mapping[Key, str] = MappingProxyType({}),
    conversions: Mapping[Key, str] = MappingProxyType({}),
) -> Planned:
    """The plan that makes ``base`` (live) like ``wanted`` within ``scope``, and the plan back.

    ``filled``: tables known to hold rows. ``online``: asked, if there is anything to do, for those that are to be
    changed without keeping others out. ``refused``: statements that the server would not take in this form.
    ``backfills``, ``conversions``: expressions for what rows get in a column, see ValueHint.
    ``preserve``: whose rows go into the attic where they would be lost; None: no one's. Raises Unplannable.
    Deterministic: the same input, the same bytes.
    """
    base = without_bookkeeping(base)
    wanted = without_bookkeeping(wanted)
    goal = goal_of(base, wanted, scope, rules.brings)
    renames = renames_from((hint for hint in hints if scope.covers(hint.new)), base, goal)
    after_renames: Sequence[State] = ()
    if renames:
        # What is outside the scope follows too: a policy of a renamed table is a policy of that table still.
        after_renames = renamer(base, renames)
        goal = goal_of(after_renames[-1], wanted, scope, rules.brings)
    if not renames and base.objects == goal.objects:
        nothing = Plan(dialect=base.dialect, server=base.server, base="", target="", phases=())
        return Planned(plan=nothing, base=base, goal=goal, changes=())
    shared: _Shared = {
        "follow": renamer,
        "rules": rules,
        "features": features,
        "filled": filled,
        "hazards": hazards,
        "preserve": preserve,
        "online": online(),
        "refused": refused,
    }
    seed = f"{base.digest} {goal.digest}"
    given: _Given = {"backfills": backfills, "conversions": conversions}
    there = _way(base, goal, renames, scope, lambda *_: after_renames, seed=seed, **given, **shared)
    treasures = tuple(treasure.renamed(renames) for treasure in there.destroyed)
    back_renames = _inverse(renames, goal)
    back = _way(goal, base, back_renames, Scope(), renamer, restores=treasures, seed=f"{seed} back", **shared)
    plan = Plan(
        dialect=base.dialect,
        server=base.server,
        base=base.digest,
        target=goal.digest,
        phases=there.phases,
        revert_phases=back.phases,
    )
    return Planned(plan=plan, base=base, goal=goal, changes=there.changes)


def creation(fresh: State, wanted: State, *, rules: Rules, features: Any) -> tuple[Phase, ...]:
    """Phases that make ``wanted`` in a new database that holds ``fresh`` (PostgreSQL's own schema public)."""
    objects = {item.key: item for item in (*fresh, *wanted)}
    goal = wanted.with_objects(objects.values(), [(who, what) for who, w in fresh.needs.items() for what in w])
    way = _way(
        fresh,
        goal,
        (),
        Scope(),
        renamed_by_key,
        follow=renamed_by_key,
        rules=rules,
        features=features,
        filled=frozenset(),
        hazards=GENERIC,
        preserve=None,
        online=frozenset(),
        refused=frozenset(),
        seed="",
    )
    return way.phases


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    phases: tuple[Phase, ...]
    changes: tuple[Change, ...]
    destroyed: tuple[Treasure, ...] = ()  # what of it goes into the attic


class _Shared(TypedDict):
    """What both ways are handed alike."""

    follow: Renamer
    rules: Rules
    features: Any
    filled: frozenset[Key]
    hazards: House
    preserve: Preserve | None
    online: frozenset[Key]
    refused: frozenset[str]


class _Given(TypedDict):
    """What rows get on the way there."""

    backfills: Mapping[Key, str]
    conversions: Mapping[Key, str]


def _way(
    base: State,
    goal: State,
    renames: Sequence[Rename],
    scope: Scope,
    renamer: Renamer,
    *,
    follow: Renamer,
    rules: Rules,
    features: Any,
    filled: frozenset[Key],
    hazards: House,
    preserve: Preserve | None,
    online: frozenset[Key],
    refused: frozenset[str],
    seed: str,
    restores: Sequence[Treasure] | None = None,
    backfills: Mapping[Key, str] = MappingProxyType({}),
    conversions: Mapping[Key, str] = MappingProxyType({}),
) -> _Way:
    is_back = restores is not None  # nothing is brought back from what the way back puts into the attic
    restores = restores or ()
    judgement = Judgement(how=rules.how, disrupts=rules.disrupts)
    states = [base, *renamer(base, renames)] if renames else [base]
    late = bool(renames)
    freely = partial(same_but_for_name, goal=goal, kinds=rules.renamed_freely, slots=rules.slots)
    wholes = tuple(rename for rename in freely(states[-1]) if rename.key.parent is None)
    if wholes:  # a server prints their names in defaults
        states += follow(states[-1], wholes)
        renames = (*renames, *wholes)
    parts = freely(states[-1])
    start = states[-1].moved({rename.old.key: rename.key for rename in parts}) if parts else states[-1]
    changes = close(start, goal, compare(start, goal, judgement), judgement, scope.covers)
    _prove_on_paper(start, goal, changes)
    if not changes and not renames and not parts:
        return _Way(phases=(), changes=())
    online = frozenset(_renamed(table, renames) for table in online)
    scene = Scene(base=start, target=goal, features=features, filled=filled, online=online, refused=refused)
    fills = backfill.fills(start, goal, backfills, frozenset(_renamed(table, renames) for table in filled))
    scene = replace(scene, fills={key: text for fill in fills for key, text in fill.columns.items()})
    converts = conversion.due(start, goal, conversions, changes)
    found: tuple[Treasure, ...] = ()
    if preserve:
        found = attic.treasures(
            start, goal, changes, rules.attic, preserve, seed=seed, filled=scene.fills.keys(), converted=converts.keys()
        )
    moved = {treasure.table: treasure.name for treasure in found if treasure.side is None}
    drafted = [*_renames_drafted(renames, states, rules, scene), *_moved(parts, states[-1], rules, scene)]
    if found:
        drafted += map(_beside, attic.keeping(found, scene, rules.attic))
    if converts:
        drafted += map(_beside, conversion.converting(converts, scene, rules.attic))
    if restores:
        drafted += map(_beside, attic.settling(restores, scene, rules.attic))
    between: tuple[State, ...] = ()
    if restores:
        between = (attic.halfway(start, goal, restores, rules.attic),)
    elif fills:
        between = backfill.stages(start, goal, fills)
    way = (start, *between, goal)
    for number, (here, there) in enumerate(pairwise(way)):
        if here.objects != there.objects:
            part = compare(here, there, judgement)
            part = changes if there is goal and here is start else close(here, there, part, judgement, scope.covers)
            stage = replace(scene, base=here, target=there)
            drafted += _carried_out(part, stage, rules, moved, late_checks=late or number > 0 or bool(converts))
        if number == 0 and restores:
            back = replace(scene, target=there)
            brought = attic.restoring(restores, back, goal, rules.attic, late_checks=late)
            drafted += (_bringing(draft, there) for draft in brought)
        if number == 0 and fills:
            half = replace(scene, target=there)
            drafted += map(_beside, backfill.filling(fills, half, rules, late_checks=late))
    if restores:
        drafted += map(_beside, attic.counting(restores, scene, rules.attic))
    if found and not is_back:
        drafted += map(_beside, attic.noting(found, scene, rules.attic))
    phases = judge(cut(drafted), before=base, after=goal, filled=filled, house=hazards)
    return _Way(phases=phases, changes=(*renames, *parts, *changes), destroyed=found)


def _renamed(key: Key, renames: Sequence[Rename]) -> Key:
    for rename in renames:
        key = key.moved(rename.old.key, rename.key)
    return key


def _beside(draft: Draft) -> Drafted:
    """A draft that changes no object."""
    return Drafted(draft=draft, effects=())


def _bringing(draft: Draft, state: State) -> Drafted:
    """A draft that brings values back: it needs what their columns are made of, a label of an enum committed."""
    kept = kept_in(draft.restores) if draft.restores is not None else ()
    columns = {column.key for key in kept for column in state.children(key.root, Kind.COLUMN)}
    needed = frozenset(need for key in columns for need in state.needs_of(key))
    return Drafted(draft=draft, effects=(), needed=needed)


def _carried_out(
    changes: Sequence[Change], scene: Scene, rules: Rules, moved: Mapping[Key, str], *, late_checks: bool
) -> Iterable[Drafted]:
    """The changes as drafts in order. ``moved``: tables that go into the attic, with their names there."""
    actions = actions_of(changes)
    edges = precedence(actions, scene.base, scene.target, rules.slots, rules.follows(scene.base, scene.target))
    reasons = {
        change.key: f"makes way for {change.because}"
        for change in changes
        if isinstance(change, Replace) and change.because is not None
    }
    for unit in units_in_order(actions, edges, rules, scene):
        yield from _drafted(unit, scene, rules, reasons, moved, late_checks=late_checks)


def _drafted(
    unit: Unit, scene: Scene, rules: Rules, reasons: dict[Key, str], moved: Mapping[Key, str], *, late_checks: bool
) -> Iterable[Drafted]:
    """The unit's drafts with their effects; what no draft claims is done with the last one."""
    gone = next((a.key for a in unit.actions if a.verb is Verb.DROP and a.key in moved), None)
    if gone is None:
        drafts = list(rules.render(unit, scene))
    else:
        drafts = list(rules.attic.move(unit, scene, moved[gone]))
        drafts[-1] = replace(drafts[-1], keeps=Kept(name=moved[gone], key=gone))
    if not drafts:
        raise Unplannable(f"no SQL was written for {unit.actions[0].verb} {unit.actions[0].key}")
    claimed = {action for draft in drafts for action in draft.covers or ()}
    rest = tuple(action for action in unit.actions if action not in claimed)
    unclaimed = [index for index, draft in enumerate(drafts) if draft.covers is None]
    takes_rest = unclaimed[-1] if unclaimed else len(drafts) - 1
    between: dict[Key, str] = {}  # digests of what earlier drafts have left half done
    for index, draft in enumerate(drafts):
        own: tuple[Action, ...] = (*(draft.covers or ()), *(rest if index == takes_rest else ()))
        effects = {effect.key: effect for effect in effects_of(own, scene.base, scene.target)}
        for item in draft.leaves:
            effects[item.key] = Effect(key=item.key, before=scene.base.digests.get(item.key), after=object_digest(item))
        ended = between.keys() if index == len(drafts) - 1 else between.keys() & set(draft.ends)
        # What was there, or was so, only on the way.
        effects |= {
            key: Effect(key=key, before=None, after=scene.target.digests.get(key))
            for key in ended
            if key not in effects
        }
        effects |= {key: replace(effects[key], before=between[key]) for key in between if key in effects}
        left = frozenset(item.key for item in draft.leaves)
        yield Drafted(
            draft=replace(
                draft,
                commits=draft.commits or bool(left),
                checks=tuple(replace(check, at_step=late_checks or check.at_step) for check in draft.checks),
            ),
            effects=tuple(effects[key] for key in sorted(effects)),
            made=left | {action.key for action in own if action.verb is not Verb.DROP},
            needed=between.keys()
            | {need for action in own if action.new for need in scene.target.needs_of(action.key)},
            reason=draft.reason or next((reasons[action.key] for action in own if action.key in reasons), ""),
        )
        for key in (*(action.key for action in own), *draft.ends):
            between.pop(key, None)
        between |= {item.key: object_digest(item) for item in draft.leaves}


def _renames_drafted(
    renames: Sequence[Rename], states: Sequence[State], rules: Rules, whole: Scene
) -> Iterable[Drafted]:
    for rename, before, after in zip(renames, states, states[1:], strict=False):
        yield from _rename_drafted(rename, before.objects.keys() | after.objects.keys(), before, after, rules, whole)


def _moved(parts: Sequence[Rename], before: State, rules: Rules, whole: Scene) -> Iterable[Drafted]:
    """Parts that get another name, all between two states: there may be many."""
    after = whole.base
    touched: dict[Key, set[Key]] = {rename.old.key: {rename.old.key, rename.key} for rename in parts}
    last = {rename.key: rename.old.key for rename in parts}
    for key in (before.objects.keys() | after.objects.keys()) - last.keys() - touched.keys() if parts else ():
        if before.digests.get(key) != after.digests.get(key):  # what is in it, or names it
            near = ({key.parent} if key.parent else set()) | before.needs_of(key) | after.needs_of(key)
            olds = (last.get(each, each) for each in sorted(near))
            touched[next((old for old in olds if old in touched), parts[-1].old.key)].add(key)
    for rename in parts:
        yield from _rename_drafted(rename, touched[rename.old.key], before, after, rules, whole)


def _rename_drafted(
    rename: Rename, touched: Iterable[Key], before: State, after: State, rules: Rules, whole: Scene
) -> Iterable[Drafted]:
    action = Action(Verb.RENAME, rename.key, rename.old, rename.new)
    scene = replace(whole, base=before, target=after)
    effects = tuple(
        Effect(key=key, before=before.digests.get(key), after=after.digests.get(key))
        for key in sorted(touched)
        if before.digests.get(key) != after.digests.get(key)
    )
    first, *more = rules.render(Unit(host=None, actions=(action,)), scene)
    first = replace(first, hazards=(*first.hazards, *of_rename(rename)))
    # What is left to do beside it (grants, a trigger to make) is not there until it is done.
    yield Drafted(draft=first, effects=effects, made=frozenset({rename.key}))
    for draft in more:
        yield Drafted(draft=draft, effects=())


def _inverse(renames: Sequence[Rename], goal: State) -> tuple[Rename, ...]:
    """The renames back, in reverse order, as they apply to the goal."""
    found: list[Rename] = []
    state = goal
    for rename in reversed(renames):
        new_key, old_key = rename.key, rename.old.key
        if new_key == old_key:
            back = Rename(old=state[new_key], new=rename.old)
            if _labels_only(state, rename):
                found.append(back)
                state = state.apply([back])
            continue
        moved = state.renamed(new_key, old_key)
        found.append(Rename(old=state[new_key], new=moved[old_key]))
        state = moved
    return tuple(found)


def _labels_only(state: State, rename: Rename) -> bool:
    return state.get(rename.key) == rename.new


def _prove_on_paper(start: State, goal: State, changes: Sequence[Change]) -> None:
    """Folding the changes over the start must give the goal: free, so always done."""
    reached = start.apply(changes)
    if reached.objects != goal.objects:
        wrong = sorted(key for key in reached.objects.keys() | goal.objects.keys() if reached.get(key) != goal.get(key))
        raise Unplannable(f"the changes do not add up at {wrong[0]}; this is a defect of reconcile", key=wrong[0])
