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
from reconcile.state.comments import Comment
from reconcile.state.constraints import Check as CheckConstraint
from reconcile.state.constraints import Constraint, Exclusion, ForeignKey, PrimaryKey, Unique
from reconcile.state.indexes import Index, IndexPart
from reconcile.state.key import FACETS, Key, Kind, child_key, parse_key, table_key
from reconcile.state.namespaces import Schema
from reconcile.state.objects import Object, Options, differing_fields
from reconcile.state.opaque import Opaque
from reconcile.state.plan import (
    NOT_REHEARSED,
    Check,
    Effect,
    Hazard,
    Level,
    Phase,
    Plan,
    Proof,
    Rehearsal,
    Step,
)
from reconcile.state.scope import Scope
from reconcile.state.sequences import Sequence, SequenceOwner
from reconcile.state.state import State
from reconcile.state.tables import Column, Default, Generated, Identity, Table
from reconcile.state.triggers import Trigger
from reconcile.state.types import Enum
from reconcile.state.views import View

__all__ = [
    "FACETS",
    "NOT_REHEARSED",
    "Action",
    "Alter",
    "Change",
    "Check",
    "CheckConstraint",
    "Column",
    "Comment",
    "Constraint",
    "Create",
    "Default",
    "Drop",
    "Effect",
    "Enum",
    "Exclusion",
    "ForeignKey",
    "Generated",
    "Hazard",
    "How",
    "Identity",
    "Index",
    "IndexPart",
    "Key",
    "Kind",
    "Level",
    "Object",
    "Opaque",
    "Options",
    "Phase",
    "Plan",
    "PrimaryKey",
    "Proof",
    "Rehearsal",
    "Rename",
    "Replace",
    "Schema",
    "Scope",
    "Sequence",
    "SequenceOwner",
    "State",
    "Step",
    "Table",
    "Trigger",
    "Unique",
    "Verb",
    "View",
    "child_key",
    "differing_fields",
    "parse_key",
    "table_key",
]
