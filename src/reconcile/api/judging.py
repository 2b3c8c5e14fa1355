"""What the rules about hazards say of a plan here and now, and what the project's policy makes of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from reconcile.api.bench import Bench
from reconcile.config import Project
from reconcile.dialects.base import Dialect
from reconcile.errors import Refused
from reconcile.hazards.evidence import Evidence
from reconcile.hazards.judge import judge
from reconcile.hazards.policy import EVERY, Policy, check_codes
from reconcile.state import Hazard, Key, Phase, State


def policy_of(project: Project, dialect: Dialect) -> Policy:
    """What the configuration says about rules. Raises ConfigError for a code that no rule has."""
    if not project.deny and not project.lint:
        return Policy(rules=dialect.hazards.rules)
    known = all_codes()
    check_codes(((code, None) for code in project.deny), known, "under 'deny:'")
    check_codes(((rule.code, rule.place) for rule in project.lint), known, "under 'lint:'")
    by_action = {action: frozenset(r.code for r in project.lint if r.action == action) for action in ("warn", "off")}
    named = {rule.code for rule in project.lint}
    denied = {code for code in project.deny if code not in named}
    denied |= {rule.code for rule in project.lint if rule.action == "deny"}
    return Policy(
        denied=frozenset(denied),
        warned=by_action["warn"],
        off=by_action["off"],
        rules=dialect.hazards.rules,
    )


def check_allowed(allow: Iterable[str]) -> None:
    """Raises ConfigError for a code to be allowed that no rule has: it would allow nothing, in silence."""
    codes = [code for code in allow if code != EVERY]
    if codes:
        check_codes(((code, None) for code in codes), all_codes(), "to be allowed")


def all_codes() -> frozenset[str]:
    """The codes of every dialect's rules: one configuration may serve databases of several kinds."""
    from reconcile.dialects.registry import known_dialects

    return frozenset(code for dialect in known_dialects() for code in dialect.hazards.rules)


@dataclass(frozen=True, slots=True)
class Jury:
    """Judges phases by what holds rows and what has been counted now."""

    bench: Bench
    policy: Policy
    filled: frozenset[Key]
    known: Evidence

    def __call__(self, phases: Sequence[Phase], before: State, after: State) -> tuple[Phase, ...]:
        """The phases with their hazards, as far as the policy lets them speak."""
        judged = judge(
            phases,
            before=before,
            after=after,
            filled=self.filled,
            house=self.bench.dialect.hazards,
            known=self.known,
            design=self.policy.denied,
        )
        return tuple(
            replace(
                phase,
                steps=tuple(replace(s, hazards=tuple(self.policy.applied(s.hazards))) for s in phase.steps),
            )
            for phase in judged
        )


def jury_of(bench: Bench, live: State, keys: Iterable[Key], known: Evidence) -> Jury:
    """For plans that touch ``keys`` of the database as it is now. ``known``: what ``bench.counted`` says of it."""
    return Jury(
        bench=bench,
        policy=policy_of(bench.project, bench.dialect),
        filled=bench.filled(live, keys),
        known=known,
    )


def refusal(found: Sequence[Hazard], policy: Policy) -> Refused:
    """The error that says what stops a run, and how it may be run all the same."""
    codes = sorted({hazard.code for hazard in found if not policy.denies(hazard)})
    hint = " ".join(f"--allow {code}" for code in codes)
    return Refused(
        "; ".join(hazard.message for hazard in found),
        hazards=found,
        hint=f"to do it all the same: {hint}" if codes else "the configuration denies it ('deny:', 'lint:')",
    )
