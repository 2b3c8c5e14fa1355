"""A plan as a script that psql, mariadb and sqlite3 run as it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconcile.dialects.sqltext import Grammar
from reconcile.state import Phase, Plan, Step
from reconcile.state.revision import Revision

_DELIMITER = "//"


def plan_script(plan: Plan, grammar: Grammar, *, title: str = "") -> str:
    """The way forward: BEGIN … COMMIT round each transactional phase, a comment before each step."""
    return _script(plan, plan.phases, grammar, title or "plan")


def revert_script(plan: Plan, grammar: Grammar, *, title: str = "") -> str:
    """The way back."""
    return _script(plan, plan.revert_phases, grammar, title or "revert")


def creation_script(plan: Plan, grammar: Grammar, *, title: str) -> str:
    """Only the statements that make what is there, as a dump would show them."""
    statements = [terminated(sql, grammar) for step in plan.steps for sql in step.sql]
    return "\n\n".join(["\n".join(_comment(f"{title} ({plan.server})")), *statements]) + "\n"


def revisions_script(revisions: Iterable[Revision], grammar: Grammar, *, back: bool = False) -> str:
    """Several revisions, in the order given."""
    write = revert_script if back else plan_script
    return "\n".join(write(item.plan, grammar, title=f"{item.id}: {item.message}") for item in revisions)


def _script(plan: Plan, phases: tuple[Phase, ...], grammar: Grammar, title: str) -> str:
    lines = [
        *_comment(f"{title} ({plan.server})"),
        "-- Stop at the first error: psql -v ON_ERROR_STOP=1, sqlite3 -bail; mariadb does so by itself.",
    ]
    if not phases:
        lines.append("-- Nothing to do.")
    for phase in phases:
        lines += ["", *_phase(phase, grammar)]
    return "\n".join(lines) + "\n"


def _phase(phase: Phase, grammar: Grammar) -> Iterator[str]:
    for sql in phase.before:
        yield terminated(sql, grammar)
    if phase.transactional:
        yield "BEGIN;"
    for step in phase.steps:
        yield from _step(step, grammar)
    if phase.transactional:
        yield "COMMIT;"
    for sql in phase.after:
        yield terminated(sql, grammar)


def _step(step: Step, grammar: Grammar) -> Iterator[str]:
    yield from _comment(f"{step.number}. {step.summary}" + (f" (because {step.reason})" if step.reason else ""))
    for hazard in step.hazards:
        yield from _comment(f"   {hazard.level.value} {hazard.code}: {hazard.message}")
    if step.call is not None:
        yield from _comment(f"   calls {step.call}, which is Python: run this step with reconcile")
    for sql in step.sql:
        yield terminated(sql, grammar)


def _comment(text: str) -> list[str]:
    return [f"-- {row}".rstrip() for row in text.splitlines()]


def terminated(sql: str, grammar: Grammar) -> str:
    """The statement with what ends it. MySQL's client cuts at every semicolon outside of quotes, so a body that
    holds one needs another delimiter; psql and sqlite3 understand bodies by themselves."""
    text = sql.rstrip().rstrip(";")
    cuts_anywhere = grammar.backslash  # the mark of MySQL's lexical rules, as in sqltext.split
    if cuts_anywhere and any(token.text == ";" and token.kind == "other" for token in grammar.tokens(text)):
        return f"DELIMITER {_DELIMITER}\n{text}{_DELIMITER}\nDELIMITER ;"
    last = list(grammar.tokens(text))[-1:]
    ends_in_line_comment = last and last[0].kind == "comment" and not last[0].text.startswith("/*")
    return f"{text}\n;" if ends_in_line_comment else f"{text};"
