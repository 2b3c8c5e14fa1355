"""A plan or a revision as one page of HTML that needs nothing else: for reviews, tickets and archives."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from importlib.resources import files

from reconcile.api.values import Proposal
from reconcile.reports.describe import (
    contents,
    count_changes,
    details,
    estimated,
    grouped,
    label,
    opaque_name,
    outermost,
    plural,
    spoken,
    symbol,
    verb,
)
from reconcile.reports.lines import Style
from reconcile.reports.text import rehearsal, transactions
from reconcile.state import Change, Create, Drop, Hazard, Level, Opaque, Phase, Plan, Step
from reconcile.state.revision import Revision


def proposal(found: Proposal, *, database: str = "") -> str:
    """The page of a plan."""
    plan = found.plan
    where = " · ".join(filter(None, [database, plan.server]))
    body = [f"<h1>{'Nothing to do' if plan.empty else 'Plan'}</h1>", f'<div class="faint">{escape(where)}</div>']
    if not plan.empty:
        body += [*_counts(found.changes, plan), *_warnings(plan)]
        body += ["<h2>What will change</h2>", *_changes(found.changes)]
        body += ["<h2>How, step by step</h2>", *_phases(plan.phases)]
        body += _way_back(plan)
    if found.pending:
        names = ", ".join(escape(item.id) for item in found.pending)
        body.append(_note("info", "Not yet applied", f"These revision files come first: {names}"))
    body += ["<h2>To know</h2>"] if found.suggestions or found.unmanaged or found.notes or found.asides else []
    for item in found.suggestions:
        text = f"Is {item.new} a new name for {item.old}? If so, say so and the data stays: {item.hint}"
        body.append(_note("warning", "A rename?", escape(text)))
    body += _unmanaged(found.unmanaged)
    body += [_note("", "", escape(note)) for note in (*found.notes, *found.asides)]
    return _page(f"Plan for {database}" if database else "Plan", body)


def revision(item: Revision) -> str:
    """The page of a revision."""
    rows = {
        "id": item.id,
        "created": item.created,
        "builds on": ", ".join(item.parents) or "nothing: it is the first",
        "server": item.plan.server,
        "seal": item.checksum or "not sealed",
    }
    if item.manual:
        rows["written"] = "by hand"
    pairs = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in rows.items())
    body = [f"<h1>{escape(item.message or item.id)}</h1>", f"<dl>{pairs}</dl>", *_warnings(item.plan)]
    body += ["<h2>Apply</h2>", *_phases(item.plan.phases), *_way_back(item.plan)]
    return _page(item.message or item.id, body)


def _page(title: str, body: Iterable[str]) -> str:
    style = files("reconcile.reports").joinpath("page.css").read_text(encoding="utf-8")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(body)
        + "\n<footer>Written by reconcile</footer>\n</main>\n</body>\n</html>\n"
    )


def _counts(changes: Sequence[Change], plan: Plan) -> Iterator[str]:
    yield '<ul class="counts">'
    for word, number in count_changes(changes):
        yield f'<li class="{word}">{number:,} to {word}</li>'
    yield f'<li class="faint">{plural(len(plan.steps), "step")} {transactions(plan.phases)}</li></ul>'


def _warnings(plan: Plan) -> Iterator[str]:
    yield "<h2>What could hurt</h2>"
    proof = rehearsal(plan)
    kind = {Style.GOOD: "good", Style.WARNING: "warning", Style.DANGER: "danger"}[proof.pieces[0][1]]
    yield _note(kind, "", escape("".join(text for text, _ in proof.pieces[1:])))
    found = sorted(
        ((hazard, step) for step in plan.steps for hazard in step.hazards),
        key=lambda pair: (list(Level).index(pair[0].level) * -1, pair[1].number),
    )
    groups: dict[tuple[Level, str], list[tuple[Hazard, Step]]] = {}
    for hazard, step in found:
        groups.setdefault((hazard.level, hazard.code), []).append((hazard, step))
    yield from (_alike(group) for (level, _), group in groups.items() if level is not Level.INFO)
    infos = [group for (level, _), group in groups.items() if level is Level.INFO]
    if infos:
        yield f"<details><summary>Good to know ({sum(map(len, infos))})</summary>"
        yield from map(_alike, infos)
        yield "</details>"


def _alike(group: Sequence[tuple[Hazard, Step]]) -> str:
    """Findings of one code on one card: the advice is given once."""
    first, step = group[0]
    if len(group) == 1:
        return _hazard(first, where=f' <span class="faint">(step {step.number})</span>')
    rows = "".join(
        f'<li>{escape(hazard.message)} <span class="faint">(step {step.number})</span></li>' for hazard, step in group
    )
    return _hazard(first, text=f"<ul>{rows}</ul>")


def _hazard(hazard: Hazard, *, where: str = "", text: str = "") -> str:
    advice = f'<p class="faint">{escape(hazard.advice)}</p>' if hazard.advice else ""
    allow = f"<p>To run it: <code>--allow {escape(hazard.code)}</code></p>" if hazard.level is Level.DANGER else ""
    return _note(
        hazard.level.value,
        f"{hazard.level.value}: {hazard.code}",
        f"{text or escape(hazard.message)}{where}{advice}{allow}",
    )


def _note(kind: str, title: str, text: str) -> str:
    head = f"<b>{escape(title)}</b> " if title else ""
    return f'<div class="card note {kind}">{head}{text}</div>'


def _changes(changes: Sequence[Change]) -> Iterator[str]:
    yield '<div class="card"><ul class="changes">'
    for group in grouped(changes):
        whole = group.whole
        if whole is None:
            head = f'<span class="change"><span class="mark">~</span></span><b>{escape(str(group.root))}</b>'
        else:
            text = "; ".join(details(whole))
            text = text or (contents(group.parts) if isinstance(whole, Create | Drop) else "")
            head = _change(whole, f"<b>{escape(str(group.root))}</b>", text)
        parts = outermost((*([whole] if whole else []), *group.parts))
        inner = [
            f"<li>{_change(part, escape(label(part.key)), '; '.join(details(part)))}</li>"
            for part in parts
            if part is not whole
        ]
        yield f"<li>{head}{'<ul>' + ''.join(inner) + '</ul>' if inner else ''}</li>"
    yield "</ul></div>"


def _change(change: Change, name: str, text: str) -> str:
    tail = f' <span class="faint">{escape(text)}</span>' if text else ""
    return f'<span class="{verb(change)}"><span class="mark">{symbol(change)}</span></span>{name}{tail}'


def _phases(phases: Sequence[Phase]) -> Iterator[str]:
    several = len(phases) > 1 and any(phase.transactional for phase in phases)
    yield '<ol class="steps">'
    for number, phase in enumerate(phases, 1):
        if several:
            kind = "one transaction" if phase.transactional else "outside of a transaction"
            yield f'<li class="phase">Part {number} of {len(phases)}: {kind}</li>'
        yield from _aside(phase.before, "before the transaction")
        for step in phase.steps:
            yield f'<li class="card step">{_step(step)}</li>'
        yield from _aside(phase.after, "after the transaction")
    yield "</ol>"


def _aside(statements: Sequence[str], when: str) -> Iterator[str]:
    for sql in statements:
        yield f'<li class="phase">{when}: <code>{escape(sql)}</code></li>'


def _step(step: Step) -> str:
    head = f"<h3><span>{step.number}</span>{escape(step.summary)}</h3>"
    sql = ";\n".join(step.sql) + ";" if step.sql else f"-- calls {step.call}" if step.call else ""
    facts = [f"because {step.reason}"] if step.reason else []
    facts += [f"locks {step.lock}"] if step.lock else []
    facts += ["writes the whole table anew"] if step.rewrites else ["reads every row"] if step.scans else []
    facts += [f"estimate: {estimated(step.estimate)}"] if step.estimate is not None else []
    facts += [f"checked before anything runs: {check.message}" for check in step.checks]
    listed = "".join(f"<li>{escape(fact)}</li>" for fact in facts)
    code = f"<pre>{_coloured(sql)}</pre>" if sql else ""
    return (
        head
        + code
        + (f'<ul class="facts">{listed}</ul>' if listed else "")
        + "".join(_hazard(hazard) for hazard in spoken(step.hazards)[0])
    )


_TOKEN = re.compile(
    r"(?P<s>--[^\n]*|/\*.*?\*/)|(?P<q>'(?:[^']|'')*')|(?P<n>\"[^\"]*\"|`[^`]*`)|(?P<i>\b[A-Z]{2,}\b)", re.DOTALL
)


def _coloured(sql: str) -> str:
    """SQL with its keywords, strings and comments marked. Only for the eye: what it misreads is merely not coloured."""
    out, position = [], 0
    for match in _TOKEN.finditer(sql):
        out.append(escape(sql[position : match.start()], quote=False))
        tag, text = match.lastgroup, escape(match.group(), quote=False)
        out.append(text if tag == "n" else f"<{tag}>{text}</{tag}>")
        position = match.end()
    return "".join([*out, escape(sql[position:], quote=False)])


def _way_back(plan: Plan) -> Iterator[str]:
    if not plan.revert_phases:
        yield _note("warning", "No way back.", "This has no revert steps.")
        return
    count = plural(sum(len(phase.steps) for phase in plan.revert_phases), "step")
    yield f"<details><summary>The way back ({count})</summary>"
    yield from _phases(plan.revert_phases)
    yield "</details>"


def _unmanaged(items: Sequence[Opaque]) -> Iterator[str]:
    if items:
        rows = "".join(
            f"<dt>{escape(opaque_name(item))}</dt><dd class=faint>{escape(item.reason)}</dd>" for item in items
        )
        yield f'<div class="card"><b>Not managed, left alone</b><dl>{rows}</dl></div>'
