"""Every rule about hazards: its bad example raises its code on a real database, its good one does not."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from reconcile.hazards.base import Example, Group, Rule
from reconcile.hazards.judge import judge
from reconcile.planning.build import make_plan
from reconcile.state import Hazard, Level, Scope
from tests.places import EXAMPLES, NAMES, RULES, Place, Places


def hazards_of(place: Place, example: Example, wanted_sql: str, *, renames: tuple[str, ...] = ()) -> list[Hazard]:
    """What the plan from the example's start to the wanted schema brings."""
    phases = place.plan(example.before, wanted_sql, renames=renames)
    assert wanted_sql == example.good or phases, "the example changes nothing"
    return [hazard for phase in phases for step in phase.steps for hazard in step.hazards]


@pytest.mark.parametrize(("rule", "example", "name"), EXAMPLES)
def test_an_example_is_true(rule: Rule, example: Example, name: str, places: Places) -> None:
    place = places(name)
    if rule.inspect is not None:
        bad, good = place.inspected(example.bad), place.inspected(example.good)
    else:
        bad = hazards_of(place, example, example.bad, renames=example.renames)
        good = hazards_of(place, example, example.good)
    found = [hazard for hazard in bad if hazard.code == rule.code]
    assert found, f"the bad example raises only {sorted({hazard.code for hazard in bad})}"
    assert rule.code not in {hazard.code for hazard in good}
    worst = list(Level).index(rule.level)
    assert max(list(Level).index(hazard.level) for hazard in found) == worst, "its level is not the one documented"
    for hazard in found:
        assert hazard.message and hazard.message[0] != " "


_ROWS = "CREATE TABLE t (id int PRIMARY KEY, a varchar(20) NOT NULL); INSERT INTO t VALUES (1, 'x'); "


@pytest.mark.parametrize(
    ("before", "wanted", "renames", "codes"),
    [
        (_ROWS, "CREATE TABLE t (id int PRIMARY KEY, b varchar(20) NOT NULL)", ["column t.a=b"], ["breaks-readers"]),
        (
            _ROWS,
            "CREATE TABLE t (id int PRIMARY KEY, b varchar(9) NOT NULL)",
            ["column t.a=b"],
            ["breaks-readers", "may-fail", "narrower-type", "table-rewrite"],
        ),
        (
            _ROWS,
            "CREATE TABLE u (id int PRIMARY KEY, b varchar(9) NOT NULL)",
            ["table t=u", "column u.a=b"],
            ["breaks-readers", "may-fail", "narrower-type", "table-rewrite"],
        ),
        (
            _ROWS + "CREATE VIEW v AS SELECT a FROM t",
            "CREATE TABLE t (id int PRIMARY KEY, b varchar(20) NOT NULL); CREATE VIEW v AS SELECT b FROM t",
            ["column t.a=b"],
            ["breaks-readers", "view-columns"],
        ),
    ],
)
def test_what_is_renamed_is_the_same_thing_all_along(
    places: Places, before: str, wanted: str, renames: list[str], codes: list[str]
) -> None:
    example = Example(on=("postgresql",), before=before, bad=wanted, good="")
    found = hazards_of(places("postgresql"), example, wanted, renames=tuple(renames))
    assert sorted({hazard.code for hazard in found}) == codes
    assert len([hazard for hazard in found if hazard.code == "view-columns"]) == codes.count("view-columns")


def test_a_lock_that_is_held_is_told_once(places: Places) -> None:
    tables = [f"CREATE TABLE {name} (id int PRIMARY KEY, a int{{}})" for name in "tuvw"]
    before = "; ".join([*(sql.format("") for sql in tables), *(f"INSERT INTO {name} VALUES (1, 1)" for name in "tuvw")])
    indexes = ("CREATE INDEX i ON u (a)", "CREATE INDEX j ON v (a)")
    # and w goes: nobody is there to be kept out of it
    wanted = "; ".join([tables[0].format(", b int"), *(sql.format("") for sql in tables[1:3]), *indexes])
    example = Example(on=("postgresql",), before=before, bad=wanted, good="")
    found = [h for h in hazards_of(places("postgresql"), example, wanted) if h.code == "lock-held"]
    assert [str(hazard.key) for hazard in found] == ["table public.t"]


_LOCKS = [each for each in EXAMPLES if RULES[str(each.values[0].code)].group is Group.LOCKS]  # type: ignore[union-attr]  # a param set's first value


@pytest.mark.parametrize(("rule", "example", "name"), _LOCKS)
def test_nobody_waits_for_an_empty_table(rule: Rule, example: Example, name: str, places: Places) -> None:
    statements = [sql for sql in example.before.split("; ") if not sql.startswith("INSERT")]
    if len(statements) < len(example.before.split("; ")):
        empty = replace(example, before="; ".join(statements))
        found = hazards_of(places(name), empty, example.bad)
        assert not [hazard for hazard in found if hazard.code == rule.code and hazard.level is not Level.INFO]


@pytest.mark.parametrize("code", sorted(RULES))
def test_a_rule_is_documented(code: str) -> None:
    rule = RULES[code]
    assert rule.title and not rule.title.endswith(".")
    assert rule.why.endswith(".")
    assert rule.instead and not rule.instead.endswith(".")
    assert rule.examples and all(set(example.on) <= set(NAMES) for example in rule.examples)
    assert not (rule.look and rule.inspect), "a rule looks at steps or at schemas"


def test_every_code_that_is_written_has_a_rule() -> None:
    """Codes that dialects put on their drafts are documented like all others."""
    source = Path(__file__).resolve().parents[2] / "src" / "reconcile"
    written = {
        code for file in source.rglob("*.py") for code in re.findall(r'\bHazard\(\s*code="([^"]+)"', file.read_text())
    }
    assert written
    assert written <= set(RULES)


def test_what_the_server_has_counted_is_told(places: Places) -> None:
    """Before a drop: how often it was used, and since when; and how big what is read or written anew is."""
    place = places("postgresql")
    wanted = place.state("CREATE TABLE t (id bigint PRIMARY KEY, a int)")
    rows = "INSERT INTO t SELECT n, n FROM generate_series(1, 3000) n"
    base = place.state(f"CREATE TABLE t (id int PRIMARY KEY, a int); {rows}; CREATE INDEX i ON t (a); ANALYZE t")
    for number in range(3):
        place.session.query(f"SELECT id FROM t WHERE a = {number}")
    place.session.execute("SELECT pg_stat_force_next_flush()")
    place.session.query("SELECT 1")
    features = place.dialect.features(place.session)
    plan = make_plan(base, wanted, rules=place.dialect.rules(features), features=features, scope=Scope()).plan
    known = place.dialect.usage(place.session, base)
    house, filled = place.dialect.hazards, place.filled(base)
    steps = [
        step
        for phase in judge(plan.phases, before=base, after=wanted, filled=filled, house=house, known=known)
        for step in phase.steps
    ]
    told = {hazard.code: hazard.message for step in steps for hazard in step.hazards}
    assert re.search(r"\(used 3 times(, statistics were never reset| since \d{4}-)", told["index-dropped"])
    assert "about 3,000 rows" in told["table-rewrite"]
    (estimate,) = [step.estimate for step in steps if step.rewrites]
    assert estimate is not None
    assert (estimate.rows, estimate.least < estimate.most) == (3000, True)
