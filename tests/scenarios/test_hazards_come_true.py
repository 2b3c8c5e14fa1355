"""Each hazard comes true: something that went before the plan goes otherwise after it, and not after the
plan that is called safe. What is said of locks and rewrites is watched in test_locks_are_seen."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from reconcile.errors import ServerError
from reconcile.execution.steps import NoJournal, Runner
from reconcile.hazards.base import Example, Group, Rule
from reconcile.state import Level, Phase
from tests.places import EXAMPLES, RULES, Place, Places
from tests.scenarios.designs import ADVICE, DESIGNS
from tests.scenarios.probes import PROBES, Probe

REFUSED, FAILS = "refused", "the plan fails"
WATCHED = {code for code, rule in RULES.items() if rule.group is Group.LOCKS}


_ALL = PROBES | DESIGNS


def _probes(rule: Rule, name: str) -> tuple[Probe, ...]:
    found = _ALL.get(rule.code, {})
    return found.get(name, found.get("", ()))


_PROBED = [each for each in EXAMPLES if _probes(each.values[0], each.values[2])]  # type: ignore[arg-type]  # a param set's values


@pytest.mark.parametrize(("rule", "example", "name"), _PROBED)
def test_it_comes_true(rule: Rule, example: Example, name: str, places: Places) -> None:
    place, of_it = places(name), [each for each in rule.examples if name in each.on]
    probe = _probes(rule, name)[of_it.index(example)]
    if rule.inspect is not None:
        assert seen_in(place, probe, example.bad) != seen_in(place, probe, example.good)
        return
    start = seen_in(place, probe, example.before)
    bad = seen_after(place, probe, place.plan(example.before, example.bad, renames=example.renames))
    good = seen_after(place, probe, place.plan(example.before, example.good))
    assert bad != (good if probe.new else start), f"nothing is otherwise: {bad}"
    assert good == start or probe.new, f"the plan that is called safe changes it too: {start} becomes {good}"


def seen_in(place: Place, probe: Probe, schema: str) -> object:
    """What the probe sees of a database made by the SQL."""
    place.state(schema)
    return seen_after(place, probe, ())


def seen_after(place: Place, probe: Probe, phases: tuple[Phase, ...]) -> object:
    """What the probe sees once the plan has run on the database as it is."""
    session = place.session
    for sql in probe.first:
        session.execute(sql)
    runner = Runner(session=session, root=Path.cwd(), journal=NoJournal(), look=lambda *_: None)
    try:
        for phase in phases:
            runner.run(phase)
    except ServerError:
        return FAILS
    *before, last = probe.sql
    try:
        for sql in before:
            with suppress(ServerError):
                session.execute(sql)
        return probe.sees(session.query(last)) if _gives_rows(last) else session.execute(last)
    except ServerError:
        return REFUSED
    finally:
        if place.dialect.name == "postgresql":
            session.execute("RESET ALL")
            session.execute("RESET ROLE")


def _gives_rows(sql: str) -> bool:
    return sql.startswith(("SELECT", "EXPLAIN", "SHOW"))


def test_no_hazard_of_a_plan_is_left_to_belief() -> None:
    of_plans = {code for code, rule in RULES.items() if rule.inspect is None}
    assert of_plans - WATCHED - PROBES.keys() == set()
    assert _ALL.keys() <= RULES.keys()


def test_what_is_only_advice_says_so() -> None:
    of_design = {code for code, rule in RULES.items() if rule.inspect is not None}
    assert of_design - _ALL.keys() == ADVICE
    assert not [code for code in ADVICE if RULES[code].level is Level.DANGER]
