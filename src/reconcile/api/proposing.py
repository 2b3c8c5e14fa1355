"""plan, save, diff, inspect: everything that looks and changes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path

from reconcile.api.bench import Bench, database_url, open_bench, run
from reconcile.api.judging import jury_of
from reconcile.api.stored import folder_of, pending_of
from reconcile.api.values import Proposal, Suggestion
from reconcile.api.verdict import Verdict
from reconcile.config import Project
from reconcile.diff.compare import Judgement, compare, goal_of, without_bookkeeping
from reconcile.diff.renames import suggest
from reconcile.errors import ConfigError, FormRefused, ReconcileError, RehearsalFailed, ServerError, SourceError
from reconcile.events import Listener, Reading, silent
from reconcile.execution.rehearse import rehearse as rehearse_plan
from reconcile.execution.renamer import scratch_renamer
from reconcile.hazards.evidence import Evidence
from reconcile.planning.attic import Preserve
from reconcile.planning.build import Planned, creation, make_plan
from reconcile.revisions import file as revision_file
from reconcile.scratch.realise import nothing
from reconcile.sources.desired import Desired, desired_state
from reconcile.state import Change, Column, How, Key, Kind, Opaque, Plan, Scope, State, parse_key
from reconcile.state.collecting import uncollected
from reconcile.state.hints import RenameHint, ValueHint
from reconcile.state.revision import Revision


def plan(
    project: Project,
    *,
    renames: Sequence[str] = (),
    rehearse: bool = True,
    listen: Listener = silent,
) -> Proposal:
    """What it takes to make the live database (after pending revisions) like the desired state. Changes nothing.

    ``renames``: "table old=new", "column t.old=new". Raises SourceError, ConnectError, Unplannable, RehearsalFailed.
    """
    return run((database_url(project), *project.desired), lambda: _plan(project, renames, rehearse, listen))


def _plan(project: Project, renames: Sequence[str], rehearse: bool, listen: Listener) -> Proposal:
    if not project.desired:
        raise ConfigError(
            "no desired state is given",
            hint="pass --to, or list sources under 'desired:' in reconcile.yaml",
        )
    with uncollected(), open_bench(project, listen) as bench:
        verdict = Verdict.of(bench, renames)
        known, answers = bench.ask_again() if verdict.wanted is not None else ([], "")
        if (settled := verdict.recalled(answers)) is not None:
            return settled
        read_live = cache(partial(bench.read_with_answers, known))
        desired = desired_here(bench, project.desired, fingerprint=verdict.wanted, meanwhile=read_live)
        live, answers = read_live()
        live = live.sharing(desired.state)
        del known, read_live
        pending = pending_of(bench)
        base = after_revisions(live, pending)
        said = (*desired.renames, *(read_rename(text, bench) for text in renames))
        hints = tuple(folded(hint, bench) for hint in said)
        left = frozenset(key for item in desired.left for key in item.what.found_in(base))
        scope = replace(bench.scope(desired.scope), left=left)
        counted = cache(partial(bench.counted, live))
        spoken_for = bench.scope(Scope())
        fillings = {bench.dialect.folded(hint.column, bench.features): hint for hint in desired.backfills}
        backfills = {key: hint.expression for key, hint in fillings.items()}
        converting = {bench.dialect.folded(hint.column, bench.features): hint for hint in desired.conversions}
        make = partial(
            make_plan,
            base,
            desired.state,
            rules=bench.rules,
            features=bench.features,
            scope=scope,
            hints=hints,
            hazards=bench.dialect.hazards,
            preserve=preserved(bench, desired.unpreserved),
            backfills=backfills,
            conversions={key: hint.expression for key, hint in converting.items()},
            filled=bench.filled(live, backfills) if backfills else frozenset(),
            renamer=scratch_renamer(bench.dialect, bench.rules, bench.features, bench.scratch, listen),
            online=lambda: bench.online.tables(bench.sizes(live, backfills, counted())),
        )
        try:
            planned = proved(bench, make, live, counted) if rehearse else _judged(bench, make(), live, counted)
        except RehearsalFailed as error:
            for word, given in (("backfill", fillings), ("conversion", converting)):
                if error.asked in given:
                    raise _no_value(word, given[error.asked], error) from error
            raise
        proposal = Proposal(
            plan=planned.plan,
            base=planned.base,
            target=planned.goal,
            changes=planned.changes,
            unmanaged=tuple(
                item for item in live.unmanaged if item.key in planned.base and spoken_for.covers(item.key)
            ),
            suggestions=_suggestions(planned),
            notes=(
                *desired.notes,
                *planned.plan.rehearsal.complaints,
                *_out_of_scope(planned.base, desired.state, scope.covers),
            ),
            asides=tuple(_column_order(planned.base, desired.state)),
            renames=hints,
            pending=pending,
            memory=desired.memory,
        )
        verdict.remember(proposal, live, answers)
        return proposal


def _no_value(word: str, hint: ValueHint, error: RehearsalFailed) -> SourceError:
    """What the server says of a person's own expression."""
    said = error.__cause__.message if isinstance(error.__cause__, ServerError) else error.message
    return SourceError(
        f"{hint.origin}: the {word} of {hint.column} does not run: {said}",
        hint="an expression over the row as it is when it is filled: columns that go are still there",
    )


def preserved(bench: Bench, tables: Iterable[Key]) -> Preserve | None:
    """Whose rows go into the attic: all but those of ``tables``; no one's where the project says so."""
    if not bench.project.preserve:
        return None
    lost = frozenset(bench.dialect.folded(key, bench.features) for key in tables)
    return lambda table: table not in lost


def _judged(bench: Bench, planned: Planned, live: State, counted: Callable[[], Evidence]) -> Planned:
    """With the hazards that depend on which tables hold rows, and on what the server has counted."""
    if planned.plan.empty:
        return planned
    touched = {change.key for change in planned.changes}
    keys = touched.union(*(planned.goal.needs_of(key) for key in touched))
    jury = jury_of(bench, live, keys, counted())
    phases = jury(planned.plan.phases, planned.base, planned.goal)
    back = jury(planned.plan.revert_phases, planned.goal, planned.base)
    return replace(planned, plan=replace(planned.plan, phases=phases, revert_phases=back))


def proved_between(bench: Bench, base: State, goal: State, live: State) -> Planned:
    """The plan from one whole state to another, rehearsed: nothing is outside of its scope."""
    make = partial(
        make_plan,
        base,
        goal,
        rules=bench.rules,
        features=bench.features,
        scope=Scope(),
        hazards=bench.dialect.hazards,
        preserve=preserved(bench, ()),
    )
    return proved(bench, make, live, cache(partial(bench.counted, live)))


def proved(bench: Bench, make: Callable[..., Planned], live: State, counted: Callable[[], Evidence]) -> Planned:
    """The plan as it was rehearsed. A statement that the server takes only in another form is written anew."""
    refused: frozenset[str] = frozenset()
    while True:
        planned = _judged(bench, make(refused=refused), live, counted)
        if planned.plan.empty:
            return planned
        bench.listen(Reading(what="rehearsal on scratch"))
        try:
            return replace(planned, plan=_rehearsed(bench, planned))
        except FormRefused as error:
            if error.sql in refused:  # the rules have no other form to offer
                raise
            refused |= {error.sql}


def _rehearsed(bench: Bench, planned: Planned) -> Plan:
    rehearsal = rehearse_plan(
        planned.plan,
        planned.base,
        planned.goal,
        dialect=bench.dialect,
        near=bench.session,
        spec=bench.project.scratch,
        build=lambda fresh, wanted: creation(fresh, wanted, rules=bench.rules, features=bench.features),
        listen=bench.listen,
    )
    return replace(planned.plan, rehearsal=rehearsal)


def desired_here(
    bench: Bench,
    specs: Sequence[str],
    *,
    fingerprint: str | None = None,
    meanwhile: Callable[[], object] = nothing,
) -> Desired:
    """The desired state, as this server would hold it. ``meanwhile``: see realise; it may use the bench's session."""
    bench.listen(Reading(what="desired state"))
    return desired_state(
        specs,
        live=bench.session,
        dialect=bench.dialect,
        root=bench.project.root,
        scratch=bench.project.scratch,
        cache=replace(bench.cache, behind=lambda key: bench.shelf.get(key)),
        listen=bench.listen,
        fingerprint=fingerprint,
        skip_broken=bench.project.skip_broken,
        meanwhile=meanwhile,
    )


def after_revisions(state: State, revisions: Iterable[Revision]) -> State:
    """What the state will be once these revisions have run, by the images they carry."""
    objects = dict(state.objects)
    for revision in revisions:
        after = {item.key: item for item in revision.after}
        for key, (_, digest) in revision.touches.items():
            if digest is None:
                objects.pop(key, None)
            elif key in after:
                objects[key] = after[key]
    if objects == state.objects:
        return state
    needs = [(item.key, need) for item in objects.values() for need in item.requires]
    return state.with_objects(objects.values(), [(who, what) for who, what in needs if who not in state])


_RENAME = re.compile(r"\s*(?P<old>[^=]+?)\s*=\s*(?P<new>[^=]+?)\s*")


def read_rename(text: str, bench: Bench) -> RenameHint:
    """ "table old=new" or "column t.old=new" as a hint. Raises ConfigError that says how to write one."""
    match = _RENAME.fullmatch(text)
    usage = "write it as --rename 'table old=new' or --rename 'column users.old=new'"
    if match is None:
        raise ConfigError(f"cannot read the rename {text!r}", hint=usage)
    old_text = match["old"]
    if not any(old_text.startswith(f"{kind.value} ") for kind in Kind):
        old_text = f"{Kind.COLUMN if '.' in old_text else Kind.TABLE} {old_text}"
    try:
        old = _parsed(old_text, bench)
    except ValueError as error:
        raise ConfigError(f"cannot read the rename {text!r}: {error}", hint=usage) from None
    new_name = _parsed_name(match["new"])
    return RenameHint(
        new=Key(old.kind, old.schema, new_name, old.parent), old_name=old.name, origin=f"--rename {text!r}"
    )


def folded(hint: RenameHint, bench: Bench) -> RenameHint:
    """The hint with names as they stand in keys: a database may not tell their case apart."""
    new = bench.dialect.folded(hint.new, bench.features)
    old = bench.dialect.folded(replace(hint.new, name=hint.old_name), bench.features)
    return replace(hint, new=new, old_name=hint.old_name if hint.label else old.name)


def _parsed(text: str, bench: Bench) -> Key:
    try:
        return parse_key(text, namespaces=bench.dialect.namespaces)
    except ValueError:
        if bench.dialect.default_schema is None:
            raise
        kind, _, path = text.partition(" ")
        return parse_key(f"{kind} {bench.dialect.default_schema}.{path.strip()}", namespaces=True)


def _parsed_name(text: str) -> str:
    """The new name alone, whatever path was written before it."""
    if text.startswith('"') and text.endswith('"'):
        return text[1:-1].replace('""', '"')
    return text.rpartition(".")[2]


def _suggestions(planned: Planned) -> tuple[Suggestion, ...]:
    return tuple(
        Suggestion(
            old=pair.old,
            new=pair.new,
            likeness=pair.likeness,
            hint=f"--rename '{pair.old}={pair.new.name}'  (or renamed_from: {pair.old.name} in the desired state)",
        )
        for pair in suggest(planned.changes)
    )


def _out_of_scope(base: State, wanted: State, covers: object) -> Iterable[str]:
    """What the desired state has and we cannot make."""
    del covers
    for item in wanted.unmanaged:
        if item.key not in base:
            yield f"{item.key.name} is wanted and not managed ({item.reason}): it is not created"


def _column_order(base: State, wanted: State) -> Iterable[str]:
    """Tables whose columns stand in another order: no difference, but worth knowing."""
    for table in base.of_kind(Kind.TABLE):
        if table.key not in wanted:
            continue
        here, there = _ordered(base, table.key), _ordered(wanted, table.key)
        common = set(here) & set(there)
        if [name for name in here if name in common] != [name for name in there if name in common]:
            yield f"{table.key}: columns stand in another order ({', '.join(here)})"


def _ordered(state: State, table: Key) -> list[str]:
    columns = [item for item in state.children(table, Kind.COLUMN) if isinstance(item, Column)]
    return [column.key.name for column in sorted(columns, key=lambda column: column.position)]


# -- save


def make_revision(proposal: Proposal, message: str, parents: Mapping[str, str], now: datetime) -> Revision:
    """The proposal as a sealed revision on top of others, given with their checksums."""
    touched = sorted({effect.key for step in proposal.plan.steps for effect in step.effects})
    revision = Revision(
        id=revision_file.new_id(message, now),
        parents=tuple(parents),
        built_on=tuple(parents.values()) if all(parents.values()) else (),
        created=now.astimezone(UTC).isoformat(timespec="seconds"),
        message=message,
        plan=_anywhere(proposal.plan),
        before=tuple(proposal.base[key] for key in touched if key in proposal.base),
        after=tuple(proposal.target[key] for key in touched if key in proposal.target),
    )
    return revision_file.sealed(revision)


def _anywhere(plan: Plan) -> Plan:
    """The plan without what is true of one database at one time."""
    ways = (
        tuple(replace(p, steps=tuple(replace(step, estimate=None) for step in p.steps)) for p in phases)
        for phases in (plan.phases, plan.revert_phases)
    )
    there, back = ways
    return replace(plan, phases=there, revert_phases=back)


def save(project: Project, proposal: Proposal, message: str) -> tuple[Revision, Path]:
    """Write the proposal as a sealed revision file on top of the folder's heads. Raises ConfigError, RevisionError."""
    if project.revisions is None:
        raise ConfigError(
            "no folder for revision files is configured", hint="set 'revisions: revisions/' in reconcile.yaml"
        )
    if proposal.plan.empty:
        raise ReconcileError("there is nothing to save: the plan has no changes")
    folder = folder_of(project)
    revision = make_revision(proposal, message, folder.tips, datetime.now(UTC))
    return revision, revision_file.write(revision, project.revisions)


# -- diff and inspect


def diff(project: Project, a: str, b: str, *, listen: Listener = silent) -> tuple[State, State, tuple[Change, ...]]:
    """The changes that make source ``a`` like source ``b``, and both states. Two sources of one database kind."""
    live = project.database or next((spec for spec in (a, b) if "://" in spec), None)
    holder = replace(project, database=live)

    def work() -> tuple[State, State, tuple[Change, ...]]:
        with open_bench(holder, listen) as bench:
            first, second = (desired_here(bench, (spec,)) for spec in (a, b))
            scope = bench.scope(second.scope)
            base = without_bookkeeping(first.state)
            goal = goal_of(base, without_bookkeeping(second.state), scope)
            everything = Judgement(how=lambda _: How.ALTER, disrupts=lambda *_: False)
            return base, goal, compare(base, goal, everything)

    return run([url for url in (live, a, b) if url], work)


def inspect(project: Project, *, listen: Listener = silent) -> State:
    """The live database as a State, in the project's scope."""

    def work() -> State:
        with open_bench(project, listen) as bench:
            scope = bench.scope(Scope())
            state = bench.read()
            return state.select(scope.covers)

    return run((database_url(project),), work)


def creation_plan(project: Project, *, listen: Listener = silent) -> Plan:
    """A plan that makes an empty database like the live one, in the project's scope. Has no way back."""

    def work() -> Plan:
        with open_bench(project, listen) as bench:
            scope = bench.scope(Scope())
            live = bench.read().select(scope.covers)
            wanted = live.select(lambda key: not isinstance(live[key], Opaque))
            with bench.scratch() as scratch:
                fresh = without_bookkeeping(bench.dialect.read_scratch(scratch))
            phases = creation(fresh, wanted, rules=bench.rules, features=bench.features)
            return Plan(
                dialect=bench.dialect.name,
                server=bench.session.server,
                base=fresh.digest,
                target=wanted.digest,
                phases=phases,
            )

    return run((database_url(project),), work)
