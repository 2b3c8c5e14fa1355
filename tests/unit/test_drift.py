"""Drift: told, adopted, undone, ignored; on all three databases. And YAML edited where it differs, nowhere else."""

from __future__ import annotations

import json
from collections.abc import Callable
from difflib import ndiff
from pathlib import Path
from textwrap import dedent

import pytest
import yaml

from reconcile.errors import SourceError
from reconcile.sources.yaml.edit import edited
from tests.servers import MARIADB, POSTGRESQL15, SQLITE, Server
from tests.shell import Shell

everywhere = pytest.mark.parametrize("server", [SQLITE, POSTGRESQL15, MARIADB], indirect=True)

YAML = """\
# The shop.
tables:
  customer:            # who buys
    columns:
      id: integer not null
      # where we write to
      email: varchar(80) not null   # unique one day
      city: varchar(40)

    primary_key: [id]

  # what is bought
  item:
    columns: {id: integer not null, price: integer}
    primary_key: [id]
"""
DRIFT = """
ALTER TABLE customer ADD COLUMN phone varchar(20);
DROP TABLE item;
CREATE TABLE note (id integer NOT NULL, body varchar(200), PRIMARY KEY (id));
CREATE INDEX customer_email_idx ON customer (email);
"""

Change = Callable[[str], None]


@pytest.fixture
def change(server: Server, database: str) -> Change:
    """Somebody else runs a script."""
    return lambda script: server.execute(database.removesuffix(".db").rpartition("/")[2], script)


@everywhere
def test_drift_is_told_with_three_ways_and_adopted(database: str, change: Change, tmp_path: Path) -> None:
    shell = Shell.make(tmp_path, database, desired="shop.yaml")
    shell.want(YAML, "shop.yaml")
    shell.save("make")
    shell.done("apply", "--yes")
    assert "Nothing has drifted" in shell.done("adopt").out
    change(DRIFT)
    told = shell.call("status", "--check")
    assert told.code == 2
    for words in (
        "reconcile adopt",
        "reconcile plan",
        'ignore: ["table ',
        "phone",
        "customer_email_idx",
        "note",
        "item",
    ):
        assert words in told.out
    # What would be written; nothing is.
    shown = shell.done("adopt", "--dry-run").out
    assert "+      phone: " in shown and "-  item:" in shown and shell.call("adopt").code == 1
    assert (tmp_path / "shop.yaml").read_text() == YAML and len(shell.files) == 1
    shell.done("adopt", "--yes", "-m", "what the night shift did")
    text = (tmp_path / "shop.yaml").read_text()
    gone = [each[2:] for each in ndiff(YAML.splitlines(), text.splitlines()) if each.startswith("- ")]
    assert gone == YAML[YAML.index("  item:") :].splitlines()  # all that is said of other things stays as it was
    # Live, wanted and recorded are one now, and no statement ran.
    assert "Up to date" in shell.done("status").out
    assert shell.done("plan", "--check").code == 0
    assert json.loads(shell.done("history", "--format", "json").out)[-1]["direction"] == "adopt"
    shell.done("history", "--check")
    shell.done("verify")
    # It is a revision as others are: it can be taken back, and done again.
    shell.done("revert", "--yes", "--allow", "all")
    assert "phone" not in shell.done("inspect").out and "item" in shell.done("inspect").out
    shell.done("apply", "--yes", "--allow", "all")
    assert "Up to date" in shell.done("status").out


@everywhere
def test_drift_is_undone_by_a_plan_or_ignored_by_a_rule(database: str, change: Change, tmp_path: Path) -> None:
    shell = Shell.make(tmp_path, database, desired="shop.yaml")
    shell.want(YAML, "shop.yaml")
    shell.done("apply", "--yes")
    change(DRIFT)
    shell.done("apply", "--yes", "--allow", "all")
    assert "Up to date" in shell.done("status").out and "phone" not in shell.done("inspect").out
    change("CREATE TABLE note (id integer NOT NULL, body varchar(200), PRIMARY KEY (id));")
    rule = next(line for line in shell.call("status").out.splitlines() if "ignore:" in line).partition(":   ")[2]
    Shell.make(tmp_path, database, desired="shop.yaml", more=rule + "\n")
    assert "Up to date" in shell.done("status", "--check").out
    assert "Nothing has drifted" in shell.done("adopt").out
    change("ALTER TABLE note ADD COLUMN more integer;")
    assert "Up to date" in shell.done("status", "--check").out


@everywhere
def test_models_and_sql_are_shown_what_to_change(database: str, change: Change, tmp_path: Path) -> None:
    module = f"drifting_models_{tmp_path.parent.name.replace('-', '_')}_{tmp_path.name}"
    (tmp_path / f"{module}.py").write_text(
        dedent("""\
        from sqlalchemy import Integer, String
        from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

        class Base(DeclarativeBase):
            pass

        class Customer(Base):
            __tablename__ = "customer"
            id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
            email: Mapped[str] = mapped_column(String(80))
        """)
    )
    shell = Shell.make(tmp_path, database, desired=f"['models:{module}:Base', views.sql]")
    shell.want("CREATE VIEW emails AS SELECT email FROM customer;", "views.sql")
    shell.done("apply", "--yes")
    change("ALTER TABLE customer ADD COLUMN phone varchar(20); DROP VIEW emails;")
    said = shell.done("adopt", "--yes")
    assert f"class {module}.Customer ({module}.py:7)" in said.out
    assert "+    phone: Mapped[str | None] = mapped_column(String(20))" in said.out
    assert "views.sql" in said.out and "DROP VIEW" in said.out.upper()
    told = shell.call("status").out  # nothing has drifted any more; the models still lack the column
    assert "drift" not in told and "desired state differs" in told
    assert (tmp_path / "views.sql").read_text() == "CREATE VIEW emails AS SELECT email FROM customer;"


def test_an_unfinished_run_and_a_database_without_history_are_not_adopted(tmp_path: Path) -> None:
    shell = Shell.make(tmp_path, "sqlite:///live.db", desired="shop.yaml")
    shell.want(YAML, "shop.yaml")
    said = shell.call("adopt", "--yes")
    assert said.code == 1 and "nothing was recorded here yet" in said.err


# -- editing YAML


def plain(text: str) -> dict[str, object]:
    found: dict[str, object] = yaml.safe_load(text)
    return found


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # a value in its line: the comment behind it stays
        ("a:\n  x: 1   # one\n  y: 2\n", "a:\n  x: 3   # one\n  y: 2\n"),
        # in a mapping in one line
        ("a: {x: 1, y: 'b c'}  # both\n", "a: {x: 1, y: 'b c', z: it's}  # both\n"),
        ("a: {x: 1, y: 2, z: 3}\n", "a: {x: 1, z: 3}\n"),
        ("a: {x: 1, y: 2}\n", "a: {x: 1}\n"),
        ("a: {}\nb: 1\n", "a: {x: 1}\nb: 1\n"),
        # entries of blocks, with comments and empty lines round them
        ("a:\n  x: 1\n\n  # of y\n  y: 2\n\n# end\nb: 1\n", "a:\n  x: 1\n\n  # of y\n  y: 2\n  z: 3\n\n# end\nb: 1\n"),
        ("a:\n  x: 1\n  # about z\n  z: 2 # two\n# end\n", "a:\n  x: 1\n  # about z\n# end\n"),
        # what is left empty goes
        ("a:\n  x:\n    y: 1\nb: 2\n", "b: 2\n"),
        # what was empty is filled
        ("a:\nb: 2\n", "a:\n  x: 1\nb: 2\n"),
        # a text of several lines
        ("v: |\n  SELECT 1\n  FROM a\n\n# end\nw: 1\n", "v: |\n  SELECT 2\n  FROM a\n\n# end\nw: 1\n"),
        # without a line end at the end
        ("a:\n  x: 1", "a:\n  x: 1\n  y: 2"),
        ("a:\r\n  x: 1\r\nb: 2\r\n", "a:\r\n  x: 1\r\n  y: 2\r\nb: 2\r\n"),
        # names that need quotes, and characters of several bytes before the place
        ("# größe 🙂\na:\n  \"x: y\": 1\n", "# größe 🙂\na:\n  \"x: y\": 2\n"),
        ("", "a: 1\n"),
    ],
)  # fmt: skip
def test_yaml_is_edited_where_it_differs_and_nowhere_else(before: str, after: str) -> None:
    old = plain(before) or {}
    assert edited(before, old, plain(after), shown="f", same=str.__eq__) == after


def test_what_the_file_says_in_another_form_is_written_anew_as_a_whole() -> None:
    text = "c:\n  email: {type: varchar(80) not null, comment: x}  # mail\n  n: integer\n"
    old = {"c": {"email": {"type": "varchar(80)", "nullable": False, "comment": "x"}, "n": "integer"}}
    new = {"c": {"email": {"type": "varchar(80)", "comment": "x"}, "n": "integer"}}
    assert edited(text, old, new, shown="f", same=str.__eq__) == text.replace(" not null", "")


def test_anchors_are_left_to_a_person() -> None:
    text = "a:\n  t: &x {k: 1}\n  u: *x\n"
    old = {"a": {"t": {"k": 1}, "u": {"k": 1}}}
    with pytest.raises(SourceError, match="f:2:6"):
        edited(text, old, {"a": {"t": {"k": 2}, "u": {"k": 1}}}, shown="f", same=str.__eq__)
