"""What can happen to an object. Must not know how changes are found or carried out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reconcile.state.key import Key, Order
from reconcile.state.objects import Object


@dataclass(frozen=True, slots=True, kw_only=True)
class Create:
    """The object is wanted and not there."""

    new: Object

    @property
    def key(self) -> Key:
        return self.new.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """The object is there and not wanted."""

    old: Object

    @property
    def key(self) -> Key:
        return self.old.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Alter:
    """The object is there and differs in ``fields``; it can be changed in place."""

    old: Object
    new: Object
    fields: frozenset[str]

    @property
    def key(self) -> Key:
        return self.new.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Rename:
    """The object came to be called otherwise; everything inside moves along. Happens before all else."""

    old: Object
    new: Object  # the old object under its new key

    @property
    def key(self) -> Key:
        return self.new.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Replace:
    """The object is dropped and made anew: it cannot be altered, or cannot live through another change."""

    old: Object
    new: Object
    because: Key | None = None  # the change it had to make way for; None: its own difference

    @property
    def key(self) -> Key:
        return self.new.key


Change = Create | Drop | Alter | Rename | Replace


class Verb(StrEnum):
    """What an action does. The order is the preferred order among actions that are free to move."""

    RENAME = "rename"
    CREATE = "create"
    ALTER = "alter"
    DROP = "drop"

    @property
    def rank(self) -> int:
        return list(Verb).index(self)


@dataclass(frozen=True, slots=True)
class Action:
    """One node of the planning graph: a change, or one half of a Replace. Hashed by verb and key alone."""

    verb: Verb
    key: Key
    old: Object | None  # None for CREATE
    new: Object | None  # None for DROP
    fields: frozenset[str] = frozenset()  # ALTER: what differs

    def __hash__(self) -> int:
        return hash((self.verb, self.key))

    @property
    def order(self) -> tuple[int, Order]:
        return self.verb.rank, self.key.order


class How(StrEnum):
    """How an object's difference is made good."""

    ALTER = "alter"  # in place
    REPLACE = "replace"  # drop and create
    REBUILD = "rebuild"  # in place, by building the table around it anew (SQLite)
    REFUSE = "refuse"  # not by us: the plan is refused with a reason
