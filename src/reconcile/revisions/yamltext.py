"""YAML with places: reading that knows line and column of every value, and writing that a person likes to read.

Must not know what a revision is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from reconcile.errors import Place, RevisionError

Path = tuple[str | int, ...]

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster where libyaml is there


class _Loader(_Base):  # type: ignore[misc]  # the base is chosen at run time
    """Understands null, booleans and whole numbers as YAML 1.2 does; dates, octals and "yes" stay text."""

    def resolve(self, kind: type[yaml.Node], value: Any, implicit: Any) -> str:
        """The tag of a node that bears none; ``implicit``: (whether it is a plain scalar, whether a quoted one)."""
        if kind is yaml.ScalarNode:
            return _plain_tag(value) if implicit[0] else _TEXT
        return f"{_TAG}seq" if kind is yaml.SequenceNode else f"{_TAG}map"


_TAG = "tag:yaml.org,2002:"
_TEXT = f"{_TAG}str"
_WORDS = {"": "null", "~": "null", "null": "null", "true": "bool", "false": "bool"}
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")


def _plain_tag(value: str) -> str:
    word = _WORDS.get(value)
    if word is not None:
        return _TAG + word
    return f"{_TAG}int" if value[0] in "-0123456789" and _INTEGER.fullmatch(value) else _TEXT


@dataclass(frozen=True, slots=True)
class Document:
    """Plain data, and the nodes it came from: places are looked up when there is something to say about them."""

    file: str
    data: Any
    node: yaml.Node | None = None

    def place(self, path: Path) -> Place:
        """Where the value at ``path`` stands (of a mapping's value: its key), or the nearest thing around it."""
        node, here = self.node, Place(self.file, 1, 1)
        if node is not None:
            here = _place(node, self.file)
        for part in path:
            if isinstance(node, yaml.MappingNode):
                found = next((pair for pair in node.value if pair[0].value == part), None)
                if found is None:
                    break
                here, node = _place(found[0], self.file), found[1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
                node = node.value[part]
                here = _place(node, self.file)
            else:
                break
        return here


def parse(text: str, file: str) -> Document:
    """The document. Raises RevisionError with the place for bad syntax, tags, and duplicate keys."""
    try:
        node = yaml.compose(text, Loader=_Loader)
        return Document(file, None if node is None else _value(node, file), node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
        said = " ".join(part for part in (error.problem, f"({error.context})" if error.context else "") if part)
        raise RevisionError(f"not YAML: {said}", place=place, hint="is the file whole?") from error
    except yaml.YAMLError as error:
        raise RevisionError(f"not YAML: {error}", place=Place(file), hint="is the file whole?") from error
    except RecursionError:  # an alias may hold itself
        raise RevisionError("this is nested too deeply", place=Place(file)) from None


def _value(node: yaml.Node, file: str) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return node.value if node.tag == _TEXT else _scalar(node, file)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, file) for item in node.value]
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            raise RevisionError("a key must be a word", place=_place(key_node, file))
        if key_node.value in found:
            first = next(each for each, _ in node.value if each.value == key_node.value)
            raise RevisionError(
                f"{key_node.value!r} is there twice (first in line {first.start_mark.line + 1})",
                place=_place(key_node, file),
            )
        found[key_node.value] = _value(value_node, file)
    return found


def _scalar(node: yaml.Node, file: str) -> Any:
    text = str(node.value)
    match node.tag.rpartition(":")[2]:
        case "null":
            return None
        case "bool":
            return text == "true"
        case "int":
            return int(text)
        case "str":
            return text
        case tag:
            raise RevisionError(f"the tag {tag!r} has no meaning here", place=_place(node, file))


def _place(node: yaml.Node, file: str) -> Place:
    return Place(file, node.start_mark.line + 1, node.start_mark.column + 1)


# -- writing

_PLAIN = re.compile(r"[A-Za-z0-9_/(][\w ./()+@=;-]*(?<! )")
_RESERVED = re.compile(r"null|true|false|-?\d+")
# What a block literal gives back exactly: no carriage returns, no other line ends, nothing invisible.
_LITERAL = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]+")


def write(data: Mapping[str, Any]) -> str:
    """A mapping as YAML: text of several lines as block literals, short lists and mappings on one line.

    >>> print(write({"id": "a", "sql": Block("SELECT 1\\nFROM t")}), end="")
    id: a
    sql: |
      SELECT 1
      FROM t
    """
    return "".join(_entries(data, 0))


class Block(str):
    """Text whose final line end does not matter, written as a block literal even if it is short: SQL."""

    __slots__ = ()


class Lines(dict[str, Any]):
    """A mapping with each entry on a line of its own, however short it is."""

    __slots__ = ()


def _entries(data: Mapping[str, Any], depth: int) -> list[str]:
    lines: list[str] = []
    for key, value in data.items():
        lines.append("  " * depth + inline(key) + ":" + _after(value, depth + 1))
    return lines


def _after(value: Any, depth: int) -> str:
    """What stands behind ``key:`` or ``-``, with the line end."""
    if isinstance(value, str):
        literal = _literal(value, depth) if _tall(value) else None
        return f" {literal}" if literal is not None else f" {inline(value)}\n"
    if isinstance(value, Mapping) and value and not _short(value):
        return "\n" + "".join(_entries(value, depth))
    if isinstance(value, Sequence) and not isinstance(value, str) and value and not _short(value):
        return "\n" + "".join(_item(item, depth) for item in value)
    return f" {inline(value)}\n"


def _item(item: Any, depth: int) -> str:
    if isinstance(item, Mapping) and item and not _short(item):
        inner = "".join(_entries(item, depth + 1))
        return "  " * depth + "- " + inner[2 * (depth + 1) :]
    return "  " * depth + "-" + _after(item, depth + 1)


def _literal(text: str, depth: int) -> str | None:
    """The block literal, or None where it would not be read back exactly (a Block: with a line end behind it)."""
    if not _LITERAL.fullmatch(text) or text != text.rstrip() or not text:
        return None
    lines = text.split("\n")
    mark = "2" if text[0].isspace() else ""
    mark += "" if isinstance(text, Block) else "-"
    margin = "  " * depth
    return f"|{mark}\n" + "".join(f"{margin}{line}\n" if line else "\n" for line in lines)


_WIDTH = 100  # characters of a collection on one line


def _short(value: Any) -> bool:
    """Whether a collection goes on one line."""
    return _room(value, _WIDTH) >= 0


def _room(value: Any, room: int) -> int:
    """What is left of ``room`` after the value is written in it; less than nothing: it does not fit."""
    if isinstance(value, str):
        return -1 if _tall(value) or len(value) > room else room - len(inline(value))
    if isinstance(value, Lines):
        return -1
    if isinstance(value, Mapping):
        for key, item in value.items():
            room = _room(item, room - len(key) - 4)
            if room < 0:
                break
    elif isinstance(value, list | tuple):
        for item in value:
            room = _room(item, room - 2)
            if room < 0:
                break
    else:
        room -= len(inline(value))
    return room


def _tall(text: str) -> bool:
    return isinstance(text, Block) or "\n" in text


def inline(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{inline(key)}: {inline(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(inline(item) for item in value) + "]"
    if isinstance(value, str):
        if _PLAIN.fullmatch(value) and not _RESERVED.fullmatch(value):
            return str(value)
        # JSON's strings are YAML's double-quoted ones, but for what YAML does not allow unescaped.
        text = json.dumps(str(value), ensure_ascii=False)
        return re.sub(r"[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]", lambda m: f"\\u{ord(m[0]):04x}", text)
    return json.dumps(value)
