"""What a difference asks for: in place or anew; and who cannot live through a change."""

from __future__ import annotations

from reconcile.dialects.postgresql.features import Features
from reconcile.dialects.postgresql.rules import (
    casts,
    definitions,
    extensions,
    policies,
    routines,
    subscriptions,
    trees,
    triggers,
)
from reconcile.state import (
    Aggregate,
    Alter,
    Change,
    CheckConstraint,
    Column,
    Comment,
    Composite,
    Definition,
    Domain,
    Enum,
    Extension,
    ForeignKey,
    How,
    Index,
    Kind,
    MaterializedView,
    Object,
    Opaque,
    Owner,
    Policy,
    Privilege,
    Publication,
    Range,
    Routine,
    Rule,
    Statistics,
    Subscription,
    Trigger,
    View,
)

# Types that are made anew under the columns that have them.
REMADE = frozenset({Kind.ENUM, Kind.DOMAIN, Kind.COMPOSITE, Kind.RANGE})

_DEFERRAL = frozenset({"deferrable", "initially_deferred"})

# Opaque things that do not mind what happens to the type of a column they are about.
_UNMOVED = frozenset({"privileges", "row level security", "statistics object", "replica identity"})


def how(change: Alter, features: Features) -> How:
    """In place where PostgreSQL can, else drop and create."""
    if trees.made_anew(change.old, change.new):
        return How.REPLACE
    return How.ALTER if _in_place(change, features) else How.REPLACE


def _in_place(change: Alter, features: Features) -> bool:
    old, new, fields = change.old, change.new, change.fields
    match new.key.kind:
        case Kind.COLUMN:
            assert isinstance(old, Column) and isinstance(new, Column)
            return _column_in_place(old, new, features)
        case Kind.INDEX:
            return fields == {"options"}
        case Kind.PUBLICATION:
            return "all_tables" not in fields
        case Kind.SUBSCRIPTION:
            assert isinstance(old, Subscription) and isinstance(new, Subscription)
            return subscriptions.in_place(old, new)
        case Kind.FOREIGN_SERVER:
            return not fields & {"wrapper", "type"}
        case Kind.PARTITION:
            return False  # another place among the partitions: detached and attached
        case Kind.PRIMARY_KEY | Kind.UNIQUE | Kind.EXCLUSION:
            return fields == {"options"} and _overlaps(old) == _overlaps(new)
        case Kind.CHECK:
            assert isinstance(old, CheckConstraint) and isinstance(new, CheckConstraint)
            return fields == {"validated"} and new.validated
        case Kind.FOREIGN_KEY:
            assert isinstance(new, ForeignKey)
            return _foreign_key_in_place(new, fields, features)
        case Kind.VIEW:
            assert isinstance(old, View) and isinstance(new, View)
            return fields <= {"options", "column_defaults"} or _replaceable(old, new)
        case Kind.MATERIALIZED_VIEW:
            return fields == {"options"}
        case Kind.POLICY:
            assert isinstance(new, Policy)
            return policies.is_alterable(new, fields)
        case Kind.STATISTICS:
            return fields == {"rows"}
        case Kind.FUNCTION | Kind.PROCEDURE | Kind.AGGREGATE:
            assert isinstance(old, Routine | Aggregate) and isinstance(new, Routine | Aggregate)
            return routines.replaceable(old, new)
        case Kind.TRIGGER:
            assert isinstance(old, Trigger) and isinstance(new, Trigger)
            return fields == {"enabled"} or not (triggers.is_constraint(old) or triggers.is_constraint(new))
        case kind if kind in definitions.KINDS:
            assert isinstance(old, Definition) and isinstance(new, Definition)
            return definitions.in_place(old, new)
        case Kind.EVENT_TRIGGER:
            return fields == {"enabled"}
        case Kind.COLLATION:
            return False
        case Kind.EXTENSION:
            assert isinstance(old, Extension) and isinstance(new, Extension)
            return ("schema" not in fields or old.relocatable) and not extensions.goes_back(old, new)
        case _:
            return True


def _column_in_place(old: Column, new: Column, features: Features) -> bool:
    if old.generated == new.generated:
        return True
    if old.generated is None or (new.generated is not None and old.generated.stored != new.generated.stored):
        return False  # only a new column can be generated, or be stored instead of virtual
    if new.generated is None:
        return old.generated.stored  # DROP EXPRESSION is for stored columns (18)
    return features.has_set_expression


def _foreign_key_in_place(new: ForeignKey, fields: frozenset[str], features: Features) -> bool:
    if fields <= _DEFERRAL:
        return True
    if fields == {"validated"}:
        return new.validated
    return fields == {"enforced"} and features.has_not_enforced


def _replaceable(old: View, new: View) -> bool:
    """CREATE OR REPLACE VIEW may add columns at the end, and change nothing about those that are there."""
    return bool(old.column_types) and new.column_types[: len(old.column_types)] == old.column_types


def _overlaps(item: Object) -> bool:
    return ("without_overlaps", "true") in getattr(item, "options", ())


def disrupts(change: Change, dependent: Object) -> bool:
    """Whether ``dependent`` has to go before ``change`` and come again after it."""
    if not isinstance(change, Alter):
        return False  # a rename breaks nothing: the catalog refers by oid
    if isinstance(change.new, Column) and isinstance(change.old, Column):
        return bool(change.fields & {"type", "collation"}) and _minds_type(change.old, change.new, dependent)
    return is_remade(change) and _minds_enum(dependent)


def is_remade(change: Alter) -> bool:
    """Whether the change of a type means a new one under the columns that have it."""
    match change.old, change.new:
        case Enum() as old, Enum() as new:
            return not is_extended(old, new)
        case Domain(), Domain():
            return bool(change.fields & {"type", "collation"})
        case Composite() as old, Composite() as new:
            return not attributes_in_place(old, new) or is_retyped(old, new)
        case Range(), Range():
            return True
        case _:
            return False


def attributes_in_place(old: Composite, new: Composite) -> bool:
    """Whether ALTER TYPE can do it: attributes are added at the end, and stay in their order."""
    names = [a.name for a in new.attributes]
    kept = [a.name for a in old.attributes if a.name in names]
    return names[: len(kept)] == kept


def is_retyped(old: Composite, new: Composite) -> bool:
    """Whether an attribute that stays is of another type."""
    before = {a.name: a for a in old.attributes}
    return any(a.name in before and before[a.name] != a for a in new.attributes)


def _minds_type(old: Column, new: Column, dependent: Object) -> bool:
    """The manual, ALTER TABLE: indexes and simple constraints are converted with the column.

    "cannot alter type of a column used by a view or rule", "… a generated column", "… a policy definition",
    "… a trigger definition" are errors. A default is dropped first, lest it "cannot be cast automatically".
    """
    match dependent:
        case View() | MaterializedView() | Policy() | Publication() | Trigger() | Rule() | Routine():
            return True
        case Column():
            return dependent.generated is not None
        case ForeignKey():
            return not casts.comparable(old.type, new.type)
        case Statistics():  # the server makes these two anew, and forgets their targets
            return dependent.rows is not None
        case Index():
            return any(name.startswith("statistics.") for name, _ in dependent.options)
        case Opaque():
            return dependent.what not in _UNMOVED
        case _:
            return dependent.key.kind is Kind.DEFAULT


def _minds_enum(dependent: Object) -> bool:
    """What mentions the old type, or an object of it, in an expression. Plain columns are converted."""
    match dependent:
        case Column():
            return dependent.generated is not None
        case Enum() | Domain() | Composite() | Range():
            return False  # what is made of it is made anew along with it (swaps.py)
        case Opaque():
            return dependent.what not in _UNMOVED
        case Comment() | Privilege() | Owner():  # those of the type itself go with the old type
            assert dependent.key.parent is not None
            return dependent.key.root.kind in REMADE
        case _:
            return True


def is_extended(old: Enum, new: Enum) -> bool:
    """Whether the new labels are the old ones, in their order, with others between."""
    rest = iter(new.labels)
    return all(label in rest for label in old.labels)
