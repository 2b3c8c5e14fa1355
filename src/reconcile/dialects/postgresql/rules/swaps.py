"""A new type under the columns that have it: the old one steps aside, columns are converted, the old one goes.

Types that are made of the old one (a domain over it, a composite type with an attribute of it) are made anew along
with it, each as it was: what is to become of themselves comes later.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from reconcile.dialects.base import Draft, Scene
from reconcile.dialects.postgresql.rules import domains, trees
from reconcile.dialects.postgresql.rules.compare import REMADE
from reconcile.dialects.postgresql.rules.text import ident, literal, name_of
from reconcile.dialects.sqltext import POSTGRESQL
from reconcile.state import (
    Attribute,
    Check,
    Column,
    Composite,
    Domain,
    Enum,
    Key,
    Kind,
    Object,
    Range,
)

_TAKE_NAMES = (*REMADE, Kind.TABLE, Kind.VIEW, Kind.MATERIALIZED_VIEW)


@dataclass(frozen=True, slots=True)
class _Converted:
    """A column, and the type that its values are converted to."""

    column: Column
    type: str


def created(item: Object) -> tuple[str, ...]:
    """CREATE TYPE or DOMAIN, without the checks of a domain: they are objects of their own."""
    name = name_of(item.key)
    match item:
        case Enum():
            return (f"CREATE TYPE {name} AS ENUM ({', '.join(map(literal, item.labels))})",)
        case Composite():
            return (f"CREATE TYPE {name} AS ({', '.join(map(attribute, item.attributes))})",)
        case Range():
            return (f"CREATE TYPE {name} AS RANGE ({', '.join(_range_clauses(item))})",)
        case Domain():
            return tuple(domains.create(item, ()))
    raise TypeError(f"{item.key} is no type")


def attribute(item: Attribute) -> str:
    """An attribute of a composite type, as in CREATE TYPE."""
    return f"{ident(item.name)} {item.type}" + (f" COLLATE {item.collation}" if item.collation is not None else "")


def _range_clauses(item: Range) -> Iterable[str]:
    yield f"SUBTYPE = {item.subtype}"
    for word, value in (
        ("SUBTYPE_OPCLASS", item.operator_class),
        ("COLLATION", item.collation),
        ("CANONICAL", item.canonical),
        ("SUBTYPE_DIFF", item.difference),
        ("MULTIRANGE_TYPE_NAME", item.multirange and POSTGRESQL.qualified(item.key.schema, item.multirange)),
    ):
        if value is not None:
            yield f"{word} = {value}"


def multirange_of(item: Range) -> str:
    """The name of the multirange that came with the range (makeMultirangeTypeName)."""
    if item.multirange:
        return item.multirange
    before, found, after = item.key.name.partition("range")
    return f"{before}multirange{after}" if found else f"{item.key.name}_multirange"


def swap(old: Object, new: Object, scene: Scene, gone: Sequence[str] = ()) -> Draft:
    """All statements of a swap. ``gone``: values (labels) that rows may no longer have."""
    pairs = [(old, new), *((item, item) for item in _carried(old, scene))]
    statements: list[str] = []
    leaving: list[str] = []
    by_table: dict[Key, list[str]] = {}
    checks: list[Check] = []
    for before, after in pairs:
        aside = _free_name(before.key, scene)
        statements += _aside(before, aside)
        statements += created(after)
        word = "DOMAIN" if isinstance(before, Domain) else "TYPE"
        leaving.append(f"DROP {word} {POSTGRESQL.qualified(before.key.schema, aside)}")
        for each in _converted(before, scene):
            assert each.column.key.parent is not None
            suffix = "[]" if each.type.endswith("]") else ""
            quoted = ident(each.column.key.name)
            by_table.setdefault(each.column.key.parent, []).append(
                f"ALTER COLUMN {quoted} TYPE {each.type} USING {quoted}::text{suffix}::{each.type}"
            )
            if gone and before is old:
                checks.append(_check(each.column, bool(suffix), gone, new))
    for table, commands in by_table.items():
        statements.append(f"ALTER TABLE {name_of(table)} {', '.join(commands)}")
    statements += reversed(leaving)
    return Draft(
        summary=f"make {new.key} anew{' with other labels' if isinstance(new, Enum) else ''}",
        sql=tuple(statements),
        lock=" and ".join(f"ACCESS EXCLUSIVE on {name_of(table)}" for table in by_table) or None,
        rewrites=bool(by_table),
        checks=tuple(checks),
    )


def _carried(old: Object, scene: Scene) -> list[Object]:
    """Types made of the old one that stay so, each after those it is made of itself."""
    found = [
        scene.base[key]
        for key in scene.base.dependents(old.key)
        if key.kind in REMADE and key in scene.target and old.key in scene.target.needs_of(key)
    ]
    # A type made of another one needs whatever that one needs, and the other one besides.
    found.sort(key=lambda item: (len([n for n in scene.base.needs_of(item.key) if n.kind in REMADE]), item.key))
    return [_without_lost_default(item, scene) for item in found]


def _without_lost_default(item: Object, scene: Scene) -> Object:
    """A default that is about to change may be a value that the new type does not have."""
    wanted = scene.target[item.key]
    if isinstance(item, Domain) and isinstance(wanted, Domain) and item.default != wanted.default:
        return replace(item, default=None)
    return item


def _aside(item: Object, aside: str) -> Iterable[str]:
    """The old type gives up its name; a range also those of its multirange and its constructors."""
    name = name_of(item.key)
    yield f"ALTER {'DOMAIN' if isinstance(item, Domain) else 'TYPE'} {name} RENAME TO {ident(aside)}"
    if isinstance(item, Range):
        multirange = POSTGRESQL.qualified(item.key.schema, multirange_of(item))
        yield f"ALTER TYPE {multirange} RENAME TO {ident(aside + '_multi')}"
        yield f"ALTER FUNCTION {multirange}() RENAME TO {ident(aside + '_multi')}"
        yield f"ALTER FUNCTION {name}({item.subtype}, {item.subtype}) RENAME TO {ident(aside)}"
        yield f"ALTER FUNCTION {name}({item.subtype}, {item.subtype}, text) RENAME TO {ident(aside)}"


def columns_of(item: Object, scene: Scene) -> list[Column]:
    """Columns of the type, its arrays or its multirange, that keep it."""
    return [each.column for each in _converted(item, scene)]


def _converted(item: Object, scene: Scene) -> list[_Converted]:
    names = {item.key.name}
    if isinstance(item, Range):
        names.add(multirange_of(item))
    found: list[_Converted] = []
    for key in sorted(scene.base.dependents(item.key)):
        column, wanted = scene.base[key], scene.target.get(key)
        if not isinstance(column, Column) or column.generated is not None:
            continue
        if not isinstance(wanted, Column) or wanted.type != column.type:
            continue
        path = [POSTGRESQL.unquote(token.text) for token in POSTGRESQL.words(column.type)]
        assert key.parent is not None
        if item.key in scene.base.needs_of(key.parent):
            continue  # the table goes and comes again: it is partitioned by the type
        if trees.made_anew(scene.base.get(key.parent), scene.target.get(key.parent)):
            continue
        if any(item.key not in scene.base.needs_of(above) for above in trees.lasting_parents(scene, key.parent)):
            continue  # converted along with the one above
        if path[:2] == [item.key.schema, "."] and path[2] in names:
            array = "[]" if column.type.endswith("]") else ""
            found.append(_Converted(column, POSTGRESQL.qualified(item.key.schema, path[2]) + array))
    return found


def _check(column: Column, array: bool, gone: Sequence[str], new: Object) -> Check:
    assert column.key.parent is not None
    quoted, values = ident(column.key.name), ", ".join(map(literal, gone))
    condition = f"{quoted}::text[] && ARRAY[{values}]" if array else f"{quoted}::text IN ({values})"
    return Check(
        key=column.key,
        query=f"SELECT {quoted} FROM {name_of(column.key.parent)} WHERE {condition}",
        message=f"{column.key} has values that {new.key} shall no longer have",
        advice="change those values first, or say beside the column what they become (convert:)",
    )


def _free_name(key: Key, scene: Scene) -> str:
    """A name that no type or relation of the schema has before or after."""
    taken = {
        other.key.name
        for state in (scene.base, scene.target)
        for kind in _TAKE_NAMES
        for other in state.of_kind(kind)
        if other.key.schema == key.schema
    }
    stem = key.name.encode()[:50].decode(errors="ignore")
    name, number = f"{stem}_old", 1
    while name in taken:
        number += 1
        name = f"{stem}_old{number}"
    return name
