"""The use cases. The command line calls nothing else; neither need you.

Synchronous; with asynchronous drivers they run an event loop of their own. Inside a running one use reconcile.aio.
"""

from reconcile.api.applying import apply, baseline, revert, settle, to_revert, undo
from reconcile.api.bench import run, run_async
from reconcile.api.drifting import adopt, adoption
from reconcile.api.editing import new_revision, seal, verify
from reconcile.api.emptying import purge, to_purge
from reconcile.api.linting import lint, rule, rules
from reconcile.api.measures import Measures
from reconcile.api.measuring import measure
from reconcile.api.proposing import creation_plan, diff, inspect, plan, save
from reconcile.api.recounting import history, pending, show, status
from reconcile.api.soundness import check, repair, settle_doubt
from reconcile.api.values import Adoption, Applied, Entry, Finding, Flaw, Linted, Proposal, Status, Suggestion
from reconcile.config import Project

__all__ = [
    "Adoption",
    "Applied",
    "Entry",
    "Finding",
    "Flaw",
    "Linted",
    "Measures",
    "Project",
    "Proposal",
    "Status",
    "Suggestion",
    "adopt",
    "adoption",
    "apply",
    "baseline",
    "check",
    "creation_plan",
    "diff",
    "history",
    "inspect",
    "lint",
    "measure",
    "new_revision",
    "pending",
    "plan",
    "purge",
    "repair",
    "revert",
    "rule",
    "rules",
    "run",
    "run_async",
    "save",
    "seal",
    "settle",
    "settle_doubt",
    "show",
    "status",
    "to_purge",
    "to_revert",
    "undo",
    "verify",
]
