"""Reports: plans, revisions, history and status in words, SQL, JSON and HTML; states as models."""

from __future__ import annotations

import importlib
import sqlite3
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
import sqlalchemy
from jsonschema import Draft202012Validator

from reconcile.dialects.sqltext import MYSQL, POSTGRESQL, SQLITE
from reconcile.reports import html, json, models, sql, text
from reconcile.reports.describe import count_changes, differences, grouped, label, listed, plural
from reconcile.reports.lines import Line, Style, as_text, columns, line
from reconcile.schemafiles import load_schema
from reconcile.state import (
    CheckConstraint,
    Column,
    Comment,
    Default,
    ForeignKey,
    Index,
    Kind,
    Phase,
    Plan,
    PrimaryKey,
    Proof,
    Rehearsal,
    State,
    Step,
    Table,
    Unique,
    child_key,
    table_key,
)
from tests.unit import cli_samples as samples


def shown(lines: object) -> str:
    return as_text(lines)  # type: ignore[arg-type]


# -- words


def test_parts_of_what_is_new_or_gone_are_not_counted_apart() -> None:
    assert dict(count_changes(samples.CHANGES)) == {"create": 3, "change": 1, "rebuild": 1, "rename": 1, "drop": 1}


def test_changes_are_grouped_by_their_table() -> None:
    roots = [str(group.root) for group in grouped(samples.CHANGES)]
    assert roots == ["table public.legacy", "table public.orders", "table public.users", "view public.active_users"]


def test_labels_leave_the_table_out() -> None:
    default = child_key(Kind.DEFAULT, samples.EMAIL)
    comment = child_key(Kind.COMMENT, samples.EMAIL)
    assert [label(key) for key in (samples.USERS, samples.EMAIL, default, comment)] == [
        "table public.users",
        "column email",
        "default of email",
        "comment on column email",
    ]


def test_differences_name_field_and_both_values() -> None:
    assert differences(samples.OLD_EMAIL, samples.NEW_EMAIL) == (
        "type: character varying(80) → text",
        "may be NULL → NOT NULL",
    )


def test_options_differ_one_by_one() -> None:
    old = Table(key=samples.USERS, options=(("engine", "innodb"), ("row_format", "compact")))
    new = replace(old, options=(("engine", "innodb"),))
    assert differences(old, new) == ("row_format: compact → default",)


@pytest.mark.parametrize(
    ("count", "noun", "expected"),
    [(1, "index", "1 index"), (2, "index", "2 indexes"), (1200, "row", "1,200 rows"), (2, "check", "2 checks")],
)
def test_plurals(count: int, noun: str, expected: str) -> None:
    assert plural(count, noun) == expected


def test_long_lists_are_cut_and_counted() -> None:
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed("abcdefghij", most=3) == "a, b, c and 7 more"


def test_columns_align_and_hang_in_the_last() -> None:
    rows = columns([(("a", Style.PLAIN), ("x", Style.PLAIN)), (("bbb", Style.PLAIN), ("y", Style.PLAIN))], indent=2)
    assert [str(row) for row in rows] == ["  a    x", "  bbb  y"]
    assert {row.hang for row in rows} == {7}


def test_a_line_knows_its_hang_from_the_left_edge() -> None:
    assert line("x", indent=4, hang=2) == Line((("    ", Style.PLAIN), ("x", Style.PLAIN)), 6)


# -- plans as text


def test_a_plan_says_what_in_which_order_why_and_what_could_hurt() -> None:
    said = shown(text.proposal(samples.PROPOSAL, database="postgresql://app@db/shop"))
    for expected in (
        "Plan for postgresql://app@db/shop · PostgreSQL 15.20",
        "3 to create, 1 to change, 1 to rebuild, 1 to rename, 1 to drop · 5 steps in one transaction, 1 outside",
        "+ table public.orders  2 columns, 1 primary key, 1 foreign key",
        "→ column last_name  was surname",
        "± view public.active_users  makes way for column public.users.email",
        "because view public.active_users needs column public.users.email",
        "locks ACCESS EXCLUSIVE on public.users",
        "‼ danger drop-table: table public.legacy holds rows",
        "✔ Rehearsed on scratch, forwards and backwards; 12 rows survived.",
        "reconcile apply --allow drop-table",
        "--rename 'table public.legacy=orders'",
        "Not managed, left alone: materialized view public.stats",
    ):
        assert expected in said
    order = [said.index(f"{number}  {step.summary}") for number, step in enumerate(samples.PLAN.steps, 1)]
    assert order == sorted(order)


def test_verbose_shows_the_checks_and_every_part() -> None:
    said = shown(text.proposal(samples.PROPOSAL, verbose=True))
    assert 'SELECT "id" FROM "public"."users" WHERE "email" IS NULL' in said
    assert "+ column user_id  integer not null" in said


def test_an_empty_plan_says_so() -> None:
    assert shown(text.proposal(samples.NOTHING)).startswith("✔ Nothing to do: the database is as desired.")


@pytest.mark.parametrize(
    ("rehearsal", "expected"),
    [
        (Rehearsal(forward=Proof.PASSED, backward=Proof.PASSED), "✔ Rehearsed on scratch, forwards and backwards."),
        (
            Rehearsal(forward=Proof.PASSED, backward=Proof.SKIPPED, reason="there is no way back"),
            "! Rehearsed forwards only: there is no way back",
        ),
        (
            Rehearsal(forward=Proof.FAILED, backward=Proof.SKIPPED, reason="x differs"),
            "‼ The rehearsal failed forwards: x differs",
        ),
        (
            Rehearsal(forward=Proof.SKIPPED, backward=Proof.SKIPPED, reason="not asked for"),
            "! Not rehearsed: not asked for",
        ),
    ],
)
def test_the_rehearsal_in_words(rehearsal: Rehearsal, expected: str) -> None:
    assert str(text.rehearsal(replace(samples.PLAN, rehearsal=rehearsal))) == expected


def test_history_and_status_in_words() -> None:
    history = shown(text.history(samples.ENTRIES))
    assert "applied 2026-11-20 09:00:01 in 31 ms · 2 steps · ann@laptop" in history
    assert "✘ Add orders" in history
    status = shown(text.status(samples.STATUS))
    assert status.index("was interrupted") < status.index("drift") < status.index("1 revision file to apply")
    assert "20261121T000000_hotfix" in status


def test_a_revision_without_a_way_back_says_so() -> None:
    said = shown(text.revision(replace(samples.REVISION, plan=replace(samples.PLAN, revert_phases=()), checksum="")))
    assert "no way back" in said
    assert "not sealed" in said


@pytest.mark.parametrize(("seconds", "expected"), [(0.0123, "12 ms"), (3.44, "3.4 s"), (125, "2 min 5 s")])
def test_durations(seconds: float, expected: str) -> None:
    assert text.duration(seconds) == expected


# -- SQL


def plan_of(*phases: Phase) -> Plan:
    return Plan(dialect="x", server="X 1", base="", target="", phases=phases)


def step(*statements: str, number: int = 1) -> Step:
    return Step(number=number, summary="do it", sql=statements)


def test_a_script_opens_and_commits_each_phase_and_keeps_what_is_outside_outside() -> None:
    plan = plan_of(
        Phase(transactional=True, steps=(step("A"), step("B", number=2)), before=("P OFF",), after=("P ON",)),
        Phase(transactional=False, steps=(step("C", number=3),)),
    )
    rows = [row for row in sql.plan_script(plan, POSTGRESQL).splitlines() if row and not row.startswith("--")]
    assert rows == ["P OFF;", "BEGIN;", "A;", "B;", "COMMIT;", "P ON;", "C;"]


def test_sqlite_runs_the_script_as_it_stands() -> None:
    trigger = "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET x = ';'; END"
    plan = plan_of(Phase(transactional=True, steps=(step("CREATE TABLE a (x) -- why not", trigger),)))
    database = sqlite3.connect(":memory:", isolation_level=None)
    database.executescript(sql.plan_script(plan, SQLITE))
    database.execute("INSERT INTO a VALUES (1)")
    assert database.execute("SELECT x FROM a").fetchall() == [(";",)]
    database.close()


def test_mysql_bodies_get_a_delimiter_of_their_own() -> None:
    body = "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET NEW.x = ';'; END"
    assert sql.terminated(body, MYSQL) == f"DELIMITER //\n{body}//\nDELIMITER ;"
    assert sql.terminated("INSERT INTO a VALUES (';')", MYSQL) == "INSERT INTO a VALUES (';');"


def test_a_python_step_is_named_in_the_script() -> None:
    plan = plan_of(Phase(transactional=True, steps=(Step(number=1, summary="fill", sql=(), call="shop.fill:notes"),)))
    assert "shop.fill:notes, which is Python" in sql.plan_script(plan, POSTGRESQL)


# -- JSON


@pytest.mark.parametrize("proposal", [samples.PROPOSAL, samples.NOTHING, samples.SAFE])
def test_json_is_what_its_schema_says(proposal: object) -> None:
    Draft202012Validator.check_schema(load_schema("plan"))
    plain = json.proposal(proposal, database="postgresql://app@db/shop")  # type: ignore[arg-type]
    plain["pending"] = [json.pending(samples.REVISION)]
    Draft202012Validator(load_schema("plan")).validate(plain)


def test_json_of_a_change_holds_only_what_differs() -> None:
    alter = next(item for item in map(json.change, samples.CHANGES) if item["verb"] == "change")
    assert alter["old"] == {"nullable": None, "type": "character varying(80)"}
    assert alter["new"] == {"nullable": False, "type": "text"}


def test_status_and_revision_go_through_json() -> None:
    assert '"changes_pending": true' in json.dumps(json.status(samples.STATUS))
    assert json.revision(samples.REVISION)["touches"] == {
        "column public.users.email": {"before": "a" * 32, "after": "b" * 32}
    }


# -- HTML


class Balance(HTMLParser):
    """Sees that every element that is opened is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert not [value for name, value in attrs if name in ("src", "href")], "the page needs nothing else"
        if tag not in ("meta",):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize(
    "page", [html.proposal(samples.PROPOSAL), html.proposal(samples.NOTHING), html.revision(samples.REVISION)]
)
def test_pages_are_whole_and_need_nothing_else(page: str) -> None:
    parser = Balance()
    parser.feed(page)
    assert parser.open == []
    assert "prefers-color-scheme" in page or "light-dark(" in page


def test_pages_escape_what_comes_from_the_database() -> None:
    evil = replace(samples.REVISION, message="<script>alert(1)</script>")
    assert "<script>" not in html.revision(evil)


# -- models


def test_models_are_python_that_makes_the_same_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop, item = table_key(None, "shops"), table_key(None, "shop-items")
    state = State.build(
        [
            Table(key=shop),
            samples.column(shop, "id", "INTEGER", nullable=False, position=1),
            samples.column(shop, "class", "VARCHAR(20)", position=2),
            Default(key=child_key(Kind.DEFAULT, child_key(Kind.COLUMN, shop, "class")), expression="'corner'"),
            Comment(key=child_key(Kind.COMMENT, shop), text="It's open"),
            PrimaryKey(key=child_key(Kind.PRIMARY_KEY, shop, "(id)"), parts=samples.parts("id"), named=False),
            Table(key=item),
            samples.column(item, "id", "INTEGER", nullable=False, position=1),
            samples.column(item, "shop", "INTEGER", nullable=False, position=2),
            Column(key=child_key(Kind.COLUMN, item, "where"), type="POINT", position=3),
            PrimaryKey(key=child_key(Kind.PRIMARY_KEY, item, "(id)"), parts=samples.parts("id"), named=False),
            Unique(key=child_key(Kind.UNIQUE, item, "one"), parts=samples.parts("shop", "id")),
            CheckConstraint(key=child_key(Kind.CHECK, item, "positive"), expression="id > 0"),
            ForeignKey(
                key=child_key(Kind.FOREIGN_KEY, item, "fk"),
                columns=("shop",),
                target=shop,
                target_columns=("id",),
                on_delete="CASCADE",
            ),
            Index(key=child_key(Kind.INDEX, item, "by_shop"), parts=samples.parts("shop"), where="id > 1"),
        ],
        dialect="sqlite",
        server="SQLite 3",
    )
    (tmp_path / "generated_models.py").write_text(models.models(state))
    monkeypatch.syspath_prepend(tmp_path)
    metadata = importlib.import_module("generated_models").Base.metadata
    monkeypatch.delitem(sys.modules, "generated_models")
    engine = sqlalchemy.create_engine("sqlite://")
    metadata.create_all(engine)
    found = sqlalchemy.inspect(engine)
    assert sorted(found.get_table_names()) == ["shop-items", "shops"]
    assert [str(column["type"]) for column in found.get_columns("shop-items")][:2] == ["INTEGER", "INTEGER"]
    assert found.get_columns("shops")[1]["default"] == "'corner'"
    assert found.get_foreign_keys("shop-items")[0]["options"] == {"ondelete": "CASCADE"}
    assert found.get_check_constraints("shop-items")[0]["sqltext"] == "id > 0"
    assert found.get_indexes("shop-items")[0]["name"] == "by_shop"
    engine.dispose()


def test_a_lock_that_most_steps_take_is_said_once() -> None:
    def steps(*locks: str | None) -> str:
        made = tuple(
            Step(number=i, summary=f"step {i}", sql=("SELECT 1",), lock=lock) for i, lock in enumerate(locks, 1)
        )
        phases = (Phase(transactional=True, steps=made),)
        plan = Plan(dialect="sqlite", server="SQLite", base="", target="", phases=phases)
        return shown(text.steps(plan))

    assert steps("A", "A").count("locks A") == 2
    assert steps("A", "A", "A").splitlines()[0] == "Steps · each locks A"
    said = steps("A", "B", "A", "A")
    assert said.splitlines()[0] == "Steps · each locks A, unless it says otherwise"
    assert (said.count("locks A"), said.count("locks B")) == (1, 1)
    assert steps("A", "A", "A", None).count("locks A") == 3  # of one that locks nothing it would not be true
