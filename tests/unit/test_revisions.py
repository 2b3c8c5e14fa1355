"""Revision files: there and back exactly, sealed, faults told with their place; the folder as a graph; merging."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reconcile.errors import RevisionError
from reconcile.revisions import file as revision_file
from reconcile.revisions import yamltext
from reconcile.revisions.folder import Folder
from reconcile.revisions.form import key_text
from reconcile.revisions.merge import overlap, require_mergeable
from reconcile.state import (
    Check,
    Column,
    Effect,
    Estimate,
    Hazard,
    Key,
    Kind,
    Level,
    Phase,
    Plan,
    Proof,
    Rehearsal,
    Step,
    Table,
    View,
    child_key,
    table_key,
)
from reconcile.state.digest import object_digest
from reconcile.state.revision import Revision

NOW = datetime(2026, 11, 22, 10, 15, 30, tzinfo=UTC)
ORDERS = table_key("public", "orders")
NOTES = Column(key=child_key(Kind.COLUMN, ORDERS, "notes"), type="character varying(80)", nullable=False, position=3)
OLD_VIEW = View(
    key=Key(Kind.VIEW, "public", "Recent orders"), definition=" SELECT id,\n    'a: b' AS x  # no comment\n"
)
NEW_VIEW = replace(OLD_VIEW, definition=" SELECT id,\n    notes\n   FROM orders")
DIGEST = {item: object_digest(item) for item in (NOTES, OLD_VIEW, NEW_VIEW)}


def revision(name: str = "20261122T101530_add_order_notes", *parents: str, **changed: object) -> Revision:
    """A revision with everything a file can hold."""
    add = Step(
        number=1,
        summary="add column public.orders.notes: text",
        sql=('ALTER TABLE "orders"\n  ADD COLUMN "notes" varchar(80) NOT NULL', "UPDATE orders SET notes = E'\\t\t'"),
        effects=(Effect(key=NOTES.key, before=None, after=DIGEST[NOTES]),),
        lock="ACCESS EXCLUSIVE on public.orders",
        rewrites=True,
        hazards=(Hazard(code="rewrite", level=Level.WARNING, key=ORDERS, message="it: is\nlong", advice="wait"),),
        checks=(Check(key=NOTES.key, query="SELECT *\nFROM orders", message="rows", advice="fill"),),
    )
    view = Step(
        number=2,
        summary="replace view",
        sql=("CREATE VIEW v AS SELECT 1",),
        effects=(Effect(key=OLD_VIEW.key, before=DIGEST[OLD_VIEW], after=DIGEST[NEW_VIEW]),),
        reason="view needs column",
    )
    index = Step(number=3, summary="index", sql=("CREATE INDEX CONCURRENTLY i ON orders (notes)",), transactional=False)
    back = Step(
        number=1,
        summary="back",
        sql=("DROP",),
        effects=(
            Effect(key=NOTES.key, before=DIGEST[NOTES], after=None),
            Effect(key=OLD_VIEW.key, before=DIGEST[NEW_VIEW], after="0" * 32),
        ),
    )
    plan = Plan(
        dialect="postgresql",
        server="PostgreSQL 15.20",
        base="b" * 32,
        target="1" * 32,
        phases=(
            Phase(transactional=True, steps=(add, view), before=("SET a = 1",), after=("RESET a", "RESET b")),
            Phase(transactional=False, steps=(index,)),
        ),
        revert_phases=(Phase(transactional=True, steps=(back,)),),
        rehearsal=Rehearsal(forward=Proof.PASSED, backward=Proof.SKIPPED, reason="no way: back", rows=3),
    )
    made = Revision(
        id=name,
        parents=parents,
        created=NOW.isoformat(),
        message="Add order notes: ä 🙂",
        plan=plan,
        before=(OLD_VIEW,),
        after=(NOTES, NEW_VIEW),
    )
    return revision_file.sealed(replace(made, **changed))  # type: ignore[arg-type]


SEALED = revision()
TEXT = revision_file.text(SEALED)


# -- one file


def test_a_file_gives_back_exactly_what_was_written(tmp_path: Path) -> None:
    path = revision_file.write(SEALED, tmp_path / "new" / "revisions")
    assert path.name == f"{SEALED.id}.yaml"
    again = revision_file.read(path)
    assert again == SEALED
    assert revision_file.text(again) == path.read_text()
    assert [each.name for each in path.parent.iterdir()] == [path.name]  # no temporary files


def test_sql_is_written_as_a_person_would_read_it() -> None:
    assert (
        '          - |\n            ALTER TABLE "orders"\n              ADD COLUMN "notes" varchar(80) NOT NULL\n'
        in TEXT
    )
    assert f"  column public.orders.notes: [null, {DIGEST[NOTES]}]\n" in TEXT
    assert "touches: [column public.orders.notes]" in TEXT


def test_other_yaml_readers_understand_the_file_too() -> None:
    data = yaml.safe_load(TEXT)
    assert data["apply"][0]["steps"][1]["sql"].strip() == "CREATE VIEW v AS SELECT 1"
    assert data["after"]["column public.orders.notes"]["nullable"] is False


def test_a_file_is_never_written_over(tmp_path: Path) -> None:
    path = revision_file.write(SEALED, tmp_path)
    with pytest.raises(RevisionError, match="exists already"):
        revision_file.write(revision(message="another"), tmp_path)
    assert path.read_text() == TEXT
    assert len(list(tmp_path.iterdir())) == 1


def test_sealing_replaces_the_revisions_own_file(tmp_path: Path) -> None:
    path = revision_file.write(SEALED, tmp_path).rename(tmp_path / "mine.yaml")
    other = revision(message="better")
    assert revision_file.rewrite(other, tmp_path) == path
    assert revision_file.read(path) == other
    with pytest.raises(RevisionError, match="no file"):
        revision_file.rewrite(revision("other"), tmp_path)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Add order notes!", "20261122T101530_add_order_notes"),
        ("Größe – ändern", "20261122T101530_grosse_andern"),
        ("日本語", "20261122T101530_revision"),
        ("word " * 30, "20261122T101530_" + "_".join(["word"] * 10)),
    ],
)
def test_ids(message: str, expected: str) -> None:
    found = revision_file.new_id(message, NOW)
    assert found == expected.replace("grosse", "groe")


# -- the seal


def test_the_seal_is_deaf_to_formatting() -> None:
    edited = TEXT.replace('            ALTER TABLE "orders"\n', '            ALTER TABLE "orders"\n', 1)
    edited = edited.replace("touches: [column public.orders.notes]", 'touches:   ["column public.orders.notes" ]')
    edited = edited.replace("CREATE VIEW v AS SELECT 1\n", "\n\n          CREATE VIEW v AS SELECT 1;\n\n")
    edited = edited.replace("\n", "\r\n")
    assert revision_file.parse(edited, name="f") == SEALED


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("varchar(80) NOT", "varchar(81) NOT"),
        ('message: "', 'message: "Not '),
        ("reason: view needs column", "reason: none"),
        ("base: b", "base: c"),
        ("backward: skipped", "backward: passed"),
        ("level: warning", "level: info"),
    ],
)
def test_an_edit_breaks_the_seal(old: str, new: str) -> None:
    edited = TEXT.replace(old, new, 1)
    assert edited != TEXT
    with pytest.raises(RevisionError, match="edited after it was sealed") as caught:
        revision_file.parse(edited, name="f.yaml")
    assert caught.value.hint.endswith(f"reconcile seal {SEALED.id}")
    open_one = revision_file.parse(edited, name="f.yaml", sealed=False)
    assert not revision_file.is_sealed(open_one)
    assert revision_file.is_sealed(revision_file.sealed(open_one))


@pytest.mark.parametrize("part", [0.1, 0.3, 0.5, 0.7, 0.9, 0.995])
def test_a_truncated_file_is_refused(part: float) -> None:
    with pytest.raises(RevisionError):
        revision_file.parse(TEXT[: int(len(TEXT) * part)], name="f.yaml")


def test_every_truncation_is_refused() -> None:
    for length in range(0, len(TEXT) - 1, 7):
        with pytest.raises(RevisionError):
            revision_file.parse(TEXT[:length], name="f.yaml")


# -- faults with their places


def _line(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "said", "hint"),
    [
        ("apply:", "aply:", "no 'aply' here", "did you mean 'apply'"),
        ("            message: rows", "            mesage: rows", "no 'mesage' here", "did you mean 'message'"),
        ("level: warning", "level: worse", "one of info, warning, danger", ""),
        ("parents: []", "parents: a", "'parents' must be a list or a mapping, not text", ""),
        ("server: ", "server: [1]  #", "'server' must be text, not a list", ""),
        ("checksum: ", "id: again\nchecksum: ", "'id' is there twice (first in line 2)", ""),
        ("created: ", "created: !!timestamp ", "the tag 'timestamp' has no meaning", ""),
        ("touches: [column public.orders.notes]", "touches: [column public.orders.note]", "not among the objects", ""),
        ("touches: [column public.orders.notes]", "touches: [colum x]", "not an object's name", ""),
        ("{type: character varying(80)", "{typ: x", "Column has no field typ", ""),
        ("dialect: postgresql", "dialect: oracle", "oracle", ""),
        ("transactional: false", "transactional: 1", "must be true or false, not a whole number", ""),
        ("apply:", "apply: [", "not YAML", "whole"),
    ],
)
def test_faults_say_where_and_what_was_meant(old: str, new: str, said: str, hint: str) -> None:
    assert old in TEXT
    edited = TEXT.replace(old, new, 1)
    with pytest.raises(RevisionError) as caught:
        revision_file.parse(edited, name="f.yaml", sealed=False)
    assert said in str(caught.value)
    assert hint in caught.value.hint
    place = caught.value.place
    assert place is not None
    assert place.file == "f.yaml"
    if said != "not YAML":
        assert place.line == _line(edited, new), str(caught.value)


def test_files_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    with pytest.raises(RevisionError, match="cannot be read"):
        revision_file.read(path)
    path.write_bytes(b"id: \xff\xfe")
    with pytest.raises(RevisionError, match="UTF-8"):
        revision_file.read(path)
    path.write_text("")
    with pytest.raises(RevisionError, match="empty"):
        revision_file.read(path)
    path.write_text("- a\n- b\n")
    with pytest.raises(RevisionError, match="must be a mapping, not a list"):
        revision_file.read(path)


# -- written by hand

BY_HAND = """\
id: fill_in
parents: [a]
message: fill in the notes
dialect: sqlite
manual: true
apply:
  - |
    UPDATE t SET a = ';';  -- one;
    DELETE FROM t;
  - python: package.steps:fill
  - summary: compact
    sql: VACUUM;
    transactional: false
  - SELECT 1
revert:
  - INSERT INTO t VALUES (1)
"""


def test_the_short_form() -> None:
    found = revision_file.parse(BY_HAND, name="f", sealed=False)
    first, second, third = found.plan.phases
    assert first.steps[0].sql == ("UPDATE t SET a = ';'", "DELETE FROM t")
    assert (first.steps[1].call, first.steps[1].number, first.transactional) == ("package.steps:fill", 2, True)
    assert (second.transactional, second.steps[0].sql, second.steps[0].summary) == (False, ("VACUUM",), "compact")
    assert (third.steps[0].number, third.steps[0].summary) == (4, "SELECT 1")
    assert found.plan.revert_phases[0].steps[0].sql == ("INSERT INTO t VALUES (1)",)
    with pytest.raises(RevisionError, match="not sealed"):
        revision_file.parse(BY_HAND, name="f")
    sealed = revision_file.sealed(found)
    assert revision_file.parse(revision_file.text(sealed), name="f") == sealed


def test_where_statements_commit_by_themselves_each_stands_alone() -> None:
    found = revision_file.parse(BY_HAND.replace("sqlite", "mysql"), name="f", sealed=False)
    assert [phase.transactional for phase in found.plan.phases] == [False] * 4


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  - SELECT 1", "  - {sql: SELECT 1, python: 'a:b'}", "either sql or python"),
        ("  - SELECT 1", "  - summary: nothing", "needs sql or python"),
        ("package.steps:fill", "package.steps.fill", "'python' is 'package.steps.fill'"),
        ("  - SELECT 1", "  - {transactional: false, steps: [SELECT 1, SELECT 2]}", "exactly one step"),
        ("  - SELECT 1", "  - 1", "must be text or a mapping, not a whole number"),
    ],
)
def test_faults_of_hand_written_steps(old: str, new: str, said: str) -> None:
    edited = BY_HAND.replace(old, new)
    with pytest.raises(RevisionError, match=said) as caught:
        revision_file.parse(edited, name="f", sealed=False)
    assert caught.value.place is not None
    assert caught.value.place.line == _line(edited, new.strip())


def test_a_template_can_be_read_as_it_is(tmp_path: Path) -> None:
    empty = Plan(dialect="sqlite", server="", base="", target="", phases=())
    blank = Revision(id="r", parents=("a",), created=NOW.isoformat(), message="By hand", plan=empty, manual=True)
    path = revision_file.write_template(blank, tmp_path)
    assert "reconcile seal r" in path.read_text()
    assert revision_file.read(path, sealed=False) == blank


# -- YAML

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.text(
    "ab \n\t:#-|'\"{}[],&*!%@\\\r\x85\u2028", max_size=12
)
_DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | _TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(_TEXTS, _DATA, max_size=4))
def test_whatever_is_written_is_read_back(data: dict[str, object]) -> None:
    found = yamltext.parse(yamltext.write(data), "f").data
    assert (found or {}) == data


@given(_TEXTS)
def test_blocks_are_exact_but_for_the_last_line_end(text: str) -> None:
    found = yamltext.parse(yamltext.write({"a": [{"b": yamltext.Block(text)}]}), "f").data["a"][0]["b"]
    assert found in (text, f"{text}\n")


@pytest.mark.parametrize(
    "key",
    [
        child_key(Kind.COMMENT, child_key(Kind.COLUMN, ORDERS, "a.b")),
        child_key(Kind.TRIGGER, Key(Kind.VIEW, "public", "v"), "t"),
        Key(Kind.OPAQUE, "public", "function f(integer, text)"),
        child_key(Kind.CHECK, ORDERS, "(a > 1 AND b = 'x of y')"),
        child_key(Kind.OPAQUE, child_key(Kind.COLUMN, ORDERS, "c"), "odd"),
    ],
)
def test_any_key_survives(key: Key) -> None:
    made = revision(before=(), after=(Table(key=ORDERS),))
    step = replace(made.plan.steps[0], effects=(Effect(key=key, before=None, after="a"),))
    plan = replace(made.plan, phases=(Phase(transactional=True, steps=(step,)),), revert_phases=())
    made = revision_file.sealed(replace(made, plan=plan))
    assert revision_file.parse(revision_file.text(made), name="f") == made
    assert key_text(key)


# -- the folder


def _touching(name: str, *parents: str, **touched: tuple[str | None, str | None]) -> Revision:
    """A revision that touches tables (``t``) or columns (``t__c``)."""
    effects = []
    for path, (before, after) in touched.items():
        table, _, column = path.partition("__")
        key = table_key(None, table)
        effects.append(Effect(key=child_key(Kind.COLUMN, key, column) if column else key, before=before, after=after))
    step = Step(number=1, summary=name, sql=("SELECT 1",), effects=tuple(effects))
    plan = Plan(dialect="sqlite", server="", base="", target="", phases=(Phase(transactional=True, steps=(step,)),))
    made = Revision(id=name, parents=parents, created=NOW.isoformat(), message=name, plan=plan)
    return revision_file.sealed(made)


def test_a_folder_is_read_in_an_order_that_respects_parents(tmp_path: Path) -> None:
    for made in (_touching("c"), _touching("a", "c"), _touching("b", "c"), _touching("0", "a", "b")):
        revision_file.write(made, tmp_path)
    folder = Folder.load(tmp_path)
    assert [one.id for one in folder.in_order()] == ["c", "a", "b", "0"]
    assert folder.heads == ("0",)
    assert (len(folder), "a" in folder, "x" in folder, folder["a"].id) == (4, True, False, "a")
    assert [one.id for one in folder.pending(["c"], upto="b")] == ["b"]
    assert folder.ancestors("a") == {"a", "c"}
    assert folder.descendants("a") == {"a", "0"}
    folder.check_seals(folder)
    assert folder.find("somewhere/a.yaml").id == "a"


def test_no_folder_is_an_empty_folder(tmp_path: Path) -> None:
    assert Folder.load(None) == Folder.load(tmp_path / "none") == Folder()
    with pytest.raises(RevisionError, match="there are no revisions"):
        Folder().find("head")


def test_finding_one() -> None:
    folder = Folder.of([_touching("20260101_users"), _touching("20260202_orders", "20260101_users")])
    assert folder.find("head").id == "20260202_orders"
    assert folder.find("202602").id == "20260202_orders"
    assert folder.find("users").id == "20260101_users"
    with pytest.raises(RevisionError, match="20260101_users or 20260202_orders"):
        folder.find("2026")
    with pytest.raises(RevisionError, match="no revision '20260102_users'") as caught:
        folder.find("20260102_users")
    assert "20260101_users" in caught.value.hint


def test_faults_of_a_folder(tmp_path: Path) -> None:
    revision_file.write(_touching("b", "a"), tmp_path)
    with pytest.raises(RevisionError, match="parent 'a' of b is not there") as caught:
        Folder.load(tmp_path)
    assert caught.value.place is not None
    assert caught.value.place.file.endswith("b.yaml")
    (tmp_path / "copy.yaml").write_text(revision_file.text(_touching("b")))
    with pytest.raises(RevisionError, match=r"b is in b\.yaml too"):
        Folder.load(tmp_path)
    with pytest.raises(RevisionError, match="in a circle: x, y"):
        Folder.of([_touching("r"), _touching("x", "y"), _touching("y", "x", "r")])
    with pytest.raises(RevisionError, match="two files"):
        Folder.of([_touching("r"), _touching("r")])


def test_an_unsealed_file_can_be_shown_but_not_run(tmp_path: Path) -> None:
    path = revision_file.write(_touching("b"), tmp_path)
    path.write_text(path.read_text().replace("SELECT 1", "SELECT 2"))
    folder = Folder.load(tmp_path)
    assert folder.find("b").plan.steps[0].sql == ("SELECT 2",)
    with pytest.raises(RevisionError, match=r"b\.yaml: revision b was edited"):
        folder.check_seals(folder.in_order())


# -- branches


def test_heads_that_touch_different_objects_merge_by_themselves() -> None:
    root = _touching("a", t=(None, "1"), u=(None, "1"))
    folder = Folder.of([root, _touching("b", "a", t__x=(None, "1")), _touching("c", "a", t__y=(None, "1"))])
    require_mergeable(folder)
    assert folder.heads == ("b", "c")
    assert [one.id for one in folder] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("one", "other", "named"),
    [
        ({"t__x": ("1", "2")}, {"t__x": ("1", "3")}, "column t.x"),
        ({"t": ("1", None)}, {"t__x": (None, "1")}, "column t.x"),
        ({"t__x": ("1", "2")}, {"t": (None, "1")}, "column t.x"),
    ],
)
def test_heads_that_touch_the_same_are_refused_by_name(
    one: dict[str, tuple[str | None, str | None]], other: dict[str, tuple[str | None, str | None]], named: str
) -> None:
    folder = Folder.of([_touching("a"), _touching("b", "a", **one), _touching("c", "a", **other)])
    with pytest.raises(RevisionError, match="b and c were made side by side") as caught:
        require_mergeable(folder)
    assert named in str(caught.value)
    merged = Folder.of([*folder.in_order(), _touching("d", "b", "c")])
    require_mergeable(merged)  # a person has looked at it
    assert overlap([folder["b"]], []) == ()


def test_what_was_true_at_one_time_is_no_part_of_the_seal() -> None:
    """Files do not keep estimates, nor what a rehearsal found to complain of: they must not count as an edit."""
    steps = (Step(number=1, summary="s", sql=("SELECT 1",), estimate=Estimate(rows=1, bytes=1, least=0.0, most=1.0)),)
    rehearsal = Rehearsal(forward=Proof.PASSED, backward=Proof.PASSED, complaints=("a body does not validate",))
    plan = Plan(
        dialect="sqlite", server="SQLite 3", base="", target="", phases=(Phase(transactional=True, steps=steps),),
        rehearsal=rehearsal,
    )  # fmt: skip
    revision = Revision(id="20260101T000000_x", parents=(), created="2026-01-01T00:00:00+00:00", message="m", plan=plan)
    sealed = revision_file.sealed(revision)
    assert revision_file.is_sealed(revision_file.parse(revision_file.text(sealed), name="x"))
