"""A sample of ``python -m tests.properties.restated``: what SQLite takes is given back exactly or refused."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from tests.properties.restated import WRONG, judged, yaml_leaves
from tests.properties.statements import Mutant, mutants

# What once went wrong.
FOUND = {
    "two collations in a key": "CREATE TABLE t (a TEXT, b INT, UNIQUE (a COLLATE NOCASE COLLATE RTRIM, b))",
    "a collation in parentheses": "CREATE TABLE t (a TEXT, b INT, UNIQUE ((a COLLATE NOCASE) COLLATE RTRIM, (b)))",
    "no type, and NOT NULL": "CREATE TABLE t (a NOT NULL, b INT NOT NULL, c)",
    "conflict clauses in their order": "CREATE TABLE t (b INT UNIQUE ON CONFLICT IGNORE, a INT UNIQUE, c PRIMARY KEY)",
    "a string that is no name": "CREATE TABLE t (a); CREATE INDEX i ON t ('a' COLLATE RTRIM COLLATE BINARY, 'a')",
    "a type that is quoted in part": 'CREATE TABLE t (a DOUBLE `PRECISION`, b [double precision], c "my type"(3))',
    "a type that holds a quote": "CREATE TABLE t (a `or``der` REAL, b \"a\"\"b\", c 'it''s', d DATE 'b' abc)",
    "a type that holds a comment": "CREATE TABLE t (a DECIMAL(10 --INT\n,2), b DECIMAL(10, /* ' */ 2))",
    "a column called as a word of LIKE": 'CREATE TABLE t ("like" TEXT, "end" INT, CHECK ("like" NOT LIKE \'x%\'))',
    "columns called as words of CASE": 'CREATE TABLE t ("end" INT, CHECK (CASE WHEN end > 1 THEN 1 ELSE end END))',
}


@pytest.mark.parametrize("name", FOUND)
def test_what_once_went_wrong(name: str, tmp_path: Path) -> None:
    mutant = Mutant(tuple(FOUND[name].split("; ")), 0)
    assert judged(mutant) == ("the same", "")
    assert yaml_leaves(mutant, tmp_path) == ""


# What SQLite takes, and what cannot be made again from what it tells; and the place.
REFUSED_FOR = {
    'CREATE TABLE t (a INT,\n  b "" DEFAULT 1)': "a type without a name is not the same as no type (line 2, column 5",
    "CREATE TABLE t (a INT REFERENCES t, b INT DEFERRABLE INITIALLY DEFERRED)": (
        "a constraint of column b was expected, not 'DEFERRABLE' (line 1, column 43"
    ),
    "CREATE TABLE t (a INT UNIQUE PRIMARY KEY DESC)": (
        "of UNIQUE and PRIMARY KEY DESC SQLite makes one index, and not the one it says (line 1, column 42"
    ),
}


@pytest.mark.parametrize("sql", REFUSED_FOR)
def test_what_cannot_be_given_back_is_refused_with_the_place(sql: str) -> None:
    assert judged(Mutant((sql,), 0)) == ("refused", f"{REFUSED_FOR[sql]} of its statement)")


def test_a_mutated_statement_is_given_back_exactly_or_refused_with_the_place() -> None:
    told = [(judged(mutant), mutant.text) for mutant in islice(mutants(20261125), 120)]
    assert [each for each in told if each[0][0] == WRONG] == []


def test_what_is_given_back_is_given_back_through_yaml(tmp_path: Path) -> None:
    whole = (mutant for mutant in mutants(41) if judged(mutant)[0] == "the same")
    left = [(yaml_leaves(mutant, tmp_path), mutant.text) for mutant in islice(whole, 20)]
    assert [each for each in left if each[0]] == []
