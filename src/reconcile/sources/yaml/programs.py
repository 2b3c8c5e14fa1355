"""Routines and definitions in YAML; and what MySQL and MariaDB have: events, packages, partitioning."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconcile.sources.yaml.form import Plain, read_fields, text_of, write_fields
from reconcile.state import (
    Definition,
    Event,
    Key,
    Kind,
    Package,
    Partition,
    Partitioning,
    Routine,
    VirtualTable,
    child_key,
)

# -- partitioning


def write_partitioning(item: Partitioning) -> Any:
    """``HASH (`id`)``, or a mapping: by, count, subpartition_by, subpartition_count, partitions by name."""
    plain = write_fields(item)
    if item.partitions:
        plain["partitions"] = {part.name: _write_partition(part) for part in item.partitions}
    return plain if len(plain) > 1 else plain["by"]


def _write_partition(item: Partition) -> Any:
    plain: Plain = {}
    if item.values is not None:
        plain["values"] = item.values
    if item.comment is not None:
        plain["comment"] = item.comment
    if item.subpartitions:
        plain["subpartitions"] = {part.name: _write_partition(part) for part in item.subpartitions}
    return plain["values"] if plain.keys() == {"values"} else plain or None


def read_partitioning(value: Any, table: Key) -> Partitioning:
    """What ``write_partitioning`` wrote."""
    plain = value if isinstance(value, dict) else {"by": value}
    return Partitioning(
        key=child_key(Kind.PARTITIONING, table),
        partitions=_read_partitions(plain.get("partitions")),
        **read_fields(Partitioning, plain),
    )


def _read_partitions(value: Any) -> tuple[Partition, ...]:
    return tuple(_read_partition(text_of(name), said) for name, said in (value or {}).items())


def _read_partition(name: str, value: Any) -> Partition:
    plain = value if isinstance(value, dict) else {"values": value}
    values, comment = plain.get("values"), plain.get("comment")
    return Partition(
        name=name,
        values=text_of(values) if values not in (None, "") else None,  # "x: ," within a line is an empty text
        comment=None if comment is None else text_of(comment),
        subpartitions=_read_partitions(plain.get("subpartitions")),
    )


# -- routines, events and packages


def read_routine(value: Plain, key: Key) -> Routine:
    """A function or procedure from its mapping; in SQL, unless it says otherwise."""
    return Routine(key=key, **{"language": "sql", **read_fields(Routine, value)})


def read_virtual_table(value: Any, key: Key) -> VirtualTable:
    """A virtual table (SQLite): its module with arguments, or a mapping."""
    plain = value if isinstance(value, dict) else {"definition": value}
    return VirtualTable(key=key, definition=text_of(plain["definition"]).strip())


def read_event(value: Plain, key: Key) -> Event:
    """An event from its mapping."""
    plain = {**value, "body": text_of(value["body"]).strip().rstrip(";").rstrip()}
    return Event(key=key, **read_fields(Event, plain))


def read_package(value: Any, key: Key) -> Package:
    """A package's specification, or its body: text or a mapping."""
    plain = value if isinstance(value, dict) else {"definition": value}
    plain = {**plain, "definition": text_of(plain["definition"]).strip().rstrip(";").rstrip()}
    return Package(key=key, **read_fields(Package, plain))


# -- what is defined by a list of properties

DEFINITIONS: Mapping[str, Kind] = {
    "languages": Kind.LANGUAGE,
    "access_methods": Kind.ACCESS_METHOD,
    "text_search_parsers": Kind.TEXT_SEARCH_PARSER,
    "text_search_templates": Kind.TEXT_SEARCH_TEMPLATE,
    "text_search_dictionaries": Kind.TEXT_SEARCH_DICTIONARY,
    "text_search_configurations": Kind.TEXT_SEARCH_CONFIGURATION,
    "operators": Kind.OPERATOR,
    "operator_families": Kind.OPERATOR_FAMILY,
    "operator_classes": Kind.OPERATOR_CLASS,
    "casts": Kind.CAST,
    "conversions": Kind.CONVERSION,
    "transforms": Kind.TRANSFORM,
}


def read_definition(value: Any, key: Key) -> Definition:
    """A definition from its mapping: options and members."""
    return Definition(key=key, **read_fields(Definition, value or {}))
