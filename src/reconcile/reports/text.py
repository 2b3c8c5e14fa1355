"""Plans, revisions, history and status as lines for people. How it looks is the console's affair."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from reconcile.api.values import Adoption, Applied, Entry, Flaw, Proposal, Status
from reconcile.execution.attic import AtticEntry
from reconcile.reports.byhand import by_hand, unified
from reconcile.reports.describe import (
    contents,
    count_changes,
    details,
    estimated,
    grouped,
    label,
    listed,
    opaque_name,
    outermost,
    plural,
    spoken,
    symbol,
)
from reconcile.reports.lines import BLANK, Line, Piece, Style, columns, line
from reconcile.state import (
    Alter,
    Change,
    Create,
    Drop,
    Hazard,
    Level,
    Opaque,
    Phase,
    Plan,
    Proof,
    Rename,
    Replace,
    Step,
)
from reconcile.state.revision import Revision

_CHANGE = {
    Create: Style.CREATE,
    Alter: Style.ALTER,
    Replace: Style.ALTER,
    Rename: Style.ALTER,
    Drop: Style.DROP,
}
_VERB = {
    "create": Style.CREATE,
    "change": Style.ALTER,
    "rebuild": Style.ALTER,
    "rename": Style.ALTER,
    "drop": Style.DROP,
}
_LEVEL = {Level.INFO: Style.INFO, Level.WARNING: Style.WARNING, Level.DANGER: Style.DANGER}
_MARK = {Level.INFO: "i", Level.WARNING: "!", Level.DANGER: "‼"}


def proposal(found: Proposal, *, database: str = "", verbose: bool = False) -> Iterator[Line]:
    """A plan at a glance: what will happen; then step by step how; then what a person should know."""
    if found.pending:
        yield from _pending(found.pending)
        yield BLANK
    if found.plan.empty:
        yield line(("✔ ", Style.GOOD), "Nothing to do: the database is as desired.", hang=2)
        where = f"{database} · {found.plan.server}" if database else found.plan.server
        yield line((where, Style.FAINT), indent=2)
    else:
        yield from _headline(found.plan, found.changes, database)
        yield BLANK
        yield from changes(found.changes, verbose=verbose)
        yield BLANK
        yield from steps(found.plan, verbose=verbose)
        yield BLANK
        yield from _verdict(found.plan)
    yield from _suggestions(found)
    yield from _unmanaged(found.unmanaged, verbose=verbose)
    for note in (*found.notes, *(found.asides if verbose else ())):
        yield line(("· ", Style.FAINT), (note, Style.FAINT), hang=2)


def _headline(plan: Plan, found: Sequence[Change], database: str) -> Iterator[Line]:
    yield line(("Plan", Style.TITLE), *([f" for {database}"] if database else []), (f" · {plan.server}", Style.FAINT))
    counts: list[Piece] = []
    for word, number in count_changes(found):
        counts += [(", " if counts else "", Style.PLAIN), (f"{number:,} to {word}", _VERB[word])]
    tail = f" · {plural(len(plan.steps), 'step')} {transactions(plan.phases)}"
    yield line(*counts, (tail if counts else tail[3:], Style.FAINT))


def transactions(phases: Sequence[Phase]) -> str:
    """How the steps commit: "in one transaction", "in 3 transactions", "2 of them outside a transaction"."""
    inside = sum(phase.transactional for phase in phases)
    outside = len(phases) - inside
    if not outside:
        return "in one transaction" if inside == 1 else f"in {inside} transactions"
    if not inside:
        return "outside of transactions: each commits by itself"
    within = "one transaction" if inside == 1 else f"{inside} transactions"
    return f"in {within}, {outside} outside"


# -- changes


def changes(found: Iterable[Change], *, verbose: bool = False) -> Iterator[Line]:
    """A line for each table and each part that differs; parts of what is new or goes away are only counted."""
    for group in grouped(found):
        whole = group.whole
        if isinstance(whole, Create | Drop) and not verbose:
            text = "; ".join(details(whole)) or contents(group.parts)
            yield _change(whole, str(group.root), text)
            continue
        if whole is not None:
            yield _change(whole, str(group.root), "; ".join(details(whole)))
        else:
            yield line(("~ ", Style.ALTER), (str(group.root), Style.NAME), indent=2, hang=2)
        parts = group.parts if verbose else outermost((*([whole] if whole else []), *group.parts))
        for part in parts:
            if part is not whole:
                yield _change(part, label(part.key), "; ".join(details(part)), indent=4)


def _change(change: Change, name: str, text: str, *, indent: int = 2) -> Line:
    style = _CHANGE[type(change)]
    named = (name, Style.NAME if indent == 2 else Style.PLAIN)
    return line(
        (f"{symbol(change)} ", style), named, *([(f"  {text}", Style.FAINT)] if text else []), indent=indent, hang=4
    )


def no_changes(a: str, b: str) -> Iterator[Line]:
    """Two sources are equal."""
    yield line(("✔ ", Style.GOOD), f"No difference between {a} and {b}.")


def difference(found: Sequence[Change], a: str, b: str, *, verbose: bool = False) -> Iterator[Line]:
    """What makes ``a`` like ``b``."""
    yield line(("Difference", Style.TITLE), f": what makes {a} like {b}")
    yield BLANK
    yield from changes(found, verbose=verbose)


# -- steps


def steps(plan: Plan, *, verbose: bool = False) -> Iterator[Line]:
    """Every step in order, with its SQL, lock, reason and hazards."""
    yield from _phases(plan.phases, "Steps", verbose=verbose)


def _phases(phases: Sequence[Phase], title: str, *, verbose: bool) -> Iterator[Line]:
    several = len(phases) > 1 and any(phase.transactional for phase in phases)
    total = sum(len(phase.steps) for phase in phases)
    lock, how_many = usual_lock(phases)
    each = f" · each locks {lock}" + (", unless it says otherwise" if how_many < total else "") if lock else ""
    yield line((title, Style.TITLE), (each, Style.FAINT), hang=2)
    width = len(str(total))
    for number, phase in enumerate(phases, 1):
        if several:
            kind = "transaction" if phase.transactional else "outside of a transaction"
            yield line((f"── {number}: {kind} ", Style.FAINT), indent=2)
        if verbose:
            yield from _sql(phase.before, width + 4, note="before BEGIN")
        for step in phase.steps:
            yield from _step(step, width, usual=lock, verbose=verbose)
        if verbose:
            yield from _sql(phase.after, width + 4, note="after COMMIT")


def usual_lock(phases: Iterable[Phase]) -> tuple[str, int]:
    """The lock that most of several steps take, and how many do; none where that is no usual one."""
    counted = Counter(step.lock or "" for phase in phases for step in phase.steps)
    ((lock, number), *_) = counted.most_common(1) or [("", 0)]
    return (lock, number) if number > 2 and "" not in counted else ("", 0)


def _step(step: Step, width: int, *, usual: str, verbose: bool) -> Iterator[Line]:
    inner = width + 4
    yield line((f"{step.number:>{width}}  ", Style.FAINT), (step.summary, Style.NAME), indent=2, hang=width + 2)
    if step.sql != (step.summary,):  # a statement written by hand has no better summary than itself
        yield from _sql(step.sql, inner)
    if step.call is not None and step.call not in step.summary:
        yield line(("calls ", Style.FAINT), step.call, indent=inner)
    facts = []
    if step.reason:
        facts.append(f"because {step.reason}")
    if step.lock and step.lock != usual:
        facts.append(f"locks {step.lock}")
    if step.rewrites:
        facts.append("writes the whole table anew")
    elif step.scans:
        facts.append("reads every row")
    if step.estimate is not None:
        facts.append(f"estimate: {estimated(step.estimate)}")
    if step.checks and not verbose:
        facts.append("the rows are checked before anything runs")
    elif verbose:
        facts += [f"checked before anything runs: {check.query}" for check in step.checks]
    for fact in facts:
        yield line(("· ", Style.FAINT), (fact, Style.FAINT), indent=inner, hang=2)
    told, more = spoken(step.hazards, verbose=verbose)
    for hazard in told:
        yield _hazard(hazard, indent=inner)
    if more:
        counted = ", ".join(f"{code} ({number})" if number > 1 else code for code, number in more.items())
        yield line(("i ", Style.INFO), (f"and {counted}", Style.FAINT), indent=inner, hang=2)


def _hazard(hazard: Hazard, *, indent: int) -> Line:
    style = _LEVEL[hazard.level]
    advice = f" – {hazard.advice}" if hazard.advice else ""
    return line(
        (f"{_MARK[hazard.level]} {hazard.level.value} {hazard.code}", style),
        f": {hazard.message}{advice}",
        indent=indent,
        hang=2,
    )


def _sql(statements: Iterable[str], indent: int, note: str = "") -> Iterator[Line]:
    for sql in statements:
        text = textwrap.dedent(sql.expandtabs(4).strip("\n")).rstrip()
        rows = f"{text};".split("\n")
        for index, row in enumerate(rows):
            lead = len(row) - len(row.lstrip())
            last = index == len(rows) - 1
            tail = [(f"  ({note})", Style.FAINT)] if note and last else []
            yield line((row, Style.SQL), *tail, indent=indent, hang=lead + 4)


# -- what a person should know


def _verdict(plan: Plan) -> Iterator[Line]:
    yield rehearsal(plan)
    dangers = sorted({hazard.code for hazard in plan.hazards if hazard.level is Level.DANGER})
    if dangers:
        allow = " ".join(f"--allow {code}" for code in dangers)
        yield line(
            ("‼ ", Style.DANGER), "To run this you have to say ", (f"reconcile apply {allow}", Style.COMMAND), hang=2
        )


def rehearsal(plan: Plan) -> Line:
    """How the rehearsal ended."""
    found = plan.rehearsal
    rows = f"; {plural(found.rows, 'row')} survived" if found.rows else ""
    if found.forward is Proof.PASSED and found.backward is Proof.PASSED:
        return line(("✔ ", Style.GOOD), f"Rehearsed on scratch, forwards and backwards{rows}.", hang=2)
    reason = f": {found.reason}" if found.reason else ""
    if Proof.FAILED in (found.forward, found.backward):
        way = "forwards" if found.forward is Proof.FAILED else "backwards"
        return line(("‼ ", Style.DANGER), f"The rehearsal failed {way}{reason}", hang=2)
    if found.forward is Proof.PASSED:
        return line(("! ", Style.WARNING), f"Rehearsed forwards only{rows}{reason}", hang=2)
    return line(("! ", Style.WARNING), f"Not rehearsed{reason}", hang=2)


def _suggestions(found: Proposal) -> Iterator[Line]:
    for item in found.suggestions:
        yield line(
            ("? ", Style.WARNING),
            f"Is {item.new} a new name for {item.old}? If so, say so and the data stays: ",
            (item.hint, Style.COMMAND),
            hang=2,
        )


def _unmanaged(items: Sequence[Opaque], *, verbose: bool = False) -> Iterator[Line]:
    if not items:
        return
    names = [opaque_name(item) for item in items]
    if not verbose:
        text = f"Not managed, left alone: {listed(names)}"
        yield line(("· ", Style.FAINT), (text, Style.FAINT), hang=2)
        return
    yield line(("Not managed, left alone", Style.TITLE))
    yield from columns(
        (((name, Style.PLAIN), (item.reason, Style.FAINT)) for name, item in zip(names, items, strict=True)), indent=2
    )


# -- revisions


def _pending(found: Sequence[Revision]) -> Iterator[Line]:
    yield line((f"{plural(len(found), 'revision file')} not yet applied", Style.TITLE))
    yield from revision_list(found)
    yield line(
        ("run ", Style.FAINT),
        ("reconcile apply", Style.COMMAND),
        (" to apply; what follows comes after", Style.FAINT),
        indent=2,
    )


def revision_list(found: Sequence[Revision]) -> Iterator[Line]:
    """Revisions, one a line."""
    yield from columns(
        (
            (
                (item.id, Style.NAME),
                (plural(len(item.plan.steps), "step"), Style.FAINT),
                (item.message, Style.PLAIN),
            )
            for item in found
        ),
        indent=2,
    )


def revision(item: Revision, *, verbose: bool = False) -> Iterator[Line]:
    """One revision, whole: the way there and the way back."""
    yield line(("Revision ", Style.TITLE), (item.id, Style.NAME))
    by_hand = [(("written by", Style.FAINT), ("hand", Style.PLAIN))] if item.manual else []
    seal: Piece = (item.checksum, Style.FAINT) if item.checksum else ("not sealed: run `reconcile seal`", Style.WARNING)
    rows: list[tuple[Piece, ...]] = [
        (("message", Style.FAINT), (item.message, Style.PLAIN)),
        (("created", Style.FAINT), (_moment(item.created), Style.PLAIN)),
        (("builds on", Style.FAINT), (listed(item.parents) or "nothing: it is the first", Style.PLAIN)),
        (("server", Style.FAINT), (item.plan.server, Style.PLAIN)),
        *by_hand,
        (("seal", Style.FAINT), seal),
    ]
    yield from columns(rows, indent=2)
    yield BLANK
    if item.plan.empty:
        yield line(("It changes nothing.", Style.FAINT), indent=2)
        return
    yield from _phases(item.plan.phases, "Apply", verbose=verbose)
    yield BLANK
    if item.plan.revert_phases:
        yield from _phases(item.plan.revert_phases, "Revert", verbose=verbose)
    else:
        yield line(("! ", Style.WARNING), "There is no way back: it has no revert steps.", hang=2)
    yield BLANK
    yield rehearsal(item.plan)


def to_revert(found: Sequence[Revision], *, database: str = "", verbose: bool = False) -> Iterator[Line]:
    """What a revert is about to do."""
    where = [f" on {database}"] if database else []
    yield line(("Revert ", Style.TITLE), plural(len(found), "revision"), *where, ", newest first" * (len(found) > 1))
    yield from revision_list(found)
    for item in found:
        yield BLANK
        title = "Steps" if len(found) == 1 else f"Steps back from {item.id}"
        yield from _phases(item.plan.revert_phases, title, verbose=verbose)


def to_apply(found: Sequence[Revision], *, database: str = "", verbose: bool = False) -> Iterator[Line]:
    """The revision files that are about to run, with all they do."""
    where = [f" on {database}"] if database else []
    yield line(("Apply ", Style.TITLE), plural(len(found), "revision"), *where)
    yield from revision_list(found)
    for item in found:
        yield BLANK
        title = "Steps" if len(found) == 1 else f"Steps of {item.id}"
        yield from _phases(item.plan.phases, title, verbose=verbose)


def applied(found: Applied, *, direction: str) -> Iterator[Line]:
    """What was done: "apply", "revert", or "undo" of an interrupted run."""
    back = direction == "revert"
    if not found.revisions:
        yield line(("✔ ", Style.GOOD), "Nothing to revert." if back else "Nothing to do: the database is as desired.")
        return
    if direction == "undo":
        for item in found.revisions:
            name = (item.id, Style.NAME)
            yield line(("✔ ", Style.GOOD), "Took back ", name, ": the database is as before that run", hang=2)
        return
    for item in found.revisions:
        count = sum(len(phase.steps) for phase in (item.plan.revert_phases if back else item.plan.phases))
        word = "Reverted" if back else "Applied"
        yield line(
            ("✔ ", Style.GOOD),
            f"{word} ",
            (item.id, Style.NAME),
            (f" · {plural(count, 'step')}", Style.FAINT),
            (f" in {duration(found.seconds)}" if len(found.revisions) == 1 else "", Style.FAINT),
            hang=2,
        )
    if len(found.revisions) > 1:
        yield line((f"{plural(len(found.revisions), 'revision')} in {duration(found.seconds)}", Style.FAINT), indent=2)


# -- history and status


def history(entries: Sequence[Entry], *, verbose: bool = False) -> Iterator[Line]:
    """Every run, newest last."""
    if not entries:
        yield line("No history yet: nothing has been applied to this database by reconcile.")
        return
    for entry in entries:
        mark, style, word = _RUN.get(entry.state, ("·", Style.PLAIN, entry.state))
        back = "revert of " if entry.direction == "revert" else ""
        if entry.direction == "revert" and entry.state == "done":
            mark, style, word = _RUN["reverted"]
        took = "" if entry.seconds is None else f" in {duration(entry.seconds)}"
        facts = [entry.id, f"{word} {_moment(entry.started)}{took}"]
        facts += [plural(entry.steps, "step")] if entry.steps else []
        facts += [entry.who, *([f"reconcile {entry.tool}", entry.checksum] if verbose else [])]
        yield line((f"{mark} ", style), (f"{back}{entry.message or entry.id}", Style.NAME), hang=2)
        yield line((" · ".join(filter(None, facts)), Style.FAINT), indent=2)


def adoption(found: Adoption, *, verbose: bool = False) -> Iterator[Line]:
    """Drift, the edits of files, and what is left to a person."""
    if found.revision is None:
        yield line(("✔ ", Style.GOOD), "Nothing has drifted: the database is as the last run left it.", hang=2)
        return
    yield line(("! ", Style.WARNING), "Changed by others since the last run:", hang=2)
    yield from changes(found.drift, verbose=verbose)
    for edit in found.edits:
        if edit.before != edit.after:
            yield BLANK
            yield line(f"{edit.shown} becomes:")
            yield from _diff(unified(edit.before, edit.after))
    for each in found.by_hand:
        yield BLANK
        why = f" ({each.reason})" if each.reason else ""
        yield line(("! ", Style.WARNING), f"To be written by hand{why}: ", (each.where, Style.NAME), hang=2)
        yield from _diff(by_hand(each))


def _diff(text: str) -> Iterator[Line]:
    for each in text.splitlines():
        style = _DIFF.get(each[:1], Style.FAINT)
        yield line((each, style), indent=2)


_DIFF = {"+": Style.CREATE, "-": Style.DROP, "@": Style.FAINT}


def flaws(found: Sequence[Flaw]) -> Iterator[Line]:
    """What does not fit together about the history, and what can be done about it."""
    if not found:
        yield line(("✔ ", Style.GOOD), "History is sound: files, records and copies agree.", hang=2)
    for flaw in found:
        yield line(("✘ ", Style.DANGER), flaw.message, (f"  {flaw.kind}", Style.FAINT), hang=2)
        if flaw.remedy:
            yield line(("→ ", Style.COMMAND), f"repair: {flaw.remedy}", (f" ({flaw.evidence})", Style.FAINT), indent=2)
        elif flaw.advice:
            yield line(("→ ", Style.COMMAND), flaw.advice, indent=2)


# state of a run → mark, meaning, word
_RUN = {
    "applied": ("✔", Style.GOOD, "applied"),
    "done": ("✔", Style.GOOD, "done"),
    "reverted": ("↩", Style.FAINT, "reverted"),
    "running": ("…", Style.WARNING, "unfinished, begun"),
    "failed": ("✘", Style.DANGER, "failed"),
}


def status(found: Status, *, verbose: bool = False) -> Iterator[Line]:
    """Where the database stands, the worst first."""
    yield line((found.database, Style.TITLE), (f" · {found.server}", Style.FAINT))
    if found.heads:
        yield line(("at ", Style.FAINT), (listed(found.heads), Style.NAME), indent=2, hang=3)
    else:
        yield line(("nothing applied yet", Style.FAINT), indent=2)
    yield BLANK
    if found.unfinished:
        yield line(("‼ ", Style.DANGER), found.unfinished[:1].upper() + found.unfinished[1:], hang=2)
    if found.drift:
        yield line(
            ("! ", Style.WARNING), "The database was changed behind our back (drift). Since the last apply:", hang=2
        )
        yield from changes(found.drift, verbose=verbose)
        yield line(("→ ", Style.COMMAND), "to want it:   ", ("reconcile adopt", Style.COMMAND), indent=2)
        yield line(("→ ", Style.COMMAND), "to undo it:   ", ("reconcile plan", Style.COMMAND), indent=2)
        patterns = sorted({f'"{change.key.root}"' for change in found.drift})
        rule = f"ignore: [{', '.join(patterns)}]"
        yield line(("→ ", Style.COMMAND), "to ignore it, in the configuration:   ", (rule, Style.COMMAND), indent=2)
    if found.unknown:
        yield line(("! ", Style.WARNING), f"Applied, but there is no file of it: {listed(found.unknown)}", hang=2)
    if found.pending:
        yield line(("• ", Style.ALTER), f"{plural(len(found.pending), 'revision file')} to apply:", hang=2)
        yield from revision_list(found.pending)
    if found.proposal is not None and not found.proposal.plan.empty:
        after = " after that" if found.pending else ""
        yield line(("• ", Style.ALTER), f"The desired state differs{after}:", hang=2)
        yield from changes(found.proposal.changes, verbose=verbose)
    if not found.changes_pending:
        if found.proposal is not None:
            yield line(("✔ ", Style.GOOD), "Up to date: the database is as desired.", hang=2)
        elif found.heads:
            yield line(("✔ ", Style.GOOD), "As history says. (No desired state is configured.)", hang=2)
        else:
            yield line(("· ", Style.FAINT), "Nothing to compare with: no history, and no desired state given.", hang=2)
    if found.attic:
        rows = plural(sum(entry.rows for entry in found.attic), "row")
        yield line(
            ("· ", Style.FAINT), f"The attic keeps {rows} of what was dropped (reconcile purge removes it):", hang=2
        )
        yield from attic(found.attic)
    yield from _unmanaged(found.unmanaged, verbose=verbose)


def attic(entries: Sequence[AtticEntry]) -> Iterator[Line]:
    """What is kept, by the run that put it there."""
    last: tuple[str, str] | None = None
    for entry in entries:
        run = (entry.revision, entry.at)
        if run != last:
            by = f"{entry.revision} ({entry.direction}, {_moment(entry.at)})" if entry.revision else "by nobody we know"
            yield line((by, Style.FAINT), indent=2, hang=2)
            last = run
        size = plural(entry.rows, "row") + (f", {bytes_of(entry.bytes)}" if entry.bytes is not None else "")
        yield line((entry.what, Style.NAME), f"  {size}", (f"  in {entry.name}", Style.FAINT), indent=4)


def bytes_of(number: int) -> str:
    """ "16 kB", "3.2 MB"."""
    if number < 1024:
        return f"{number} bytes"
    size = number / 1024
    for unit in ("kB", "MB", "GB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if size >= 10 else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} TB"


def duration(seconds: float) -> str:
    """ "12 ms", "3.4 s", "2 min 5 s"."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds // 60)} min {int(seconds % 60)} s"


def _moment(iso: str) -> str:
    """ "2026-11-22 10:15:30" of an ISO 8601 moment, in UTC as it is stored."""
    return iso.replace("T", " ")[:19]
