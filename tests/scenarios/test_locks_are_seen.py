"""What hazards say of locks, reading and rewriting is watched on PostgreSQL, over the examples of all rules: a hazard
where something is seen, and none where nothing is. MariaDB and SQLite: tests/unit/test_claims.py."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest

from reconcile.dialects.session import Session
from reconcile.errors import ServerError
from reconcile.hazards.base import Example, Group, Rule
from reconcile.hazards.facts import Blocks
from reconcile.state import Phase, Step
from tests.places import EXAMPLES, RULES, Place, Places
from tests.scenarios.probes import PROBES
from tests.scenarios.watching import Seen, watched

PLANS = [e for e in EXAMPLES if e.values[0].inspect is None and e.values[2] == "postgresql"]  # type: ignore[union-attr]  # a param set's values


def _shut(seen: Seen, table: str, least: Blocks) -> bool:
    return seen.shuts_out.get(table, Blocks.NOBODY) >= least


def _long(least: Blocks) -> Callable[[Seen], bool]:
    """Rows of t are read while it is shut."""
    return lambda seen: "t" in seen.reads and _shut(seen, "t", least)


def _written_anew(seen: Seen) -> bool:
    return "t" in seen.rewrites


# What is seen where the rule's own example is run, and is not where the safe one is.
SIGNS: dict[str, Callable[[Seen], bool]] = {
    "blocks-reads": _long(Blocks.READS),
    "blocks-writes": _long(Blocks.WRITES),
    "both-sides-locked": lambda seen: _shut(seen, "p", Blocks.WRITES),
    "computed-column": _written_anew,
    "domain-constraint": _long(Blocks.WRITES),
    "exclusion-added": _long(Blocks.READS),
    "lock-held": lambda seen: _shut(seen, "t", Blocks.READS) and "u" in seen.reads,
    "primary-key-change": _long(Blocks.READS),
    "table-rewrite": _written_anew,
    "volatile-default": _written_anew,
}
SAID = ("blocks-reads", "blocks-writes", "table-rewrite")


@pytest.mark.parametrize(("rule", "example", "name"), PLANS)
def test_hazards_say_what_is_seen(rule: Rule, example: Example, name: str, places: Places) -> None:
    place = places(name)
    bad = _run(place, place.plan(example.before, example.bad, renames=example.renames))
    good = _run(place, place.plan(example.before, example.good))
    if rule.code in SIGNS:
        assert SIGNS[rule.code](bad), bad
        assert not SIGNS[rule.code](good), good


def _run(place: Place, phases: tuple[Phase, ...]) -> Seen:
    """Run the plan, and hold every step to its hazards; what was seen in all."""
    session, total = place.session, Seen()
    tables = [name for (name,) in session.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    filled = {name for name in tables if session.has_rows("public", name)}
    with place.dialect.open(place.url) as witness, suppress(RowsInTheWay):
        for phase in phases:
            with session.transaction():
                for step in phase.steps:
                    seen = _watched(session, witness, step)
                    said = {(hazard.code, hazard.key.name) for hazard in step.hazards if hazard.code in SAID}
                    own = {effect.key.root.name for effect in step.effects}
                    assert said == {(code, table) for code, table in _signs(seen) if table in filled & own}, step.sql
                    total |= seen
    return total


class RowsInTheWay(Exception):
    """The step fails, as its checks have it."""


def _watched(session: Session, witness: Session, step: Step) -> Seen:
    try:
        return watched(session, witness, step.sql)
    except ServerError as error:
        if not step.checks:
            raise
        raise RowsInTheWay from error


def _signs(seen: Seen) -> set[tuple[str, str]]:
    found = {("table-rewrite", table) for table in seen.rewrites}
    for table in seen.reads - seen.rewrites:
        code = {Blocks.READS: "blocks-reads", Blocks.WRITES: "blocks-writes"}.get(seen.shuts_out[table])
        found |= {(code, table)} if code else set()
    return found


def test_every_rule_about_locks_is_watched() -> None:
    of_it = {code for code, rule in RULES.items() if rule.group is Group.LOCKS}
    here = {code for code in of_it if any("postgresql" in example.on for example in RULES[code].examples)}
    assert here == SIGNS.keys() | (here & PROBES.keys())
