"""What must hold for any object and any name: the codec loses nothing, digests follow equality, keys parse back."""

from __future__ import annotations

import json
import typing
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconcile.state import FACETS, Key, Kind, Object, State, child_key, parse_key
from reconcile.state.digest import canonical, from_plain, object_digest, to_plain
from reconcile.state.key import _USUAL_PARENT, GLOBAL
from reconcile.state.objects import classes

settings.register_profile("state", deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("state")

# Names as they come: every database allows nearly every character in a quoted identifier.
_NASTY = (
    "a.b", 'say "hi"', "with space", " of table ", "of", "Ünïcødé", "1", "column", "comment on x",
    "'", "`", ";--", "\n", "\t", "%s", ":x", "{}", "\\", "a" * 64, "表", '"', '""', ".", "$",
)  # fmt: skip
_LETTERS = st.characters(exclude_characters="\0", exclude_categories=("Cs",))
_names = st.sampled_from(_NASTY) | st.text(_LETTERS, min_size=1, max_size=20)
_few = st.sampled_from(["a", "b"])  # so that names coincide
_texts = st.text(_LETTERS, max_size=40)

_OUTERMOST = [Kind.TABLE, Kind.VIEW, Kind.ENUM, Kind.SEQUENCE, Kind.DOMAIN, Kind.OPAQUE]
_HOLDERS = {  # what a child is found in, where that is not always a table
    Kind.TRIGGER: (Kind.TABLE, Kind.VIEW),
    Kind.COMMENT: (Kind.TABLE, Kind.VIEW, Kind.COLUMN, Kind.INDEX, Kind.SCHEMA, Kind.CHECK),
}


@st.composite
def _keys(draw: st.DrawFn, kind: Kind, schema: str | None, names: st.SearchStrategy[str] = _names) -> Key:
    """A key of this kind as a reader would make it."""
    holders = _HOLDERS.get(kind) or ((_USUAL_PARENT[kind],) if kind in _USUAL_PARENT else ())
    if holders:
        allowed = [holder for holder in holders if schema is not None or holder is not Kind.SCHEMA]
        parent = draw(_keys(draw(st.sampled_from(allowed)), schema, names))
        return child_key(kind, parent, "" if kind in FACETS else draw(names))
    return Key(kind, None if kind in {Kind.SCHEMA, *GLOBAL} else schema, draw(names))


_schemas = st.none() | _names


def _any_key(schema: str | None, names: st.SearchStrategy[str] = _names) -> st.SearchStrategy[Key]:
    kinds = [kind for kind in Kind if schema is not None or kind is not Kind.SCHEMA]
    return st.sampled_from(kinds).flatmap(lambda kind: _keys(kind, schema, names))


@given(data=st.data(), schema=_schemas)
def test_a_key_reads_back_from_its_text(data: st.DataObject, schema: str | None) -> None:
    key = data.draw(_any_key(schema))
    assert parse_key(str(key), namespaces=schema is not None) == key


@given(data=st.data(), schema=_schemas)
def test_two_keys_never_share_a_text(data: st.DataObject, schema: str | None) -> None:
    one, other = data.draw(_any_key(schema)), data.draw(_any_key(schema))
    assert (str(one) == str(other)) == (one == other)


@given(data=st.data())
def test_keys_have_one_order(data: st.DataObject) -> None:
    """No two keys tie: the order of what was read first must never show in a plan."""
    kind = data.draw(st.sampled_from([Kind.COMMENT, Kind.TRIGGER, Kind.DEFAULT, Kind.TABLE]))
    one, other = data.draw(_keys(kind, "s", _few)), data.draw(_keys(kind, "s", _few))
    assert (one.order == other.order) == (one == other)
    assert one == other or (one < other) != (other < one)


# -- objects of every class, from the annotations of their fields


def _values(hint: Any, schema: str | None) -> st.SearchStrategy[Any]:
    """Values of a field annotated so. A new annotation needs a line here, and in the codec."""
    arguments = typing.get_args(hint)
    if type(None) in arguments:
        return st.none() | _values(next(a for a in arguments if a is not type(None)), schema)
    if typing.get_origin(hint) is tuple and arguments[-1] is Ellipsis:
        if (
            arguments[0] is not Key and is_dataclass(arguments[0]) and (inner := _own_kind(arguments[0]))
        ):  # a partition of partitions: one level
            return st.lists(_built(arguments[0], schema, **{inner: st.just(())}), max_size=2).map(tuple)
        return st.lists(_values(arguments[0], schema), max_size=3).map(tuple)
    if typing.get_origin(hint) is tuple:
        return st.tuples(*(_values(argument, schema) for argument in arguments))
    simple: dict[Any, st.SearchStrategy[Any]] = {str: _texts, int: st.integers(), bool: st.booleans()}
    if hint in simple:
        return simple[hint]
    if hint is Key:
        return st.sampled_from([Kind.TABLE, Kind.COLUMN]).flatmap(lambda kind: _keys(kind, schema))
    return _built(hint, schema)


@cache
def _hints(cls: Any) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def _own_kind(cls: Any) -> str | None:
    """The field that holds more of the same class, if there is one."""
    hints = _hints(cls)
    return next((name for name, hint in hints.items() if cls in typing.get_args(hint)), None)


def _built(cls: type, schema: str | None, **known: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    hints = _hints(cls)
    parts = {f.name: _values(hints[f.name], schema) for f in fields(cls) if f.init and f.name not in known}
    return st.builds(cls, **parts, **known)


def _objects(kind: Kind) -> st.SearchStrategy[Object]:
    return _schemas.flatmap(
        lambda schema: _built(
            classes()[kind], schema, key=_keys(kind, "public" if schema is None and kind is Kind.COMMENT else schema)
        )
    )


each_kind = pytest.mark.parametrize("kind", sorted(classes()))


@each_kind
@given(data=st.data())
def test_the_codec_loses_nothing(kind: Kind, data: st.DataObject) -> None:
    item = data.draw(_objects(kind))
    back = from_plain(json.loads(canonical(to_plain(item))))
    assert back == item
    assert [getattr(back, f.name) for f in fields(back)] == [getattr(item, f.name) for f in fields(item)]


@each_kind
@given(data=st.data())
def test_equal_objects_and_no_others_have_equal_digests(kind: Kind, data: st.DataObject) -> None:
    one, other = data.draw(_objects(kind)), data.draw(_objects(kind))
    assert (object_digest(one) == object_digest(other)) == (one == other)


@given(data=st.data())
def test_a_state_is_the_same_in_any_order(data: st.DataObject) -> None:
    kinds = st.sampled_from(sorted(classes()))
    items = {item.key: item for item in data.draw(st.lists(kinds.flatmap(_objects), max_size=6))}
    order = data.draw(st.permutations(list(items.values())))
    one = State.build(items.values(), dialect="d", server="s")
    other = State.build(order, dialect="d", server="s")
    assert one == other
    assert one.digest == other.digest
    assert list(one.objects) == list(other.objects)
