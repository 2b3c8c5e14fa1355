"""What lint found, and rules themselves: as lines, as JSON, and as SARIF 2.1.0 for code review."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Any

from reconcile.api.values import Finding, Linted
from reconcile.hazards.base import Rule
from reconcile.reports.describe import plural
from reconcile.reports.json import FORMAT, hazard
from reconcile.reports.lines import BLANK, Line, Piece, Style, columns, line
from reconcile.state import Level

Plain = dict[str, Any]
_LEVEL = {Level.INFO: Style.INFO, Level.WARNING: Style.WARNING, Level.DANGER: Style.DANGER}
_MARK = {Level.INFO: "i", Level.WARNING: "!", Level.DANGER: "‼"}


def lines(found: Linted, *, verbose: bool = False) -> Iterator[Line]:
    """By rule, the worst first: a headline, then one line for each object; info is counted unless ``verbose``."""
    told = found.told
    shown = [f for f in told if verbose or f.hazard.level is not Level.INFO or f.denied]
    groups: dict[tuple[str, Level], list[Finding]] = {}
    for finding in shown:
        groups.setdefault((finding.hazard.code, finding.hazard.level), []).append(finding)
    for (code, level), findings in groups.items():
        denied = " (denied)" if any(finding.denied for finding in findings) else ""
        yield line((f"{_MARK[level]} {level.value} {code}{denied}", _LEVEL[level]), hang=2)
        for finding in findings:
            where: list[Piece] = [(f"  {_where(finding)}", Style.FAINT)] if _where(finding) else []
            yield line(finding.hazard.message, *where, indent=2, hang=2)
        if advice := findings[0].hazard.advice:
            yield line(("→ ", Style.FAINT), (advice, Style.FAINT), indent=2, hang=2)
    if shown:
        yield BLANK
    yield from _summary(found, hidden=len(told) - len(shown), verbose=verbose)


def _where(finding: Finding) -> str:
    step = f"step {finding.step}" if finding.step is not None else ""
    return ", ".join(part for part in (step, str(finding.place or "")) if part)


def _summary(found: Linted, *, hidden: int, verbose: bool) -> Iterator[Line]:
    muted = [finding for finding in found.findings if finding.mute is not None]
    if verbose:
        for finding in muted:
            assert finding.mute is not None
            text = f"{finding.hazard.code} is off at {finding.mute.place}: {finding.mute.reason}"
            yield line(("· ", Style.FAINT), (f"{finding.hazard.key}: {text}", Style.FAINT), hang=2)
    counts = []
    for level in reversed(Level):
        number = sum(finding.hazard.level is level for finding in found.told)
        if number:
            counts.append(plural(number, level.value) if level is not Level.DANGER else f"{number} danger")
    tail = f"; {plural(len(muted), 'finding')} muted by comments" if muted else ""
    if not counts:
        yield line(("✔ ", Style.GOOD), f"Nothing found in {found.what}{tail}.", hang=2)
        return
    mark: Piece = ("‼ ", Style.DANGER) if found.refused else ("· ", Style.FAINT)
    more = "; --verbose shows the infos" if hidden else ""
    yield line(mark, f"In {found.what}: {', '.join(counts)}{tail}{more}.", hang=2)


def plain(found: Linted) -> Plain:
    """As JSON."""
    return {
        "format": FORMAT,
        "what": found.what,
        "refused": found.refused,
        "findings": [_finding(finding) for finding in found.findings],
    }


def _finding(finding: Finding) -> Plain:
    place, mute = finding.place, finding.mute
    return {
        **hazard(finding.hazard),
        "denied": finding.denied,
        "step": finding.step,
        "file": place.file if place else None,
        "line": place.line or None if place else None,
        "column": place.column or None if place else None,
        "muted": None if mute is None else {"reason": mute.reason, "at": str(mute.place)},
    }


# -- rules


def rule_list(found: Mapping[str, tuple[Rule, tuple[str, ...]]]) -> Iterator[Line]:
    """Every rule on a line, by what it is about."""
    groups: dict[str, list[tuple[Rule, tuple[str, ...]]]] = {}
    for rule, names in found.values():
        groups.setdefault(rule.group.value, []).append((rule, names))
    everywhere = max(len(names) for _, names in found.values())
    rows = []
    for group in sorted(groups):
        for rule, names in groups[group]:
            only = "" if len(names) == everywhere else f"  ({', '.join(names)})"
            rows.append(
                ((rule.code, Style.NAME), (rule.level.value, _LEVEL[rule.level]), (f"{rule.title}{only}", Style.PLAIN))
            )
        yield line((group[:1].upper() + group[1:], Style.TITLE))
        yield from columns(rows, indent=2)
        rows.clear()


def explained(rule: Rule, names: Sequence[str]) -> Iterator[Line]:
    """A rule's page: why, what instead, and examples."""
    yield line((rule.code, Style.TITLE), f"  {rule.title}", hang=2)
    yield line((f"{rule.level.value} at worst · {rule.group.value} · {', '.join(names)}", Style.FAINT))
    yield BLANK
    yield line(rule.why)
    yield line(("Instead: ", Style.GOOD), rule.instead, hang=9)
    for example in rule.examples:
        yield BLANK
        yield line((f"On {', '.join(example.on)}", Style.TITLE))
        if example.before:
            yield from _sql("from", example.before, Style.FAINT)
        yield from _sql("bad", example.bad, Style.DROP)
        yield from _sql("good", example.good, Style.CREATE)
        for rename in example.renames:
            yield line((f"with --rename '{rename}'", Style.FAINT), indent=8)
    yield BLANK
    where = "step of a revision file" if rule.inspect is None else "table or column of a YAML file"
    yield line(("To accept it at one ", Style.FAINT), (where, Style.FAINT), (":", Style.FAINT))
    yield line((f"# lint: off {rule.code} -- the reason", Style.COMMAND), indent=2)
    yield line(("In the configuration: ", Style.FAINT), (f"lint: {{rules: {{{rule.code}: deny}}}}", Style.COMMAND))


def _sql(word: str, sql: str, style: Style) -> Iterator[Line]:
    rows = [row for statement in sql.split("; ") for row in textwrap.wrap(statement + ";", 100)]
    for number, row in enumerate(rows):
        yield line((f"{word if not number else '':<6}", style), (row, Style.SQL), indent=2, hang=10)


def rules_plain(found: Mapping[str, tuple[Rule, tuple[str, ...]]]) -> list[Plain]:
    """Rules as JSON."""
    return [
        {
            "code": rule.code,
            "level": rule.level.value,
            "group": rule.group.value,
            "databases": list(names),
            "title": rule.title,
            "why": rule.why,
            "instead": rule.instead,
            "examples": [
                {"on": list(e.on), "before": e.before, "bad": e.bad, "good": e.good, "renames": list(e.renames)}
                for e in rule.examples
            ],
        }
        for rule, names in found.values()
    ]


# -- SARIF

_SARIF = "https://json.schemastore.org/sarif-2.1.0.json"
_SARIF_LEVEL = {Level.INFO: "note", Level.WARNING: "warning", Level.DANGER: "error"}


def sarif(found: Linted, rules: Mapping[str, tuple[Rule, tuple[str, ...]]]) -> Plain:
    """A log of one run (Static Analysis Results Interchange Format 2.1.0, OASIS)."""
    listed = [code for code in found.codes if code in rules]
    place = {code: number for number, code in enumerate(listed)}
    driver = {
        "name": "reconcile",
        "version": version("schema-reconcile"),
        "rules": [_descriptor(rules[code][0]) for code in listed],
    }
    return {
        "$schema": _SARIF,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": [_result(finding, place) for finding in found.findings]}],
    }


def _descriptor(rule: Rule) -> Plain:
    return {
        "id": rule.code,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {"text": f"Instead: {rule.instead}"},
        "defaultConfiguration": {"level": _SARIF_LEVEL[rule.level]},
        "properties": {"tags": [rule.group.value]},
    }


def _result(finding: Finding, rules: Mapping[str, int]) -> Plain:
    item = finding.hazard
    advice = f" {item.advice[:1].upper()}{item.advice[1:]}." if item.advice else ""
    result: Plain = {
        "ruleId": item.code,
        "level": "error" if finding.refuses else _SARIF_LEVEL[item.level],
        "message": {"text": f"{item.message}.{advice}"},
        "partialFingerprints": {"object/v1": f"{item.code} {item.key}"},
    }
    if item.code in rules:
        result["ruleIndex"] = rules[item.code]
    location: Plain = {"logicalLocations": [{"fullyQualifiedName": str(item.key)}]}
    if finding.place is not None:
        physical: Plain = {"artifactLocation": {"uri": finding.place.file.replace("\\", "/")}}
        if finding.place.line:
            region = {"startLine": finding.place.line}
            physical["region"] = region | ({"startColumn": finding.place.column} if finding.place.column else {})
        location["physicalLocation"] = physical
    result["locations"] = [location]
    if finding.mute is not None:
        result["suppressions"] = [{"kind": "inSource", "justification": finding.mute.reason}]
    return result
