"""Differences between objects in words, for people. Knows no kind: field names and values speak."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reconcile.state import Key, Object, differing_fields
from reconcile.state.digest import canonical, to_plain

_LONGEST = 120  # characters of one value


def describe_differences(expected: Mapping[Key, Object], found: Mapping[Key, Object]) -> list[str]:
    """One line a difference, in the order of keys; nothing where both are equal.

    >>> describe_differences({}, {})
    []
    """
    lines: list[str] = []
    for key in sorted(expected.keys() | found.keys()):
        lines.extend(describe(key, expected.get(key), found.get(key)))
    return lines


def describe(key: Key, expected: Object | None, found: Object | None) -> list[str]:
    """What is otherwise about one object: "column public.users.email: type is varchar(40), expected varchar(80)"."""
    if expected is None:
        return [] if found is None else [f"{key} is there and should not be"]
    if found is None:
        return [f"{key} is missing"]
    names = sorted(differing_fields(expected, found))
    if not names:
        return []
    said = "; ".join(_field(name, getattr(expected, name, None), getattr(found, name, None)) for name in names)
    return [f"{key}: {said}"]


def _field(name: str, expected: Any, found: Any) -> str:
    return f"{name.replace('_', ' ')} is {_shown(found)}, expected {_shown(expected)}"


def _shown(value: Any) -> str:
    if value is None or value == ():
        return "not set"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float | Key):
        text = str(value)
    elif isinstance(value, tuple):
        text = ", ".join(_pair(item) for item in value)
    else:
        text = canonical(to_plain(value))
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _pair(item: Any) -> str:
    if isinstance(item, tuple) and len(item) == 2:
        return f"{item[0]}={item[1]}"
    if isinstance(item, str):
        return item
    return canonical(to_plain(item))


def shortened(lines: Iterable[str], most: int = 10) -> Iterator[str]:
    """The first lines, and how many more there are."""
    every = list(lines)
    yield from every[:most]
    if len(every) > most:
        yield f"… and {len(every) - most} more"
