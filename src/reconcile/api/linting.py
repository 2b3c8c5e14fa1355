"""lint: the rules over a plan, a revision file, or a schema. Changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from reconcile.api.bench import Bench, database_url, open_bench, run
from reconcile.api.judging import all_codes, policy_of
from reconcile.api.proposing import desired_here, plan
from reconcile.api.stored import folder_of
from reconcile.api.values import Finding, Linted
from reconcile.config import Project
from reconcile.dialects.registry import dialect_for, get_dialect, known_dialects
from reconcile.errors import Place
from reconcile.events import Listener, silent
from reconcile.hazards.base import Rule
from reconcile.hazards.evidence import NOTHING
from reconcile.hazards.judge import inspect
from reconcile.hazards.policy import Mute, Policy, check_codes
from reconcile.revisions import file as revision_file
from reconcile.revisions.remarks import read_step_remarks
from reconcile.sources.remarks import NO_REMARKS, Remarks, read_remarks
from reconcile.state import Hazard, Key, Level, State
from reconcile.state.revision import Revision


def rules() -> Mapping[str, tuple[Rule, tuple[str, ...]]]:
    """Every rule by its code, with the names of the databases that it is for."""
    found: dict[str, tuple[Rule, tuple[str, ...]]] = {}
    for dialect in known_dialects():
        for code, rule in dialect.hazards.rules.items():
            found[code] = (rule, (*found.get(code, (rule, ()))[1], dialect.name))
    return dict(sorted(found.items()))


def rule(code: str) -> tuple[Rule, tuple[str, ...]]:
    """The rule of this code. Raises ConfigError with what was probably meant."""
    found = rules()
    check_codes([(code, None)], found, "asked for")
    return found[code]


def lint(project: Project, target: str | None = None, *, listen: Listener = silent) -> Linted:
    """What the rules find.

    ``target``: a revision (its file, id, or the beginning of that), or a source of a schema: file, models, URL. None:
    the plan that leads to the desired state, and the design of what it makes; where no state is desired, the
    database as it is. Raises what plan raises, and ConfigError.
    """
    revision = _revision(project, target) if target is not None else None
    if revision is not None:
        return _lint_revision(project, *revision)
    if target is None and project.desired:
        return _lint_plan(project, listen)
    return _lint_schema(project, target, listen)


def _lint_plan(project: Project, listen: Listener) -> Linted:
    proposal = plan(project, rehearse=False, listen=listen)

    def work() -> Linted:
        with open_bench(project, listen) as bench:
            made = {e.key for step in proposal.plan.steps for e in step.effects if e.after is not None}
            roots = frozenset(key.root for key in made)
            design = inspect(
                proposal.target,
                bench.dialect.hazards,
                about=roots,
                known=bench.counted(proposal.base) if made else NOTHING,
            )
            found = [(hazard, step.number) for step in proposal.plan.steps for hazard in step.hazards]
            said = {(hazard.code, hazard.key) for hazard, _ in found}
            # What was so before, and is not touched, is not this plan's affair.
            new = (h for h in design if (h.code, h.key) not in said and (h.key in made or _begins(h, proposal.base)))
            policy = policy_of(project, bench.dialect)
            remarks = _remarks(project.desired, bench)
            return _linted("the plan", [*found, *((hazard, None) for hazard in policy.applied(new))], policy, remarks)

    return run((database_url(project), *project.desired), work)


def _begins(hazard: Hazard, base: State) -> bool:
    return hazard.key not in base


def _lint_schema(project: Project, target: str | None, listen: Listener) -> Linted:
    live = project.database or (target if target is not None and "://" in target else None)
    holder = replace(project, database=live)

    def work() -> Linted:
        with open_bench(holder, listen) as bench:
            policy = policy_of(project, bench.dialect)
            known, remarks = NOTHING, NO_REMARKS
            if target is None or target == bench.project.database:
                scope = bench.scope(desired_here(bench, (database_url(holder),)).scope)
                state = bench.read().select(scope.covers)
                known = bench.counted(state)
                what = "the database"
            else:
                state = desired_here(bench, (target,)).state
                remarks = _remarks((target,), bench)
                what = target
            hazards = inspect(state, bench.dialect.hazards, known=known)
            return _linted(what, [(hazard, None) for hazard in policy.applied(hazards)], policy, remarks)

    return run([url for url in (live, target) if url], work)


def _remarks(specs: Iterable[str], bench: Bench) -> Remarks:
    found = read_remarks(tuple(specs), root=bench.project.root, live=bench.session, dialect=bench.dialect)
    _check_mutes(found.mutes)
    return found


def _check_mutes(mutes: Iterable[Mute]) -> None:
    mutes = tuple(mutes)
    if mutes:
        check_codes(((code, mute.place) for mute in mutes for code in sorted(mute.codes)), all_codes(), "in a comment")


def _revision(project: Project, target: str) -> tuple[Revision, Path] | None:
    """The revision that ``target`` names, if it names one, and its file."""
    path = Path(target)
    if path.suffix in (".yaml", ".yml") and path.is_file() and _looks_like_revision(path):
        dialect = dialect_for(project.database) if project.database else None
        return revision_file.read(path, sealed=False, dialect=dialect), path
    if "://" in target or ":" in target or path.exists() or project.revisions is None:
        return None
    folder = folder_of(project)
    found = folder.find(target)
    return found, folder.paths[found.id]


def _looks_like_revision(path: Path) -> bool:
    return _OF_REVISIONS.search(path.read_text(encoding="utf-8-sig", errors="replace")) is not None


def _lint_revision(project: Project, revision: Revision, path: Path) -> Linted:
    """The hazards that were found when it was made, and the design of the tables that it makes."""
    dialect = get_dialect(revision.plan.dialect)
    policy = policy_of(project, dialect)
    shown = _shown(path)
    remarks = read_step_remarks(path, shown)
    _check_mutes(remarks.mutes)
    found: list[tuple[Hazard, int | None]] = []
    for each in revision.plan.steps:
        found += [(hazard, each.number) for hazard in policy.applied(each.hazards)]
    before = {item.key for item in revision.before}
    made = {item.key: item for item in revision.after}
    after = State(objects=made, needs={}, dialect=dialect.name, server=revision.plan.server)
    # Only tables that it makes are there in full.
    new = frozenset(key.root for key in made if key.root in made and key.root not in before)
    steps = {effect.key: step.number for step in revision.plan.steps for effect in step.effects}
    design = inspect(after, dialect.hazards, about=new)
    found += [(hazard, _step_of(hazard.key, steps)) for hazard in policy.applied(design)]
    findings = []
    for hazard, step in _sorted(found):
        mute = next((m for m in remarks.mutes if m.covers(hazard, step)), None)
        place = remarks.places.get(step) if step is not None else None
        findings.append(_finding(hazard, policy, step=step, place=place or Place(shown), mute=mute))
    return Linted(what=f"revision {revision.id}", findings=tuple(findings), codes=tuple(dialect.hazards.rules))


def _shown(path: Path) -> str:
    """The file as a person in the current folder would call it."""
    here, path = Path.cwd(), path.absolute()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _step_of(key: Key, steps: Mapping[Key, int]) -> int | None:
    part: Key | None = key
    while part is not None and part not in steps:
        part = part.parent
    return None if part is None else steps[part]


def _linted(what: str, found: list[tuple[Hazard, int | None]], policy: Policy, remarks: Remarks) -> Linted:
    findings = []
    for hazard, step in _sorted(found):
        mute = next((m for m in remarks.mutes if m.covers(hazard, step)), None)
        findings.append(_finding(hazard, policy, step=step, place=remarks.place_of(hazard.key), mute=mute))
    return Linted(what=what, findings=tuple(findings), codes=tuple(policy.rules))


def _finding(hazard: Hazard, policy: Policy, *, step: int | None, place: Place | None, mute: Mute | None) -> Finding:
    # A comment explains what is accepted; it cannot lift danger that --allow has to name.
    mute = None if hazard.level is Level.DANGER else mute
    return Finding(hazard=hazard, denied=mute is None and policy.denies(hazard), step=step, place=place, mute=mute)


def _sorted(found: Iterable[tuple[Hazard, int | None]]) -> Iterator[tuple[Hazard, int | None]]:
    ranks = list(Level)
    return iter(sorted(found, key=lambda each: (-ranks.index(each[0].level), each[0].key, each[0].code)))


# Keys that only a revision file has at its left edge.
_OF_REVISIONS = re.compile(r"(?m)^(apply|parents):")
