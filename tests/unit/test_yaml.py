"""YAML as a desired state: the form, round trips through it, and what is said about bad files. No server."""

from __future__ import annotations

import textwrap
from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import registry

from reconcile.dialects.registry import get_dialect
from reconcile.errors import SourceError
from reconcile.schemafiles import load_schema
from reconcile.sources.base import Target
from reconcile.sources.yaml.document import read_document
from reconcile.sources.yaml.form import FORM, path_of, path_text, read_part, write_part
from reconcile.sources.yaml.read import Written, read_objects
from reconcile.sources.yaml.schema import check_form
from reconcile.sources.yaml.write import to_yaml
from reconcile.state import (
    CheckConstraint,
    Column,
    Comment,
    Default,
    DefaultPrivilege,
    Enum,
    Exclusion,
    ForeignKey,
    Generated,
    Identity,
    Index,
    IndexPart,
    Key,
    Kind,
    MaterializedView,
    Membership,
    Opaque,
    Policy,
    PrimaryKey,
    Privilege,
    Role,
    RoleSetting,
    RowSecurity,
    Schema,
    Sequence,
    SequenceOwner,
    State,
    Statistics,
    Table,
    Trigger,
    Unique,
    View,
    child_key,
    default_privilege_key,
    role_key,
    table_key,
)
from reconcile.state.hints import RenameHint
from reconcile.state.objects import Object, classes


def target_of(name: str) -> Target:
    return Target(dialect=get_dialect(name), features=None, sqlalchemy=registry.load(name)())


POSTGRESQL = target_of("postgresql")
MYSQL = target_of("mysql")


def read(text: str, target: Target = POSTGRESQL) -> Written:
    document = read_document(textwrap.dedent(text), "schema.yaml")
    check_form(document)
    return read_objects(document, target)


def refused(text: str, target: Target = POSTGRESQL) -> SourceError:
    with pytest.raises(SourceError) as caught:
        read(text, target)
    return caught.value


USERS = table_key("public", "users")


# -- short forms


def test_short_and_long_forms_say_the_same() -> None:
    short = read("""
        tables:
          users:
            columns:
              id: bigint not null
              email: varchar(80)
            primary_key: [id]
            checks: {ok: email <> ''}
            indexes: {i: [email desc, (lower(email))]}
        views:
          v: select 1;
    """)
    long = read("""
        tables:
          public.users:
            columns:
              id: {type: bigint, nullable: false}
              email: {type: varchar(80)}
            primary_key: {columns: [{column: id}]}
            checks: {ok: {expression: email <> ''}}
            indexes:
              i:
                columns:
                  - {column: email, order: desc}
                  - {expression: lower(email)}
        views:
          v: {definition: select 1}
    """)
    assert short.state == long.state
    assert len(short.state) == 7


def test_lists_make_unnamed_constraints_and_mappings_named_ones() -> None:
    state = read("""
        tables:
          users:
            columns: {a: int, b: int}
            unique: [[a, b], {name: u, columns: [b]}]
            checks: [a > 0]
            foreign_keys:
              f: {columns: [a], references: sales.customers(id), on_delete: set null}
    """).state
    unnamed = state[child_key(Kind.UNIQUE, USERS, "(a, b)")]
    assert isinstance(unnamed, Unique)
    assert not unnamed.named
    named = state[child_key(Kind.UNIQUE, USERS, "u")]
    assert isinstance(named, Unique)
    assert named.named
    key = state[child_key(Kind.FOREIGN_KEY, USERS, "f")]
    assert isinstance(key, ForeignKey)
    assert key.target == table_key("sales", "customers")
    assert (key.target_columns, key.on_delete) == (("id",), "SET NULL")


@pytest.mark.parametrize(
    ("written", "postgresql", "mysql"),
    [
        ("String(80)", "VARCHAR(80)", "VARCHAR(80)"),
        ("DateTime(timezone=True)", "TIMESTAMP WITH TIME ZONE", "DATETIME"),
        ("Numeric(10, 2)", "NUMERIC(10, 2)", "NUMERIC(10, 2)"),
        ("LargeBinary", "BYTEA", "BLOB"),
        ("character varying(3)", "character varying(3)", "character varying(3)"),
        ("Mood", "Mood", "Mood"),
    ],
)
def test_portable_types_are_compiled_and_others_are_left_alone(written: str, postgresql: str, mysql: str) -> None:
    text = f"tables: {{users: {{columns: {{a: '{written}'}}}}}}"
    for target, expected in ((POSTGRESQL, postgresql), (MYSQL, mysql)):
        (column,) = read(text, target).state.of_kind(Kind.COLUMN)
        assert isinstance(column, Column)
        assert column.type == expected


def test_words_that_other_yaml_takes_for_truth_are_text() -> None:
    state = read("enums: {answer: [yes, no, on, off, true, 1]}").state
    assert state.of_kind(Kind.ENUM) == (
        Enum(key=Key(Kind.ENUM, "public", "answer"), labels=("yes", "no", "on", "off", "true", "1")),
    )


def test_merge_keys_bring_columns_along() -> None:
    state = read("""
        tables:
          users:
            columns: &stamps {created: date, changed: date}
          orders:
            columns: {<<: *stamps, changed: time}
    """).state
    types = {item.key.dotted: item.type for item in state.of_kind(Kind.COLUMN) if isinstance(item, Column)}
    assert types["public.orders.created"] == "date"
    assert types["public.orders.changed"] == "time"


def test_renames_are_hints_with_their_place() -> None:
    hints = read("""
        enums: {mood: {labels: [ok], renamed_labels: {ok: okay}, renamed_from: feeling}}
        tables:
          users:
            renamed_from: people
            columns: {email: {type: text, renamed_from: mail}}
    """).renames
    mood = Key(Kind.ENUM, "public", "mood")
    assert hints == (
        RenameHint(new=mood, old_name="feeling", origin="schema.yaml:2:72"),
        RenameHint(new=mood, old_name="okay", label="ok", origin="schema.yaml:2:51"),
        RenameHint(new=USERS, old_name="people", origin="schema.yaml:5:19"),
        RenameHint(new=child_key(Kind.COLUMN, USERS, "email"), old_name="mail", origin="schema.yaml:6:49"),
    )


@pytest.mark.parametrize(
    ("said", "numbers"),
    [
        ("{}", (1, 1, 9223372036854775807)),
        ("{type: integer}", (1, 1, 2147483647)),
        ("{type: smallint, increment: -1}", (-1, -32768, -1)),
        ("{minimum: 5}", (5, 5, 9223372036854775807)),
    ],
)
def test_sequences_have_the_servers_own_bounds(said: str, numbers: tuple[int, int, int]) -> None:
    (item,) = read(f"sequences: {{s: {said}}}").state
    assert isinstance(item, Sequence)
    assert (item.start, item.minimum, item.maximum) == numbers


# -- bad files


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        ("tables: {a: {colums: {}}}", "1:14", "unknown key 'colums'", "'columns'"),
        ("tables: {a: {columns: {}}}\ntable: {}", "2:1", "unknown key 'table'", "'tables'"),
        ("tables:\n  a: {}\n  a: {}", "3:3", "'a' is there twice, first in line 2", "take one"),
        ("tables: [a, b]", "1:9", "tables: expected a mapping (key: value), found a list", ""),
        ("tables: {a: {columns: {x: {nullable: no, type: t}}}}", "1:38", "expected true or false, found 'no'", ""),
        ("tables: {a: {columns: {x: {default: 1}}}}", "1:24", "'type' is missing", ""),
        ("tables: {a: {columns: {x: Strng(3)}}}", "1:27", "Strng is not a type", "String"),
        ("tables: {a: {columns: {x: 'String(3, 4, 5)'}}}", "1:27", "String(3, 4, 5): ", ""),
        ("tables: {a: {columns: {x: String(length=x)}}}", "1:27", "String(length=x): malformed", ""),
        ("tables: {a: {columns: {x: numeric(10, 2)}}}", "1:27", "a parenthesis is missing", "stands in quotes"),
        ("tables: {a: {columns: {x: {type: numeric(10, 2)}}}}", "1:46", "unknown key '2)'", "stands in quotes"),
        ("tables: {a: {columns: {x: 'Enum(1)'}}}", "1:27", "Enum cannot be used here", "enums:"),
        ("tables: {a: {primary_key: []}}", "1:27", "must not be empty", ""),
        ("tables: {a: {indexes: {i: [lower(x) y]}}}", "1:27", "neither a column nor an (expression)", ""),
        ("tables:\n  a: {columns: {x: int}", "3:1", "this is not YAML", ""),
        ("tables: !!python/object:os.system {}", "1:9", "the tag", ""),
        ("tables: {a: {foreign_keys: {f: {columns: [a], references: b, match: ful}}}}", "1:69", "'ful' is not", "full"),
        ("tables: {a: {checks: [{expression: x, comment: y}]}}", "1:39", "a comment needs a name", "add name"),
        ("tables: {a.b.c: {}}", "1:10", "too many parts", "double quotes"),
        ("dialect: sqlite", "1:10", "this describes a sqlite database", ""),
        ("tables: {a: {columns: {x: {type: int, primary_key: true}}, primary_key: [x]}}", "1:60", "already says", ""),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_with_its_place(text: str, place: str, message: str, hint: str) -> None:
    error = refused(text)
    assert str(error.place) == f"schema.yaml:{place}"
    assert message in str(error)
    assert hint in error.hint


def test_all_departures_from_the_form_are_counted() -> None:
    error = refused("tables:\n  a: {colums: {}}\n  b: {index: {}}\n  c: 3\n")
    assert "2 more: line 3; line 4" in error.hint


def test_namespaces_are_refused_where_there_are_none() -> None:
    assert "has no schemas" in str(refused("schemas: [sales]", MYSQL))
    assert "too many parts" in str(refused("tables: {sales.orders: {}}", MYSQL))


# -- round trips


def full_state() -> State:
    """One of everything, each field away from its default somewhere."""
    orders = table_key("sales", "order items")
    a, b, c = (child_key(Kind.COLUMN, USERS, name) for name in ("a", "b c", 'd"'))
    sequence = Key(Kind.SEQUENCE, "sales", "numbers")
    view = Key(Kind.VIEW, "public", "v")
    stored = Key(Kind.MATERIALIZED_VIEW, "sales", "m")
    parts = (
        IndexPart(column="a", descending=True, nulls="last"),
        IndexPart(column="b c", collation="C", opclass="text_ops"),
        IndexPart(expression="lower((a)::text)"),
        IndexPart(column="body", length=20),
    )
    options = (("charset", "utf8"), ("fillfactor", "70"), ("strict", "true"))
    objects: list[Object] = [
        Schema(key=Key(Kind.SCHEMA, None, "sales")),
        Schema(key=Key(Kind.SCHEMA, None, "public")),
        Comment(key=child_key(Kind.COMMENT, Key(Kind.SCHEMA, None, "sales")), text="who buys"),
        Enum(key=Key(Kind.ENUM, "public", "mood"), labels=("", "yes", "it's", "null")),
        Sequence(key=sequence, type="integer", start=7, increment=-2, minimum=-9, maximum=9, cache=4, cycle=True),
        SequenceOwner(key=child_key(Kind.SEQUENCE_OWNER, sequence), column=a),
        Table(key=USERS, options=options),
        Comment(key=child_key(Kind.COMMENT, USERS), text="several\nlines: # of it\n"),
        Column(key=a, type="integer", nullable=False, position=2, identity=Identity(always=True, start=5, cycle=True)),
        Column(
            key=b, type="text", position=1, collation="C", charset="utf8", on_update="now()", invisible=True,
            not_null_name="nn", auto_increment=True, options=options,
        ),
        Default(key=child_key(Kind.DEFAULT, b), expression="'a: b'"),
        Comment(key=child_key(Kind.COMMENT, b), text=" leading and trailing "),
        Column(key=c, type="", position=3, generated=Generated(expression="a + 1", stored=False)),
        PrimaryKey(key=child_key(Kind.PRIMARY_KEY, USERS, "pk"), parts=(parts[0],), include=("b c",), options=options),
        Unique(key=child_key(Kind.UNIQUE, USERS, "u"), parts=parts, nulls_not_distinct=True, deferrable=True),
        Unique(key=child_key(Kind.UNIQUE, USERS, "(a)"), parts=(IndexPart(column="a"),), named=False),
        CheckConstraint(
            key=child_key(Kind.CHECK, USERS, "ck"), expression="a > 0", no_inherit=True, validated=False, enforced=False
        ),
        Comment(key=child_key(Kind.COMMENT, child_key(Kind.CHECK, USERS, "ck")), text="true"),
        Exclusion(
            key=child_key(Kind.EXCLUSION, USERS, "ex"), method="gist", parts=parts[:3], operators=("=", "&&", "<>"),
            include=("a",), where="(a > 1)", options=options, initially_deferred=True,
        ),
        ForeignKey(
            key=child_key(Kind.FOREIGN_KEY, USERS, "fk"), columns=("a", "b c"), target=orders, on_conflict="FAIL",
            target_columns=("x, y", "z"), on_delete="SET NULL", on_delete_columns=("a",), on_update="CASCADE",
            match="FULL", period=True, validated=False, enforced=False, deferrable=True, initially_deferred=True,
        ),
        Index(
            key=child_key(Kind.INDEX, USERS, "i"), parts=parts, unique=True, method="gin", include=("a",),
            where="a IS NULL", nulls_not_distinct=True, invisible=True, options=options,
        ),
        Comment(key=child_key(Kind.COMMENT, child_key(Kind.INDEX, USERS, "i")), text="0"),
        Trigger(key=child_key(Kind.TRIGGER, USERS, "t"), definition="CREATE TRIGGER t\n  AFTER INSERT"),
        Table(key=orders),
        Table(key=table_key("public", "we.ird")),
        View(key=view, definition="SELECT 1\n  AS x,\n\t2", columns=("x", "y"), options=options),
        Comment(key=child_key(Kind.COMMENT, child_key(Kind.COLUMN, view, "x")), text="of x"),
        Trigger(key=child_key(Kind.TRIGGER, view, "instead"), definition="CREATE TRIGGER instead"),
        MaterializedView(key=stored, definition="SELECT 1", options=options, populated=False),
        Index(key=child_key(Kind.INDEX, stored, "i"), parts=(IndexPart(column="a"),)),
        Statistics(
            key=Key(Kind.STATISTICS, "public", "s"), target=stored, parts=parts[:2], types=("mcv", "ndistinct"), rows=5
        ),
        RowSecurity(key=child_key(Kind.ROW_SECURITY, orders), forced=True),
        RowSecurity(key=child_key(Kind.ROW_SECURITY, USERS), enabled=False, forced=True),
        Policy(
            key=child_key(Kind.POLICY, USERS, "p"), permissive=False, command="UPDATE", roles=("a", "b"),
            using="true", check="(id > 0)",
        ),
        Policy(key=child_key(Kind.POLICY, USERS, "q")),
        Privilege(
            key=child_key(Kind.PRIVILEGE, USERS, "yes"), privileges=("INSERT", "SELECT"), grantable=("SELECT",)
        ),
        Privilege(key=child_key(Kind.PRIVILEGE, child_key(Kind.COLUMN, view, "x"), "public"), privileges=("SELECT",)),
        Privilege(key=child_key(Kind.PRIVILEGE, Key(Kind.SCHEMA, None, "sales"), "(owner)")),
        Role(
            key=role_key('odd "one'), login=True, inherit=False, create_database=True, create_role=True,
            replication=True, bypass_row_security=True, connection_limit=3, valid_until="2030-01-01 00:00:00+00",
        ),
        Comment(key=child_key(Kind.COMMENT, role_key('odd "one')), text="odd"),
        Membership(key=child_key(Kind.MEMBERSHIP, role_key('odd "one'), "on"), admin=True, inherit=True, set=False),
        Role(key=role_key("on")),
        RoleSetting(key=child_key(Kind.ROLE_SETTING, role_key("on"), "app.x"), value="on", here="7"),
        DefaultPrivilege(
            key=default_privilege_key(None, "on", "tables", "b"), role="on", objects="tables", grantee="b",
            privileges=("SELECT",), grantable=("SELECT",),
        ),
        DefaultPrivilege(
            key=default_privilege_key("sales", "a", "types", "public"), role="a", objects="types", grantee="public"
        ),
    ]  # fmt: skip
    return State.build(objects, dialect="postgresql", server="")


def test_every_kind_and_field_survives_the_way_there_and_back() -> None:
    state = full_state()
    text = to_yaml(state, POSTGRESQL.dialect)
    back = read(text).state
    assert {str(k): v for k, v in back.objects.items() if state.get(k) != v} == {}
    assert state.objects.keys() - back.objects.keys() == {Key(Kind.SCHEMA, None, "public")}  # goes without saying
    assert to_yaml(back, POSTGRESQL.dialect) == text


def test_the_form_forgets_no_field() -> None:
    by_hand = {
        "key", "named", "position", "written", "ordinal", "column_types", "implied_by",
        "inherited_from", "inherited", "local", "not_null_local", "inherits", "of_type", "tables", "of", "bound",
        "made_under", "definer", "connection", "parameters", "partitions",
        "value", "here", "grantors",  # a setting's two values; who granted is told by the catalog
        "relocatable", "function",  # told by the catalog of an extension; named in an event trigger's own way
        "valid",  # an index that is not valid cannot be wanted
        "text", "labels", "definition", "column", "target", "target_columns", "parts", "operators",
        "columns", "privileges", "grantable", "role", "objects", "grantee", "enabled", "forced",
    }  # fmt: skip
    for cls in {*classes().values(), Identity}:
        said = {name for name, _ in FORM.get(cls, {}).values()}
        for field in fields(cls):
            assert field.name in said | by_hand or cls in (Default, Opaque), f"{cls.__name__}.{field.name}"


def test_what_is_unmanaged_stands_in_comments() -> None:
    key = Key(Kind.OPAQUE, "public", "function f()")
    state = State.build([Opaque(key=key, what="function")], dialect="postgresql", server="")
    text = to_yaml(state, POSTGRESQL.dialect)
    assert text.endswith('# Also there, but not managed:\n#   function: opaque public."function f()"\n')
    assert len(read(text).state) == 0


def test_the_first_line_tells_editors_the_schema() -> None:
    text = to_yaml(full_state(), POSTGRESQL.dialect)
    assert text.startswith("# yaml-language-server: $schema=")
    assert text.splitlines()[0].endswith("schemas/desired.schema.json")


NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)
TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=30)


@given(name=st.tuples(NAMES, NAMES))
def test_any_names_survive_in_a_path(name: tuple[str, str]) -> None:
    assert path_of(path_text(name)) == name


@given(
    column=NAMES,
    expression=TEXTS.filter(bool),
    by_column=st.booleans(),
    descending=st.booleans(),
    nulls=st.sampled_from([None, "first", "last"]),
    length=st.sampled_from([None, 1, 191]),
)
def test_any_part_survives(
    column: str, expression: str, by_column: bool, descending: bool, nulls: str | None, length: int | None
) -> None:
    part = IndexPart(
        column=column if by_column else None,
        expression=None if by_column else expression,
        descending=descending,
        nulls=nulls,
        length=length if by_column else None,
    )
    assert read_part(write_part(part)) == part


@settings(max_examples=60, deadline=None)
@given(table=NAMES, column=NAMES, type_=NAMES, comment=TEXTS.filter(bool), default=TEXTS.filter(bool), label=TEXTS)
def test_any_text_survives_the_way_there_and_back(
    table: str, column: str, type_: str, comment: str, default: str, label: str
) -> None:
    key = table_key("public", table)
    column_key = child_key(Kind.COLUMN, key, column)
    state = State.build(
        [
            Table(key=key),
            Column(key=column_key, type="t" + "".join(filter(str.isalnum, type_)), position=1),
            Default(key=child_key(Kind.DEFAULT, column_key), expression=default),
            Comment(key=child_key(Kind.COMMENT, key), text=comment),
            Enum(key=Key(Kind.ENUM, "public", table), labels=(label, default)),
        ],
        dialect="postgresql",
        server="",
    )
    assert read(to_yaml(state, POSTGRESQL.dialect)).state == state


def test_the_schema_describes_every_key_for_editors() -> None:
    schema = load_schema("desired")
    for name, part in {"": schema, **schema["$defs"]}.items():
        for word, said in part.get("properties", {}).items():
            assert said.get("description") or "$ref" in said or word == "dialect", (name, word)
