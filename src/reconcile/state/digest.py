"""The one codec: objects ⇄ plain data ⇄ canonical JSON, and the digest over it. No per-class code.

A field at its default is left out, so a field added to a class later changes no digest of old objects.
A digest skips exactly the fields that equality skips: "equal" and "same digest" cannot disagree.
"""

from __future__ import annotations

import hashlib
import json
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any

from reconcile.state.key import Key, Kind
from reconcile.state.objects import Object, class_of, digest_of

Plain = dict[str, Any]


def to_plain(value: Any, *, compared_only: bool = False) -> Any:
    """JSON-ready data of an object, or of anything objects are made of."""
    if isinstance(value, Kind | str):
        return str(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Key):
        return [value.kind.value, value.schema, value.name, to_plain(value.parent)]
    if isinstance(value, tuple):
        return [to_plain(item, compared_only=compared_only) for item in value]
    if is_dataclass(value):
        plain: Plain = {}
        for name, default, compared in _layout(type(value)):
            if compared or not compared_only:
                item = getattr(value, name)
                if item is not default and item != default:
                    plain[name] = to_plain(item, compared_only=compared_only)
        return plain
    raise TypeError(f"no plain form for {type(value).__name__}")


def from_plain(plain: Mapping[str, Any]) -> Object:
    """The object that ``to_plain`` wrote. Raises ValueError on data that no object has."""
    try:
        key = read_key(plain["key"])
        decoded: Object = _decoder(class_of(key.kind))(plain)
        return decoded
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise ValueError(f"not an object: {error}") from error


def read_key(plain: Any) -> Key:
    """The key that ``to_plain`` wrote."""
    kind, schema, name, parent = plain
    return Key(Kind(kind), schema, name, None if parent is None else read_key(parent))


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces: the same value is always the same text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def text_digest(text: str) -> str:
    """128 bits of SHA-256, in hex."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def object_digest(item: Object) -> str:
    """The digest of one object's compared fields, its key included."""
    return digest_of(item, _work_out)


def _work_out(item: Object) -> str:
    return text_digest(canonical(to_plain(item, compared_only=True)))


def whole_digest(dialect: str, digests: Mapping[Key, str]) -> str:
    """The digest of a database's objects, each known by its own: of ``canonical([dialect, [[key, digest], …]])``."""
    whole = hashlib.sha256(f"[{canonical(dialect)},[".encode())
    comma = b""
    for key, digest in digests.items():  # as one text it would be the largest that there is while planning
        whole.update(comma + canonical([str(key), digest]).encode("utf-8", "surrogatepass"))
        comma = b","
    whole.update(b"]]")
    return whole.hexdigest()[:32]


def _layout(cls: Any) -> tuple[tuple[str, Any, bool], ...]:
    found = _LAYOUTS.get(cls)
    if found is None:
        found = _LAYOUTS[cls] = tuple((f.name, _default(f), f.compare) for f in fields(cls) if f.init)
    return found


# Derived from the classes alone, once each.
_LAYOUTS: dict[Any, tuple[tuple[str, Any, bool], ...]] = {}
_DECODERS: dict[Any, Callable[[Mapping[str, Any]], Any]] = {}


def _default(field: Field[Any]) -> Any:
    return field.default if field.default is not MISSING else _NOTHING


_NOTHING = object()


def _decoder(cls: Any) -> Callable[[Mapping[str, Any]], Any]:
    if cls not in _DECODERS:
        _DECODERS[cls] = _make_decoder(cls)
    return _DECODERS[cls]


def field_readers(cls: Any) -> Mapping[str, Callable[[Any], Any]]:
    """field → how to read its plain form back. For codecs that go field by field (scratch/packed.py)."""
    hints = typing.get_type_hints(cls)
    return {f.name: _reader(hints[f.name]) for f in fields(cls) if f.init}


def _make_decoder(cls: Any) -> Callable[[Mapping[str, Any]], Any]:
    readers = field_readers(cls)

    def decode(plain: Mapping[str, Any]) -> Any:
        unknown = plain.keys() - readers.keys()
        if unknown:
            raise ValueError(f"{cls.__name__} has no field {', '.join(sorted(unknown))}")
        return cls(**{name: readers[name](value) for name, value in plain.items()})

    return decode


def _same(value: Any) -> Any:
    return value


def _reader(hint: Any) -> Callable[[Any], Any]:
    """How to read a value of this annotation back from plain data."""
    origin = typing.get_origin(hint)
    arguments = typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        inner = _reader(next(a for a in arguments if a is not type(None)))
        return lambda value: None if value is None else inner(value)
    if origin is tuple and arguments[-1] is Ellipsis:
        item = _reader(arguments[0])
        return lambda values: tuple(item(value) for value in values)
    if origin is tuple:
        items = [_reader(argument) for argument in arguments]
        return lambda values: tuple(read(value) for read, value in zip(items, values, strict=True))
    if hint is Key:
        return read_key
    if isinstance(hint, type) and is_dataclass(hint):
        return lambda value: _decoder(hint)(value)
    return _same
