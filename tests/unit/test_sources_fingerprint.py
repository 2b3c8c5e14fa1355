"""The quick digest of a MetaData: equal for equal DDL, different for different DDL, None where a walk cannot tell."""

from __future__ import annotations

import enum
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    DDL,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Enum,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    Numeric,
    Sequence,
    String,
    Table,
    UniqueConstraint,
    event,
    func,
    text,
)
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.schema import CreateTable
from sqlalchemy.types import TypeDecorator, UserDefinedType

from reconcile.sources.fingerprint import fingerprint

PG = postgresql.dialect()


def metadata(*parts: Any, column: Any = None, **options: Any) -> MetaData:
    found = MetaData()
    Table("other", found, Column("id", Integer, primary_key=True))
    first = column if column is not None else Column("a", Integer)
    Table("t", found, first, Column("b", String(20)), *parts, **options)
    return found


class Upper(TypeDecorator[str]):
    impl = String
    cache_ok = True


class Point(UserDefinedType[Any]):
    def __init__(self, unit: str) -> None:
        self.unit = unit

    def get_col_spec(self, **_: Any) -> str:
        return f"POINT({self.unit})"


class Mood(enum.Enum):
    SAD = 1
    OK = 2


VARIANTS: dict[str, Callable[[], MetaData]] = {
    "plain": metadata,
    "bigger": lambda: metadata(column=Column("a", String(10))),
    "bigger still": lambda: metadata(column=Column("a", String(11))),
    "collated": lambda: metadata(column=Column("a", String(10, collation="C"))),
    "numeric": lambda: metadata(column=Column("a", Numeric(10, 2))),
    "numeric 3": lambda: metadata(column=Column("a", Numeric(10, 3))),
    "boolean": lambda: metadata(column=Column("a", Boolean)),
    "boolean with check": lambda: metadata(column=Column("a", Boolean(create_constraint=True, name="x"))),
    "decorated": lambda: metadata(column=Column("a", Upper(10))),
    "decorated longer": lambda: metadata(column=Column("a", Upper(30))),
    "own type": lambda: metadata(column=Column("a", Point("m"))),
    "own type in feet": lambda: metadata(column=Column("a", Point("ft"))),
    "variant": lambda: metadata(column=Column("a", String(10).with_variant(postgresql.JSONB(), "postgresql"))),
    "array": lambda: metadata(column=Column("a", postgresql.ARRAY(Integer))),
    "array of text": lambda: metadata(column=Column("a", postgresql.ARRAY(String))),
    "enum": lambda: metadata(column=Column("a", Enum("x", "y", name="e"))),
    "enum with more": lambda: metadata(column=Column("a", Enum("x", "y", "z", name="e"))),
    "enum called otherwise": lambda: metadata(column=Column("a", Enum("x", "y", name="f"))),
    "enum not made": lambda: metadata(column=Column("a", postgresql.ENUM("x", "y", name="e", create_type=False))),
    "enum of text": lambda: metadata(column=Column("a", Enum("x", "y", name="e", native_enum=False))),
    "enum of text, checked": lambda: metadata(
        column=Column("a", Enum("x", "y", name="e", native_enum=False, create_constraint=True))
    ),
    "enum of a class": lambda: metadata(column=Column("a", Enum(Mood, name="e"))),
    "not null": lambda: metadata(column=Column("a", Integer, nullable=False)),
    "primary": lambda: metadata(column=Column("a", Integer, primary_key=True)),
    "primary, not serial": lambda: metadata(column=Column("a", Integer, primary_key=True, autoincrement=False)),
    "default": lambda: metadata(column=Column("a", Integer, server_default="1")),
    "default expression": lambda: metadata(column=Column("a", Integer, server_default=text("1"))),
    "default function": lambda: metadata(column=Column("a", Integer, server_default=func.now())),
    "default other function": lambda: metadata(column=Column("a", Integer, server_default=func.later(1))),
    "default same function of 2": lambda: metadata(column=Column("a", Integer, server_default=func.later(2))),
    "computed": lambda: metadata(column=Column("a", Integer, Computed("b + 1"))),
    "computed, stored": lambda: metadata(column=Column("a", Integer, Computed("b + 1", persisted=True))),
    "identity": lambda: metadata(column=Column("a", Integer, Identity())),
    "identity always": lambda: metadata(column=Column("a", Integer, Identity(always=True))),
    "identity from 5": lambda: metadata(column=Column("a", Integer, Identity(start=5))),
    "sequence": lambda: metadata(column=Column("a", Integer, Sequence("s"))),
    "sequence from 5": lambda: metadata(column=Column("a", Integer, Sequence("s", start=5))),
    "column comment": lambda: metadata(column=Column("a", Integer, comment="c")),
    "column renamed": lambda: metadata(column=Column("a", Integer, info={"renamed_from": "z"})),
    "label renamed": lambda: metadata(
        column=Column("a", Enum("x", "y", name="e"), info={"renamed_labels": {"x": "w"}})
    ),
    "reference": lambda: metadata(column=Column("a", Integer, ForeignKey("other.id"))),
    "reference, cascading": lambda: metadata(column=Column("a", Integer, ForeignKey("other.id", ondelete="CASCADE"))),
    "reference, late": lambda: metadata(column=Column("a", Integer, ForeignKey("other.id", use_alter=True, name="x"))),
    "unique": lambda: metadata(UniqueConstraint("a")),
    "unique b": lambda: metadata(UniqueConstraint("b")),
    "unique named": lambda: metadata(UniqueConstraint("a", name="u")),
    "unique, deferrable": lambda: metadata(UniqueConstraint("a", deferrable=True)),
    "unique, nulls": lambda: metadata(UniqueConstraint("a", postgresql_nulls_not_distinct=True)),
    "check": lambda: metadata(CheckConstraint("a > 1")),
    "check 2": lambda: metadata(CheckConstraint("a > 2")),
    "two checks": lambda: metadata(CheckConstraint("a > 1"), CheckConstraint("b > 1")),
    "two checks turned": lambda: metadata(CheckConstraint("b > 1"), CheckConstraint("a > 1")),
    "exclusion": lambda: metadata(postgresql.ExcludeConstraint(("a", "="), name="e")),
    "exclusion otherwise": lambda: metadata(postgresql.ExcludeConstraint(("a", "<>"), name="e")),
    "index": lambda: metadata(Index("i", "a")),
    "index both": lambda: metadata(Index("i", "a", "b")),
    "index turned": lambda: metadata(Index("i", "b", "a")),
    "index unique": lambda: metadata(Index("i", "a", unique=True)),
    "index gin": lambda: metadata(Index("i", "a", postgresql_using="gin")),
    "index partial": lambda: metadata(Index("i", "a", postgresql_where=text("a > 1"))),
    "index expression": lambda: metadata(Index("i", text("lower(b)"))),
    "index renamed": lambda: metadata(Index("i", "a", info={"renamed_from": "j"})),
    "table comment": lambda: metadata(comment="c"),
    "table schema": lambda: metadata(schema="s"),
    "unlogged": lambda: metadata(prefixes=["UNLOGGED"]),
    "tablespace": lambda: metadata(postgresql_tablespace="fast"),
}


def test_every_difference_is_seen() -> None:
    prints = {name: fingerprint(make(), PG) for name, make in VARIANTS.items()}
    assert [name for name, found in prints.items() if found is None] == []
    by_print: dict[str | None, list[str]] = {}
    for name, found in prints.items():
        by_print.setdefault(found, []).append(name)
    assert [names for names in by_print.values() if len(names) > 1] == []


@pytest.mark.parametrize("name", sorted(VARIANTS))
def test_the_same_is_the_same(name: str) -> None:
    assert fingerprint(VARIANTS[name](), PG) == fingerprint(VARIANTS[name](), PG)


def test_making_ddl_changes_nothing() -> None:
    for name, make in VARIANTS.items():
        found = make()
        before = fingerprint(found, PG)
        for table in found.sorted_tables:
            str(CreateTable(table).compile(dialect=PG))
        assert fingerprint(found, PG) == before, name


def test_databases_and_versions_differ() -> None:
    newer = postgresql.dialect()
    newer.server_version_info = (18, 0)
    prints = {fingerprint(metadata(), d) for d in (PG, newer, mysql.dialect(), sqlite.dialect())}
    assert len(prints) == 4


def listening() -> MetaData:
    found = metadata()
    event.listen(found.tables["t"], "after_create", DDL("CREATE VIEW v AS SELECT 1"))
    return found


def listening_as_a_whole() -> MetaData:
    found = metadata()
    event.listen(found, "before_create", lambda *_, **__: None)
    return found


class OwnTable(Table):
    inherit_cache = True


def of_own_table() -> MetaData:
    found = MetaData()
    OwnTable("t", found, Column("a", Integer))
    return found


@pytest.mark.parametrize(
    "make",
    [
        listening,
        listening_as_a_whole,
        of_own_table,
        lambda: metadata(Index("i", "a").ddl_if(dialect="sqlite")),
        lambda: metadata(CheckConstraint("a > 1").ddl_if(callable_=lambda *_, **__: True)),
        lambda: metadata(column=Column("a", Enum("x"))),  # has no name: declare() says so
    ],
)
def test_what_only_ddl_can_tell_is_none(make: Callable[[], MetaData]) -> None:
    assert fingerprint(make(), PG) is None


def test_it_is_the_same_in_every_process() -> None:
    code = (
        "from sqlalchemy import *; from sqlalchemy.dialects import postgresql\n"
        "from reconcile.sources.fingerprint import fingerprint\n"
        "m = MetaData()\n"
        "Table('t', m, Column('a', Enum('x', 'y', name='e')), Column('b', String), Column('c', Integer),\n"
        "      CheckConstraint('c > 1'), UniqueConstraint('b'), UniqueConstraint('c'),\n"
        "      Index('i', 'b'), Index('j', 'c'))\n"
        "print(fingerprint(m, postgresql.dialect()))"
    )
    prints = set()
    for seed in ("1", "2"):
        ran = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True, text=True, check=True, cwd=Path.cwd(), env={"PYTHONHASHSEED": seed, "PATH": ""},
        )  # fmt: skip
        prints.add(ran.stdout)
    assert len(prints) == 1
    assert "None" not in prints.pop()
