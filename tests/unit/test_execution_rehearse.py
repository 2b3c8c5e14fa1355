"""Rehearsal: what is made real on scratch, what passes, what fails with differences, and what cannot be done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from reconcile.dialects.base import Dialect, Rules
from reconcile.dialects.registry import dialect_for
from reconcile.dialects.session import Session
from reconcile.diff.compare import without_bookkeeping
from reconcile.errors import ConnectError, RehearsalFailed
from reconcile.execution.rehearse import rehearse
from reconcile.planning.attic import Preserve, keep_all
from reconcile.planning.build import Planned, creation, make_plan
from reconcile.state import Key, Kind, Opaque, Phase, Plan, Proof, Rehearsal, Scope, State
from tests.servers import MARIADB, POSTGRESQL15, SQLITE, Server

BASE = (
    "CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, name varchar(40))",
    "CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, customer integer, note varchar(40),"
    " FOREIGN KEY (customer) REFERENCES customers (id))",
    "CREATE TABLE items (id integer NOT NULL PRIMARY KEY, order_id integer,"
    " FOREIGN KEY (order_id) REFERENCES orders (id))",
    "CREATE TABLE apart (id integer NOT NULL PRIMARY KEY)",
    "CREATE VIEW named AS SELECT id, name FROM customers",
)
CHANGE = (
    "ALTER TABLE orders ADD COLUMN more integer",
    "CREATE INDEX orders_by_note ON orders (note)",
)

everywhere = pytest.mark.parametrize("server", [SQLITE, POSTGRESQL15, MARIADB], indirect=True)
sqlite_only = pytest.mark.parametrize("server", [SQLITE], indirect=True)


@dataclass
class Stage:
    """A database with tables, and plans over it."""

    dialect: Dialect
    session: Session
    features: Any
    rules: Rules
    built: list[State]

    def read(self) -> State:
        return without_bookkeeping(self.dialect.read(self.session))

    def plan(self, *sqls: str, preserve: Preserve | None = None) -> Planned:
        """The plan that leads where these statements lead, from where the database was before them."""
        base = self.read()
        for sql in sqls:
            self.session.execute(sql)
        features = self.features
        return make_plan(base, self.read(), rules=self.rules, features=features, scope=Scope(), preserve=preserve)

    def build(self, fresh: State, wanted: State) -> tuple[Phase, ...]:
        self.built.append(wanted)
        return creation(fresh, wanted, rules=self.rules, features=self.features)

    def rehearse(self, planned: Planned, *, plan: Plan | None = None, dialect: Dialect | None = None) -> Rehearsal:
        return rehearse(
            plan or planned.plan,
            planned.base,
            planned.goal,
            dialect=dialect or self.dialect,
            near=self.session,
            spec="auto",
            build=self.build,
        )


@pytest.fixture
def stage(server: Server, new_database: Callable[[Server], str]) -> Iterator[Stage]:
    url = new_database(server)
    dialect = dialect_for(url)
    with dialect.open(url) as session:
        for sql in BASE:
            session.execute(sql)
        features = dialect.features(session)
        yield Stage(dialect, session, features, dialect.rules(features), [])


@everywhere
def test_a_good_plan_passes_there_and_back(stage: Stage) -> None:
    found = stage.rehearse(stage.plan(*CHANGE))
    assert (found.forward, found.backward, found.reason) == (Proof.PASSED, Proof.PASSED, "")
    tables = {key.name for key in stage.built[0].objects if key.kind is Kind.TABLE}
    assert tables == {"orders", "customers"}  # what is touched and what that needs; not the whole schema


@everywhere
def test_a_change_under_a_view_takes_the_view_along(stage: Stage) -> None:
    found = stage.rehearse(stage.plan("DROP VIEW named", "ALTER TABLE customers ADD COLUMN more integer", BASE[-1]))
    assert found.forward is Proof.PASSED
    assert "named" in {key.name for key in stage.built[0].objects}


@everywhere
def test_new_tables_that_point_at_old_ones(stage: Stage) -> None:
    new = "CREATE TABLE notes (id integer NOT NULL PRIMARY KEY, line integer, FOREIGN KEY (line) REFERENCES items (id))"
    found = stage.rehearse(stage.plan(new))
    assert (found.forward, found.backward) == (Proof.PASSED, Proof.PASSED)
    assert {key.name for key in stage.built[0].objects if key.kind is Kind.TABLE} == {"items"}


@sqlite_only
def test_rows_must_survive(stage: Stage) -> None:
    planned = stage.plan(*CHANGE)
    assert stage.rehearse(planned).rows == 2
    first, *rest = planned.plan.phases
    thief = replace(first, steps=(*first.steps, replace(first.steps[-1], sql=("DELETE FROM orders",), effects=())))
    with pytest.raises(RehearsalFailed, match="lost rows") as caught:
        stage.rehearse(planned, plan=replace(planned.plan, phases=(thief, *rest)))
    assert caught.value.differences == ("table orders: 0 of 2 rows are left",)


@sqlite_only
def test_what_does_not_run_is_shown(stage: Stage) -> None:
    planned = stage.plan(*CHANGE)
    first, *rest = planned.plan.phases
    broken = replace(first, steps=(replace(first.steps[0], sql=("ALTER TABLE orders ADD COLUMN",)), *first.steps[1:]))
    with pytest.raises(RehearsalFailed, match=r"does not run forwards: step 1") as caught:
        stage.rehearse(planned, plan=replace(planned.plan, phases=(broken, *rest)))
    assert caught.value.differences == ("ALTER TABLE orders ADD COLUMN",)


@sqlite_only
def test_what_leads_elsewhere_is_shown(stage: Stage) -> None:
    planned = stage.plan(*CHANGE)
    phases = tuple(
        replace(
            phase,
            steps=tuple(
                replace(
                    step, sql=tuple(sql.replace("integer", "bigint").replace("INTEGER", "BIGINT") for sql in step.sql)
                )
                for step in phase.steps
            ),
        )
        for phase in planned.plan.phases
    )
    with pytest.raises(RehearsalFailed, match="forwards") as caught:
        stage.rehearse(planned, plan=replace(planned.plan, phases=phases))
    assert [line.lower() for line in caught.value.differences] == [
        "column orders.more: type is bigint, expected integer"
    ]
    with pytest.raises(RehearsalFailed, match="backwards") as caught:
        idle = (Phase(transactional=True, steps=()),)
        stage.rehearse(planned, plan=replace(planned.plan, revert_phases=idle))
    assert "column orders.more is there and should not be" in caught.value.differences


@sqlite_only
def test_no_way_back_is_said(stage: Stage) -> None:
    planned = stage.plan(*CHANGE)
    found = stage.rehearse(planned, plan=replace(planned.plan, revert_phases=()))
    assert (found.forward, found.backward, found.reason) == (Proof.PASSED, Proof.SKIPPED, "there is no way back")


@sqlite_only
def test_what_cannot_be_made_real_is_said(stage: Stage) -> None:
    planned = stage.plan(*CHANGE)
    index = next(key for key in planned.goal.objects if key.kind is Kind.INDEX)
    odd = Opaque(key=Key(Kind.OPAQUE, None, "function f()"), what="function")
    objects = [*planned.goal, odd]
    goal = planned.goal.with_objects(objects, [(index, odd.key)])
    base = planned.base.with_objects([*planned.base, odd])
    found = stage.rehearse(replace(planned, base=base, goal=goal))
    assert (found.forward, found.reason) == (Proof.SKIPPED, "function f() takes part and cannot be made on scratch")


@sqlite_only
def test_bystanders_that_cannot_be_made_are_left_out(stage: Stage) -> None:
    planned = stage.plan(*CHANGE)
    table = next(key for key in planned.base.objects if key.kind is Kind.TABLE and key.name == "orders")
    odd = Opaque(key=Key(Kind.OPAQUE, None, "materialized view m"), what="materialized view")
    base = planned.base.with_objects([*planned.base, odd], [(odd.key, table)])
    goal = planned.goal.with_objects([*planned.goal, odd], [(odd.key, table)])
    assert stage.rehearse(replace(planned, base=base, goal=goal)).forward is Proof.PASSED


@sqlite_only
def test_no_scratch_is_no_failure(stage: Stage) -> None:
    def nowhere(near: Session | None, spec: str) -> Any:
        raise ConnectError(f"no scratch for {spec} near {near is not None}", hint="set scratch")

    found = stage.rehearse(stage.plan(*CHANGE), dialect=replace(stage.dialect, scratch=nowhere))
    assert (found.forward, found.reason) == (Proof.SKIPPED, "no scratch for auto near True; set scratch")


@everywhere
def test_sample_rows_that_the_plan_rightly_refuses_are_no_failure(stage: Stage) -> None:
    planned = stage.plan(*CHANGE)
    first, *rest = planned.plan.phases
    picky = replace(first.steps[0], sql=("CREATE TABLE x (a integer CHECK (a > 5))",), effects=())
    last = replace(picky, sql=("INSERT INTO x SELECT id FROM orders",))
    gone = replace(picky, sql=("DROP TABLE x",))
    added = tuple(Phase(transactional=False, steps=(step,)) for step in (picky, last, gone))
    found = stage.rehearse(planned, plan=replace(planned.plan, phases=(*added, first, *rest)))
    assert (found.forward, found.rows) == (Proof.PASSED, 0)
    assert len(stage.built) == 2


@everywhere
def test_values_in_untouched_columns_must_stay(stage: Stage) -> None:
    planned = stage.plan(*CHANGE)
    first, *rest = planned.plan.phases
    spoil = replace(first.steps[0], sql=("UPDATE orders SET note = 'spoilt'",), effects=())
    phases = (first, *rest, Phase(transactional=False, steps=(spoil,)))
    with pytest.raises(RehearsalFailed) as caught:
        stage.rehearse(planned, plan=replace(planned.plan, phases=phases))
    assert "rows hold other values than before in customer, id, note" in caught.value.differences[0]


TYPES = {
    "sqlite": ("integer", "text", "blob", "date"),
    "postgresql": (
        "integer", "text", "bytea", "date", "timestamp with time zone", "time", "uuid", "jsonb", "inet", "macaddr",
        "integer[]", "point", "int4range", "boolean", "bit(1)", "interval", "numeric(4,1)", "mood",
    ),
    "mysql": (
        "integer", "varchar(5)", "text", "blob", "date", "datetime", "timestamp", "time", "year", "json",
        "enum('x','y')", "set('x','y')", "bit(1)", "decimal(4,1)", "boolean",
    ),
}  # fmt: skip


@everywhere
def test_every_common_type_gets_rows(stage: Stage) -> None:
    if stage.dialect.name == "postgresql":
        stage.session.execute("CREATE TYPE mood AS ENUM ('glad', 'sad')")
    columns = ", ".join(f"c{number} {kind} NOT NULL" for number, kind in enumerate(TYPES[stage.dialect.name]))
    stage.session.execute(f"CREATE TABLE typed ({columns})")
    found = stage.rehearse(stage.plan("ALTER TABLE typed ADD COLUMN more integer"))
    assert (found.backward, found.rows) == (Proof.PASSED, 2)


@everywhere
@pytest.mark.parametrize("gone", ["DROP TABLE items", "ALTER TABLE orders DROP COLUMN note"])
def test_what_the_attic_keeps_must_come_back(stage: Stage, gone: str) -> None:
    planned = stage.plan(gone, preserve=keep_all)
    assert stage.rehearse(planned).backward is Proof.PASSED
    forgetful = tuple(
        replace(phase, steps=tuple(replace(s, sql=()) if s.restores is not None else s for s in phase.steps))
        for phase in planned.plan.revert_phases
    )
    with pytest.raises(RehearsalFailed, match=r"lost rows \(backwards\)"):
        stage.rehearse(planned, plan=replace(planned.plan, revert_phases=forgetful))
