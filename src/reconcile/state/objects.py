"""Object: what all kinds have in common, and the registry from kind to class. Must not know any one kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, ClassVar, TypeVar

from reconcile.state.key import Key, Kind

# Options that vary by server are sorted (name, value) pairs: the order of writing is never a difference.
Options = tuple[tuple[str, str], ...]

_O = TypeVar("_O", bound="Object")

_CLASSES: dict[Kind, type[Object]] = {}


class _Digested:
    """Room in every object for its digest: worked out once, though many states hold the object (digest.py)."""

    __slots__ = ("_digest",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Object(_Digested):
    """One schema object. Equality is over every field not declared ``compare=False``; so is the digest.

    Text fields hold what the server prints, never what a person wrote. Subclasses name their ``kinds``.
    """

    kinds: ClassVar[tuple[Kind, ...]] = ()
    holds_data: ClassVar[bool] = False  # dropping it loses rows: never replaced only to make way for another change

    key: Key
    # How it is spelled where the compared text is folded (SQLite: a name with its case, a view's whole statement).
    written: str | None = field(default=None, compare=False)

    @property
    def unread(self) -> str:
        """Text in which it may speak of others without the catalog knowing: the body of a routine."""
        return ""

    @property
    def roles_named(self) -> frozenset[str]:
        """Names of the roles that it speaks of, and cannot be made without."""
        return frozenset()

    def heir_of(self, old: Object) -> Object:
        """This object, wanted in the place of ``old``, with what is not compared and a change leaves as it was."""
        del old
        return self

    @property
    def requires(self) -> frozenset[Key]:
        """Keys this object cannot exist without, as far as its own fields tell (the catalog may know more)."""
        if self.key.parent is not None:
            return frozenset({self.key.parent})
        if self.key.schema is not None:
            return frozenset({Key(Kind.SCHEMA, None, self.key.schema)})
        return frozenset()


def renamed(item: _O, old: Key, new: Key) -> _O:
    """The object after ``old`` came to be called ``new``: its key and every key it names follow.

    Names of columns in an object's own fields follow too; text that a server printed does not (it is read back).
    """
    changes: dict[str, Any] = {}
    of_column = old.kind is Kind.COLUMN
    for each in fields(item):
        value = getattr(item, each.name)
        here = of_column and item.key.parent == old.parent and "columns" in each.metadata
        there = of_column and getattr(item, "target", None) == old.parent and "target_columns" in each.metadata
        if isinstance(value, Key):
            changes[each.name] = value.moved(old, new)
        elif here or there:
            changes[each.name] = _renamed_columns(value, old.name, new.name)
    return replace(item, **changes) if changes else item


def _renamed_columns(value: tuple[Any, ...], old: str, new: str) -> tuple[Any, ...]:
    return tuple(
        (new if part == old else part)
        if isinstance(part, str)
        else replace(part, column=new)
        if part.column == old
        else part
        for part in value
    )


def register(cls: type[_O]) -> type[_O]:
    """Class decorator: make the class known for its kinds."""
    for kind in cls.kinds:
        if kind in _CLASSES:
            raise TypeError(f"{kind} is registered twice")
        _CLASSES[kind] = cls
    return cls


def class_of(kind: Kind) -> type[Object]:
    """The class of objects of this kind."""
    return _CLASSES[kind]


def classes() -> Mapping[Kind, type[Object]]:
    """Every registered class, by kind."""
    return dict(_CLASSES)


def digest_of(item: Object, work_out: Callable[[Object], str]) -> str:
    """The object's digest: what ``work_out`` says of it, asked the first time."""
    try:
        known: str = _DIGEST.__get__(item)
    except AttributeError:
        known = work_out(item)
        _DIGEST.__set__(item, known)  # a frozen dataclass guards its attributes, not its slots
    return known


_DIGEST: Any = vars(_Digested)["_digest"]


def differing_fields(old: Object, new: Object) -> frozenset[str]:
    """Names of the compared fields in which two objects of one class differ."""
    if type(old) is not type(new):
        return frozenset({"key"})
    return frozenset(f.name for f in fields(old) if f.compare and getattr(old, f.name) != getattr(new, f.name))
