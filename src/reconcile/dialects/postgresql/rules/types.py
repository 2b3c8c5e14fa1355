"""Types: enums grow and composite types change in place; all else means a new type under the columns that have it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reconcile.dialects.base import Draft, Scene
from reconcile.dialects.postgresql.rules import domains
from reconcile.dialects.postgresql.rules.compare import attributes_in_place, is_extended, is_retyped
from reconcile.dialects.postgresql.rules.text import ident, literal, name_of
from reconcile.dialects.sqltext import POSTGRESQL
from reconcile.state import (
    Action,
    Attribute,
    Check,
    Collation,
    Column,
    Composite,
    Domain,
    Enum,
    Hazard,
    Kind,
    Level,
    Object,
    Range,
    Verb,
)


def render(action: Action, scene: Scene) -> Iterable[Draft]:
    """CREATE TYPE, DROP TYPE, ADD VALUE, or the swap."""
    if action.verb is Verb.DROP:
        yield Draft(summary=f"drop {action.key}", sql=(f"DROP TYPE {name_of(action.key)}",))
        return
    assert isinstance(action.new, Enum)
    if action.verb is Verb.CREATE:
        yield Draft(summary=f"create {action.key}", sql=(_create(action.new),))
        return
    assert isinstance(action.old, Enum)
    if is_extended(action.old, action.new):
        yield _extend(action.old, action.new)
    else:
        gone = [label for label in action.old.labels if label not in action.new.labels]
        yield swap(action.old, action.new, scene, (_create(action.new),), gone)


def render_composite(action: Action, scene: Scene) -> Iterable[Draft]:
    """CREATE TYPE … AS (…), DROP TYPE, ALTER TYPE … ATTRIBUTE, or the swap."""
    new, old = action.new, action.old
    if action.verb is Verb.DROP:
        yield Draft(summary=f"drop {action.key}", sql=(f"DROP TYPE {name_of(action.key)}",))
        return
    assert isinstance(new, Composite)
    created = f"CREATE TYPE {name_of(new.key)} AS ({', '.join(map(_attribute, new.attributes))})"
    if action.verb is Verb.CREATE:
        yield Draft(summary=f"create {new.key}", sql=(created,))
        return
    assert isinstance(old, Composite)
    if not attributes_in_place(old, new) or (is_retyped(old, new) and _columns(old, scene)):
        # "cannot alter type … because column … uses it": attributes of another type need the swap.
        yield swap(old, new, scene, (created,))
        return
    before, after = {a.name: a for a in old.attributes}, {a.name: a for a in new.attributes}
    commands = [f"DROP ATTRIBUTE {ident(name)}" for name in before if name not in after]
    for name, attribute in after.items():
        if name not in before:
            commands.append(f"ADD ATTRIBUTE {_attribute(attribute)}")
        elif before[name] != attribute:
            collation = f" COLLATE {attribute.collation}" if attribute.collation is not None else ""
            commands.append(f"ALTER ATTRIBUTE {ident(name)} TYPE {attribute.type}{collation}")
    gone = [name for name in before if name not in after]
    yield Draft(
        summary=f"alter {new.key}",
        sql=(f"ALTER TYPE {name_of(new.key)} {', '.join(commands)}",),
        hazards=tuple(_lost(column, gone) for column in _columns(old, scene) if gone),
    )


def _lost(column: Column, gone: Sequence[str]) -> Hazard:
    return Hazard(
        code="attribute-loss",
        level=Level.DANGER,
        key=column.key,
        message=f"{column.key} loses what its values have in {', '.join(gone)}",
        advice="copy those values first",
    )


def _attribute(item: Attribute) -> str:
    return f"{ident(item.name)} {item.type}" + (f" COLLATE {item.collation}" if item.collation is not None else "")


def render_range(action: Action, scene: Scene) -> Iterable[Draft]:
    """CREATE TYPE … AS RANGE, DROP TYPE, or the swap."""
    if action.verb is Verb.DROP:
        yield Draft(summary=f"drop {action.key}", sql=(f"DROP TYPE {name_of(action.key)}",))
        return
    new, old = action.new, action.old
    assert isinstance(new, Range)
    clauses = [f"SUBTYPE = {new.subtype}"]
    for word, value in (
        ("SUBTYPE_OPCLASS", new.operator_class),
        ("COLLATION", new.collation),
        ("CANONICAL", new.canonical),
        ("SUBTYPE_DIFF", new.difference),
        ("MULTIRANGE_TYPE_NAME", new.multirange and POSTGRESQL.qualified(new.key.schema, new.multirange)),
    ):
        if value is not None:
            clauses.append(f"{word} = {value}")
    text = f"CREATE TYPE {name_of(new.key)} AS RANGE ({', '.join(clauses)})"
    if action.verb is Verb.CREATE:
        yield Draft(summary=f"create {new.key}", sql=(text,))
        return
    assert isinstance(old, Range)
    yield swap(old, new, scene, (*_constructors_aside(old, _free_name(new, scene)), text))


def _constructors_aside(old: Range, aside: str) -> Iterable[str]:
    """The old multirange and the constructors keep their names as long as the old range lives."""
    multirange = POSTGRESQL.qualified(old.key.schema, old.multirange or chosen_multirange(old.key.name))
    name = name_of(old.key)
    yield f"ALTER TYPE {multirange} RENAME TO {ident(aside + '_multi')}"
    yield f"ALTER FUNCTION {multirange}() RENAME TO {ident(aside + '_multi')}"
    yield f"ALTER FUNCTION {name}({old.subtype}, {old.subtype}) RENAME TO {ident(aside)}"
    yield f"ALTER FUNCTION {name}({old.subtype}, {old.subtype}, text) RENAME TO {ident(aside)}"


def chosen_multirange(name: str) -> str:
    """What the server calls the multirange of a range type (makeMultirangeTypeName)."""
    before, found, after = name.partition("range")
    return f"{before}multirange{after}" if found else f"{name}_multirange"


def render_domain(action: Action, scene: Scene) -> Iterable[Draft]:
    """A domain that stays: its default and NOT NULL in place; over another base type the swap."""
    old, new = action.old, action.new
    assert isinstance(old, Domain) and isinstance(new, Domain)
    if not action.fields & {"type", "collation"}:
        yield domains.alter(old, new, scene)
        return
    yield swap(old, new, scene, tuple(domains.create(new, ())))  # its checks went before, and come again after


def render_collation(action: Action) -> Iterable[Draft]:
    """CREATE COLLATION, DROP COLLATION."""
    if action.verb is Verb.DROP:
        yield Draft(summary=f"drop {action.key}", sql=(f"DROP COLLATION {name_of(action.key)}",))
        return
    new = action.new
    assert isinstance(new, Collation)
    clauses = [f"PROVIDER = {new.provider}", *(f"{word.upper()} = {literal(text)}" for word, text in new.options)]
    clauses += [] if new.deterministic else ["DETERMINISTIC = false"]
    text = f"CREATE COLLATION {name_of(new.key)} ({', '.join(clauses)})"
    yield Draft(summary=f"create {new.key}", sql=(text,))


def rename_labels(old: Enum, new: Enum) -> Draft:
    """RENAME VALUE for each label that is called otherwise in the same place."""
    head = f"ALTER TYPE {name_of(old.key)} RENAME VALUE"
    pairs = [(a, b) for a, b in zip(old.labels, new.labels, strict=True) if a != b]
    names = ", ".join(f"{a} to {b}" for a, b in pairs)
    return Draft(
        summary=f"rename labels of {old.key}: {names}",
        sql=tuple(f"{head} {literal(a)} TO {literal(b)}" for a, b in pairs),
    )


def _create(item: Enum) -> str:
    return f"CREATE TYPE {name_of(item.key)} AS ENUM ({', '.join(map(literal, item.labels))})"


def _extend(old: Enum, new: Enum) -> Draft:
    """ADD VALUE. The manual: "a new value cannot be used until after the transaction has been committed"."""
    head = f"ALTER TYPE {name_of(new.key)} ADD VALUE"
    statements: list[str] = []
    there = list(old.labels)
    for index, label in enumerate(new.labels):
        if label in old.labels:
            continue
        place = ""
        if index < len(there):
            place = f" AFTER {literal(there[index - 1])}" if index else f" BEFORE {literal(there[0])}"
        statements.append(f"{head} {literal(label)}{place}")
        there.insert(index, label)
    added = ", ".join(label for label in new.labels if label not in old.labels)
    return Draft(summary=f"add to {new.key}: {added}", sql=tuple(statements), commits=True)


def _columns(old: Object, scene: Scene) -> list[Column]:
    """Columns of the type that keep it."""
    return [
        item
        for key in sorted(scene.base.dependents(old.key))
        if isinstance(item := scene.base[key], Column)
        and item.generated is None
        and isinstance(target := scene.target.get(key), Column)
        and target.type == item.type
    ]


def swap(old: Object, new: Object, scene: Scene, made: tuple[str, ...], gone: Sequence[str] = ()) -> Draft:
    """The old type steps aside, the new one is ``made``, columns are converted by way of text, the old one goes.

    ``gone``: values (labels) that rows may no longer have.
    """
    name = name_of(new.key)
    aside = _free_name(new, scene)
    word = "DOMAIN" if isinstance(new, Domain) else "TYPE"
    columns = _columns(old, scene)
    statements = [f"ALTER {word} {name} RENAME TO {ident(aside)}", *made]
    checks: list[Check] = []
    locks: list[str] = []
    by_table: dict[str, list[str]] = {}
    for column in columns:
        assert column.key.parent is not None
        table = name_of(column.key.parent)
        suffix = column.type[column.type.index("[") :] if column.type.endswith("]") else ""
        quoted = ident(column.key.name)
        by_table.setdefault(table, []).append(
            f"ALTER COLUMN {quoted} TYPE {name}{suffix} USING {quoted}::text{suffix}::{name}{suffix}"
        )
        if gone:
            values = ", ".join(map(literal, gone))
            condition = f"{quoted}::text[] && ARRAY[{values}]" if suffix else f"{quoted}::text IN ({values})"
            checks.append(
                Check(
                    key=column.key,
                    query=f"SELECT {quoted} FROM {table} WHERE {condition}",
                    message=f"{column.key} has values that {new.key} shall no longer have",
                    advice="change those values first",
                )
            )
    for table, commands in by_table.items():
        statements.append(f"ALTER TABLE {table} {', '.join(commands)}")
        locks.append(f"ACCESS EXCLUSIVE on {table}")
    statements.append(f"DROP {word} {POSTGRESQL.qualified(new.key.schema, aside)}")
    return Draft(
        summary=f"make {new.key} anew{' with other labels' if isinstance(new, Enum) else ''}",
        sql=tuple(statements),
        lock=" and ".join(locks) or None,
        rewrites=bool(columns),
        checks=tuple(checks),
    )


def _free_name(item: Object, scene: Scene) -> str:
    """A name that no type or relation of the schema has before or after."""
    taken = {
        other.key.name
        for state in (scene.base, scene.target)
        for kind in (
            Kind.ENUM,
            Kind.DOMAIN,
            Kind.COMPOSITE,
            Kind.RANGE,
            Kind.TABLE,
            Kind.VIEW,
            Kind.MATERIALIZED_VIEW,
        )
        for other in state.of_kind(kind)
        if other.key.schema == item.key.schema
    }
    stem = item.key.name.encode()[:50].decode(errors="ignore")
    name, number = f"{stem}_old", 1
    while name in taken:
        number += 1
        name = f"{stem}_old{number}"
    return name
