"""Renames: from hints to renamed keys, and drop + create pairs that look like one. Never guesses silently."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from reconcile.errors import Unplannable
from reconcile.state import Change, Create, Drop, Enum, Key, Kind, Object, Rename, State
from reconcile.state.digest import canonical, to_plain
from reconcile.state.hints import RenameHint

Slots = Callable[[Object], Iterable[Hashable]]

LIKELY = 0.6  # from here on a pair is worth a line to the user


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A drop and a create that look like a rename."""

    old: Key
    new: Key
    likeness: float  # 0 … 1


def renames_from(hints: Iterable[RenameHint], base: State, wanted: State) -> tuple[Rename, ...]:
    """The renames that are still to be done, outermost first; hints that are done already say nothing.

    Raises Unplannable where a hint contradicts what is there.
    """
    found: list[Rename] = []
    state = base
    for hint in sorted(hints, key=lambda hint: (len(hint.new.path), hint.new.order, hint.label or "")):
        rename = _rename_label(hint, state, wanted) if hint.label else _rename(hint, state, wanted)
        if rename is None:
            continue
        found.append(rename)
        state = state.apply([rename]) if rename.old.key == rename.new.key else state.renamed(rename.old.key, rename.key)
    return tuple(found)


def _rename(hint: RenameHint, base: State, wanted: State) -> Rename | None:
    old_key = Key(hint.new.kind, hint.new.schema, hint.old_name, hint.new.parent)
    old = base.get(old_key)
    if hint.new not in wanted:
        raise Unplannable(f"{_where(hint)}: {hint.new} is said to be renamed, but is not wanted", key=hint.new)
    if old is None or hint.new in base:
        return None  # done already, or this database never had the old name
    if old_key in wanted:
        raise Unplannable(
            f"{_where(hint)}: {old_key} cannot be renamed to {hint.new.name!r}: it is wanted under its old name too",
            key=old_key,
            hint="remove the hint",
        )
    moved = base.renamed(old_key, hint.new)[hint.new]
    return Rename(old=old, new=moved)


def _rename_label(hint: RenameHint, base: State, wanted: State) -> Rename | None:
    old, new = base.get(hint.new), wanted.get(hint.new)
    if not isinstance(old, Enum) or not isinstance(new, Enum):
        return None
    assert hint.label is not None
    if hint.label not in new.labels:
        raise Unplannable(f"{_where(hint)}: {hint.new} has no label {hint.label!r}", key=hint.new)
    if hint.old_name not in old.labels or hint.label in old.labels or hint.old_name in new.labels:
        return None
    labels = tuple(hint.label if label == hint.old_name else label for label in old.labels)
    return Rename(old=old, new=Enum(key=old.key, labels=labels))


def same_but_for_name(base: State, goal: State, kinds: frozenset[Kind], slots: Slots) -> tuple[Rename, ...]:
    """What goes in one place and comes there with the same content under another name: to give it that name is the
    same, and does no work. ``kinds``: of which this is true, and of which the database can do it.

    It is left alone where the new name is not free yet, and in trees of tables, where a name may be several tables'.
    """
    heirs = {getattr(item, "inherited_from", None) for item in base}
    going = _by_content(
        (item for item in base if item.key.kind in kinds and item.key not in goal and item.key not in heirs), base, goal
    )
    if not going:
        return ()
    coming = _by_content((item for item in goal if item.key.kind in kinds and item.key not in base), goal, base)
    taken = {slot for item in base for slot in slots(item)}
    found: list[Rename] = []
    for content in sorted(going.keys() & coming.keys()):
        for old, new in zip(going[content], coming[content], strict=False):
            if taken.isdisjoint(set(slots(new)).difference(slots(old))):
                found.append(Rename(old=old, new=replace(old, key=new.key)))
    return tuple(sorted(found, key=lambda rename: rename.key))


def _by_content(items: Iterable[Object], state: State, other: State) -> dict[str, list[Object]]:
    """By what they are and where, as far as the place is there on both sides: a table, a sequence's column."""
    found: dict[str, list[Object]] = {}
    for item in items:
        home = state.home(item.key)
        place = item.key.parent if home == item.key else home
        if place is not None and place in state and place in other and not getattr(item, "inherited_from", None):
            content = canonical([str(item.key.kind), str(place), item.key.schema, _content(item)])
            found.setdefault(content, []).append(item)
    return found


def _where(hint: RenameHint) -> str:
    return hint.origin or "rename"


def suggest(changes: Sequence[Change]) -> tuple[Suggestion, ...]:
    """Pairs of one dropped and one created object of a kind and place that are much alike, likeliest first."""
    drops = [c.old for c in changes if isinstance(c, Drop)]
    creates = [c.new for c in changes if isinstance(c, Create)]
    going = {item.key for item in drops}
    coming = {item.key for item in creates}
    inside: dict[Key, dict[str, Object]] = {}
    for item in (*drops, *creates):
        if item.key.parent is not None:
            inside.setdefault(item.key.parent, {})[f"{item.key.kind}:{item.key.name}"] = item
    pairs = [
        Suggestion(old=old.key, new=new.key, likeness=likeness)
        for old in drops
        if old.holds_data and (old.key.parent is None or old.key.parent not in going)
        for new in creates
        if new.key.kind is old.key.kind
        and new.key.parent == old.key.parent
        and new.key.schema == old.key.schema
        and (new.key.parent is None or new.key.parent not in coming)
        and (likeness := _likeness(old, new, inside)) >= LIKELY
    ]
    best: list[Suggestion] = []
    taken: set[Key] = set()
    for pair in sorted(pairs, key=lambda pair: (-pair.likeness, pair.old, pair.new)):
        if pair.old not in taken and pair.new not in taken:
            best.append(pair)
            taken |= {pair.old, pair.new}
    return tuple(best)


def _likeness(old: Object, new: Object, inside: dict[Key, dict[str, Object]]) -> float:
    """Half for the parts (or, without parts, the fields) they share, half for their names."""
    a, b = inside.get(old.key, {}), inside.get(new.key, {})
    if old.key.parent is None and (a or b):
        same = sum(1 for name in a.keys() & b.keys() if _content(a[name]) == _content(b[name]))
        alike = 2 * same / (len(a) + len(b))
        return alike if alike > 0.5 else 0.0
    if _content(old) != _content(new):
        return 0.0
    return 0.5 + 0.5 * SequenceMatcher(None, old.key.name, new.key.name).ratio()


def _content(item: Object) -> dict[str, object]:
    plain: dict[str, object] = to_plain(item, compared_only=True)
    plain.pop("key")
    return plain
