"""What a hazard rule is, and what one sees: a step of a plan, or a schema."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from reconcile.hazards.evidence import NOTHING, Evidence
from reconcile.hazards.facts import SILENT, Blocks, Facts
from reconcile.state import (
    Column,
    Default,
    Effect,
    Hazard,
    Kept,
    Key,
    Kind,
    Level,
    Object,
    State,
    Step,
    Table,
    child_key,
)

BREAKS_READERS = "breaks-readers"  # the hazard of a rename, see running/rename.py

T = TypeVar("T", bound=Object)


class Group(StrEnum):
    """What a rule is about."""

    LOSS = "loss"
    RUNNING = "running code"
    ROWS = "rows in the way"
    LOCKS = "locks and rewrites"
    ACCESS = "access"
    DESIGN = "design"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """SQL that shows the rule at work; tests run it on real databases.

    From a database made by ``before``, the plan to one made by ``bad`` must raise the code and the plan to ``good``
    must not. Of a rule about design, ``bad`` and ``good`` are schemas.
    """

    on: tuple[str, ...]  # names of dialects
    bad: str
    good: str
    before: str = ""
    renames: tuple[str, ...] = ()  # "column t.a=b": what the plan to ``bad`` is told of


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: the documentation of its code, and what it looks at.

    ``look`` sees each step of a plan; ``inspect`` sees a schema (design advice: `reconcile lint`). A rule with
    neither documents a code that a dialect's own rules put on their drafts.
    """

    code: str
    group: Group
    level: Level  # the worst it comes with
    title: str  # what it finds: one line without a full stop
    why: str
    instead: str  # the safe way
    examples: tuple[Example, ...]
    look: Callable[[View], Iterator[Hazard]] | None = None
    inspect: Callable[[Schema], Iterator[Hazard]] | None = None

    def hazard(self, key: Key, message: str, *, advice: str | None = None, level: Level | None = None) -> Hazard:
        """A finding of this rule."""
        return Hazard(
            code=self.code,
            level=self.level if level is None else level,
            key=key,
            message=message,
            advice=self.instead if advice is None else advice,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A step with both ends of the plan it belongs to."""

    step: Step
    before: State  # at the plan's start, what the plan renames by its new name
    after: State  # at its end
    filled: frozenset[Key]  # tables known to hold rows
    facts: Facts = SILENT
    earlier: tuple[Step, ...] = ()  # of the same transaction
    known: Evidence = NOTHING  # what the live server has counted
    kept: frozenset[Key] = frozenset()  # tables and columns that the plan puts into the attic

    def dropped(self) -> Iterator[Object]:
        """Objects that are there before the plan, go in this step, and are not there at its end."""
        return (
            self.before[e.key]
            for e in self.step.effects
            if e.after is None and e.key in self.before and e.key not in self.after
        )

    def altered(self) -> Iterator[tuple[Object, Object]]:
        """Objects that this step changes from what they were to what they shall be."""
        return (
            (self.before[e.key], self.after[e.key])
            for e in self.step.effects
            if _alters(e) and e.key in self.before and e.key in self.after
        )

    def changed(self, cls: type[T]) -> Iterator[tuple[T, T]]:
        """Those of one class that differ at the plan's end, on tables that stay."""
        for old, new in self.altered():
            if isinstance(old, cls) and isinstance(new, cls) and old != new:
                yield old, new

    def created(self, cls: type[T]) -> Iterator[T]:
        """What is new, of one class, in or on a table that was there before."""
        for effect in self.step.effects:
            item = self.after.get(effect.key)
            made = effect.after is not None and effect.key not in self.before
            if made and isinstance(item, cls) and self.stays(effect.key):
                yield item

    def gone(self, cls: type[T]) -> Iterator[T]:
        """What goes, of one class, from a table (or whatever it is on) that stays."""
        for item in self.dropped():
            if isinstance(item, cls) and (item.key.parent is None or item.key.root in self.after):
                yield item

    def stays(self, key: Key) -> bool:
        """Whether what the object belongs to is there before and after the plan."""
        return key.root in self.before and key.root in self.after

    def holds_rows(self, key: Key) -> bool:
        """Whether the table the object belongs to is known to hold rows."""
        return key.root in self.filled

    def keeps(self, key: Key) -> bool:
        """Whether what the plan destroys of the object's table goes into the attic."""
        return key in self.kept or key.root in self.kept

    def tables(self) -> tuple[Key, ...]:
        """Tables that hold rows and that this step works on."""
        found = {effect.key.root for effect in self.step.effects}
        return tuple(sorted(key for key in found & self.filled if key in self.before))

    @property
    def blocks(self) -> Blocks:
        """Whom the step's lock shuts out."""
        return self.facts.blocks(self.step.lock or "")

    def evidence(self, key: Key) -> str:
        """What the server has counted of the object's use, as the end of a sentence; empty where it keeps nothing."""
        text = self.known.used.get(key, "")
        return f" ({text})" if text else ""

    def size(self, table: Key) -> str:
        """How big the table is, in parentheses; empty where that is not known."""
        size = self.known.sizes.get(table)
        return "" if size is None else f" ({size})"


def _alters(effect: Effect) -> bool:
    return effect.before is not None and effect.after is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """A schema as rules of design see it. ``about``: the roots looked at; None: all."""

    state: State
    facts: Facts = SILENT
    about: frozenset[Key] | None = None
    numbers: Mapping[Key, int] = field(default_factory=dict)  # where the numbering of a column has come to

    def tables(self) -> Iterator[Table]:
        """The tables that keep rows themselves or in partitions; a partition is its parent's affair."""
        for item in self.state.of_kind(Kind.TABLE):
            whole = child_key(Kind.PARTITION, item.key) not in self.state
            if isinstance(item, Table) and item.server is None and whole and self.asked(item.key):
                yield item

    def columns(self) -> Iterator[Column]:
        """Columns of those tables that they declare themselves."""
        for table in self.tables():
            for item in self.of(table.key, Column):
                if not item.inherited:
                    yield item

    def of(self, table: Key, cls: type[T]) -> Iterator[T]:
        """The table's parts of one class."""
        for kind in cls.kinds:
            for item in self.state.children(table, kind):
                if isinstance(item, cls):
                    yield item

    def each(self, cls: type[T]) -> Iterator[T]:
        """All objects of one class that are looked at."""
        for kind in cls.kinds:
            for item in self.state.of_kind(kind):
                if isinstance(item, cls) and self.asked(item.key):
                    yield item

    def named(self) -> Iterator[Object]:
        """Tables, views and columns: what queries name."""
        for kind in (Kind.TABLE, Kind.VIEW, Kind.MATERIALIZED_VIEW, Kind.COLUMN):
            for item in self.state.of_kind(kind):
                if self.asked(item.key):
                    yield item

    def default(self, column: Key) -> str:
        """The column's default as the server prints it; empty where there is none."""
        item = self.state.get(child_key(Kind.DEFAULT, column))
        return item.expression if isinstance(item, Default) else ""

    def asked(self, key: Key) -> bool:
        """Whether the object is among those looked at."""
        return self.about is None or key.root in self.about


def kept_in(kept: Kept) -> tuple[Key, ...]:
    """The table or the columns that are kept."""
    return tuple(child_key(Kind.COLUMN, kept.key, name) for name in kept.columns) or (kept.key,)


def about_of(keys: Iterable[Key]) -> frozenset[Key]:
    """The roots of these, for Schema.about."""
    return frozenset(key.root for key in keys)
