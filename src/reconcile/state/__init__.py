"""The nouns: keys, objects, states, changes, plans. Standard library only; knows no database, file or SQL grammar."""

from reconcile.state.changes import (
    Action,
    Alter,
    Change,
    Create,
    Drop,
    How,
    Rename,
    Replace,
    Verb,
)
from reconcile.state.comments import Comment, not_null_key
from reconcile.state.constraints import Check as CheckConstraint
from reconcile.state.constraints import Constraint, Exclusion, ForeignKey, PrimaryKey, Unique
from reconcile.state.definitions import Definition
from reconcile.state.events import Event
from reconcile.state.extensions import Extension
from reconcile.state.foreign import ForeignServer, ForeignWrapper, UserMapping
from reconcile.state.indexes import Index, IndexPart
from reconcile.state.key import APART, EACH_APART, FACETS, Key, Kind, child_key, parse_key, table_key
from reconcile.state.namespaces import Schema
from reconcile.state.objects import Object, Options, differing_fields
from reconcile.state.opaque import Opaque
from reconcile.state.owners import Owner
from reconcile.state.packages import Package
from reconcile.state.partitioning import Partition, Partitioning
from reconcile.state.partitions import PartitionOf
from reconcile.state.plan import (
    NOT_REHEARSED,
    Batch,
    Check,
    Effect,
    Estimate,
    Hazard,
    Kept,
    Level,
    Phase,
    Plan,
    Proof,
    Rehearsal,
    Step,
)
from reconcile.state.policies import Policy, RowSecurity
from reconcile.state.privileges import EVERYBODY, OWNER, DefaultPrivilege, Privilege, default_privilege_key
from reconcile.state.publications import Publication, PublishedTable
from reconcile.state.roles import Membership, Role, RoleSetting, role_key, with_shared
from reconcile.state.routines import Aggregate, Parameter, Routine
from reconcile.state.scope import Scope
from reconcile.state.sequences import Sequence, SequenceOwner
from reconcile.state.state import State
from reconcile.state.statistics import Statistics
from reconcile.state.subscriptions import Subscription
from reconcile.state.tables import Column, Default, Generated, Identity, Table
from reconcile.state.triggers import EventTrigger, Rule, Trigger
from reconcile.state.types import Attribute, Collation, Composite, Domain, Enum, Range
from reconcile.state.views import MaterializedView, View
from reconcile.state.virtual import VirtualTable

__all__ = [
    "APART",
    "EACH_APART",
    "EVERYBODY",
    "FACETS",
    "NOT_REHEARSED",
    "OWNER",
    "Action",
    "Aggregate",
    "Alter",
    "Attribute",
    "Batch",
    "Change",
    "Check",
    "CheckConstraint",
    "Collation",
    "Column",
    "Comment",
    "Composite",
    "Constraint",
    "Create",
    "Default",
    "DefaultPrivilege",
    "Definition",
    "Domain",
    "Drop",
    "Effect",
    "Enum",
    "Estimate",
    "Event",
    "EventTrigger",
    "Exclusion",
    "Extension",
    "ForeignKey",
    "ForeignServer",
    "ForeignWrapper",
    "Generated",
    "Hazard",
    "How",
    "Identity",
    "Index",
    "IndexPart",
    "Kept",
    "Key",
    "Kind",
    "Level",
    "MaterializedView",
    "Membership",
    "Object",
    "Opaque",
    "Options",
    "Owner",
    "Package",
    "Parameter",
    "Partition",
    "PartitionOf",
    "Partitioning",
    "Phase",
    "Plan",
    "Policy",
    "PrimaryKey",
    "Privilege",
    "Proof",
    "Publication",
    "PublishedTable",
    "Range",
    "Rehearsal",
    "Rename",
    "Replace",
    "Role",
    "RoleSetting",
    "Routine",
    "RowSecurity",
    "Rule",
    "Schema",
    "Scope",
    "Sequence",
    "SequenceOwner",
    "State",
    "Statistics",
    "Step",
    "Subscription",
    "Table",
    "Trigger",
    "Unique",
    "UserMapping",
    "Verb",
    "View",
    "VirtualTable",
    "child_key",
    "default_privilege_key",
    "differing_fields",
    "not_null_key",
    "parse_key",
    "role_key",
    "table_key",
    "with_shared",
]
