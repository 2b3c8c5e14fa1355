"""Which actions fold into one statement, and which names an object occupies."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence

from reconcile.dialects.base import Scene
from reconcile.dialects.postgresql.defaults import chosen_name
from reconcile.dialects.postgresql.rules import trees
from reconcile.dialects.postgresql.rules.privileges import is_on
from reconcile.state import Action, Column, Key, Kind, Object, PartitionOf, SequenceOwner, Verb, child_key

# Parts that stand inside CREATE TABLE, and that ALTER TABLE changes.
INSIDE = frozenset(
    {
        Kind.COLUMN,
        Kind.DEFAULT,
        Kind.PRIMARY_KEY,
        Kind.UNIQUE,
        Kind.CHECK,
        Kind.EXCLUSION,
        Kind.FOREIGN_KEY,
    }
)
# What goes by itself with what it is on.
_ADHERENT = frozenset(
    {
        Kind.INDEX,
        Kind.TRIGGER,
        Kind.RULE,
        Kind.ROW_SECURITY,
        Kind.POLICY,
        Kind.PRIVILEGE,
        Kind.OWNER,
        Kind.MEMBERSHIP,
        Kind.ROLE_SETTING,
    }
)
# What can go before what it is on, where something else needs that: a rule that fills another table.
_APART = frozenset({Kind.INDEX, Kind.PARTITION, Kind.TRIGGER, Kind.RULE, Kind.POLICY, Kind.PRIVILEGE, Kind.COMMENT})
_INDEX_MADE = frozenset({Kind.INDEX, Kind.PRIMARY_KEY, Kind.UNIQUE, Kind.EXCLUSION})
_RELATIONS = frozenset({Kind.TABLE, Kind.VIEW, Kind.MATERIALIZED_VIEW, Kind.SEQUENCE, Kind.COMPOSITE})
# Tables and views have a row type of their name.
_TYPES = frozenset({Kind.TABLE, Kind.VIEW, Kind.MATERIALIZED_VIEW, Kind.ENUM, Kind.DOMAIN, Kind.COMPOSITE, Kind.RANGE})
_ROUTINES = frozenset({Kind.FUNCTION, Kind.PROCEDURE, Kind.AGGREGATE})
_CONSTRAINTS = frozenset({Kind.PRIMARY_KEY, Kind.UNIQUE, Kind.CHECK, Kind.EXCLUSION, Kind.FOREIGN_KEY})


def slots(item: Object) -> Iterable[Hashable]:
    """Names in pg_class, pg_type and pg_constraint; and that a table has one primary key."""
    key = item.key
    if key.kind in _RELATIONS or key.kind in _INDEX_MADE:
        yield "relation", key.schema, key.name
    if key.kind in _TYPES:
        yield "type", key.schema, key.name
    if key.kind in _ROUTINES:
        yield "routine", key.schema, key.name
    if key.kind in _CONSTRAINTS:
        yield "constraint", key.parent, key.name
    if key.kind is Kind.PRIMARY_KEY:
        yield "primary key", key.parent
    if isinstance(item, PartitionOf):
        yield "bounds", item.of  # what is detached may overlap with what is attached
        yield "parts", item.of
    if key.kind in (Kind.CHECK, Kind.COLUMN):
        yield "parts", key.parent  # what the table above no longer has, a table that is attached need not have
    if isinstance(item, Column) and item.identity is not None:
        yield "relation", key.schema, identity_sequence(item)


def identity_sequence(column: Column) -> str:
    """The name of an identity column's own sequence."""
    assert column.identity is not None and column.key.parent is not None
    return column.identity.sequence or chosen_name(column.key.parent.name, column.key.name, "seq")


def group(actions: Sequence[Action], scene: Scene) -> Mapping[Action, Hashable]:
    """CREATE TABLE with its parts, DROP TABLE with all that goes with it, one ALTER TABLE for each other table."""
    present = {(action.verb, action.key): action for action in actions}
    hosts: dict[Action, Hashable] = {}

    altered = {_table(a.key) for a in actions if a.key.kind in INSIDE and a.verb is not Verb.DROP}

    def dropped(key: Key | None) -> bool:
        return (Verb.DROP, key) in present

    for action in actions:
        key = action.key
        if key.kind is Kind.TABLE:
            top = trees.root(scene, key) if action.verb is Verb.ALTER else key
            hosts[action] = (action.verb.value, top)
        elif key.kind is Kind.DOMAIN and action.verb is not Verb.ALTER:
            hosts[action] = (action.verb.value, key)
        elif key.kind is Kind.MATERIALIZED_VIEW and action.verb is Verb.DROP:
            hosts[action] = ("drop", key)
        elif key.kind in INSIDE or key.kind is Kind.INDEX:
            table = _table(key)
            if action.verb is Verb.DROP and dropped(table):
                hosts[action] = ("drop", table)
            elif key.kind is Kind.INDEX:
                host = trees.indexes_host(action, present, scene)
                if host is not None:
                    hosts[action] = host
            elif action.verb is Verb.CREATE and (Verb.CREATE, table) in present:
                hosts[action] = ("create", table)
            elif table.kind is Kind.TABLE:
                hosts[action] = ("alter", trees.root(scene, table))
        elif key.kind is Kind.PARTITION:
            table = _table(key)
            if action.verb is Verb.DROP:
                hosts[action] = ("drop", table) if dropped(table) else ("alter", trees.root(scene, table))
            elif (Verb.CREATE, table) in present and not scene.target.children(table, Kind.COLUMN):
                hosts[action] = ("create", table)  # it says nothing of its own: CREATE TABLE … PARTITION OF
            elif any((Verb.CREATE, index.key) in present for index in scene.target.children(table, Kind.INDEX)):
                # After its indexes, which are adopted: else the server would make some with names of its own.
                hosts[action] = ("create indexes", trees.root(scene, table))
            elif (
                table in altered
                and (Verb.CREATE, table) not in present
                and isinstance(action.new, PartitionOf)
                and (Verb.CREATE, action.new.of) not in present
            ):
                hosts[action] = ("alter", trees.root(scene, table))  # after columns and checks that it has to have
    for action in actions:
        if action.verb is Verb.DROP and isinstance(action.old, SequenceOwner):
            _group_owned(action, action.old, present, hosts)
    _group_name_sakes(actions, hosts, present)
    _group_adherents(actions, hosts, present)
    for action in actions:
        if action.verb is Verb.DROP and action.key.kind is Kind.COMMENT:
            about = present.get((Verb.DROP, _commented(action.key, scene)))
            if about is not None:
                hosts[action] = hosts.setdefault(about, ("drop", about.key))
    return hosts


def _group_adherents(
    actions: Sequence[Action], hosts: dict[Action, Hashable], present: Mapping[tuple[Verb, Key], Action]
) -> None:
    """Policies, privileges and the like go with what they are on; all privileges on one object are one step."""
    for action in actions:
        if action.key.kind not in _ADHERENT or action in hosts:
            continue
        about = action.key.parent if action.verb is Verb.DROP else None
        while about is not None and (Verb.DROP, about) not in present:
            about = about.parent
        if about is not None:
            hosts[action] = hosts.setdefault(present[Verb.DROP, about], ("drop", about))
        elif action.key.kind is Kind.PRIVILEGE:
            # Those that make way for a change of the object go before it, and come again after it.
            leaves = action.verb is Verb.DROP and (Verb.CREATE, action.key) in present
            hosts[action] = ("no privileges" if leaves else "privileges", is_on(action.key))


def _group_owned(
    action: Action, owner: SequenceOwner, present: Mapping[tuple[Verb, Key], Action], hosts: dict[Action, Hashable]
) -> None:
    """A sequence goes with the column that owns it; if only the sequence goes, the ownership goes with it."""
    assert owner.key.parent is not None
    sequence = present.get((Verb.DROP, owner.key.parent))
    if sequence is None:
        return
    column = present.get((Verb.DROP, owner.column))
    recreated = (Verb.CREATE, owner.key.parent) in present
    if column is not None and column in hosts and not recreated:
        hosts[action] = hosts[sequence] = hosts[column]
    else:
        hosts[action] = hosts[sequence] = ("drop", sequence.key)


def _group_name_sakes(
    actions: Sequence[Action], hosts: dict[Action, Hashable], present: Mapping[tuple[Verb, Key], Action]
) -> None:
    """A sequence whose name an altered column's identity takes or gives up is dropped or made with the column."""
    for action in actions:
        if action.verb is not Verb.ALTER or action not in hosts:
            continue
        for verb, column, other in ((Verb.DROP, action.new, action.old), (Verb.CREATE, action.old, action.new)):
            if not (isinstance(column, Column) and isinstance(other, Column)):
                continue
            if column.identity is None or other.identity is not None:
                continue
            sequence = Key(Kind.SEQUENCE, column.key.schema, identity_sequence(column))
            if (verb, sequence) in present:
                hosts[present[verb, sequence]] = hosts[action]
                owner = present.get((Verb.DROP, child_key(Kind.SEQUENCE_OWNER, sequence)))
                if verb is Verb.DROP and owner is not None:
                    hosts[owner] = hosts[action]


def _table(key: Key) -> Key:
    """The table (or whatever the part is on): a default's parent is a column."""
    assert key.parent is not None
    return key.parent if key.kind is not Kind.DEFAULT else _table(key.parent)


def _commented(key: Key, scene: Scene) -> Key:
    """The object whose end is the end of the comment: a view for its column, a constraint for its index."""
    about = key.parent
    assert about is not None
    if about in scene.base or about.parent is None:
        return about
    if about.kind is Kind.INDEX:
        for kind in (Kind.PRIMARY_KEY, Kind.UNIQUE, Kind.EXCLUSION):
            constraint = Key(kind, about.schema, about.name, about.parent)
            if constraint in scene.base:
                return constraint
    return about.parent


def separable(action: Action) -> bool:
    """Parts can also be changed one by one; a table cannot, nor can what goes with another drop by itself."""
    return action.key.kind in INSIDE or action.key.kind in _APART
