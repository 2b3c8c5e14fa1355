"""MySQL and MariaDB: into how many statements the changes of a table go, which algorithm each asks for, and why."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from reconcile import api
from reconcile.config import Project
from reconcile.dialects.mysql import DIALECT
from reconcile.dialects.mysql.features import features_of
from reconcile.errors import FormRefused
from reconcile.planning.build import make_plan
from reconcile.state import (
    Column,
    Default,
    Index,
    IndexPart,
    Kind,
    Object,
    PrimaryKey,
    Scope,
    State,
    Table,
    child_key,
    table_key,
)
from tests.conftest import NewDatabase
from tests.servers import Server

T = table_key(None, "t")
MARIADB, MARIADB11, MYSQL = features_of("10.11.19-MariaDB"), features_of("11.8.2-MariaDB"), features_of("8.4.3")


def column(name: str, type_: str = "int(11)", **more: object) -> Column:
    return Column(key=child_key(Kind.COLUMN, T, name), type=type_, **more)  # type: ignore[arg-type]  # a test names its fields


def index(name: str, *columns: str, **more: object) -> Index:
    parts = tuple(IndexPart(column=each) for each in columns)
    return Index(key=child_key(Kind.INDEX, T, name), parts=parts, **more)  # type: ignore[arg-type]  # a test names its fields


def state(*objects: Object, **options: str) -> State:
    table = Table(key=T, options=tuple(sorted({"engine": "InnoDB", "collation": "utf8mb4_bin", **options}.items())))
    key = PrimaryKey(key=child_key(Kind.PRIMARY_KEY, T, "PRIMARY"), parts=(IndexPart(column="id"),))
    needs = [
        (item.key, child_key(Kind.COLUMN, T, part.column or ""))
        for item in objects
        if isinstance(item, Index)
        for part in item.parts
    ]
    return State.build([table, column("id", nullable=False), key, *objects], needs, dialect="mysql", server="")


def asked(before: State, after: State, features: object, *refused: str) -> list[str]:
    """Each statement's clauses, by their first words, and the algorithm."""
    planned = make_plan(
        before, after, rules=DIALECT.rules(features), features=features, scope=Scope(), refused=frozenset(refused)
    )
    return [statement for step in planned.plan.steps for statement in step.sql]


def brief(statements: list[str]) -> list[str]:
    words = r"ADD COLUMN|DROP COLUMN|MODIFY COLUMN|ADD KEY|DROP KEY|ADD FULLTEXT|ALGORITHM=.*"
    return [" / ".join(re.findall(words, statement)) for statement in statements]


INSTANT, INPLACE, SHARED = (
    "ALGORITHM=INSTANT",
    "ALGORITHM=INPLACE, LOCK=NONE",
    "ALGORITHM=INPLACE, LOCK=SHARED",
)
A = column("a")


@pytest.mark.parametrize("features", [MARIADB, MYSQL], ids=["mariadb", "mysql"])
@pytest.mark.parametrize(
    ("before", "after", "statements"),
    [
        pytest.param(
            [A],
            [
                column("a", position=1),
                column("b"),
                column("c"),
                Default(key=child_key(Kind.DEFAULT, A.key), expression="5"),
            ],
            [f"MODIFY COLUMN / ADD COLUMN / ADD COLUMN / {INSTANT}"],
            id="what is instant is one statement",
        ),
        pytest.param(
            [A, index("k", "a")],
            [A, index("k", "a", "id"), index("l", "a")],
            [f"DROP KEY / ADD KEY / ADD KEY / {INPLACE}"],
            id="indexes are one statement",
        ),
        pytest.param(
            [A],
            [A, column("b"), index("k", "b")],
            [f"ADD COLUMN / {INSTANT}", f"ADD KEY / {INPLACE}"],
            id="a column is not built into the table for an index's sake",
        ),
        pytest.param(
            [A, column("b"), index("k", "a"), index("l", "b")],
            [A, index("k", "id", "a")],
            [f"DROP KEY / DROP KEY / ADD KEY / {INPLACE}", f"DROP COLUMN / {INSTANT}"],
            id="columns go after their indexes",
        ),
        pytest.param(
            [A],
            [column("a", nullable=False), column("b"), index("k", "b")],
            [f"MODIFY COLUMN / ADD COLUMN / ADD KEY / {INPLACE}"],
            id="what is rebuilt takes all along",
        ),
        pytest.param(
            [A],
            [column("a", "bigint(20)"), column("b"), index("k", "b")],
            ["MODIFY COLUMN / ADD COLUMN / ADD KEY"],
            id="what is copied takes all along, and asks for nothing",
        ),
        pytest.param(
            [column("s", "varchar(9)")],
            [column("s", "varchar(9)"), column("b"), index("k", "b"), index("f", "s", method="fulltext")],
            [f"ADD COLUMN / ADD FULLTEXT / ADD KEY / {SHARED}"],
            id="the first fulltext index writes the table anew, so all goes along",
        ),
    ],
)
def test_one_statement_unless_several_are_cheaper(
    before: list[Object], after: list[Object], statements: list[str], features: object
) -> None:
    assert brief(asked(state(*before), state(*after), features)) == statements


def test_mysql_extends_a_varchar_in_place_up_to_its_length_byte() -> None:
    """ "Extending VARCHAR column size": within 255 bytes, or above. How many a character takes is the charset's."""
    for collation, length, clause in (
        ("latin1_bin", 255, INPLACE),
        ("latin1_bin", 256, ""),
        ("utf8mb4_bin", 63, INPLACE),
        ("utf8mb4_bin", 64, ""),
    ):
        old, new = (state(column("s", f"varchar({n})"), collation=collation) for n in (20, length))
        assert brief(asked(old, new, MYSQL)) == ["MODIFY COLUMN" + (f" / {clause}" if clause else "")], (
            collation,
            length,
        )


def test_labels_at_the_end_are_instant_while_a_value_takes_no_more() -> None:
    for word, few, many, clause in (
        ("enum", 2, 255, f" / {INSTANT}"),
        ("enum", 2, 256, ""),
        ("set", 2, 8, f" / {INSTANT}"),
        ("set", 2, 9, ""),
    ):
        labels = [",".join(f"'{number}'" for number in range(count)) for count in (few, many)]
        old, new = (state(column("m", f"{word}({each})")) for each in labels)
        assert brief(asked(old, new, MYSQL)) == [f"MODIFY COLUMN{clause}"], (word, many)


def test_a_form_that_was_refused_gives_way_to_the_next() -> None:
    """INSTANT, INPLACE with LOCK=NONE, with LOCK=SHARED, and then whatever the server does of itself."""
    old, new = state(A), state(A, column("b"))
    for features, last in ((MYSQL, [""]), (MARIADB11, ["ALGORITHM=COPY, LOCK=NONE", ""])):
        refused: list[str] = []
        for clause in (INSTANT, INPLACE, SHARED, *last):
            (statement,) = asked(old, new, features, *refused)
            assert statement.partition(", ALGORITHM")[1:] == (
                (", ALGORITHM", clause.removeprefix("ALGORITHM")) if clause else ("", "")
            )
            refused.append(statement)
        assert asked(old, new, features, *refused) == [refused[-1]]


def test_mysql_before_8_0_29_drops_columns_by_rebuilding() -> None:
    old, new = state(A, column("b")), state(A)
    assert brief(asked(old, new, features_of("8.0.28"))) == [f"DROP COLUMN / {INPLACE}"]
    assert brief(asked(old, new, features_of("8.0.29"))) == [f"DROP COLUMN / {INSTANT}"]


# -- on a server


def project(tmp_path: Path, url: str, sql: str) -> Project:
    (tmp_path / "wanted.sql").write_text(sql)
    return Project(root=tmp_path, database=url, desired=("wanted.sql",), cache=tmp_path / "cache")


TEXTS = "CREATE TABLE t (id int PRIMARY KEY, s varchar(20) {0}, FULLTEXT KEY f (s)) CHARSET utf8mb4"


def test_what_the_server_refuses_is_known_before_it_runs(
    mariadb: Server, new_database: NewDatabase, tmp_path: Path
) -> None:
    """A fulltext index can be built anew only while writers wait: scratch tells, and the plan says so."""
    url = new_database(mariadb)
    mariadb.execute(
        url.rpartition("/")[2], TEXTS.format("COLLATE utf8mb4_general_ci") + "; INSERT INTO t VALUES (1, 'x')"
    )
    wanted = project(tmp_path, url, TEXTS.format("COLLATE utf8mb4_bin") + ";")
    proposal = api.plan(wanted)
    (step,) = proposal.plan.steps
    assert step.sql[0].endswith(SHARED) and step.lock == "MDL_SHARED_NO_WRITE on t (INPLACE with rebuild, LOCK=SHARED)"
    assert "table-rewrite" in {hazard.code for hazard in step.hazards}
    assert proposal.plan.rehearsal.rows
    (back,) = (step for phase in proposal.plan.revert_phases for step in phase.steps)
    assert back.sql[0].endswith(SHARED)
    assert api.plan(wanted).plan == proposal.plan  # the same again, to the byte
    api.apply(wanted, proposal=proposal)
    assert api.plan(wanted).plan.empty


def test_a_live_table_that_is_otherwise_is_not_copied_in_silence(mariadb: Server, new_database: NewDatabase) -> None:
    url = new_database(mariadb)
    with DIALECT.open(url) as session:
        session.execute("CREATE TABLE t (a int) ENGINE=MyISAM")
        with pytest.raises(FormRefused) as caught:
            session.execute("ALTER TABLE t ADD COLUMN b int, ALGORITHM=INSTANT")
        assert "plan again" in caught.value.hint
        assert session.query("SHOW COLUMNS FROM t LIKE 'b'") == []


@dataclass(slots=True)
class Writer:
    """Writes one row at a time until told to stop, and notes when each was in."""

    url: str
    stop: threading.Event = field(default_factory=threading.Event)
    done: list[float] = field(default_factory=list)

    def run(self) -> None:
        with DIALECT.open(self.url) as session:
            while not self.stop.is_set():
                session.execute(
                    "INSERT INTO w (s) VALUES ('x')" if not self.done else "UPDATE t SET n = n + 1 WHERE id = 7"
                )
                self.done.append(time.monotonic())


@pytest.mark.parametrize(
    ("after", "blocked"),
    [
        ("id int PRIMARY KEY, n int, s varchar(300), KEY i (s, n)", False),
        ("id int PRIMARY KEY, n int NOT NULL, s varchar(300)", False),
        ("id int PRIMARY KEY, n bigint, s varchar(300)", True),
    ],
    ids=["in place", "rebuilt", "copied"],
)
def test_a_writer_waits_only_where_the_step_says_so(
    after: str, blocked: bool, mariadb: Server, new_database: NewDatabase, tmp_path: Path
) -> None:
    url = new_database(mariadb)
    name = url.rpartition("/")[2]
    table = "CREATE TABLE {0} ({1}) CHARSET utf8mb4; CREATE TABLE w (s varchar(9))"
    old = table.format("t", "id int PRIMARY KEY, n int, s varchar(300)")
    mariadb.execute(name, old + "; INSERT INTO t SELECT seq, 1, REPEAT(UUID(), 6) FROM seq_1_to_40000")
    proposal = api.plan(project(tmp_path, url, table.format("t", after) + ";"))
    (step,) = proposal.plan.steps
    assert ("LOCK=NONE" not in (step.lock or "")) is blocked
    assert ("table-copy" in {hazard.code for hazard in step.hazards}) is blocked
    writer = Writer(url)
    thread = threading.Thread(target=writer.run)
    thread.start()
    try:
        with DIALECT.open(url) as session:
            while len(writer.done) < 3:
                time.sleep(0.001)
            start = time.monotonic()
            session.execute(step.sql[0])
            end = time.monotonic()
    finally:
        writer.stop.set()
        thread.join()
    waits = [late - early for early, late in zip(writer.done, writer.done[1:], strict=False) if late > start]
    assert (max(waits) > (end - start) / 2) is blocked, (waits, end - start)
