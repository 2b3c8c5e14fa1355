"""MySQL 9 and MariaDB 11.8, where there is no server: what their catalogs answer is read, compared, made again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
import yaml

from reconcile.dialects.mysql import DIALECT
from reconcile.dialects.mysql.features import Features, features_of
from reconcile.dialects.mysql.read.catalog import query_text
from reconcile.dialects.mysql.session import MySqlSession
from reconcile.dialects.session import Parameters
from reconcile.hazards.judge import judge
from reconcile.planning.build import creation, make_plan
from reconcile.sources.yaml.write import to_yaml
from reconcile.state import (
    CheckConstraint,
    Column,
    Default,
    Generated,
    Index,
    IndexPart,
    Kind,
    Object,
    Scope,
    State,
    View,
    child_key,
    table_key,
)

T = TypeVar("T", bound=Object)
FOLDER = Path(__file__).parent.parent / "data" / "mysql"
RECORDED, MARIADB = (yaml.safe_load((FOLDER / f"{version}.yaml").read_text("utf-8")) for version in ("9.1", "11.8"))
PRODUCT = table_key(None, "product")


class Recorded(MySqlSession):
    """Answers from a recording; whoever asks for more than was recorded has to record it."""

    def __init__(self, recorded: dict[str, Any]) -> None:
        self.features: Features = features_of(recorded["version"])
        self._database: str | None = recorded["database"]
        self._usual: list[tuple[Any, ...]] = []
        self.tape = None
        here = f"'{recorded['database']}'"
        self.answers = {
            query_text(name, self.features.catalog).replace(":database", here): rows
            for name, rows in recorded["queries"].items()
        }
        self.answers |= {sql: [["", text]] for sql, text in recorded["shown"].items()}

    def query(self, sql: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
        assert not parameters
        return [tuple(row) for row in self.answers[sql]]

    def query_each(self, statements: Sequence[str]) -> list[tuple[Any, ...]]:
        return [self.query(sql)[0] for sql in statements]

    def query_setting(self, sql: str) -> list[tuple[Any, ...]]:
        del sql
        return self._usual


@pytest.fixture(scope="module")
def shop() -> State:
    return DIALECT.read(Recorded(RECORDED))


def test_everything_is_read_and_said_again(shop: State) -> None:
    features = features_of(RECORDED["version"])
    nothing = State.build([], dialect="mysql", server="")
    phases = creation(nothing, shop, rules=DIALECT.rules(features), features=features)
    made = [statement for phase in phases for step in phase.steps for statement in step.sql]
    assert [f"{statement};" for statement in made] == (FOLDER / "9.1.sql").read_text(encoding="utf-8").strip().split(
        "\n\n"
    )
    (trigger,) = (phase for phase in phases if "TRIGGER" in phase.steps[0].sql[0])
    assert trigger.before == (
        "SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION', "
        "SESSION collation_connection = utf8mb4_0900_ai_ci",
    )
    assert trigger.after[-1] == "SET NAMES utf8mb4"


def test_yaml_says_all_of_it(shop: State) -> None:
    text = to_yaml(shop, DIALECT)
    assert "not managed" not in text
    said = yaml.safe_load(text)["tables"]["product"]
    assert "4326" in str(said["columns"]["place"])
    assert "ngram" in str(said["indexes"]["words"])


def test_what_newer_mariadbs_have_is_read_and_said_again() -> None:
    features = features_of(MARIADB["version"])
    found = DIALECT.read(Recorded(MARIADB))
    assert not list(found.unmanaged)
    nothing = State.build([], dialect="mysql", server="")
    phases = creation(nothing, found, rules=DIALECT.rules(features), features=features)
    made = [f"{statement};" for phase in phases for step in phase.steps for statement in step.sql]
    assert made == (FOLDER / "11.8.sql").read_text(encoding="utf-8").strip().split("\n\n")
    assert all(not (phase.before or phase.after) for phase in phases)  # packages need no other sql_mode
    assert "cosine" in to_yaml(found, DIALECT)


def test_who_may_what_is_read_on_mysql_too() -> None:
    """Grants to users and to roles are told alike ("TABLE_PRIVILEGES", "COLUMN_PRIVILEGES"; mysql.procs_priv)."""
    found = DIALECT.asked(frozenset({Kind.PRIVILEGE})).read(Recorded(RECORDED))
    text = to_yaml(found, DIALECT)
    assert {str(item.key.name) for item in found.of_kind(Kind.PRIVILEGE)} == {"reader@%", "clerk@%"}
    said = yaml.safe_load(text)["tables"]["product"]
    assert said["privileges"] == {"reader@%": ["select with grant option"]}
    assert said["columns"]["price"]["privileges"] == {"clerk@%": ["update"]}
    features = features_of(RECORDED["version"])
    without = DIALECT.read(Recorded(RECORDED))
    plan = make_plan(without, found, rules=DIALECT.rules(features), features=features, scope=Scope()).plan
    assert sorted(sql for step in plan.steps for sql in step.sql) == [
        "GRANT SELECT ON `product` TO `reader`@`%` WITH GRANT OPTION",
        "GRANT UPDATE (`price`) ON `product` TO `clerk`@`%`",
    ]


@pytest.mark.parametrize(("versions", "told"), [(255, True), (3, False)])
def test_a_table_that_takes_no_more_instant_changes_is_told(versions: int, told: bool) -> None:
    counted = {**RECORDED["queries"], "usage_versions": [["note", versions]], "usage_settings": [], "usage_tables": []}
    session = Recorded({**RECORDED, "queries": counted})
    was = DIALECT.read(session)
    note = table_key(None, "note")
    after = changed(was, Column(key=child_key(Kind.COLUMN, note, "more"), type="int"))
    plan = make_plan(was, after, rules=DIALECT.rules(session.features), features=session.features, scope=Scope()).plan
    known = DIALECT.usage(session, was)
    phases = judge(plan.phases, before=was, after=after, filled=frozenset({note}), house=DIALECT.hazards, known=known)
    found = [hazard.message for phase in phases for step in phase.steps for hazard in step.hazards]
    assert found == ["table note takes no more instant changes, and the step will be refused"] * told


def of(state: State, *path: str) -> Any:
    kind, *names = path
    key = PRODUCT
    for name, each in zip(names, (Kind(kind),), strict=True):
        key = child_key(each, key, name)
    return state[key]


def each(state: State, cls: type[T]) -> list[T]:
    return [item for item in state if isinstance(item, cls)]


def changed(state: State, *items: Object, without: tuple[Object, ...] = ()) -> State:
    objects = {item.key: item for item in state} | {item.key: item for item in items}
    gone = {key for item in without for key in objects if key.within(item.key)}
    needs = [(item.key, need) for item in items for need in item.requires]
    return state.with_objects([item for key, item in objects.items() if key not in gone], needs)


SHARED = "ALGORITHM=INPLACE, LOCK=SHARED"
INPLACE = "ALGORITHM=INPLACE, LOCK=NONE"
CASES: dict[str, tuple[Callable[[State], State], list[str]]] = {
    "an index is hidden": (
        lambda s: changed(s, replace(of(s, "index", "lower_name"), invisible=True)),
        [f"ALTER TABLE `product` ALTER INDEX `lower_name` INVISIBLE, {INPLACE}"],
    ),
    "an index is seen again": (
        lambda s: changed(s, replace(of(s, "index", "by_price"), invisible=False)),
        [f"ALTER TABLE `product` ALTER INDEX `by_price` VISIBLE, {INPLACE}"],
    ),
    "a functional index changes": (
        lambda s: changed(s, replace(of(s, "index", "lower_name"), parts=(IndexPart(expression="upper(`name`)"),))),
        [f"ALTER TABLE `product`\n  DROP KEY `lower_name`,\n  ADD KEY `lower_name` ((upper(`name`))), {INPLACE}"],
    ),
    "a descending part becomes ascending": (
        lambda s: changed(s, replace(of(s, "index", "name_desc"), parts=(IndexPart(column="name"),))),
        [f"ALTER TABLE `product`\n  DROP KEY `name_desc`,\n  ADD UNIQUE KEY `name_desc` (`name`), {INPLACE}"],
    ),
    "another parser": (
        lambda s: changed(s, replace(of(s, "index", "words"), options=())),
        [f"ALTER TABLE `product`\n  DROP KEY `words`,\n  ADD FULLTEXT KEY `words` (`name`), {SHARED}"],
    ),
    "a check is enforced": (
        lambda s: changed(
            s,
            *(
                replace(c, enforced=True)
                for c in s.of_kind(Kind.CHECK)
                if isinstance(c, CheckConstraint) and not c.named
            ),
        ),
        ["ALTER TABLE `product` ALTER CHECK `product_chk_1` ENFORCED"],
    ),
    "a check is enforced no more": (
        lambda s: changed(s, replace(of(s, "check", "positive"), enforced=False)),
        [f"ALTER TABLE `product` ALTER CHECK `positive` NOT ENFORCED, {INPLACE}"],
    ),
    "a check is dropped": (
        lambda s: changed(s, without=(of(s, "check", "positive"),)),
        [f"ALTER TABLE `product` DROP CHECK `positive`, {INPLACE}"],
    ),
    "a column is seen": (
        lambda s: changed(s, replace(of(s, "column", "hidden"), invisible=False)),
        ["ALTER TABLE `product` MODIFY COLUMN `hidden` int NULL DEFAULT 7, ALGORITHM=INSTANT"],
    ),
    "another default expression": (
        lambda s: changed(
            s, Default(key=child_key(Kind.DEFAULT, of(s, "column", "uid").key), expression="(uuid_to_bin(uuid()))")
        ),
        ["ALTER TABLE `product` MODIFY COLUMN `uid` char(36) NULL DEFAULT (uuid_to_bin(uuid())), ALGORITHM=INSTANT"],
    ),
    "a longer vector": (
        lambda s: changed(s, replace(of(s, "column", "emb"), type="vector(4)")),
        ["ALTER TABLE `product` MODIFY COLUMN `emb` vector(4) NULL DEFAULT NULL"],
    ),
    "a virtual column of another expression": (
        lambda s: changed(
            s, replace(of(s, "column", "total"), generated=Generated(expression="(`price` * 3)", stored=False))
        ),
        [
            "ALTER TABLE `product`\n  DROP COLUMN `total`,\n"
            "  ADD COLUMN `total` decimal(12,2) GENERATED ALWAYS AS ((`price` * 3)) VIRTUAL, ALGORITHM=INSTANT"
        ],
    ),
    "a column where rows are compressed and words indexed": (
        lambda s: changed(s, Column(key=child_key(Kind.COLUMN, PRODUCT, "more"), type="int")),
        ["ALTER TABLE `product` ADD COLUMN `more` int NULL DEFAULT NULL, ALGORITHM=INPLACE, LOCK=SHARED"],
    ),
    "a column and its index elsewhere": (
        lambda s: changed(
            s,
            Column(key=child_key(Kind.COLUMN, table_key(None, "note"), "at"), type="date"),
            Index(
                key=child_key(Kind.INDEX, table_key(None, "note"), "by_at"),
                parts=(IndexPart(column="at"),),
            ),
        ),
        [
            "ALTER TABLE `note` ADD COLUMN `at` date NULL DEFAULT NULL, ALGORITHM=INSTANT",
            f"ALTER TABLE `note` ADD KEY `by_at` (`at`), {INPLACE}",
        ],
    ),
    "a view of another query stays its maker's": (
        lambda s: changed(
            s, *(replace(v, definition=v.definition.replace("5", "6"), definer=None) for v in each(s, View))
        ),
        [
            "ALTER ALGORITHM=MERGE SQL SECURITY INVOKER VIEW `cheap` (`x`, `n`) AS select `product`.`id` AS `id`,"
            "upper(`product`.`name`) AS `upper(name)` from `product` where (`product`.`price` < 6)"
        ],
    ),
    "a view that needs less is made anew, and stays its maker's": (
        lambda s: changed(s, *(replace(v, definition="select 1 AS `1`,2 AS `2`") for v in each(s, View))),
        [
            "DROP VIEW `cheap`",
            "CREATE ALGORITHM=MERGE DEFINER=`admin`@`%` SQL SECURITY INVOKER VIEW `cheap` (`x`, `n`) AS "
            "select 1 AS `1`,2 AS `2`",
        ],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_changes_are_said_in_mysqls_words(case: str, shop: State) -> None:
    change, statements = CASES[case]
    features = features_of(RECORDED["version"])
    rules = DIALECT.rules(features)
    plan = make_plan(shop, change(shop), rules=rules, features=features, scope=Scope()).plan
    assert [sql for step in plan.steps for sql in step.sql] == statements
    back = [sql for phase in plan.revert_phases for step in phase.steps for sql in step.sql]
    assert back
