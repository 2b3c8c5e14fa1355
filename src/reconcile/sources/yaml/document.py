"""A YAML text as plain data that remembers where each piece stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from reconcile.errors import Place, SourceError

Path = tuple[str | int, ...]

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where it is built in: ten times faster
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in ("map", "seq", "str", "int", "float", "bool", "null", "merge", "value", "timestamp")
)


@dataclass(frozen=True, slots=True)
class Document:
    """Plain data (dict, list, str, int, bool, None) and the places of its values and keys, by path."""

    shown: str
    data: Any
    values: Mapping[Path, tuple[int, int]] = field(repr=False)
    keys: Mapping[Path, tuple[int, int]] = field(repr=False)

    def place(self, path: Path = ()) -> Place:
        """Where the value of ``path`` begins; of its nearest parent if it is not written."""
        while path and path not in self.values:
            path = path[:-1]
        return Place(self.shown, *self.values.get(path, (1, 1)))

    def key_place(self, path: Path) -> Place:
        """Where the key that ends ``path`` stands; items of lists have only a value."""
        return Place(self.shown, *self.keys[path]) if path in self.keys else self.place(path)


def read_document(text: str, shown: str) -> Document:
    """Parse. Raises SourceError with the place: syntax, duplicate keys, unknown tags, more than one document.

    Words are as in YAML 1.2: only ``true`` and ``false`` are booleans, so labels may be called yes, no, on, off.
    """
    try:
        loader = _LOADER(text)
        try:
            node = loader.get_single_node()
        finally:
            loader.dispose()
        builder = _Builder(shown)
        data = None if node is None else builder.build(node, ())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(shown, mark.line + 1, mark.column + 1) if mark else Place(shown)
        said = ", ".join(part for part in (error.context, error.problem) if part)
        raise SourceError(f"this is not YAML: {said}", place=place, hint=_advice(error)) from None
    except yaml.YAMLError as error:  # a character that YAML forbids
        raise SourceError(f"this is not YAML: {str(error).splitlines()[0]}", place=Place(shown)) from None
    except RecursionError:
        raise SourceError("this is nested too deeply", place=Place(shown)) from None
    return Document(shown, data, builder.values, builder.keys)


def _advice(error: yaml.MarkedYAMLError) -> str:
    if "\\t" in (error.problem or ""):
        return "indent with spaces, not tabs"
    if "mapping values are not allowed" in (error.problem or ""):
        return "put text that holds ': ' in quotes"
    return ""


class _Builder:
    """Walks the nodes once. Not a value: it collects places on the way."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.values: dict[Path, tuple[int, int]] = {}
        self.keys: dict[Path, tuple[int, int]] = {}
        self.open: set[int] = set()

    def build(self, node: yaml.Node, path: Path) -> Any:
        self.values.setdefault(path, _position(node))
        if node.tag not in _TAGS:
            raise SourceError(f"the tag {node.tag} means nothing here", place=Place(self.shown, *_position(node)))
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node)
        if id(node) in self.open:
            raise SourceError("an alias that holds itself", place=Place(self.shown, *_position(node)))
        self.open.add(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                return [self.build(item, (*path, number)) for number, item in enumerate(node.value)]
            assert isinstance(node, yaml.MappingNode)
            return self._mapping(node, path)
        finally:
            self.open.discard(id(node))

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        merged: list[yaml.Node] = []
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise SourceError("a key must be a name", place=Place(self.shown, *_position(key)))
            name = key.value
            if name == "<<" and _is_plain(key):
                merged += value.value if isinstance(value, yaml.SequenceNode) else [value]
                continue
            if name in found:
                first = Place(self.shown, *self.keys[(*path, name)])
                raise SourceError(
                    f"the key {name!r} is there twice, first in line {first.line}",
                    place=Place(self.shown, *_position(key)),
                    hint="take one of them out",
                )
            self.keys[(*path, name)] = _position(key)
            found[name] = self.build(value, (*path, name))
        for other in merged:
            if not isinstance(other, yaml.MappingNode):
                raise SourceError("<< takes a mapping", place=Place(self.shown, *_position(other)))
            inner = _Builder(self.shown)
            inner.open = self.open
            for name, value in inner.build(other, path).items():
                found.setdefault(name, value)
            for known, more in ((self.values, inner.values), (self.keys, inner.keys)):
                for where, position in more.items():
                    known.setdefault(where, position)
        return found


def _position(node: yaml.Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _is_plain(node: yaml.ScalarNode) -> bool:
    return not node.style  # None in Python's parser, empty in libyaml's


def _scalar(node: yaml.ScalarNode) -> Any:
    text: str = node.value
    if not _is_plain(node):
        return text
    if text in ("", "~", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    if _INTEGER.fullmatch(text):
        return int(text)
    return text
