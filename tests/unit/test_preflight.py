"""Preflight on servers: rows in the way of a change are found before anything is changed, all of them at once; the
server itself would have refused; once they are mended the plan runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from reconcile import api
from reconcile.config import Project
from reconcile.dialects.registry import get_dialect
from reconcile.errors import CheckFailed, ServerError
from reconcile.events import Event, RevisionStarted
from reconcile.execution.steps import NoJournal, Runner
from reconcile.state import Step
from tests.servers import Server


@dataclass(frozen=True, kw_only=True)
class Case:
    """A table ``@`` before (with rows) and after; ``mend`` makes the rows such that it can be done."""

    on: frozenset[str]  # dialects, or servers
    before: str
    after: str
    mend: str
    says: str  # in the message of the check
    shows: str = ""  # among the values of its samples
    extra: str = ""  # in both


PG, MY, LITE = (frozenset({name}) for name in ("postgresql", "mysql", "sqlite"))
TWO, ALL = PG | MY, PG | MY | LITE
KEYED = "CREATE TABLE @ (id int PRIMARY KEY, a int, s varchar(20)"

CASES = {
    "not_null": Case(
        on=ALL,
        before=f"{KEYED}); INSERT INTO @ VALUES (1, NULL, 'x'), (2, 2, 'y')",
        after="CREATE TABLE @ (id int PRIMARY KEY, a int NOT NULL, s varchar(20))",
        mend="UPDATE @ SET a = 1 WHERE a IS NULL",
        says="NULL",
        shows="x",
    ),
    "required": Case(
        on=ALL,
        before=f"{KEYED}); INSERT INTO @ VALUES (1, 1, 'x')",
        after=f"{KEYED}, b int NOT NULL)",
        mend="DELETE FROM @",
        says="rows",
    ),
    "unique": Case(
        on=ALL,
        before=f"{KEYED}); INSERT INTO @ VALUES (1, 77, 'x'), (2, 77, 'y'), (3, NULL, 'z'), (4, NULL, 'z')",
        after=f"{KEYED}, UNIQUE (a))",
        mend="UPDATE @ SET a = 78 WHERE id = 2",
        says="",
        shows="77",
    ),
    "primary_key": Case(
        on=ALL,
        before="CREATE TABLE @ (a int NOT NULL, s varchar(20)); INSERT INTO @ VALUES (77, 'x'), (77, 'y')",
        after="CREATE TABLE @ (a int NOT NULL, s varchar(20), PRIMARY KEY (a))",
        mend="UPDATE @ SET a = 78 WHERE s = 'y'",
        says="",
        shows="77",
    ),
    "check": Case(
        on=ALL,
        before=f"{KEYED}); INSERT INTO @ VALUES (1, -77, 'x'), (2, NULL, 'y')",
        after=f"{KEYED}, CONSTRAINT @_positive CHECK (a > 0))",
        mend="UPDATE @ SET a = 1 WHERE id = 1",
        says="",
        shows="-77",
    ),
    "foreign_key": Case(
        on=ALL,
        extra="CREATE TABLE p_@ (id int PRIMARY KEY)",
        before=f"{KEYED}); INSERT INTO p_@ VALUES (1); INSERT INTO @ VALUES (1, 1, 'x'), (2, 77, 'y'), (3, NULL, 'z')",
        after=f"{KEYED}, CONSTRAINT @_to_p FOREIGN KEY (a) REFERENCES p_@ (id))",
        mend="INSERT INTO p_@ VALUES (77)",
        says="",
        shows="77",
    ),
    "foreign_key_full": Case(
        on=PG,
        extra="CREATE TABLE p_@ (id int, s varchar(20), PRIMARY KEY (id, s))",
        before=f"{KEYED}); INSERT INTO @ VALUES (1, 77, NULL), (2, NULL, NULL)",
        after=f"{KEYED}, CONSTRAINT @_to_p FOREIGN KEY (a, s) REFERENCES p_@ (id, s) MATCH FULL)",
        mend="UPDATE @ SET a = NULL",
        says="nothing",
        shows="77",
    ),
    "unique_of_expression": Case(
        on=PG | LITE,
        before=f"{KEYED}); INSERT INTO @ VALUES (1, 1, 'Mixed'), (2, 2, 'mixed')",
        after=f"{KEYED}); CREATE UNIQUE INDEX @_low ON @ (lower(s))",
        mend="UPDATE @ SET s = 'other' WHERE id = 2",
        says="",
        shows="mixed",
    ),
    "unique_of_part": Case(
        on=PG | LITE,
        before=f"{KEYED}); INSERT INTO @ VALUES (1, 5, 'dup'), (2, 6, 'dup'), (3, 0, 'fine'), (4, 0, 'fine')",
        after=f"{KEYED}); CREATE UNIQUE INDEX @_part ON @ (s) WHERE a > 1 OR a < -1",
        mend="UPDATE @ SET s = 'other' WHERE id = 2",
        says="",
        shows="dup",
    ),
    "unique_of_new_column": Case(
        on=ALL,
        before=f"{KEYED}); INSERT INTO @ VALUES (1, 1, 'x'), (2, 2, 'y')",
        after=f"{KEYED}, b int DEFAULT 7, CONSTRAINT @_b UNIQUE (b))",
        mend="DELETE FROM @ WHERE id = 2",
        says="",
    ),
    "unique_prefix": Case(
        on=MY,
        before=f"{KEYED}); INSERT INTO @ VALUES (1, 1, 'abcd'), (2, 2, 'abce')",
        after=f"{KEYED}, UNIQUE KEY @_s (s(3)))",
        mend="UPDATE @ SET s = 'xyz' WHERE id = 2",
        says="equal",
        shows="abc",
    ),
    "nulls_not_distinct": Case(
        on=PG,
        before=f"{KEYED}); INSERT INTO @ VALUES (1, NULL, 'x'), (2, NULL, 'y')",
        after=f"{KEYED}, UNIQUE NULLS NOT DISTINCT (a))",
        mend="UPDATE @ SET a = 1 WHERE id = 1",
        says="more than once",
    ),
    "exclusion_of_ranges": Case(
        on=PG,
        before="CREATE TABLE @ (r int4range, s int); INSERT INTO @ VALUES ('[1,100)', 1), ('[5,6)', 1), ('[50,60)', 2),"
        "('empty', 1), (NULL, 1), ('[100,)', 1)",
        after="CREATE TABLE @ (r int4range, s int, CONSTRAINT @_apart EXCLUDE USING gist (r WITH &&))",
        mend="DELETE FROM @ WHERE r = '[1,100)'",
        says="exclude",
        shows="Range(5, 6",
    ),
    "exclusion_of_boxes": Case(
        on=PG,
        before="CREATE TABLE @ (b box); INSERT INTO @ VALUES ('(2,2),(0,0)'), ('(3,3),(1,1)'), ('(9,9),(8,8)')",
        after="CREATE TABLE @ (b box, CONSTRAINT @_apart EXCLUDE USING gist (b WITH &&))",
        mend="DELETE FROM @ WHERE b = '(3,3),(1,1)'",
        says="exclude",
        shows="(3,3),(1,1)",
    ),
    "collation_under_unique": Case(
        on=frozenset({"postgresql15"}),  # the other is built without ICU
        extra="CREATE COLLATION loose_@ (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
        before=f"{KEYED}, UNIQUE (s)); INSERT INTO @ VALUES (1, 1, 'Mixed'), (2, 2, 'mixed')",
        after="CREATE TABLE @ (id int PRIMARY KEY, a int, s varchar(20) COLLATE loose_@, UNIQUE (s))",
        mend="UPDATE @ SET s = 'other' WHERE id = 2",
        says="more than once",
    ),
    "collation_under_unique_key": Case(
        on=MY,
        before="CREATE TABLE @ (id int PRIMARY KEY, s varchar(20) COLLATE utf8mb4_bin UNIQUE);"
        "INSERT INTO @ VALUES (1, 'Mixed'), (2, 'mixed')",
        after="CREATE TABLE @ (id int PRIMARY KEY, s varchar(20) COLLATE utf8mb4_general_ci UNIQUE)",
        mend="UPDATE @ SET s = 'other' WHERE id = 2",
        says="equal",
    ),
    "collation_of_table": Case(
        on=MY,
        before="CREATE TABLE @ (s char(9) PRIMARY KEY) COLLATE utf8mb4_bin; INSERT INTO @ VALUES ('Mixed'), ('mixed')",
        after="CREATE TABLE @ (s char(9) PRIMARY KEY) COLLATE utf8mb4_general_ci",
        mend="UPDATE @ SET s = 'other' WHERE s = 'mixed'",
        says="equal",
    ),
    "collation_under_unique_nocase": Case(
        on=LITE,
        before=f"{KEYED}, UNIQUE (s)); INSERT INTO @ VALUES (1, 1, 'Mixed'), (2, 2, 'mixed')",
        after="CREATE TABLE @ (id int PRIMARY KEY, a int, s varchar(20) COLLATE NOCASE, UNIQUE (s))",
        mend="UPDATE @ SET s = 'other' WHERE id = 2",
        says="the same",
    ),
    "charset": Case(
        on=MY,
        before="CREATE TABLE @ (id int PRIMARY KEY, s varchar(20)) CHARACTER SET utf8mb4;"
        "INSERT INTO @ VALUES (1, 'é'), (2, '字')",
        after="CREATE TABLE @ (id int PRIMARY KEY, s varchar(20) CHARACTER SET latin1) CHARACTER SET utf8mb4",
        mend="UPDATE @ SET s = 'z' WHERE id = 2",
        says="latin1",
        shows="字",
    ),
    "shorter_text": Case(
        on=TWO,
        before=f"{KEYED}); INSERT INTO @ VALUES (1, 1, 'too long'), (2, 2, 'ok')",
        after="CREATE TABLE @ (id int PRIMARY KEY, a int, s varchar(3))",
        mend="UPDATE @ SET s = 'ok' WHERE id = 1",
        says="fit",
        shows="too long",
    ),
    "smaller_number": Case(
        on=TWO,
        before=f"{KEYED}); INSERT INTO @ VALUES (1, 70000, 'x')",
        after="CREATE TABLE @ (id int PRIMARY KEY, a smallint, s varchar(20))",
        mend="UPDATE @ SET a = 7",
        says="fit",
        shows="70000",
    ),
    "fewer_digits": Case(
        on=TWO,
        before="CREATE TABLE @ (id int PRIMARY KEY, n numeric(8, 3)); INSERT INTO @ VALUES (1, 999.996), (2, 999.994)",
        after="CREATE TABLE @ (id int PRIMARY KEY, n numeric(5, 2))",
        mend="UPDATE @ SET n = 1 WHERE id = 1",
        says="fit",
        shows="999.996",
    ),
    "text_as_number": Case(
        on=TWO,
        before=f"{KEYED}); INSERT INTO @ VALUES (1, 1, '12'), (2, 2, 'twelve')",
        after="CREATE TABLE @ (id int PRIMARY KEY, a int, s int)",
        mend="UPDATE @ SET s = '13' WHERE id = 2",
        says="fit",
        shows="twelve",
    ),
    "text_as_date": Case(
        on=TWO,
        before=f"{KEYED}); INSERT INTO @ VALUES (1, 1, '2001-02-03'), (2, 2, '2001-02-30'), (3, 3, NULL)",
        after="CREATE TABLE @ (id int PRIMARY KEY, a int, s date)",
        mend="UPDATE @ SET s = '2001-02-28' WHERE id = 2",
        says="fit",
        shows="2001-02-30",
    ),
    "shorter_items": Case(
        on=PG,
        before="CREATE TABLE @ (id int PRIMARY KEY, l varchar(9)[]); INSERT INTO @ VALUES (1, '{ok,too long}')",
        after="CREATE TABLE @ (id int PRIMARY KEY, l varchar(3)[])",
        mend="UPDATE @ SET l = '{ok}'",
        says="fit",
        shows="too long",
    ),
    "bits": Case(
        on=PG,
        before="CREATE TABLE @ (id int PRIMARY KEY, b bit varying(9)); INSERT INTO @ VALUES (1, '10101')",
        after="CREATE TABLE @ (id int PRIMARY KEY, b bit varying(3))",
        mend="UPDATE @ SET b = '1'",
        says="fit",
        shows="10101",
    ),
    "text_as_enum": Case(
        on=PG,
        extra="CREATE TYPE mood_@ AS ENUM ('good', 'bad')",
        before=f"{KEYED}); INSERT INTO @ VALUES (1, 1, 'good'), (2, 2, 'ugly')",
        after="CREATE TABLE @ (id int PRIMARY KEY, a int, s mood_@)",
        mend="UPDATE @ SET s = 'bad' WHERE id = 2",
        says="fit",
        shows="ugly",
    ),
    "enum_value_in_use": Case(
        on=PG,
        before="CREATE TYPE mood_@ AS ENUM ('good', 'bad', 'ugly'); CREATE TABLE @ (id int PRIMARY KEY, m mood_@);"
        "INSERT INTO @ VALUES (1, 'good'), (2, 'ugly')",
        after="CREATE TYPE mood_@ AS ENUM ('good', 'bad'); CREATE TABLE @ (id int PRIMARY KEY, m mood_@)",
        mend="UPDATE @ SET m = 'bad' WHERE id = 2",
        says="no longer have",
        shows="ugly",
    ),
    "enum_label_in_use": Case(
        on=MY,
        before="CREATE TABLE @ (id int PRIMARY KEY, m enum('good', 'bad', 'ugly')); INSERT INTO @ VALUES (1, 'ugly')",
        after="CREATE TABLE @ (id int PRIMARY KEY, m enum('good', 'bad'))",
        mend="UPDATE @ SET m = 'bad'",
        says="fit",
        shows="ugly",
    ),
    "set_member_in_use": Case(
        on=MY,
        before="CREATE TABLE @ (id int PRIMARY KEY, m set('a', 'b', 'c')); INSERT INTO @ VALUES (1, 'a,c'), (2, 'b')",
        after="CREATE TABLE @ (id int PRIMARY KEY, m set('a', 'b'))",
        mend="UPDATE @ SET m = 'a' WHERE id = 1",
        says="fit",
        shows="a,c",
    ),
    "shorter_blob": Case(
        on=MY,
        before="CREATE TABLE @ (id int PRIMARY KEY, b text); INSERT INTO @ VALUES (1, repeat('x', 300))",
        after="CREATE TABLE @ (id int PRIMARY KEY, b tinytext)",
        mend="UPDATE @ SET b = 'x'",
        says="fit",
    ),
    "timestamp_range": Case(
        on=MY,
        before="CREATE TABLE @ (id int, d datetime); INSERT INTO @ VALUES (1, '1960-01-01'), (2, '2001-01-01')",
        after="CREATE TABLE @ (id int, d timestamp NULL)",
        mend="UPDATE @ SET d = '2002-01-01' WHERE id = 1",
        says="fit",
        shows="1960",
    ),
    "domain_check": Case(
        on=PG,
        before="CREATE DOMAIN small_@ AS int; CREATE TABLE @ (d small_@); INSERT INTO @ VALUES (77)",
        after="CREATE DOMAIN small_@ AS int CHECK (VALUE < 10); CREATE TABLE @ (d small_@)",
        mend="UPDATE @ SET d = 7",
        says="allow",
        shows="77",
    ),
    "proof_of_check": Case(
        on=PG,
        before=f"{KEYED}); INSERT INTO @ VALUES (1, -77, 'x');"
        "ALTER TABLE @ ADD CONSTRAINT @_positive CHECK (a > 0) NOT VALID",
        after=f"{KEYED}, CONSTRAINT @_positive CHECK (a > 0))",
        mend="UPDATE @ SET a = 1",
        says="violate",
        shows="-77",
    ),
    "strict_types": Case(
        on=LITE,
        before="CREATE TABLE @ (id int PRIMARY KEY, s text, r real) STRICT; INSERT INTO @ VALUES (1, 'x', 1.5)",
        after="CREATE TABLE @ (id int PRIMARY KEY, s blob, r real) STRICT",
        mend="UPDATE @ SET s = NULL",
        says="no blobs",
        shows="x",
    ),
}


def of(server: Server) -> dict[str, Case]:
    """The cases of a server."""
    return {name: case for name, case in CASES.items() if case.on & {server.dialect, server.name}}


def named(text: str, name: str) -> str:
    """The text, about the table of the case."""
    return text.replace("@", f"on_{name}")


@pytest.fixture
def project(server: Server, database: str, tmp_path: Path) -> Project:
    cases = of(server)
    both = {name: f"{named(case.extra, name)};" if case.extra else "" for name, case in cases.items()}
    for name, case in cases.items():
        server.execute(database.rpartition("/")[2].removesuffix(".db"), f"{both[name]} {named(case.before, name)};")
    wanted = [f"{both[name]}\n{named(case.after, name)};" for name, case in cases.items()]
    (tmp_path / "new.sql").write_text("\n".join(wanted))
    return Project(root=tmp_path, database=database, desired=("new.sql",), cache=tmp_path / "cache", online="never")


def test_all_rows_in_the_way_are_told_before_anything_is_changed(project: Project, server: Server) -> None:
    cases = of(server)
    proposal = api.plan(project)
    assert proposal.plan.rehearsal.forward == "passed", proposal.plan.rehearsal
    with pytest.raises(CheckFailed) as caught:
        api.apply(project, proposal=proposal, allow=("all",))
    found = {_case(failure.check.query): failure for failure in caught.value.failures}
    assert found.keys() == cases.keys()
    assert caught.value.exit_code == 4
    assert "nothing was changed" in str(caught.value)
    for name, case in cases.items():
        failure = found[name]
        assert case.says in failure.check.message, name
        assert failure.check.advice
        assert case.shows in str(failure.samples), (name, failure.samples)
        assert failure.count is None or 1 <= failure.count <= 2, name
    assert [step.sql for step in api.plan(project, rehearse=False).plan.steps] == [s.sql for s in proposal.plan.steps]
    _refused_by_the_server(proposal, project, server, cases)
    for name, case in cases.items():
        server.execute(str(project.database).rpartition("/")[2].removesuffix(".db"), named(case.mend, name))
    api.apply(project, proposal=api.plan(project, rehearse=False), allow=("all",))
    assert api.plan(project).plan.empty


def _case(query: str) -> str:
    """The longest name in the query: a check of a domain is about the table that has it."""
    return max((name for name in CASES if f"on_{name}" in query), key=len)


def _refused_by_the_server(proposal: api.Proposal, project: Project, server: Server, cases: dict[str, Case]) -> None:
    """Each step that a check speaks of fails by itself: the check is no mere opinion."""
    if server.dialect != "postgresql":
        return  # elsewhere a step that does not fail could not be taken back
    dialect = get_dialect(server.dialect)
    with dialect.open(str(project.database)) as session:
        runner = Runner(session=session, root=project.root, journal=NoJournal(), look=lambda *_: None)
        checked = [step for step in proposal.plan.steps if step.checks]
        assert len(checked) >= len(cases) - 1
        for step in checked:
            with pytest.raises(ServerError):
                _try(runner, step)


def _try(runner: Runner, step: Step) -> None:
    with runner.session.transaction():
        for sql in step.sql:
            runner.session.execute(sql)
        raise AssertionError(f"{step.summary} was not refused")


@pytest.mark.parametrize("server", ["postgresql15", "sqlite"], indirect=True)
def test_rows_that_come_after_the_look_are_found_in_the_transaction(
    server: Server, database: str, tmp_path: Path
) -> None:
    name = database.rpartition("/")[2].removesuffix(".db")
    server.execute(name, "CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t VALUES (1, 1);")
    (tmp_path / "new.sql").write_text(
        "CREATE TABLE first (id int PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL, UNIQUE (a));"
    )
    project = Project(root=tmp_path, database=database, desired=("new.sql",), cache=tmp_path / "cache")
    proposal = api.plan(project)

    def meddle(event: Event) -> None:
        if isinstance(event, RevisionStarted):
            server.execute(name, "INSERT INTO t VALUES (2, 1), (3, NULL);")

    with pytest.raises(CheckFailed) as caught:
        api.apply(project, proposal=proposal, allow=("all",), listen=meddle)
    assert len(caught.value.failures) == 2
    assert "nothing was changed" in caught.value.hint
    assert [step.sql for step in api.plan(project, rehearse=False).plan.steps] == [s.sql for s in proposal.plan.steps]
