"""Constraints: subcommands of ALTER TABLE."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.dialects.postgresql.rules import tables, text
from reconcile.dialects.postgresql.rules.columns import ACCESS_EXCLUSIVE, ROW_EXCLUSIVE, UPDATE_EXCLUSIVE, Command
from reconcile.dialects.postgresql.rules.indexes import option_statements
from reconcile.dialects.postgresql.rules.text import ident
from reconcile.state import Action, CheckConstraint, ForeignKey, Key, Kind, Object

KINDS = frozenset({Kind.PRIMARY_KEY, Kind.UNIQUE, Kind.CHECK, Kind.EXCLUSION, Kind.FOREIGN_KEY})

# Foreign keys last: what they point at may be added by the same statement.
_RANK = {Kind.PRIMARY_KEY: 60, Kind.UNIQUE: 61, Kind.CHECK: 62, Kind.EXCLUSION: 63, Kind.FOREIGN_KEY: 64}


def add(item: Object) -> Iterator[Command]:
    """ADD CONSTRAINT, and the marks on the index behind it."""
    unproved = isinstance(item, CheckConstraint | ForeignKey) and not (item.validated and item.enforced)
    lock = ROW_EXCLUSIVE if isinstance(item, ForeignKey) else ACCESS_EXCLUSIVE
    yield Command(_RANK[item.key.kind], f"ADD {text.constraint(item)}", scans=not unproved, lock=lock)
    for mark in tables.index_marks(item):
        yield Command(90, mark)


def alter(old: Object, new: Object) -> Iterator[Command]:
    """What PostgreSQL can change about a constraint that stays."""
    name = ident(new.key.name)
    if isinstance(old, ForeignKey) and isinstance(new, ForeignKey):
        if (old.deferrable, old.initially_deferred) != (new.deferrable, new.initially_deferred):
            yield Command(66, f"ALTER CONSTRAINT {name}{text.deferral(new) or ' NOT DEFERRABLE'}")
        if old.enforced != new.enforced:
            word = "" if new.enforced else "NOT "
            yield Command(66, f"ALTER CONSTRAINT {name} {word}ENFORCED", scans=new.enforced)
        if not old.validated and new.validated:
            yield Command(67, f"VALIDATE CONSTRAINT {name}", scans=True, lock=UPDATE_EXCLUSIVE)
    elif isinstance(old, CheckConstraint) and isinstance(new, CheckConstraint):
        if not old.validated and new.validated:
            yield Command(67, f"VALIDATE CONSTRAINT {name}", scans=True, lock=UPDATE_EXCLUSIVE)
    else:
        marks = [mark for mark in tables.index_marks(new) if mark not in tables.index_marks(old)]
        yield from (Command(90, mark) for mark in marks)


def index_statements(old: Object, new: Object) -> Iterator[str]:
    """Statements for the options of the index behind a constraint."""
    if new.key.kind in (Kind.PRIMARY_KEY, Kind.UNIQUE, Kind.EXCLUSION):
        yield from option_statements(old, new, marks=False)


def other_table(action: Action) -> Key | None:
    """The table a foreign key points at."""
    item = action.new or action.old
    return item.target if isinstance(item, ForeignKey) else None
