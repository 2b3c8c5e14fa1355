"""Drift: what others changed since our last run. Told apart from what is ignored, and adopted where it is wanted."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from reconcile.api.bench import Bench, database_url, open_bench, run
from reconcile.api.proposing import desired_here, proved_between
from reconcile.api.stored import applied_tips
from reconcile.api.values import Adoption, ByHand, FileEdit
from reconcile.config import Project
from reconcile.diff.compare import Judgement, compare, goal_of
from reconcile.errors import Mismatch, RevisionError, SourceError
from reconcile.events import Listener, silent
from reconcile.execution.applier import locked, record
from reconcile.execution.job import Job
from reconcile.files import write_whole
from reconcile.revisions import file as revision_file
from reconcile.sources.base import Source, Target
from reconcile.sources.load import load_sources
from reconcile.sources.models import ModelsSource
from reconcile.sources.sql import SqlSource
from reconcile.sources.yaml import YamlSource
from reconcile.state import Change, How, Key, Kind, Plan, Scope, State, parse_key
from reconcile.state.revision import Revision


def expected(bench: Bench, live: State) -> State | None:
    """What the schema should still be: as the last run left it, and as it is where it is ignored. None: no history."""
    remembered = bench.history.last_state()
    return None if remembered is None else goal_of(live, remembered, bench.scope(Scope()))


def drift_between(remembered: State | None, live: State) -> tuple[Change, ...]:
    """What someone else changed since our last run."""
    if remembered is None:
        return ()
    return compare(remembered, live, Judgement(how=lambda _: How.ALTER, disrupts=lambda *_: False))


def adoption(project: Project, *, message: str = "", listen: Listener = silent) -> Adoption:
    """What it takes to want what others changed. Changes nothing.

    Raises RevisionError where nothing was recorded that it could have drifted from, or a run is unfinished;
    Unplannable, RehearsalFailed where no revision can be made of it; SourceError.
    """

    def work() -> Adoption:
        with open_bench(project, listen) as bench:
            return _adoption(bench, message)

    return run((database_url(project), *project.desired), work)


def _adoption(bench: Bench, message: str) -> Adoption:
    unfinished = bench.history.unfinished()
    if unfinished is not None:
        raise RevisionError(
            f"{unfinished.revision} is unfinished: what it did and what others did cannot be told apart",
            revision=unfinished.revision,
            hint="finish it (reconcile apply) or take it back (reconcile apply --undo) first",
        )
    live = bench.read()
    before = expected(bench, live)
    if before is None:
        raise RevisionError("nothing was recorded here yet", hint="reconcile baseline records the database as it is")
    drift = drift_between(before, live)
    if not drift:
        return Adoption(drift=(), live=live.digest, revision=None)
    revision = _revision(bench, before, live, message or f"adopt {_summary(drift)}")
    keys = [
        key for key in before.digests.keys() | live.digests.keys() if before.digests.get(key) != live.digests.get(key)
    ]
    edits, by_hand = _wanted(bench, sorted(keys), live, revision.plan) if bench.project.desired else ((), ())
    return Adoption(drift=drift, live=live.digest, revision=revision, edits=edits, by_hand=by_hand)


def _summary(drift: Sequence[Change]) -> str:
    roots = sorted({change.key.root for change in drift})
    return f"{roots[0]}" + (f" and {len(roots) - 1} more" if len(roots) > 1 else "")


def _revision(bench: Bench, before: State, live: State, message: str) -> Revision:
    """What was done by hand, as a revision: here it has run already, on other databases it has not."""
    planned = proved_between(bench, before, live, live)
    plan = planned.plan
    touched = sorted({effect.key for step in plan.steps for effect in step.effects})
    now, tips = datetime.now(UTC), applied_tips(bench)
    return revision_file.sealed(
        Revision(
            id=revision_file.new_id(message, now),
            parents=tuple(tips),
            built_on=tuple(tips.values()) if all(tips.values()) else (),
            created=now.isoformat(timespec="seconds"),
            message=message,
            plan=plan,
            before=tuple(planned.base[key] for key in touched if key in planned.base),
            after=tuple(planned.goal[key] for key in touched if key in planned.goal),
        )
    )


# -- the desired state


def _wanted(
    bench: Bench, keys: Sequence[Key], live: State, plan: Plan
) -> tuple[tuple[FileEdit, ...], tuple[ByHand, ...]]:
    """What to change in the sources so that they say what is live of these objects."""
    project = bench.project
    desired = desired_here(bench, project.desired).state
    keys = [key for key in keys if desired.digests.get(key) != live.digests.get(key)]
    adopted = _adopted(desired, live, keys)
    target = Target(dialect=bench.dialect, features=bench.features, sqlalchemy=bench.session.engine.dialect)
    sources = [source for spec in project.desired for source in load_sources(spec, root=project.root)]
    owned = _owned(sources, keys, target)
    edits: list[FileEdit] = []
    by_hand: list[ByHand] = []
    for source, roots in owned:
        if isinstance(source, YamlSource):
            try:
                edits.append(_edit(source, desired, adopted, roots, target))
            except SourceError as error:
                by_hand.append(ByHand(where=source.spec, sql=_sql(plan, roots), reason=error.message))
        elif isinstance(source, ModelsSource):
            by_hand += _models(source, desired, adopted, roots)
        else:
            by_hand.append(ByHand(where=source.spec, sql=_sql(plan, roots)))
    if edits:
        _prove(
            bench,
            edits,
            live,
            [key for source, r in owned if isinstance(source, YamlSource) for key in keys if key.root in r],
        )
    return tuple(edits), tuple(by_hand)


def _adopted(desired: State, live: State, keys: Sequence[Key]) -> State:
    changed = set(keys)
    objects = [item for item in desired if item.key not in changed] + [live[key] for key in keys if key in live]
    there = {item.key for item in objects}
    needs = [
        (item.key, need)
        for item in objects
        for need in (live if item.key in changed else desired).needs_of(item.key)
        if need in there
    ]
    return desired.with_objects(objects, needs)


def _owned(sources: Sequence[Source], keys: Sequence[Key], target: Target) -> list[tuple[Source, frozenset[Key]]]:
    """Which source speaks of which of the objects; a new one falls to YAML, else to models, else to SQL."""
    roots: dict[int, set[Key]] = {}
    said = [_roots(source, target) for source in sources]
    for root in sorted({key.root for key in keys}):
        able = [n for n, source in enumerate(sources) if root in said[n]]
        able += [n for n, source in enumerate(sources) if isinstance(source, YamlSource)]
        able += [n for n, s in enumerate(sources) if isinstance(s, ModelsSource) and root.kind is Kind.TABLE]
        able += [n for n, source in enumerate(sources) if isinstance(source, SqlSource)]
        able += range(len(sources))
        roots.setdefault(able[0], set()).add(root)
    return [(sources[n], frozenset(found)) for n, found in sorted(roots.items())]


def _roots(source: Source, target: Target) -> frozenset[Key]:
    """What the source is known to speak of."""
    declared = source.declare(target)
    if isinstance(source, YamlSource) and source.written is not None:
        return frozenset(key.root for key in source.written.places)
    return frozenset(unit.makes for unit in declared.units if unit.makes is not None)


def _edit(source: YamlSource, desired: State, adopted: State, roots: frozenset[Key], target: Target) -> FileEdit:
    from reconcile.sources.yaml.edit import edited
    from reconcile.sources.yaml.write import to_document

    dialect = target.dialect

    def same(written: str, name: str) -> bool:
        for kind in (Kind.TABLE, Kind.VIEW):
            try:
                keys = [parse_key(f"{kind.value} {text}", namespaces=False) for text in (written, name)]
            except ValueError:
                return False
            names = [dialect.fold_name(key.name.removeprefix(f"{dialect.default_schema}.")) for key in keys]
            if names[0] == names[1]:
                return True
        return False

    old, new = (to_document(_only(state, roots), dialect) for state in (desired, adopted))
    text = source.path.read_text(encoding="utf-8-sig")
    return FileEdit(
        path=source.path, shown=source.spec, before=text, after=edited(text, old, new, shown=source.spec, same=same)
    )


def _prove(bench: Bench, edits: Sequence[FileEdit], live: State, keys: Sequence[Key]) -> None:
    """The files as edited say what is live. Raises SourceError that names what they would not."""
    project = bench.project
    with tempfile.TemporaryDirectory(prefix="reconcile-") as folder:
        instead: Mapping[str, Path] = {edit.shown: Path(folder) / f"{n}.yaml" for n, edit in enumerate(edits)}
        for edit in edits:
            instead[edit.shown].write_text(edit.after, encoding="utf-8")
        specs: list[str] = []
        for spec in project.desired:
            found = load_sources(spec, root=project.root)
            specs += (
                [spec]
                if len(found) == 1 and found[0].spec not in instead
                else [str(instead.get(one.spec, one.spec)) for one in found]
            )
        proved = desired_here(bench, specs).state
    wrong = [key for key in keys if proved.digests.get(key) != live.digests.get(key)]
    if wrong:
        raise SourceError(
            f"{edits[0].shown} could not be edited so that it says what is live of {', '.join(map(str, wrong[:5]))}",
            hint="write it by hand: reconcile inspect shows the database as YAML",
        )


def _models(source: ModelsSource, desired: State, adopted: State, roots: frozenset[Key]) -> Iterator[ByHand]:
    for root in sorted(roots):
        before, after = (_only(state, frozenset({root})) for state in (desired, adopted))
        yield ByHand(where=source.where(root), table=root, before=before, after=after)


def _only(state: State, roots: frozenset[Key]) -> State:
    return state.select(lambda key: key.root in roots)


def _sql(plan: Plan, roots: frozenset[Key]) -> str:
    steps = [step for step in plan.steps if any(effect.key.root in roots for effect in step.effects)]
    return "".join(f"{sql};\n" for step in steps for sql in step.sql)


# -- adopting


def adopt(project: Project, found: Adoption, *, lock_wait: float = 0.0, listen: Listener = silent) -> tuple[Path, ...]:
    """Edit the files, record the revision as done, and write its file; what was written. No statement is run.

    Raises Mismatch where the database has changed since it was looked at, LockHeld, SourceError.
    """
    revision = found.revision
    if revision is None:
        return ()

    def work() -> tuple[Path, ...]:
        with open_bench(project, listen) as bench, locked(bench.world(), wait=lock_wait):
            live = bench.read()
            if live.digest != found.live:
                raise Mismatch("the database has been changed since", hint="look again: reconcile adopt")
            for edit in found.edits:
                if edit.path.read_text(encoding="utf-8-sig") != edit.before:
                    raise SourceError(f"{edit.shown} has been changed since", hint="look again: reconcile adopt")
            for edit in found.edits:
                write_whole(edit.path, edit.after)
            record(Job.of(revision, "adopt", text=revision_file.text(revision)), live, bench.world())
            written = [edit.path for edit in found.edits]
            if project.revisions is not None:
                written.append(revision_file.write(revision, project.revisions))
            return tuple(written)

    return run((database_url(project),), work)
