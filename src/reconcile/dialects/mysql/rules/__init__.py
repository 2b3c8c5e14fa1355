"""How changes become SQL on MySQL and MariaDB. Every DDL statement commits by itself, so every draft is one."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from reconcile.dialects.base import Draft, Scene, Unit
from reconcile.dialects.mysql.features import Features
from reconcile.dialects.mysql.rules.alter import alter_table
from reconcile.dialects.mysql.rules.attic import MySqlAttic
from reconcile.dialects.mysql.rules.filling import fill
from reconcile.dialects.mysql.rules.partitions import change_partitions, is_local
from reconcile.dialects.mysql.rules.privileges import moved_privileges, render_privilege
from reconcile.dialects.mysql.rules.programs import how_view, render_trigger, render_view
from reconcile.dialects.mysql.rules.renames import render_rename
from reconcile.dialects.mysql.rules.routines import PROGRAMS, how_program, render_program
from reconcile.dialects.mysql.rules.sequences import render_sequence
from reconcile.dialects.mysql.rules.tables import create_table, drop_table
from reconcile.errors import Unplannable
from reconcile.state import (
    Action,
    Alter,
    Change,
    CheckConstraint,
    Column,
    ForeignKey,
    How,
    Index,
    Key,
    Kind,
    Object,
    Package,
    Rename,
    State,
    Table,
    Verb,
    View,
)

_IN_PLACE = frozenset(
    {
        Kind.TABLE,
        Kind.COLUMN,
        Kind.DEFAULT,
        Kind.COMMENT,
        Kind.SEQUENCE,
        Kind.PARTITIONING,
        Kind.PRIVILEGE,
    }
)
_WHOLES = frozenset({Kind.TABLE, *PROGRAMS})
_RELATIONS = frozenset({Kind.TABLE, Kind.VIEW, Kind.SEQUENCE})
# InnoDB refuses to change these under a foreign key, on either side (errors 1832 and 1833).
_HELD_BY_FOREIGN_KEY = frozenset({"type", "charset", "collation", "generated"})


@dataclass(frozen=True, slots=True)
class MySqlRules:
    """See Rules."""

    features: Features

    @property
    def attic(self) -> MySqlAttic:
        return MySqlAttic(self.features)

    def how(self, change: Alter) -> How:
        kind = change.key.kind
        if kind is Kind.OPAQUE:
            return How.REFUSE
        if kind in PROGRAMS:
            return how_program(change.old, change.new, change.fields, self.features)
        if kind is Kind.CHECK and change.fields == {"enforced"} and self.features.alters_checks:
            return How.ALTER
        if kind is Kind.INDEX and change.fields == {"invisible"}:
            return How.ALTER
        if isinstance(change.old, Column) and isinstance(change.new, Column) and "generated" in change.fields:
            # Only a stored column has values of its own that can be kept.
            kept = all(c.generated is None or c.generated.stored for c in (change.old, change.new))
            return How.ALTER if kept and change.new.generated is None else How.REPLACE
        if isinstance(change.old, View) and isinstance(change.new, View):
            return how_view(change.old, change.new)
        return How.ALTER if kind in _IN_PLACE else How.REPLACE

    def disrupts(self, change: Change, dependent: Object) -> bool:
        match change:
            case Alter(new=Column(), fields=fields):
                return isinstance(dependent, ForeignKey) and bool(fields & _HELD_BY_FOREIGN_KEY)
            case Alter(old=Table(options=old), new=Table(options=new)):
                changed = {name for name, _ in set(old) ^ set(new)}
                return isinstance(dependent, ForeignKey) and bool(changed & {"engine", "collation", "charset"})
            case Alter(old=Package()):
                return dependent.key.kind is Kind.PACKAGE_BODY  # it goes with the specification it was made for
            case Rename(new=Column()):
                return isinstance(dependent, CheckConstraint) and not self.features.renames_checked_columns
            case _:
                return False

    def brings(self, item: Object, state: State) -> Iterable[Object]:
        del item, state
        return ()

    @property
    def renamed_freely(self) -> frozenset[Kind]:
        """Kinds of which another name is all there is to do."""
        return frozenset({Kind.INDEX})

    def follows(self, base: State, goal: State) -> Callable[[Object], Iterable[Key]]:
        """Nothing."""
        del base, goal
        return lambda _: ()

    def slots(self, item: Object) -> Iterable[Hashable]:
        key = item.key
        if isinstance(item, ForeignKey):
            yield "foreign keys or partitions", key.root.name
        if key.kind in _RELATIONS:
            yield "relation", key.name.lower()
        elif key.kind is Kind.TRIGGER:
            yield "trigger", key.name.lower()
        elif key.kind in PROGRAMS:
            yield key.kind, key.root.name.lower()
        elif key.kind is Kind.PARTITIONING:
            yield "foreign keys or partitions", key.root.name  # InnoDB: not both
        elif isinstance(item, ForeignKey | CheckConstraint) and (item.named or item.ordinal):
            # Names of foreign keys belong to the whole database, those of checks to their table.
            where = None if isinstance(item, ForeignKey) and item.named else key.root.name
            yield key.kind, where, item.ordinal or key.name.lower()
        elif isinstance(item, Index | Column):
            yield key.kind, key.root.name, key.name.lower()

    def group(self, actions: Sequence[Action], scene: Scene) -> Mapping[Action, Hashable]:
        del scene
        created = {action.key for action in actions if action.verb is Verb.CREATE and action.key.kind is Kind.TABLE}
        dropped = {action.key for action in actions if action.verb is Verb.DROP and action.key.kind in _WHOLES}
        return {
            action: host for action in actions if (host := _host(action, created=created, dropped=dropped)) is not None
        }

    def separable(self, action: Action) -> bool:
        return action.key.kind is Kind.FOREIGN_KEY

    def fill(self, table: Key, given: Mapping[Key, str], key: Sequence[Key], scene: Scene) -> Iterable[Draft]:
        return fill(table, given, key, scene)

    def render(self, unit: Unit, scene: Scene) -> Iterable[Draft]:
        renames = [action for action in unit.actions if action.verb is Verb.RENAME]
        for action in renames:
            assert action.old is not None
            drafts = [*render_rename(action, scene, self.features)]
            yield from (*drafts, *moved_privileges(action.old.key, action.key, scene))
        rest = [action for action in unit.actions if action.verb is not Verb.RENAME]
        if rest:
            yield from self._render(rest, scene)

    def _render(self, actions: list[Action], scene: Scene) -> Iterator[Draft]:
        for action in actions:
            match action.key.kind, action.verb:
                case Kind.TABLE, Verb.CREATE:
                    assert isinstance(action.new, Table)
                    yield create_table(action.new, actions, scene, self.features)
                    return
                case Kind.TABLE, Verb.DROP:
                    yield drop_table(action.key)
                    return
                case _:
                    pass
        first = actions[0]
        if all(action.key.kind is Kind.PRIVILEGE for action in actions):
            for action in actions:
                yield from render_privilege(action)
            return
        program = _program_of(first.key)
        if program is not None and any(action.key == program.root for action in actions):
            program = program.root  # a package is dropped with its body
        if program is not None:
            yield from render_program(program, actions, scene, self.features)
            return
        match first.key.root.kind, first.key.kind:
            case _, Kind.PARTITIONING if len(actions) == 1 and is_local(first):
                yield change_partitions(first.key.root, first, scene)
            case _, Kind.TRIGGER:
                yield from (render_trigger(action, self.features) for action in actions)
            case Kind.TABLE, _:
                yield from alter_table(first.key.root, actions, scene, self.features)
            case Kind.VIEW, Kind.VIEW:
                yield from (render_view(action, self.features) for action in actions)
            case Kind.SEQUENCE, Kind.SEQUENCE | Kind.COMMENT:
                for action in actions:
                    yield from render_sequence(action)
            case _:
                raise Unplannable(f"{first.key} cannot be changed on {self.features.name}", key=first.key)


def _host(action: Action, *, created: set[Key], dropped: set[Key]) -> Hashable | None:
    """The statement an action is part of."""
    root = action.key.root
    program = _program_of(action.key)
    if action.key.kind is Kind.PRIVILEGE and (action.verb is not Verb.DROP or program is None or root not in dropped):
        return None  # what is granted on a table outlives it; on a routine it goes with it
    if program is not None and action.verb is not Verb.RENAME:
        program = program.root if program.root in dropped and action.verb is Verb.DROP else program
        gone = action.verb is Verb.DROP and program in dropped
        return ("drop" if gone else "make"), program
    if root.kind is not Kind.TABLE or action.verb is Verb.RENAME:
        return None
    if action.verb is Verb.DROP and root in dropped:
        return "drop", root
    if action.key.kind is Kind.TRIGGER:
        return None
    if root in created:
        return "create", root
    if action.key.kind is Kind.FOREIGN_KEY:
        # On their own: a column on the other side may have to change in between, and InnoDB refuses
        # to drop and add a constraint of one name in one statement.
        return ("drop foreign keys" if action.verb is Verb.DROP else "add foreign keys"), root
    if is_local(action):
        return "partitions", root  # these clauses stand alone in their statement
    return "alter", root


def _program_of(key: Key) -> Key | None:
    """The routine, package, package body or event that this is, or is the comment of."""
    return next((part for part in (key, key.parent) if part is not None and part.kind in PROGRAMS), None)
