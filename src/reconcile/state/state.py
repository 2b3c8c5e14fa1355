"""State: every object of a database by key, and what each needs. Immutable."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cache, cached_property
from itertools import pairwise
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from reconcile.state.changes import Alter, Change, Create, Drop, Rename, Replace
from reconcile.state.digest import object_digest, whole_digest
from reconcile.state.key import Key, Kind
from reconcile.state.objects import Object, renamed
from reconcile.state.opaque import Opaque
from reconcile.state.sequences import SequenceOwner

Needs = Mapping[Key, frozenset[Key]]
_NONE: frozenset[Key] = frozenset()


@dataclass(frozen=True)
class State:
    """What a database holds. Build with ``State.build``; both mappings are read-only, ``objects`` sorted by key.

    ``needs[x]`` are the keys x cannot exist without: from the objects' own fields and from the catalog.
    Only keys that are present are listed.
    """

    objects: Mapping[Key, Object]
    needs: Needs = field(compare=False)
    dialect: str
    server: str = field(compare=False)  # version text, for display

    @classmethod
    def build(
        cls,
        objects: Iterable[Object],
        needs: Iterable[tuple[Key, Key]] = (),
        *,
        dialect: str,
        server: str,
        structural: bool = True,
        known: Needs = MappingProxyType({}),
    ) -> State:
        """A state of ``objects``; ``needs`` are (who, what) pairs from the catalog.

        ``structural=False`` leaves out what objects' own fields require (the reader gave all itself).
        ``known``: what they need besides, as another state has it. Raises ValueError where two objects have one key.
        """
        table = _by_key(objects)
        edges: dict[Key, set[Key]] = {}
        if structural:
            for key, item in table.items():
                found = {need for need in item.requires if need in table and need != key}
                if found:
                    edges[key] = found
        for who, what in needs:
            if who in table and what in table and who != what:
                edges.setdefault(who, set()).add(what)
        # Most columns of a table need the same; an empty-handed frozenset for each would be a third of a state.
        alike: dict[frozenset[Key], frozenset[Key]] = {}
        kept = _among(table, known)
        while edges:
            key, found = edges.popitem()
            whole = kept.get(key, _NONE).union(found)
            kept[key] = alike.setdefault(whole, whole)
        return cls._sealed(table, kept, dialect, server)

    @classmethod
    def of(cls, objects: Iterable[Object], needs: Mapping[Key, frozenset[Key]], *, dialect: str, server: str) -> State:
        """A state of ``objects`` of which it is known what each needs: keys of others that are all there.

        Raises ValueError where two objects have one key.
        """
        return cls._sealed(_by_key(objects), needs, dialect, server)

    @classmethod
    def _sealed(cls, table: dict[Key, Object], needs: Mapping[Key, frozenset[Key]], dialect: str, server: str) -> State:
        return cls(objects=MappingProxyType(table), needs=MappingProxyType(needs), dialect=dialect, server=server)

    @classmethod
    def empty(cls, dialect: str, server: str) -> State:
        """The state of a database with nothing in it."""
        return cls.build((), dialect=dialect, server=server)

    def __getitem__(self, key: Key) -> Object:
        return self.objects[key]

    def get(self, key: Key) -> Object | None:
        """The object of this key, or None."""
        return self.objects.get(key)

    def __contains__(self, key: Key) -> bool:
        return key in self.objects

    def __iter__(self) -> Iterator[Object]:
        return iter(self.objects.values())

    def __len__(self) -> int:
        return len(self.objects)

    def needs_of(self, key: Key) -> frozenset[Key]:
        """What this object needs directly."""
        return self.needs.get(key, _NONE)

    @cached_property
    def _dependents(self) -> Mapping[Key, Sequence[Key]]:
        found: dict[Key, list[Key]] = {}
        for who, whats in self.needs.items():
            for what in whats:
                found.setdefault(what, []).append(who)
        return found

    def dependents(self, key: Key) -> frozenset[Key]:
        """Who needs this object directly."""
        return frozenset(self._dependents.get(key, ()))

    @cached_property
    def _children(self) -> Mapping[Key, tuple[Object, ...]]:
        found: dict[Key, list[Object]] = {}
        for item in self.objects.values():
            if item.key.parent is not None:
                found.setdefault(item.key.parent, []).append(item)
        return {key: tuple(items) for key, items in found.items()}

    def children(self, parent: Key, kind: Kind | None = None) -> tuple[Object, ...]:
        """Objects whose parent is ``parent``, sorted by key; of one kind if given."""
        found = self._children.get(parent, ())
        return found if kind is None else tuple(item for item in found if item.key.kind is kind)

    def home(self, key: Key) -> Key:
        """The key, or for a sequence that a column owns that column: it is part of the column's table."""
        if key.root.kind is not Kind.SEQUENCE:
            return key
        owner = self.objects.get(Key(Kind.SEQUENCE_OWNER, key.root.schema, "", key.root))
        return owner.column if isinstance(owner, SequenceOwner) else key

    def of_kind(self, kind: Kind) -> tuple[Object, ...]:
        """All objects of a kind, sorted by key."""
        return self._of_kinds.get(kind, ())

    @cached_property
    def _of_kinds(self) -> Mapping[Kind, tuple[Object, ...]]:
        found: dict[Kind, list[Object]] = {}
        for item in self.objects.values():
            found.setdefault(item.key.kind, []).append(item)
        return {kind: tuple(items) for kind, items in found.items()}

    @property
    def unmanaged(self) -> tuple[Opaque, ...]:
        """What is there but cannot be described."""
        return tuple(item for item in self.objects.values() if isinstance(item, Opaque))

    def sharing(self, other: State) -> State:
        """This state, with the other's objects where they are the same in every field, those not compared included.

        Two states of one database then take little more memory than one, and comparing them little time.
        """
        objects = {
            key: there if (there := other.get(key)) is not None and _identical(there, item) else item
            for key, item in self.objects.items()
        }
        needs = {key: same if (same := other.needs_of(key)) == found else found for key, found in self.needs.items()}
        return State._sealed(objects, needs, self.dialect, self.server)

    def select(self, wanted: Callable[[Key], bool]) -> State:
        """The state of only the wanted keys, with the needs among them."""
        kept = [item for key, item in self.objects.items() if wanted(key)]
        return self if len(kept) == len(self.objects) else self.with_objects(kept)

    def with_objects(
        self, objects: Iterable[Object], needs: Iterable[tuple[Key, Key]] = (), *, known: Needs | None = None
    ) -> State:
        """A state of other objects that keeps what is known of their needs; or has ``known`` instead."""
        known = self.needs if known is None else known
        return State.build(objects, needs, dialect=self.dialect, server=self.server, structural=False, known=known)

    def needed_by(self, keys: Iterable[Key]) -> frozenset[Key]:
        """The keys and all that they need, transitively."""
        return self._closure(keys, self.needs_of)

    def depending_on(self, keys: Iterable[Key]) -> frozenset[Key]:
        """The keys and all that need them, transitively."""
        return self._closure(keys, self.dependents)

    def _closure(self, keys: Iterable[Key], step: Callable[[Key], frozenset[Key]]) -> frozenset[Key]:
        found = {key for key in keys if key in self.objects}
        todo = list(found)
        while todo:
            for key in step(todo.pop()):
                if key not in found:
                    found.add(key)
                    todo.append(key)
        return frozenset(found)

    def apply(self, changes: Iterable[Change]) -> State:
        """The state after ``changes``, without a database: the virtual schema."""
        objects = dict(self.objects)
        for change in changes:
            match change:
                case Create(new=new):
                    objects[new.key] = new
                case Drop(old=old):
                    del objects[old.key]
                case Alter(old=old, new=new) | Replace(old=old, new=new) | Rename(old=old, new=new):
                    del objects[old.key]
                    objects[new.key] = new
        return self.with_objects(objects.values())

    def renamed(self, old: Key, new: Key) -> State:
        """The state after ``old`` came to be called ``new``, with all that lives in it or names it."""
        moved = [renamed(item, old, new) for item in self.objects.values()]
        needs = [(who.moved(old, new), what.moved(old, new)) for who, whats in self.needs.items() for what in whats]
        return State.build(moved, needs, dialect=self.dialect, server=self.server, structural=False)

    def moved(self, moves: Mapping[Key, Key]) -> State:
        """The state after many came to be called otherwise at once, with all that lives in them or names them.

        Not for columns, whose names stand in other objects' fields: see ``renamed``.
        """

        def to(key: Key) -> Key:
            if key in moves or key.parent is None:
                return moves.get(key, key)
            parent = to(key.parent)
            return key if parent is key.parent else Key(key.kind, parent.schema, key.name, parent)

        def follow(item: Object) -> Object:
            named = {each.name: value for each in fields(item) if isinstance(value := getattr(item, each.name), Key)}
            changed: dict[str, Any] = {name: new for name, key in named.items() if (new := to(key)) is not key}
            return replace(item, **changed) if changed else item

        needs = [(to(who), to(what)) for who, whats in self.needs.items() for what in whats]
        objects = [follow(item) for item in self.objects.values()]
        return State.build(objects, needs, dialect=self.dialect, server=self.server, structural=False)

    @cached_property
    def digests(self) -> Mapping[Key, str]:
        """The digest of every object."""
        return {key: object_digest(item) for key, item in self.objects.items()}

    @cached_property
    def digest(self) -> str:
        """One digest for the whole: equal states have equal digests."""
        return whole_digest(self.dialect, self.digests)


_RANK = attrgetter("rank")
_KEY = attrgetter("key")
_PATH = attrgetter("key.path")
_ORDER = attrgetter("key.order")


def _among(present: Mapping[Key, Object], needs: Needs) -> dict[Key, frozenset[Key]]:
    """The needs of and for those who are present; the very sets, where nothing of them is gone."""
    kept: dict[Key, frozenset[Key]] = {}
    there = present.__contains__
    for key, whole in needs.items():
        if key in present:
            left = whole if all(map(there, whole)) else frozenset(filter(there, whole))
            if left:
                kept[key] = left
    return kept


def _identical(one: Object, other: Object) -> bool:
    if one != other:
        return False
    of_class: Any = type(other)
    skipped = _skipped(of_class)
    return skipped(one) == skipped(other)


@cache
def _skipped(cls: Any) -> Callable[[object], object]:
    """Gives the values of the fields that equality skips."""
    return attrgetter("key", *(each.name for each in fields(cls) if not each.compare))


def _by_key(objects: Iterable[Object]) -> dict[Key, Object]:
    """The objects in the order of their keys. Raises ValueError where two have one key."""
    kinds: dict[Kind, list[Object]] = {}
    for item in objects:
        kinds.setdefault(item.key.kind, []).append(item)
    table: dict[Key, Object] = {}
    count = 0
    for kind in sorted(kinds, key=_RANK):
        found = kinds[kind]
        # As by ``order``, at a fifth of its cost: only of one path, under parents of two kinds, it says more.
        found.sort(key=_PATH if len(set(map(_PATH, found))) == len(found) else _ORDER)
        table.update(zip(map(_KEY, found), found, strict=True))
        count += len(found)
        if len(table) < count:
            twice = next(a.key for a, b in pairwise(found) if a.key == b.key)
            raise ValueError(f"two objects are called {twice}")
    return table
