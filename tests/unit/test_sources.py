"""Desired state in every form, made real on SQLite; and what is said where it cannot be."""

from __future__ import annotations

import sqlite3
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from reconcile.dialects.base import Dialect
from reconcile.dialects.registry import get_dialect
from reconcile.dialects.session import Session
from reconcile.errors import SourceError
from reconcile.scratch.cache import Cache
from reconcile.sources.desired import Desired, desired_state
from reconcile.sources.load import load_sources
from reconcile.sources.sql import statements_of
from reconcile.sources.yaml.write import to_yaml
from reconcile.state import Key, Kind, Scope, child_key, table_key
from reconcile.state.hints import RenameHint

Build = Callable[..., Desired]


@pytest.fixture
def dialect() -> Dialect:
    return get_dialect("sqlite")


@pytest.fixture
def live(dialect: Dialect) -> Iterator[Session]:
    with dialect.open("sqlite://") as session:
        yield session


@pytest.fixture
def build(tmp_path: Path, live: Session, dialect: Dialect, monkeypatch: pytest.MonkeyPatch) -> Build:
    """Specs → Desired, with ``tmp_path`` as the project; files are given by name."""
    monkeypatch.setattr(sys, "path", list(sys.path))

    def desired(*specs: str, files: dict[str, str] | None = None, **more: Any) -> Desired:
        for name, text in (files or {}).items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text))
        arguments: dict[str, Any] = {"scratch": "auto", "cache": Cache(tmp_path / ".cache"), **more}
        return desired_state(specs, live=live, dialect=dialect, root=tmp_path, **arguments)

    yield desired  # type: ignore[misc]
    for name in [n for n in sys.modules if n.partition(".")[0] in ("shopmodels", "shoppkg")]:
        del sys.modules[name]


def refused(build: Build, *specs: str, files: dict[str, str] | None = None) -> SourceError:
    with pytest.raises(SourceError) as caught:
        build(*specs, files=files)
    return caught.value


MODELS = """
    from sqlalchemy import CheckConstraint, ForeignKey, Index, MetaData, String
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

    class Base(DeclarativeBase):
        pass

    class User(Base):
        __tablename__ = "users"
        __table_args__ = (Index("ix_email", "email", info={"renamed_from": "old_index"}),)
        id: Mapped[int] = mapped_column(primary_key=True)
        email: Mapped[str] = mapped_column(String(80), server_default="50%", info={"renamed_from": "mail"})

    class Order(Base):
        __tablename__ = "orders"
        __table_args__ = (CheckConstraint("id > 0", name="positive"), {"info": {"renamed_from": "purchases"}})
        id: Mapped[int] = mapped_column(primary_key=True)
        user: Mapped[int] = mapped_column(ForeignKey("users.id"))

    class Holder:
        metadata = Base.metadata

    def make():
        return Base

    NUMBER = 5
"""

USERS = table_key(None, "users")


@pytest.mark.parametrize("attribute", ["Base", "Base.metadata", "make", "Holder", "Base.registry"])
def test_models_come_in_many_forms(build: Build, attribute: str) -> None:
    found = build(f"models:shopmodels:{attribute}", files={"shopmodels.py": MODELS})
    assert [item.key.name for item in found.state.of_kind(Kind.TABLE)] == ["orders", "users"]
    default = found.state[child_key(Kind.DEFAULT, child_key(Kind.COLUMN, USERS, "email"))]
    assert default.expression == "'50%'"  # type: ignore[attr-defined]  # not doubled
    assert found.scope.kinds == {Kind.TABLE}
    assert not found.scope.covers(Key(Kind.VIEW, None, "v"))


def test_models_carry_rename_hints(build: Build) -> None:
    origin = "models:shopmodels:Base"
    assert set(build(origin, files={"shopmodels.py": MODELS}).renames) == {
        RenameHint(new=table_key(None, "orders"), old_name="purchases", origin=origin),
        RenameHint(new=child_key(Kind.COLUMN, USERS, "email"), old_name="mail", origin=origin),
        RenameHint(new=child_key(Kind.INDEX, USERS, "ix_email"), old_name="old_index", origin=origin),
    }


def test_ddl_events_and_ddl_if_are_honoured(build: Build) -> None:
    text = """
        from sqlalchemy import CheckConstraint, Column, DDL, Index, Integer, MetaData, Table, event, text
        metadata = MetaData()
        t = Table(
            "t", metadata, Column("a", Integer),
            Index("here", "a").ddl_if(dialect="sqlite"), Index("not_here", "a").ddl_if(dialect="postgresql"),
        )
        event.listen(t, "after_create", DDL("CREATE VIEW v AS SELECT a FROM t").execute_if(dialect="sqlite"))
        event.listen(t, "after_create", DDL("nonsense").execute_if(dialect="mysql"))

        @event.listens_for(metadata, "after_create")
        def more(target, connection, **_):
            connection.execute(text("CREATE VIEW w AS SELECT a FROM v"))
            connection.exec_driver_sql("CREATE VIEW x AS SELECT 'a:b' AS y")
    """
    state = build("models:shopmodels:metadata", files={"shopmodels.py": text}).state
    assert [item.key.name for item in state.of_kind(Kind.VIEW)] == ["v", "w", "x"]
    assert [item.key.name for item in state.of_kind(Kind.INDEX)] == ["here"]


def test_sources_compose_in_order(build: Build) -> None:
    found = build(
        "models:shopmodels:Base", "more", "last.yaml",
        files={
            "shopmodels.py": MODELS,
            "more/2.sql": "CREATE INDEX second ON first_table (a);",
            "more/1.sql": "-- a comment\nBEGIN;\nCREATE TABLE first_table (a int);\nCOMMIT;",
            "last.yaml": """
                tables:
                  notes:
                    columns: {id: Integer, user: {type: integer, renamed_from: person}}
                    foreign_keys: [{columns: [user], references: users(id)}]
                views: {b: select * from a, a: select id from notes}
            """,
        },
    )  # fmt: skip
    assert {item.key.name for item in found.state.of_kind(Kind.TABLE)} == {"users", "orders", "first_table", "notes"}
    assert [item.key.name for item in found.state.of_kind(Kind.VIEW)] == ["a", "b"]
    assert found.scope == Scope()
    assert "person" in {hint.old_name for hint in found.renames}


def test_a_database_alone_is_read_and_with_others_made_real(build: Build, tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "other.db")
    connection.executescript(
        "CREATE TABLE b (x REFERENCES a); CREATE TABLE a (id PRIMARY KEY); CREATE INDEX i ON a (id)"
    )
    connection.close()
    url = f"sqlite:///{tmp_path / 'other.db'}"
    alone = build(url)
    together = build(url, "v.sql", files={"v.sql": "CREATE VIEW v AS SELECT id FROM a"})
    assert alone.scope == Scope()
    assert together.state.select(lambda key: key.kind is not Kind.VIEW) == alone.state
    assert len(together.state) == len(alone.state) + 1


def test_what_yaml_is_written_of_a_database_makes_it_again(build: Build, dialect: Dialect) -> None:
    schema = """
        CREATE TABLE Users (Id INTEGER PRIMARY KEY AUTOINCREMENT, "odd name" TEXT DEFAULT 'x' NOT NULL, b,
            UNIQUE (b), CHECK (b > 'a'), CONSTRAINT c CHECK (b <> 'b'));
        CREATE TABLE other (a INT REFERENCES missing (x), g INT AS (a + 1), PRIMARY KEY (a)) WITHOUT ROWID;
        CREATE UNIQUE INDEX i ON Users (b DESC, lower(b)) WHERE b IS NOT NULL;
        CREATE TRIGGER t AFTER INSERT ON Users BEGIN UPDATE other SET a = 1; SELECT 1; END;
        CREATE VIEW v AS SELECT * FROM Users;
    """
    first = build("a.sql", files={"a.sql": schema}).state
    text = to_yaml(first, dialect)
    assert "Users:" in text  # as it was written, though keys are folded
    assert build("b.yaml", files={"b.yaml": text}).state == first


# -- memory


def test_an_unchanged_desired_state_is_not_built_twice(build: Build) -> None:
    files = {"shopmodels.py": MODELS, "v.sql": "CREATE VIEW v AS SELECT id FROM users"}
    first = build("models:shopmodels:Base", "v.sql", files=files)
    again = build("models:shopmodels:Base", "v.sql", scratch="sqlite:////nowhere/at/all.db")
    assert again == first
    changed = build("models:shopmodels:Base", "v.sql", files={"v.sql": "CREATE VIEW v AS SELECT email FROM users"})
    assert changed.state != first.state


def test_a_memory_that_cannot_be_kept_is_no_error(build: Build, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    found = build("v.sql", files={"v.sql": "CREATE TABLE t (a)"}, cache=Cache(tmp_path / "file"))
    assert len(found.state) == 2


# -- what is wrong, and where


def test_an_import_error_shows_the_users_own_frame(build: Build) -> None:
    error = refused(
        build, "models:shoppkg.models:Base",
        files={"shoppkg/__init__.py": "", "shoppkg/models.py": "x = 1\nfrom shoppkg.basee import Base\n"},
    )  # fmt: skip
    assert "ModuleNotFoundError: No module named 'shoppkg.basee'" in str(error)
    assert str(error.place) == "shoppkg/models.py:2"
    assert error.frame == "shoppkg/models.py:2: from shoppkg.basee import Base"


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("import sys\nsys.exit(3)", "shopmodels.py:2", "SystemExit: 3"),
        ("def f(:\n  pass", "shopmodels.py:1", "SyntaxError"),
        ("import decimal\n\ndecimal.Decimal('x')", "shopmodels.py:3", "InvalidOperation"),
    ],
)
def test_a_module_that_fails_is_placed(build: Build, text: str, place: str, message: str) -> None:
    error = refused(build, "models:shopmodels:Base", files={"shopmodels.py": text})
    assert str(error.place).startswith(place)
    assert message in str(error)


@pytest.mark.parametrize(
    ("spec", "message", "hint"),
    [
        ("models:shopmodel:Base", "cannot import shopmodel", "did you mean shopmodels?"),
        ("models:shopmodels:Bsae", "has no Bsae", "did you mean Base?"),
        ("models:shopmodels:NUMBER", "is a int, not a declarative base", ""),
        ("models:shopmodels", "names no models", "models:package.module:Base"),
        ("shopmodels.sub:Base", "is no desired state", "did you mean models:shopmodels.sub:Base?"),
        ("model:shopmodels:Base", "is no desired state", "did you mean models:shopmodels:Base?"),
        ("schem.yaml", "there is no file schem.yaml", "did you mean schema.yaml?"),
        ("nothing", "is no desired state", "it may be"),
        ("empty", "has no .yaml or .sql files", ""),
        ("postgresql://me:secret@nowhere/db", "is a postgresql database, but the live one is sqlite", ""),
    ],
)
def test_a_wrong_spec_says_what_may_have_been_meant(
    build: Build, tmp_path: Path, spec: str, message: str, hint: str
) -> None:
    (tmp_path / "empty").mkdir()
    error = refused(build, spec, files={"shopmodels.py": MODELS, "schema.yaml": ""})
    assert message in str(error)
    assert hint in error.hint
    assert "secret" not in str(error)


BROKEN = """
    from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, Table
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
    from sqlalchemy.types import UserDefinedType

    class Base(DeclarativeBase):
        pass

    class Item(Base):
        __tablename__ = "items"
        __table_args__ = ({args},)
        id: Mapped[int] = mapped_column({column}primary_key=True)
"""


@pytest.mark.parametrize(
    ("args", "column", "message"),
    [
        ("Index('i')", "", "index i of table items (class shopmodels.Item): it has no columns"),
        ("Index('i', 'id'), Index('i', 'id')", "", "the table has two indexes of this name"),
        ("{'schema': 'sales'}", "", "table sales.items (class shopmodels.Item): sqlite has no schemas"),
        ("Index('i', 'id')", "ForeignKey('nowhere.id'), ", "to nowhere.id (class shopmodels.Item): "),
        ("Index('i', 'id')", "ForeignKey('items.nothing'), ", "to items.nothing (class shopmodels.Item): "),
        ("Index('i', 'id')", "UserDefinedType(), ", "table items (class shopmodels.Item): "),
    ],
)
def test_what_create_all_refuses_is_named_with_its_class(build: Build, args: str, column: str, message: str) -> None:
    text = textwrap.dedent(BROKEN).replace("{args}", args).replace("{column}", column)
    error = refused(build, "models:shopmodels:Base", files={"shopmodels.py": text})
    assert message in str(error)
    assert str(error.place) == "shopmodels.py:9"


def test_what_the_server_refuses_of_models_is_named_with_its_class(build: Build) -> None:
    text = MODELS.replace('CheckConstraint("id > 0"', 'CheckConstraint("nothing > 0"')
    error = refused(build, "models:shopmodels:Base", files={"shopmodels.py": text})
    assert "table orders (class shopmodels.Order): " in str(error)
    assert "nothing" in str(error)


def test_a_module_without_tables_is_noted(build: Build) -> None:
    found = build("models:shopmodels:m", files={"shopmodels.py": "from sqlalchemy import MetaData\nm = MetaData()"})
    assert found.notes == ("models:shopmodels:m has no tables: does its module import the models?",)


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("CREATE TABLE a (x);\n\n  CREATE TABEL b (y);", "a.sql:3:3", "TABEL"),
        ("\n.read other.sql\n", "a.sql:2:1", ".read is a command of the client program"),
        ("ATTACH DATABASE 'x' AS y;", "a.sql:1:1", "ATTACH reaches outside of the database"),
        ("CREATE VIEW v AS SELECT * FROM missing;CREATE INDEX i ON missing (x)", "a.sql:1:40", "missing"),
    ],
)
def test_an_sql_error_is_placed(build: Build, text: str, place: str, message: str) -> None:
    error = refused(build, "a.sql", files={"a.sql": text})
    assert str(error.place) == place
    assert message in str(error)


def test_sql_that_is_not_utf8_is_placed(build: Build, tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_bytes(b"CREATE TABLE a (x);\n-- caf\xe9\n")
    error = refused(build, "a.sql")
    assert str(error) == "a.sql:2: the file is not UTF-8"


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        ("tables: {a: {columns: {x: int}, foreign_keys: [{columns: [x], references: bb}]}, b: {columns: {id: int}}}",
         "s.yaml:1:75", "refers to table bb, which is not there", "did you mean b?"),
        ("tables:\n  a: {columns: {x: int}, checks: [y > 1]}", "s.yaml:2:3", "y", ""),
        ("views:\n  v: select * from nothing_here\n  w: select * frm v", "s.yaml:3:3", "frm", ""),
    ],
)  # fmt: skip
def test_a_yaml_error_of_the_servers_is_placed(build: Build, text: str, place: str, message: str, hint: str) -> None:
    error = refused(build, "s.yaml", files={"s.yaml": text})
    assert str(error.place) == place
    assert message in str(error)
    assert hint in error.hint


def test_dumps_lose_their_brackets_and_keep_their_places() -> None:
    text = "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE a (x);\nCOMMIT;\n"
    assert [(s.sql, s.place.line) for s in statements_of(text, "a.sql", get_dialect("sqlite"))] == [
        ("PRAGMA foreign_keys=OFF", 1),
        ("CREATE TABLE a (x)", 3),
    ]


@pytest.mark.parametrize("line", ["\\connect other", "\\i x.sql", "\\restrict abc"])
def test_words_to_psql_are_refused_by_line(line: str) -> None:
    with pytest.raises(SourceError, match=r"a\.sql:2:1: \\\w+ is a command of the client program"):
        statements_of(f"SELECT 1;\n{line}\n", "a.sql", get_dialect("postgresql"))


@pytest.mark.parametrize("statement", ["USE other", "CREATE DATABASE x", "drop  database x"])
def test_no_statement_leaves_the_scratch_database(statement: str) -> None:
    with pytest.raises(SourceError, match="reaches outside of the database"):
        statements_of(statement, "a.sql", get_dialect("mysql"))


@pytest.mark.parametrize(
    "statement",
    ["CREATE TABLE shop.t (a int)", "DROP TABLE IF EXISTS a, `shop`.b", "CREATE INDEX i ON shop.t (a)",
     "CREATE TRIGGER x BEFORE INSERT ON shop.t FOR EACH ROW SET @a = 1", "DELETE FROM shop.t"],
)  # fmt: skip
def test_no_statement_changes_another_database(statement: str) -> None:
    with pytest.raises(SourceError, match=r"names a database"):
        statements_of(statement, "a.sql", get_dialect("mysql"))
    assert len(statements_of(statement, "a.sql", get_dialect("postgresql"))) == 1


@pytest.mark.parametrize(
    "statement",
    ["CREATE TABLE t (a int, CHECK (t.a > 1))", "CREATE VIEW v AS SELECT t.a FROM t", "CREATE TABLE main.t (a int)",
     "CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1", "CREATE TABLE t (a decimal(1) DEFAULT 1.5)"],
)  # fmt: skip
def test_dots_that_name_no_database_are_fine(statement: str) -> None:
    assert len(statements_of(statement, "a.sql", get_dialect("mysql"))) == 1


def test_a_directory_is_its_files_in_order(tmp_path: Path) -> None:
    for name in ("b.sql", "a.yml", "sub/c.sql", "readme.md"):
        (tmp_path / "db" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "db" / name).write_text("")
    assert [source.spec for source in load_sources("db", root=tmp_path)] == ["db/a.yml", "db/b.sql", "db/sub/c.sql"]
