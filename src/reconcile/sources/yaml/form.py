"""The form: which YAML word stands for which field of which object. Reader and writer both go by it.

What is not a plain field is written by hand in read.py and write.py: an object's name and place, comments, defaults,
a foreign key's target, a sequence's owner.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from reconcile.state import (
    Aggregate,
    Attribute,
    CheckConstraint,
    Collation,
    Column,
    Composite,
    DefaultPrivilege,
    Definition,
    Domain,
    Event,
    EventTrigger,
    Exclusion,
    Extension,
    ForeignKey,
    ForeignServer,
    ForeignWrapper,
    Generated,
    Identity,
    Index,
    IndexPart,
    MaterializedView,
    Membership,
    Package,
    Partitioning,
    Policy,
    PrimaryKey,
    Privilege,
    Publication,
    Range,
    Role,
    Routine,
    RowSecurity,
    Rule,
    Sequence,
    Statistics,
    Subscription,
    Table,
    Trigger,
    Unique,
    UserMapping,
    View,
    VirtualTable,
)

Plain = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Codec:
    """How a field's value is written and read."""

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def _same(value: Any) -> Any:
    return value


def text_of(value: Any) -> str:
    """Text, of which YAML may have made a number or a truth value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def scalar_of(text: str) -> Any:
    """A number or truth value for text that is written just so, else the text."""
    if text in ("true", "false"):
        return text == "true"
    return int(text) if re.fullmatch(r"-?[1-9][0-9]{0,17}|0", text) else text


PLAIN = Codec(_same, _same)
TEXT = Codec(_same, text_of)
SQL = Codec(scalar_of, text_of)
NAMES = Codec(list, lambda value: tuple(text_of(item) for item in value))
WORDS = Codec(str.lower, str.upper)  # ON DELETE and MATCH: objects have them in upper case
OPPOSITE = Codec(lambda value: not value, lambda value: not value)  # the word says what the field denies
SETTINGS = Codec(dict, lambda value: tuple((name, text_of(item)) for name, item in value.items()))  # in their order
OPTIONS = Codec(
    lambda value: {name: scalar_of(text) for name, text in value},
    lambda value: tuple(sorted((name, text_of(item)) for name, item in value.items())),
)


# -- parts of indexes and keys

_NAME = r"(?P<column>[^\s()]+)(?:\((?P<length>[0-9]+)\))?"
_EXPRESSION = r"\((?P<expression>.*)\)"
_SUFFIX = r"(?:\s+(?P<order>asc|desc))?(?:\s+nulls\s+(?P<nulls>first|last))?"
_PART = re.compile(rf"\s*(?:{_EXPRESSION}|{_NAME}){_SUFFIX}\s*", re.I | re.S)


def write_part(part: IndexPart) -> str | Plain:
    """``email``, ``created desc``, ``body(20)``, ``(lower(email))``, or a mapping where that does not tell all."""
    short = part.column if part.column is not None else f"({part.expression})"
    short += f"({part.length})" if part.length is not None else ""
    short += " desc" if part.descending else ""
    short += f" nulls {part.nulls}" if part.nulls else ""
    if _says(short, part):
        return short
    plain: Plain = {"column": part.column} if part.column is not None else {"expression": part.expression}
    plain |= {"order": "desc"} if part.descending else {}
    return plain | {w: v for w in ("nulls", "collation", "opclass", "length") if (v := getattr(part, w)) is not None}


def _says(short: str, part: IndexPart) -> bool:
    try:
        return read_part(short) == part
    except ValueError:
        return False


def read_part(value: str | Plain) -> IndexPart:
    """Raises ValueError that says what is wrong."""
    if not isinstance(value, dict):
        match = _PART.fullmatch(text_of(value))
        if match is None:
            raise ValueError(f"{value!r} is neither a column nor an (expression) in parentheses")
        return IndexPart(
            column=match["column"],
            expression=match["expression"],
            length=int(match["length"]) if match["length"] else None,
            descending=(match["order"] or "").lower() == "desc",
            nulls=match["nulls"].lower() if match["nulls"] else None,
        )
    if ("column" in value) == ("expression" in value):
        raise ValueError("a part has either a column or an expression")
    return IndexPart(
        column=value.get("column"),
        expression=value.get("expression"),
        descending=value.get("order") == "desc",
        nulls=value.get("nulls"),
        collation=value.get("collation"),
        opclass=value.get("opclass"),
        length=value.get("length"),
    )


PARTS = Codec(lambda parts: [write_part(part) for part in parts], lambda values: tuple(map(read_part, values)))


# -- columns


def _write_identity(identity: Identity) -> str | Plain:
    if identity == Identity(always=identity.always):
        return "always" if identity.always else "by default"
    return write_fields(identity)


def _read_identity(value: str | Plain) -> Identity:
    if isinstance(value, dict):
        return Identity(**read_fields(Identity, value))
    return Identity(always=value == "always")


def _write_generated(generated: Generated) -> Plain:
    return {"expression": generated.expression, "stored": generated.stored}


def _read_generated(value: Any) -> Generated:
    if isinstance(value, dict):
        return Generated(expression=text_of(value["expression"]), stored=value.get("stored", True))
    return Generated(expression=text_of(value), stored=True)


IDENTITY = Codec(_write_identity, _read_identity)
GENERATED = Codec(_write_generated, _read_generated)

# -- privileges and row security

_GRANTABLE = " with grant option"


def write_privileges(item: Privilege | DefaultPrivilege) -> list[str]:
    """``[insert, select with grant option]``."""
    return [p.lower() + (_GRANTABLE if p in item.grantable else "") for p in item.privileges]


def read_privileges(value: Any) -> Plain:
    """Both fields from a list of words, one word, or nothing."""
    words = [text_of(word).strip().lower() for word in (value if isinstance(value, list) else [value] if value else [])]
    granting = [word.removesuffix(_GRANTABLE) for word in words if word.endswith(_GRANTABLE)]
    plain = [word for word in words if not word.endswith(_GRANTABLE)]
    return {
        "privileges": tuple(sorted(word.upper() for word in (*plain, *granting))),
        "grantable": tuple(sorted(word.upper() for word in granting)),
    }


def write_security(item: RowSecurity) -> bool | str | Plain:
    """``true``, ``forced`` (enabled as well), or a mapping."""
    if not item.enabled:
        return {"enabled": False, "forced": item.forced}
    return "forced" if item.forced else True


def read_security(value: Any) -> Plain:
    """The fields of RowSecurity."""
    if isinstance(value, dict):
        return {"enabled": value.get("enabled", True), "forced": value.get("forced", False)}
    return {"enabled": bool(value), "forced": value == "forced"}


def _write_attributes(attributes: tuple[Attribute, ...]) -> Plain:
    return {a.name: a.type if a.collation is None else {"type": a.type, "collation": a.collation} for a in attributes}


def _read_attributes(value: Plain) -> tuple[Attribute, ...]:
    return tuple(
        Attribute(name=name, type=text_of(said["type"]), collation=said.get("collation"))
        if isinstance(said, dict)
        else Attribute(name=name, type=text_of(said))
        for name, said in value.items()
    )


ATTRIBUTES = Codec(_write_attributes, _read_attributes)

Fields = Mapping[str, tuple[str, Codec]]

_CONSTRAINT: Fields = {
    "deferrable": ("deferrable", PLAIN),
    "initially_deferred": ("initially_deferred", PLAIN),
    "on_conflict": ("on_conflict", TEXT),
}
_KEY: Fields = {"columns": ("parts", PARTS), "include": ("include", NAMES), "options": ("options", OPTIONS)}
_STATE: Fields = {"validated": ("validated", PLAIN), "enforced": ("enforced", PLAIN)}

# class → YAML word → (field, codec), in the order of writing
FORM: Mapping[type, Fields] = {
    Table: {
        "partition_by": ("partition_by", TEXT),
        "server": ("server", TEXT),
        "foreign_options": ("foreign_options", OPTIONS),
        "options": ("options", OPTIONS),
    },
    Column: {
        "type": ("type", TEXT),
        "nullable": ("nullable", PLAIN),
        "identity": ("identity", IDENTITY),
        "generated": ("generated", GENERATED),
        "auto_increment": ("auto_increment", PLAIN),
        "charset": ("charset", TEXT),
        "collation": ("collation", TEXT),
        "on_update": ("on_update", TEXT),
        "invisible": ("invisible", PLAIN),
        "not_null_name": ("not_null_name", TEXT),
        "inherited": ("local", OPPOSITE),
        "foreign_options": ("foreign_options", OPTIONS),
        "options": ("options", OPTIONS),
    },
    Identity: {
        "always": ("always", PLAIN),
        "start": ("start", PLAIN),
        "increment": ("increment", PLAIN),
        "minimum": ("minimum", PLAIN),
        "maximum": ("maximum", PLAIN),
        "cache": ("cache", PLAIN),
        "cycle": ("cycle", PLAIN),
        "sequence": ("sequence", TEXT),
    },
    PrimaryKey: {**_KEY, **_CONSTRAINT},
    Unique: {**_KEY, "nulls_not_distinct": ("nulls_not_distinct", PLAIN), **_CONSTRAINT},
    CheckConstraint: {
        "expression": ("expression", TEXT),
        "column": ("column", TEXT),
        "no_inherit": ("no_inherit", PLAIN),
        "inherited": ("local", OPPOSITE),
        **_STATE,
        **_CONSTRAINT,
    },
    Exclusion: {
        "method": ("method", TEXT),
        "include": ("include", NAMES),
        "where": ("where", TEXT),
        "options": ("options", OPTIONS),
        **_CONSTRAINT,
    },
    ForeignKey: {
        "columns": ("columns", NAMES),
        "on_delete": ("on_delete", WORDS),
        "on_delete_columns": ("on_delete_columns", NAMES),
        "on_update": ("on_update", WORDS),
        "match": ("match", WORDS),
        "period": ("period", PLAIN),
        **_STATE,
        **_CONSTRAINT,
    },
    Index: {
        "columns": ("parts", PARTS),
        "unique": ("unique", PLAIN),
        "method": ("method", TEXT),
        "include": ("include", NAMES),
        "where": ("where", TEXT),
        "nulls_not_distinct": ("nulls_not_distinct", PLAIN),
        "invisible": ("invisible", PLAIN),
        "options": ("options", OPTIONS),
    },
    ForeignWrapper: {
        "handler": ("handler", TEXT),
        "validator": ("validator", TEXT),
        "options": ("options", OPTIONS),
    },
    ForeignServer: {
        "wrapper": ("wrapper", TEXT),
        "type": ("type", TEXT),
        "version": ("version", TEXT),
        "options": ("options", OPTIONS),
    },
    UserMapping: {"options": ("options", OPTIONS), "secrets": ("secrets", NAMES)},
    Role: {
        "login": ("login", PLAIN),
        "inherit": ("inherit", PLAIN),
        "create_database": ("create_database", PLAIN),
        "create_role": ("create_role", PLAIN),
        "replication": ("replication", PLAIN),
        "bypass_row_security": ("bypass_row_security", PLAIN),
        "connection_limit": ("connection_limit", PLAIN),
        "valid_until": ("valid_until", TEXT),
    },
    Membership: {"admin": ("admin", PLAIN), "inherit": ("inherit", PLAIN), "set": ("set", PLAIN)},
    Subscription: {"publications": ("publications", NAMES), "options": ("options", OPTIONS)},
    Publication: {
        "all_tables": ("all_tables", PLAIN),
        "schemas": ("schemas", NAMES),
        "options": ("options", OPTIONS),
    },
    Sequence: {
        "type": ("type", TEXT),
        "start": ("start", PLAIN),
        "increment": ("increment", PLAIN),
        "minimum": ("minimum", PLAIN),
        "maximum": ("maximum", PLAIN),
        "cache": ("cache", PLAIN),
        "cycle": ("cycle", PLAIN),
        "options": ("options", OPTIONS),
    },
    MaterializedView: {
        "definition": ("definition", TEXT),
        "options": ("options", OPTIONS),
        "populated": ("populated", PLAIN),
    },
    Policy: {
        "permissive": ("permissive", PLAIN),
        "command": ("command", WORDS),
        "roles": ("roles", NAMES),
        "using": ("using", SQL),
        "check": ("check", SQL),
    },
    Statistics: {
        "columns": ("parts", PARTS),
        "types": ("types", NAMES),
        "rows": ("rows", PLAIN),
    },
    Extension: {"schema": ("schema", TEXT), "version": ("version", TEXT)},
    Collation: {
        "provider": ("provider", TEXT),
        "deterministic": ("deterministic", PLAIN),
        "options": ("options", OPTIONS),
    },
    Definition: {"options": ("options", OPTIONS), "members": ("members", NAMES)},
    Domain: {
        "type": ("type", TEXT),
        "nullable": ("nullable", PLAIN),
        "default": ("default", TEXT),
        "collation": ("collation", TEXT),
        "not_null_name": ("not_null_name", TEXT),
    },
    Composite: {"attributes": ("attributes", ATTRIBUTES)},
    Range: {
        "subtype": ("subtype", TEXT),
        "operator_class": ("operator_class", TEXT),
        "collation": ("collation", TEXT),
        "canonical": ("canonical", TEXT),
        "difference": ("difference", TEXT),
        "multirange": ("multirange", TEXT),
    },
    Trigger: {
        "definition": ("definition", TEXT),
        "enabled": ("enabled", TEXT),
        "options": ("options", OPTIONS),
        "definer": ("definer", TEXT),
    },
    Rule: {"definition": ("definition", TEXT), "enabled": ("enabled", TEXT)},
    EventTrigger: {"event": ("event", TEXT), "tags": ("tags", NAMES), "enabled": ("enabled", TEXT)},
    Aggregate: {"arguments": ("arguments", TEXT), "options": ("options", OPTIONS)},
    Routine: {
        "arguments": ("arguments", TEXT),
        "returns": ("returns", TEXT),
        "language": ("language", TEXT),
        "options": ("options", OPTIONS),
        "settings": ("settings", SETTINGS),
        "definer": ("definer", TEXT),
        "standard": ("standard", PLAIN),
        "body": ("body", TEXT),
    },
    Event: {
        "schedule": ("schedule", TEXT),
        "status": ("status", TEXT),
        "preserve": ("preserve", PLAIN),
        "body": ("body", TEXT),
        "options": ("options", OPTIONS),
        "definer": ("definer", TEXT),
    },
    Package: {
        "definition": ("definition", TEXT),
        "options": ("options", OPTIONS),
        "definer": ("definer", TEXT),
    },
    Partitioning: {
        "by": ("by", TEXT),
        "count": ("count", PLAIN),
        "subpartition_by": ("subpartition_by", TEXT),
        "subpartition_count": ("subpartition_count", PLAIN),
    },
    VirtualTable: {"definition": ("definition", TEXT)},
    View: {
        "definition": ("definition", TEXT),
        "columns": ("columns", NAMES),
        "options": ("options", OPTIONS),
        "column_defaults": ("column_defaults", OPTIONS),
        "definer": ("definer", TEXT),
    },
}


def write_fields(item: Any) -> Plain:
    """The plain fields of an object that are not at their defaults."""
    cls: Any = type(item)
    defaults = _defaults(cls)
    plain: Plain = {}
    for word, (name, codec) in FORM[cls].items():
        value = getattr(item, name)
        if value != defaults[name]:
            plain[word] = codec.write(value)
    return plain


def read_fields(cls: type, plain: Plain) -> Plain:
    """Constructor arguments from a mapping's words; a word without a value is as if it were not there."""
    form = FORM[cls]
    return {
        form[word][0]: form[word][1].read(value) for word, value in plain.items() if word in form and value is not None
    }


@cache
def _defaults(cls: Hashable) -> Mapping[str, Any]:
    # fields() takes a dataclass, which every registered class is and type[Object] cannot say.
    return {f.name: f.default for f in fields(cls)}  # type: ignore[arg-type]


# -- names

_NAME_PART = re.compile(r'"((?:[^"]|"")*)"|([^".]+)')


def path_of(text: str) -> tuple[str, ...]:
    """``sales.orders`` → two names; a name that holds a dot stands in double quotes. Raises ValueError."""
    parts: list[str] = []
    position = 0
    while match := _NAME_PART.match(text, position):
        parts.append(match[2].strip() if match[1] is None else match[1].replace('""', '"'))
        position = match.end()
        if position == len(text):
            return tuple(parts)
        if text[position] != ".":
            break
        position += 1
    raise ValueError(f"{text!r} is not a name")


def path_text(parts: tuple[str, ...]) -> str:
    """What ``path_of`` reads."""
    return ".".join('"' + p.replace('"', '""') + '"' if not p or re.search(r'[".]|^\s|\s$', p) else p for p in parts)


def unnamed(parts: tuple[str, ...] | str) -> str:
    """The name in the key of a constraint that has none."""
    return f"({parts})" if isinstance(parts, str) else f"({', '.join(parts)})"
