"""Verdict: that there was nothing to do, remembered until the database or the desired state changes.

The commonest plan by far is the empty one. It is a pure function of the catalog's answers, the sources and the
configuration: where a digest of those is known to have given the empty plan, nothing is made of the answers.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import reconcile
from reconcile.api.bench import Bench, open_bench
from reconcile.api.stored import pending_of
from reconcile.api.values import Proposal
from reconcile.events import silent
from reconcile.scratch.tape import deferred_state
from reconcile.sources.desired import desired_fingerprint
from reconcile.state import Opaque, Plan, State
from reconcile.state.digest import canonical, from_plain, text_digest, to_plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One question of "is there anything to do?". ``wanted`` is None where that cannot be told without doing it all."""

    bench: Bench
    wanted: str | None  # digest of the desired state's sources

    @classmethod
    def of(cls, bench: Bench, renames: Sequence[str]) -> Verdict:
        """Asks the sources for their fingerprint."""
        if renames:
            return cls(bench=bench, wanted=None)
        project = bench.project
        wanted = desired_fingerprint(
            project.desired,
            live=bench.session,
            dialect=bench.dialect,
            root=project.root,
            skip_broken=project.skip_broken,
        )
        return cls(bench=bench, wanted=wanted)

    def _key(self, answers: str) -> str:
        project = self.bench.project
        narrowed = [
            list(project.schemas) if project.schemas is not None else None,
            list(project.ignore),
            sorted(project.manage),
        ]
        return text_digest(canonical(["verdict", _program(), self.wanted, answers, narrowed]))

    def recalled(self, answers: str) -> Proposal | None:
        """The empty proposal, if that is what these answers of the catalog are known to give."""
        bench = self.bench
        if self.wanted is None:
            return None
        key = self._key(answers)
        if (text := bench.cache.get_text(key)) is None or pending_of(bench):
            return None
        found: dict[str, Any] = json.loads(text)

        def load() -> State:
            with open_bench(bench.project, silent) as anew:
                return anew.read()

        # Hardly anybody looks at the states of a plan without steps.
        state = deferred_state(load, dialect=bench.dialect.name, server=found["server"])
        nothing = Plan(dialect=state.dialect, server=state.server, base="", target="", phases=())
        unmanaged = (from_plain(item) for item in found["unmanaged"])
        return Proposal(
            plan=nothing,
            base=state,
            target=state,
            changes=(),
            unmanaged=tuple(item for item in unmanaged if isinstance(item, Opaque)),
            notes=tuple(found["notes"]),
            asides=tuple(found["asides"]),
        )

    def remember(self, proposal: Proposal, live: State, answers: str) -> None:
        """Keep an empty proposal for next time; ``answers`` is the digest of those ``live`` was made of."""
        if self.wanted is None or not proposal.plan.empty or proposal.pending or live.objects != proposal.base.objects:
            return
        self.bench.cache.put_text(
            self._key(answers),
            canonical(
                {
                    "server": proposal.plan.server,
                    "unmanaged": [to_plain(item) for item in proposal.unmanaged],
                    "notes": list(proposal.notes),
                    "asides": list(proposal.asides),
                }
            ),
        )


@cache
def _program() -> str:
    """Which code this is: what another version concluded is not what this one would."""
    root = Path(reconcile.__file__).parent
    files = sorted(file for file in root.rglob("*") if file.suffix in (".py", ".sql"))
    return canonical([[str(file.relative_to(root)), file.stat().st_size, file.stat().st_mtime_ns] for file in files])
