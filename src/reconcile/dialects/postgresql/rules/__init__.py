"""How changes become SQL on PostgreSQL: one file a family, gathered here."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from reconcile.dialects.base import Draft, Scene, Unit
from reconcile.dialects.postgresql.features import Features
from reconcile.dialects.postgresql.rules import (
    alter,
    columns,
    comments,
    compare,
    definitions,
    domains,
    extensions,
    following,
    foreign,
    grouping,
    indexes,
    materialized_views,
    namespaces,
    owners,
    policies,
    privileges,
    publications,
    renames,
    roles,
    routines,
    sequences,
    statistics,
    subscriptions,
    tables,
    trees,
    triggers,
    types,
    views,
)
from reconcile.dialects.postgresql.rules.attic import PostgresAttic
from reconcile.state import Action, Alter, Change, How, Key, Kind, Object, State, Verb

_RENAMED_FREELY = frozenset(
    {Kind.INDEX, Kind.PRIMARY_KEY, Kind.UNIQUE, Kind.FOREIGN_KEY, Kind.CHECK, Kind.EXCLUSION, Kind.SEQUENCE}
)


@dataclass(frozen=True, slots=True)
class PostgresRules:
    """The Rules of one server version."""

    features: Features

    @property
    def attic(self) -> PostgresAttic:
        """How rows are kept and brought back."""
        return PostgresAttic()

    def how(self, change: Alter) -> How:
        """In place, or drop and create."""
        return compare.how(change, self.features)

    def disrupts(self, change: Change, dependent: Object) -> bool:
        """Whether the dependent has to make way."""
        return compare.disrupts(change, dependent)

    def brings(self, item: Object, state: State) -> Iterable[Object]:
        """The privileges that default privileges give to a new object."""
        return privileges.defaults_of(item.key, state, self.features)

    @property
    def renamed_freely(self) -> frozenset[Kind]:
        """Kinds of which another name is all there is to do."""
        return _RENAMED_FREELY

    def follows(self, base: State, goal: State) -> Callable[[Object], Iterable[Key]]:
        """What a table must have below which another is put; routines that a call could be mistaken for."""
        return following.follows(base, goal)

    def slots(self, item: Object) -> Iterable[Hashable]:
        """The names the object occupies."""
        return grouping.slots(item)

    def group(self, actions: Sequence[Action], scene: Scene) -> Mapping[Action, Hashable]:
        """Which actions fold into one statement."""
        return grouping.group(actions, scene)

    def separable(self, action: Action) -> bool:
        """Whether the action can stand alone."""
        return grouping.separable(action)

    def fill(self, table: Key, given: Mapping[Key, str], key: Sequence[Key], scene: Scene) -> Iterable[Draft]:
        """UPDATE, in parts where the table is changed online."""
        return columns.fill(table, given, key, scene)

    def render(self, unit: Unit, scene: Scene) -> Iterable[Draft]:
        """The SQL of a unit. What default privileges would add to new objects unasked is taken away again."""
        drafts = list(self._render(unit, scene))
        if undone := privileges.undone(unit, scene):
            drafts[-1] = replace(drafts[-1], sql=(*drafts[-1].sql, *undone))
        return drafts

    def _render(self, unit: Unit, scene: Scene) -> Iterable[Draft]:
        first = min(unit.actions, key=lambda action: action.order)
        if first.verb is Verb.RENAME:
            return renames.render(first, scene)
        if tables.is_creation(unit):
            return tables.create(unit, scene)
        if tables.is_removal(unit):
            return tables.drop(unit, scene)
        if domains.concerns(unit):
            return domains.render(unit, scene)
        in_tree = isinstance(unit.host, tuple) and unit.host[0] == "create indexes"
        if in_tree or all(action.key.kind is Kind.INDEX for action in unit.actions):
            return indexes.render_tree(unit, scene)
        inside = {*grouping.INSIDE, Kind.TABLE} | ({Kind.PARTITION} if len(unit.actions) > 1 else set())
        if any(a.key.kind in inside for a in unit.actions):
            return alter.alter(unit, scene)
        if first.key.kind is Kind.PRIVILEGE and all(a.key.kind is Kind.PRIVILEGE for a in unit.actions):
            return privileges.render(unit, scene)
        return _single(_leading(unit), scene)


def _leading(unit: Unit) -> Action:
    """The action that the others of a unit without a table go along with."""
    host = unit.host[1] if isinstance(unit.host, tuple) else None
    for action in unit.actions:
        if action.key == host:
            return action
    parts = {Kind.COMMENT, Kind.SEQUENCE_OWNER}
    return next((a for a in unit.actions if a.key.kind not in parts), unit.actions[0])


def _single(action: Action, scene: Scene) -> Iterable[Draft]:
    match action.key.kind:
        case Kind.SCHEMA:
            return namespaces.render(action)
        case Kind.ENUM:
            return types.render(action, scene)
        case Kind.EXTENSION:
            return extensions.render(action)
        case Kind.COLLATION:
            return types.render_collation(action)
        case Kind.DOMAIN:
            return types.render_domain(action, scene)
        case Kind.COMPOSITE:
            return types.render_composite(action, scene)
        case Kind.RANGE:
            return types.render_range(action, scene)
        case Kind.FUNCTION | Kind.PROCEDURE | Kind.AGGREGATE:
            return routines.render(action)
        case Kind.TRIGGER | Kind.RULE:
            return triggers.render(action)
        case Kind.EVENT_TRIGGER:
            return triggers.render_event(action)
        case Kind.SEQUENCE:
            return sequences.render(action)
        case Kind.SEQUENCE_OWNER:
            return sequences.render_owner(action, scene)
        case Kind.INDEX:
            return indexes.render(action, scene)
        case Kind.FOREIGN_WRAPPER | Kind.FOREIGN_SERVER | Kind.USER_MAPPING:
            return foreign.render(action)
        case Kind.PUBLICATION:
            return publications.render(action)
        case Kind.SUBSCRIPTION:
            return subscriptions.render(action, scene)
        case Kind.PARTITION:
            return trees.render(action)
        case Kind.VIEW:
            return views.render(action)
        case Kind.MATERIALIZED_VIEW:
            return materialized_views.render(action, scene)
        case Kind.STATISTICS:
            return statistics.render(action)
        case Kind.ROW_SECURITY:
            return policies.render_security(action)
        case Kind.POLICY:
            return policies.render(action)
        case Kind.DEFAULT_PRIVILEGE:
            return privileges.render_default(action)
        case kind if kind in definitions.KINDS:
            return definitions.render(action)
        case kind if kind in roles.KINDS:
            return roles.render(action, scene)
        case Kind.OWNER:
            return owners.render(action, scene)
        case Kind.COMMENT:
            return comments.render(action, scene)
        case kind:
            raise TypeError(f"PostgreSQL has no rules for {kind}")


def rules(features: Features) -> PostgresRules:
    """The Rules for a server with these features."""
    return PostgresRules(features)
