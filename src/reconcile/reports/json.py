"""Plans, revisions, history and status as JSON for programs. The plan's shape is schemas/plan.schema.json."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from reconcile.api.values import Adoption, Applied, Entry, Flaw, Proposal, Status
from reconcile.execution.attic import AtticEntry
from reconcile.reports.byhand import by_hand
from reconcile.reports.describe import verb
from reconcile.state import (
    Alter,
    Change,
    Create,
    Drop,
    Hazard,
    Object,
    Opaque,
    Phase,
    Plan,
    Rename,
    Replace,
    Step,
)
from reconcile.state import Check as DataCheck
from reconcile.state.digest import to_plain
from reconcile.state.revision import Revision

FORMAT = 1  # raised when something a program may rely on goes away

Plain = dict[str, Any]


def dumps(value: Any) -> str:
    """Indented JSON with a final newline."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def proposal(found: Proposal, *, database: str = "") -> Plain:
    """All of a proposal (see plan.schema.json)."""
    return {
        "format": FORMAT,
        "database": database or None,
        "empty": found.plan.empty,
        "changes": [change(item) for item in found.changes],
        "plan": plan(found.plan),
        "pending": [pending(item) for item in found.pending],
        "unmanaged": unmanaged(found.unmanaged),
        "suggestions": [
            {"old": str(item.old), "new": str(item.new), "likeness": round(item.likeness, 3), "hint": item.hint}
            for item in found.suggestions
        ],
        "notes": [*found.notes, *found.asides],
    }


def change(item: Change) -> Plain:
    """One change; for alterations the fields that differ, old and new."""
    plain: Plain = {"verb": verb(item), "object": str(item.key), "kind": item.key.kind.value}
    match item:
        case Create(new=new):
            plain["new"] = _fields(new)
        case Drop(old=old):
            plain["old"] = _fields(old)
        case Rename(old=old):
            plain["was"] = str(old.key)
        case Alter(old=old, new=new, fields=names):
            plain["old"], plain["new"] = _fields(old, names), _fields(new, names)
        case Replace(old=old, new=new, because=because):
            plain["old"], plain["new"] = _fields(old), _fields(new)
            plain["because"] = None if because is None else str(because)
    return plain


def _fields(item: Object, names: frozenset[str] | None = None) -> Plain:
    plain: Plain = {name: value for name, value in to_plain(item).items() if name != "key"}
    return plain if names is None else {name: plain.get(name) for name in sorted(names)}


def plan(item: Plan) -> Plain:
    """A plan: its phases there and back."""
    return {
        "dialect": item.dialect,
        "server": item.server,
        "base": item.base,
        "target": item.target,
        "phases": [_phase(phase) for phase in item.phases],
        "revert_phases": [_phase(phase) for phase in item.revert_phases],
        "rehearsal": {
            "forward": item.rehearsal.forward.value,
            "backward": item.rehearsal.backward.value,
            "reason": item.rehearsal.reason,
            "rows": item.rehearsal.rows,
        },
    }


def _phase(phase: Phase) -> Plain:
    return {
        "transactional": phase.transactional,
        "before": list(phase.before),
        "steps": [_step(step) for step in phase.steps],
        "after": list(phase.after),
    }


def _step(step: Step) -> Plain:
    return {
        "number": step.number,
        "summary": step.summary,
        "sql": list(step.sql),
        "call": step.call,
        "transactional": step.transactional,
        "lock": step.lock,
        "rewrites": step.rewrites,
        "scans": step.scans,
        "batch": None if step.batch is None else {"by": list(step.batch.keys)},
        "estimate": None if step.estimate is None else asdict(step.estimate),
        "reason": step.reason,
        "hazards": [hazard(item) for item in step.hazards],
        "checks": [_check(item) for item in step.checks],
        "effects": [
            {"object": str(effect.key), "before": effect.before, "after": effect.after} for effect in step.effects
        ],
    }


def hazard(item: Hazard) -> Plain:
    """A hazard."""
    return {
        "code": item.code,
        "level": item.level.value,
        "object": str(item.key),
        "message": item.message,
        "advice": item.advice,
    }


def _check(item: DataCheck) -> Plain:
    return {
        "object": str(item.key),
        "query": item.query,
        "message": item.message,
        "advice": item.advice,
        "at_step": item.at_step,
    }


def pending(item: Revision) -> Plain:
    """A revision in a list."""
    return {"id": item.id, "message": item.message, "created": item.created, "steps": len(item.plan.steps)}


def revision(item: Revision) -> Plain:
    """A revision with its plan."""
    return {
        "format": FORMAT,
        **pending(item),
        "parents": list(item.parents),
        "manual": item.manual,
        "checksum": item.checksum,
        "touches": {str(key): {"before": before, "after": after} for key, (before, after) in item.touches.items()},
        "plan": plan(item.plan),
    }


def unmanaged(items: tuple[Opaque, ...]) -> list[Plain]:
    """What is there but not described."""
    return [{"object": str(item.key), "what": item.what, "reason": item.reason} for item in items]


def history(entries: tuple[Entry, ...]) -> list[Plain]:
    """Every run, oldest first."""
    return [asdict(entry) for entry in entries]


def adoption(found: Adoption, *, written: Iterable[str]) -> Plain:
    """Drift and what it takes to want it."""
    return {
        "format": FORMAT,
        "drift": [change(each) for each in found.drift],
        "revision": revision(found.revision) if found.revision is not None else None,
        "edits": [{"file": edit.shown, "before": edit.before, "after": edit.after} for edit in found.edits],
        "by_hand": [{"where": each.where, "change": by_hand(each), "reason": each.reason} for each in found.by_hand],
        "written": list(written),
    }


def flaws(found: Sequence[Flaw]) -> list[Plain]:
    """What does not fit together about the history."""
    return [asdict(flaw) for flaw in found]


def status(found: Status) -> Plain:
    """Where the database stands."""
    return {
        "format": FORMAT,
        "database": found.database,
        "server": found.server,
        "changes_pending": found.changes_pending,
        "heads": list(found.heads),
        "pending": [pending(item) for item in found.pending],
        "unknown": list(found.unknown),
        "drift": [change(item) for item in found.drift],
        "unfinished": found.unfinished,
        "attic": attic(found.attic),
        "unmanaged": unmanaged(found.unmanaged),
        "proposal": None if found.proposal is None else proposal(found.proposal),
    }


def attic(entries: Iterable[AtticEntry]) -> list[Plain]:
    """What is kept of what plans dropped."""
    return [
        {
            "name": entry.name,
            "what": entry.what,
            "revision": entry.revision or None,
            "direction": entry.direction or None,
            "at": entry.at or None,
            "rows": entry.rows,
            "bytes": entry.bytes,
        }
        for entry in entries
    ]


def applied(found: Applied, *, direction: str) -> Plain:
    """What a run did."""
    return {
        "format": FORMAT,
        "direction": direction,
        "revisions": [pending(item) for item in found.revisions],
        "seconds": round(found.seconds, 3),
        "written": [str(path) for path in found.written],
    }
