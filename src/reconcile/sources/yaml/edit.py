"""Editing a YAML text where it differs, and nowhere else: comments, order and layout of all the rest stay.

Works on the text by the places of its nodes; each edit is made on a text parsed anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from reconcile.errors import Place, SourceError
from reconcile.sources.yaml.write import entry_text, flow_text

Path = tuple[str, ...]
SameName = Callable[[str, str], bool]  # whether a key of the file means this name

_GONE = object()


@dataclass(frozen=True, slots=True)
class _Edit:
    path: Path  # the keys as the file has them; the last one may be new
    value: Any  # or _GONE


class _Coarser(Exception):
    """Here the file says it in another form: what is around it must be written anew."""


def edited(text: str, old: Mapping[str, Any], new: Mapping[str, Any], *, shown: str, same: SameName) -> str:
    """The text, changed so that it says ``new`` where ``new`` differs from ``old``, which is what it says now.

    ``same``: whether a key of the file means a name of ``old`` or ``new``. Raises SourceError where it cannot be done
    (an alias, a merge).
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    text = text.replace("\r\n", "\n")
    root = _root(text, shown)
    if root is None:
        return entry_text(dict(new), 0).replace("\n", newline)
    try:
        edits = tuple(_edits(root, old, new, (), same))
    except _Coarser:
        raise SourceError("the file is of a form that cannot be edited", place=Place(shown)) from None
    for edit in edits:
        text = _made(text, edit, shown)
    return text.replace("\n", newline)


# -- what to edit


def _edits(
    node: yaml.MappingNode, old: Mapping[str, Any], new: Mapping[str, Any], path: Path, same: SameName
) -> Iterator[_Edit]:
    for name in [*old, *(name for name in new if name not in old)]:
        if name in old and name in new and old[name] == new[name]:
            continue
        written = _entry(node, name, same)
        if written is None:
            if name in old:
                raise _Coarser
            yield _Edit((*path, name), new[name])
            continue
        key, value = written
        here = (*path, key.value)
        if name not in new:
            yield _Edit(here, _GONE)
            continue
        before, after = old.get(name), new[name]
        if isinstance(value, yaml.MappingNode) and isinstance(before, dict) and isinstance(after, dict):
            try:
                yield from tuple(_edits(value, before, after, here, same))
                continue
            except _Coarser:
                pass
        yield _Edit(here, after)


def _entry(node: yaml.MappingNode, name: str, same: SameName) -> tuple[yaml.Node, yaml.Node] | None:
    exact = next((pair for pair in node.value if pair[0].value == name), None)
    return exact or next((pair for pair in node.value if same(str(pair[0].value), name)), None)


# -- making one edit


def _root(text: str, shown: str) -> yaml.MappingNode | None:
    try:
        # The loader in Python: the places of libyaml's count bytes.
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise SourceError(f"this is not YAML: {error}", place=Place(shown)) from None
    if node is None:
        return None
    if not isinstance(node, yaml.MappingNode):
        raise SourceError("this is no mapping", place=Place(shown))
    return node


def _made(text: str, edit: _Edit, shown: str) -> str:
    root = _root(text, shown)
    assert root is not None
    _refuse_aliases(text, root, edit, shown)
    parents = [root]
    for name in edit.path[:-1]:
        inner = next(value for key, value in parents[-1].value if key.value == name)
        if not isinstance(inner, yaml.MappingNode):  # a section without anything: `tables:`
            return _made(text, _Edit(edit.path[: len(parents)], _nested(edit.path[len(parents) :], edit.value)), shown)
        parents.append(inner)
    found = next((pair for pair in parents[-1].value if pair[0].value == edit.path[-1]), None)
    if edit.value is _GONE:
        return _without(text, parents, edit.path)
    if found is None:
        return _with(text, parents[-1], edit)
    key, value = found
    start, end = key.start_mark.index, _end(text, value)
    if _in_line(parents[-1]) or not (_block(value) or "\n" in _lines(edit, key)):
        # Only the value: what stands behind it in its line stays.
        inside = flow_text(edit.value) if _in_line(parents[-1]) else _value(edit, key)
        return text[: value.start_mark.index] + inside + text[end:]
    return text[:start] + _lines(edit, key) + text[end:]


def _lines(edit: _Edit, key: yaml.Node) -> str:
    """The entry as it stands in a block, without the indentation of its first line."""
    written = entry_text({edit.path[-1]: edit.value}, len(edit.path) - 1)
    indent = " " * int(key.start_mark.column)
    return written.rstrip("\n").replace("\n", f"\n{indent}")


def _value(edit: _Edit, key: yaml.Node) -> str:
    """What stands behind the key."""
    name = entry_text({edit.path[-1]: None}, len(edit.path) - 1).rstrip()
    return _lines(edit, key).removeprefix(name).lstrip()


def _nested(path: Path, value: Any) -> Any:
    for name in reversed(path):
        value = {name: value}
    return value


def _with(text: str, mapping: yaml.MappingNode, edit: _Edit) -> str:
    """A new entry at the end of a mapping."""
    if _in_line(mapping):
        at = mapping.end_mark.index - 1
        said = flow_text({edit.path[-1]: edit.value})[1:-1]
        before = text[:at].rstrip()
        return before + ("" if before.endswith(("{", ",")) else ",") + (" " if mapping.value else "") + said + text[at:]
    first, (_, last) = mapping.value[0][0], mapping.value[-1]
    at = _line_end(text, _end(text, last))
    indent = "\n" + " " * int(first.start_mark.column)
    lines = entry_text({edit.path[-1]: edit.value}, len(edit.path) - 1).rstrip("\n").split("\n")
    return text[:at] + indent + indent.join(lines) + text[at:]


def _without(text: str, parents: list[yaml.MappingNode], path: Path) -> str:
    """Without an entry; a mapping that it leaves empty goes too."""
    while len(parents) > 1 and len(parents[-1].value) == 1:
        parents, path = parents[:-1], path[:-1]
    mapping = parents[-1]
    number = next(n for n, pair in enumerate(mapping.value) if pair[0].value == path[-1])
    key, value = mapping.value[number]
    start, end = key.start_mark.index, _end(text, value)
    if _in_line(mapping):
        if number + 1 < len(mapping.value):
            end = mapping.value[number + 1][0].start_mark.index
        elif number:
            start = _end(text, mapping.value[number - 1][1])
        return text[:start] + text[end:]
    start = text.rindex("\n", 0, start) + 1 if "\n" in text[:start] else 0
    end = _line_end(text, end)
    return text[:start] + text[min(end + 1, len(text)) :]


def _refuse_aliases(text: str, root: yaml.MappingNode, edit: _Edit, shown: str) -> None:
    """A node that stands in several places is not ours to change for one of them."""
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        if isinstance(token, yaml.AliasToken | yaml.AnchorToken):
            node: yaml.Node = root
            for name in edit.path[:2]:
                pair = next((p for p in getattr(node, "value", ()) if p[0].value == name), None)
                if pair is None:
                    return
                node = pair[1]
            mark = token.start_mark
            if node.start_mark.index <= mark.index <= node.end_mark.index:
                raise SourceError(
                    f"{'.'.join(edit.path)} is written with anchors or aliases and cannot be edited by a program",
                    place=Place(shown, mark.line + 1, mark.column + 1),
                    hint="change it there by hand",
                )


def _in_line(collection: yaml.CollectionNode) -> bool:
    return bool(collection.flow_style)


def _block(value: yaml.Node) -> bool:
    """Whether the value takes lines of its own."""
    if isinstance(value, yaml.ScalarNode):
        return value.style in ("|", ">") or value.start_mark.line != value.end_mark.line
    return (
        isinstance(value, yaml.CollectionNode) and not _in_line(value)
    ) or value.start_mark.line != value.end_mark.line


def _end(text: str, value: yaml.Node) -> int:
    """Where a value ends: a block's own mark stands at the next thing after it, behind comments and empty lines."""
    if isinstance(value, yaml.CollectionNode) and not _in_line(value):
        last = value.value[-1]
        return _end(text, last[1] if isinstance(last, tuple) else last)
    end: int = value.end_mark.index
    if isinstance(value, yaml.ScalarNode) and value.style in ("|", ">"):
        return len(text[:end].rstrip())
    return end


def _line_end(text: str, at: int) -> int:
    """The end of the line, behind a comment that stands in it."""
    found = text.find("\n", at)
    return len(text) if found < 0 else found
