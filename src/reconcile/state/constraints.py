"""Constraints: primary key, unique, check, exclusion, foreign key."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from reconcile.state.indexes import COLUMNS, IndexPart
from reconcile.state.key import Key, Kind, child_key
from reconcile.state.objects import Object, Options, register


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint(Object):
    """What constraints share.

    A constraint that the server does not name, or named by itself in a way that depends on the order of
    making, is keyed by its content, in parentheses, for example ``(a, b)``, and has ``named=False``.
    """

    named: bool = True
    deferrable: bool = False
    initially_deferred: bool = False
    on_conflict: str | None = None  # SQLite conflict clause
    # The number in the name the server chose (MySQL: t_ibfk_2, CONSTRAINT_1); of a key its place among the table's
    # (SQLite), for of two that are in the way the first one's conflict clause holds; 0: there is none.
    ordinal: int = field(default=0, compare=False)
    # The constraint of the table above that it comes from (PostgreSQL); ``local``: declared here too.
    inherited_from: Key | None = field(default=None, compare=False)
    local: bool = field(default=True, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _KeyConstraint(Constraint):
    parts: tuple[IndexPart, ...] = field(metadata=COLUMNS)
    include: tuple[str, ...] = field(default=(), metadata=COLUMNS)
    options: Options = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(part.column for part in self.parts if part.column is not None)

    @property
    def requires(self) -> frozenset[Key]:
        table = self.key.parent
        assert table is not None
        names = (*self.columns, *self.include)
        return frozenset({table, *(child_key(Kind.COLUMN, table, name) for name in names)})


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class PrimaryKey(_KeyConstraint):
    """PRIMARY KEY. On MySQL its name is always PRIMARY; on SQLite it may have none."""

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.PRIMARY_KEY,)


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Unique(_KeyConstraint):
    """UNIQUE as a constraint. (MySQL has only unique indexes: see Index.)"""

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.UNIQUE,)

    nulls_not_distinct: bool = False


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Check(Constraint):
    """CHECK (expression)."""

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.CHECK,)

    expression: str
    no_inherit: bool = False
    validated: bool = True
    enforced: bool = True
    column: str | None = field(default=None, compare=False)  # written beside this column, where it matters


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion(Constraint):
    """EXCLUDE USING method (part WITH operator, …) (PostgreSQL)."""

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.EXCLUSION,)

    method: str
    parts: tuple[IndexPart, ...] = field(metadata=COLUMNS)
    operators: tuple[str, ...]
    include: tuple[str, ...] = field(default=(), metadata=COLUMNS)
    where: str | None = None
    options: Options = ()

    @property
    def requires(self) -> frozenset[Key]:
        table = self.key.parent
        assert table is not None
        names = (*(p.column for p in self.parts if p.column is not None), *self.include)
        return frozenset({table, *(child_key(Kind.COLUMN, table, name) for name in names)})


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignKey(Constraint):
    """FOREIGN KEY. Actions and match in upper case: NO ACTION, RESTRICT, CASCADE, SET NULL, SET DEFAULT; SIMPLE, FULL.

    ``target_columns`` is empty where SQLite was told none (it then means the primary key).
    """

    kinds: ClassVar[tuple[Kind, ...]] = (Kind.FOREIGN_KEY,)

    columns: tuple[str, ...] = field(metadata=COLUMNS)
    target: Key
    target_columns: tuple[str, ...] = field(metadata={"target_columns": True})
    on_delete: str = "NO ACTION"
    on_delete_columns: tuple[str, ...] = field(
        default=(), metadata=COLUMNS
    )  # ON DELETE SET NULL (columns), PostgreSQL 15
    on_update: str = "NO ACTION"
    match: str = "SIMPLE"
    validated: bool = True
    enforced: bool = True
    period: bool = False  # PERIOD before the last column (PostgreSQL 18)

    @property
    def requires(self) -> frozenset[Key]:
        table = self.key.parent
        assert table is not None
        return frozenset(
            {
                table,
                self.target,
                *(child_key(Kind.COLUMN, table, name) for name in self.columns),
                *(child_key(Kind.COLUMN, self.target, name) for name in self.target_columns),
            }
        )
