"""Diff, closure, order, fold and phases, with rules that know no SQL: only what must come before what."""

from __future__ import annotations

import random
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

import pytest

from reconcile.dialects.base import Draft, Scene, Unit
from reconcile.errors import Unplannable
from reconcile.planning.build import make_plan
from reconcile.planning.graph import CycleError, knots, sort
from reconcile.state import (
    Action,
    Alter,
    Change,
    CheckConstraint,
    Column,
    Default,
    ForeignKey,
    How,
    IndexPart,
    Key,
    Kind,
    Object,
    Opaque,
    PrimaryKey,
    Scope,
    State,
    Table,
    Verb,
    View,
    child_key,
    table_key,
)
from reconcile.state import (
    Sequence as SequenceObject,
)
from reconcile.state.hints import RenameHint


class PlainRules:
    """Words instead of SQL. Types of columns are altered in place, which views over them do not survive."""

    def how(self, change: Alter) -> How:
        return How.ALTER if change.new.holds_data or isinstance(change.new, Default) else How.REPLACE

    def disrupts(self, change: Change, dependent: Object) -> bool:
        del change
        return isinstance(dependent, View)

    def brings(self, item: Object, state: State) -> Iterable[Object]:
        del item, state
        return ()

    renamed_freely: frozenset[Kind] = frozenset()

    def follows(self, base: State, goal: State) -> Callable[[Object], Iterable[Key]]:
        del base, goal
        return lambda _: ()

    def slots(self, item: Object) -> Iterable[Hashable]:
        return () if item.key.parent else (item.key.name,)

    def group(self, actions: Sequence[Action], scene: Scene) -> Mapping[Action, Hashable]:
        del scene
        verbs = {(a.verb, a.key) for a in actions}
        return {a: (a.verb, a.key.root) for a in actions if (a.verb, a.key.root) in verbs}

    def separable(self, action: Action) -> bool:
        return action.key.kind is not Kind.TABLE

    def render(self, unit: Unit, scene: Scene) -> Iterable[Draft]:
        del scene
        words = tuple(f"{action.verb} {action.key}" for action in sorted(unit.actions, key=lambda a: a.order))
        yield Draft(summary=words[0], sql=words)


def state(*objects: Object, needs: Iterable[tuple[Key, Key]] = ()) -> State:
    return State.build(objects, needs, dialect="plain", server="1")


def plan(old: State, new: State, **more: object):  # type: ignore[no-untyped-def]
    return make_plan(old, new, rules=PlainRules(), features=None, scope=more.pop("scope", Scope()), **more)  # type: ignore[arg-type]


def statements(old: State, new: State, **more: object) -> list[str]:
    return [sql for step in plan(old, new, **more).plan.steps for sql in step.sql]


def table(name: str, *columns: str, points_at: str | None = None) -> list[Object]:
    key = table_key(None, name)
    found: list[Object] = [Table(key=key)]
    found += [Column(key=child_key(Kind.COLUMN, key, column), type="int") for column in columns]
    found.append(PrimaryKey(key=child_key(Kind.PRIMARY_KEY, key, "pk"), parts=(IndexPart(column=columns[0]),)))
    if points_at:
        target = table_key(None, points_at)
        found.append(
            ForeignKey(
                key=child_key(Kind.FOREIGN_KEY, key, "fk"), columns=columns[-1:], target=target, target_columns=("id",)
            )
        )
    return found


def test_a_table_comes_out_whole() -> None:
    assert statements(state(), state(*table("a", "id", "x"))) == [
        "create table a",
        "create column a.id",
        "create column a.x",
        "create primary key a.pk",
    ]


def test_a_referenced_table_comes_first_and_goes_last() -> None:
    both = state(*table("a", "id", "b_id", points_at="b"), *table("b", "id"))
    created = [sql for sql in statements(state(), both) if " table " in sql]
    dropped = [sql for sql in statements(both, state()) if " table " in sql]
    assert created == ["create table b", "create table a"]
    assert dropped == ["drop table a", "drop table b"]


def test_mutual_foreign_keys_are_taken_out_of_their_tables() -> None:
    knot = state(*table("a", "id", "b_id", points_at="b"), *table("b", "id", "a_id", points_at="a"))
    steps = [step.sql for step in plan(state(), knot).plan.steps]
    assert sorted(sql for (sql,) in steps[2:]) == ["create foreign key a.fk", "create foreign key b.fk"]
    back = [step.sql[0] for step in plan(knot, state()).plan.steps]
    assert set(back[:2]) == {"drop foreign key a.fk", "drop foreign key b.fk"}


def test_a_default_that_needs_what_needs_its_table() -> None:
    rows = table("t", "id", "n")
    column = child_key(Kind.COLUMN, table_key(None, "t"), "n")
    default = Default(key=child_key(Kind.DEFAULT, column), expression="f()")
    sequence = SequenceObject(key=Key(Kind.SEQUENCE, None, "s"))
    new = state(*rows, default, sequence, needs=[(default.key, sequence.key), (sequence.key, table_key(None, "t"))])
    found = statements(state(), new)
    assert found.index("create table t") < found.index("create sequence s") < found.index("create default t.n")


def test_a_view_is_replaced_round_a_changed_column() -> None:
    view = View(key=Key(Kind.VIEW, None, "v"), definition="select n from t")
    column = child_key(Kind.COLUMN, table_key(None, "t"), "n")
    old = state(*table("t", "id", "n"), view, needs=[(view.key, column)])
    wide = [Column(key=item.key, type="bigint") if item.key == column else item for item in table("t", "id", "n")]
    new = state(*wide, view, needs=[(view.key, column)])
    assert statements(old, new) == ["drop view v", "alter column t.n", "create view v"]
    assert [step.reason for step in plan(old, new).plan.steps if step.reason] == ["makes way for column t.n"] * 2


def test_a_view_moves_from_a_dropped_to_an_added_column() -> None:
    def with_view(column: str) -> State:
        view = View(key=Key(Kind.VIEW, None, "v"), definition=f"select {column} from t")
        need = child_key(Kind.COLUMN, table_key(None, "t"), column)
        return state(*table("t", "id", column), view, needs=[(view.key, need)])

    found = statements(with_view("x"), with_view("y"))
    assert found.index("drop view v") < found.index("drop column t.x")
    assert found.index("create column t.y") < found.index("create view v")


def test_one_name_for_two_objects_is_free_before_it_is_taken() -> None:
    view = View(key=Key(Kind.VIEW, None, "x"), definition="select 1")
    found = statements(state(*table("x", "id")), state(view))
    assert found[0] == "drop table x"
    assert found[-1] == "create view x"


def test_what_is_outside_the_scope_is_left_alone() -> None:
    view = View(key=Key(Kind.VIEW, None, "v"), definition="select 1")
    only_tables = Scope(kinds=frozenset({Kind.TABLE}))
    assert statements(state(view), state(), scope=only_tables) == []
    assert statements(state(view), state()) == ["drop view v"]


def test_something_unmanaged_over_a_dropped_column_refuses_the_plan() -> None:
    column = child_key(Kind.COLUMN, table_key(None, "t"), "n")
    other = Opaque(key=Key(Kind.OPAQUE, None, "materialized view m"), what="materialized view")
    old = state(*table("t", "id", "n"), other, needs=[(other.key, column)])
    with pytest.raises(Unplannable, match="materialized view m"):
        plan(old, state(*table("t", "id")))


def test_a_rename_keeps_the_column() -> None:
    old, new = state(*table("t", "id", "a")), state(*table("t", "id", "b"))
    column = child_key(Kind.COLUMN, table_key(None, "t"), "b")
    hint = RenameHint(new=column, old_name="a")
    assert statements(old, new, hints=[hint]) == ["rename column t.b"]
    assert statements(new, new, hints=[hint]) == []
    back = [sql for phase in plan(old, new, hints=[hint]).plan.revert_phases for s in phase.steps for sql in s.sql]
    assert back == ["rename column t.a"]


def test_the_plan_back_leads_back() -> None:
    old = state(*table("a", "id"), *table("b", "id", "x"))
    new = state(*table("b", "id", "y"), *table("c", "id"))
    made = plan(old, new)
    forth = {effect for step in made.plan.steps for effect in step.effects}
    back = {effect for phase in made.plan.revert_phases for step in phase.steps for effect in step.effects}
    assert {(e.key, e.before, e.after) for e in forth} == {(e.key, e.after, e.before) for e in back}


def test_the_order_of_reading_does_not_matter() -> None:
    objects = [
        item for name in "abcdef" for item in table(name, "id", "other", points_at=random.Random(name).choice("abcdef"))
    ]
    first = plan(state(), state(*objects)).plan
    for seed in range(5):
        random.Random(seed).shuffle(objects)
        assert plan(state(), state(*objects)).plan == first


def test_a_check_violating_nothing_is_no_change() -> None:
    check = CheckConstraint(key=child_key(Kind.CHECK, table_key(None, "t"), "c"), expression="n > 0")
    same = state(*table("t", "id", "n"), check)
    assert plan(same, state(*table("t", "id", "n"), check)).plan.empty


def test_a_drop_and_create_of_one_key_is_in_order() -> None:
    old = CheckConstraint(key=child_key(Kind.CHECK, table_key(None, "t"), "c"), expression="n > 0")
    new = CheckConstraint(key=old.key, expression="n > 1")
    assert statements(state(*table("t", "id", "n"), old), state(*table("t", "id", "n"), new)) == [
        "drop check t.c",
        "create check t.c",
    ]


def test_sort_takes_the_least_of_what_is_free() -> None:
    before = {"a": {"z"}, "b": set(), "z": set()}
    assert sort(["a", "b", "z"], before, lambda node: node) == ["b", "z", "a"]


def test_sort_names_every_knot() -> None:
    before = {1: {2}, 2: {1}, 3: {4}, 4: {3}, 5: {1}}
    with pytest.raises(CycleError) as caught:
        sort(before, before, lambda node: node)
    assert sorted(sorted(knot) for knot in caught.value.knots) == [[1, 2], [3, 4]]
    assert knots([5], {5: set()}) == []


def test_verbs_have_an_order() -> None:
    assert [verb.rank for verb in Verb] == [0, 1, 2, 3]
