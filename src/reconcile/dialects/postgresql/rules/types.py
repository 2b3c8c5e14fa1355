"""Types: enums grow and composite types change in place; all else means a new type under the columns that have it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reconcile.dialects.base import Draft, Scene
from reconcile.dialects.postgresql.rules import domains, swaps
from reconcile.dialects.postgresql.rules.compare import attributes_in_place, is_extended, is_retyped
from reconcile.dialects.postgresql.rules.text import ident, literal, name_of
from reconcile.state import (
    Action,
    Collation,
    Column,
    Composite,
    Domain,
    Enum,
    Hazard,
    Level,
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
        yield Draft(summary=f"create {action.key}", sql=swaps.created(action.new))
        return
    assert isinstance(action.old, Enum)
    if is_extended(action.old, action.new):
        yield _extend(action.old, action.new)
    else:
        gone = [label for label in action.old.labels if label not in action.new.labels]
        yield swaps.swap(action.old, action.new, scene, gone)


def render_composite(action: Action, scene: Scene) -> Iterable[Draft]:
    """CREATE TYPE … AS (…), DROP TYPE, ALTER TYPE … ATTRIBUTE, or the swap."""
    new, old = action.new, action.old
    if action.verb is Verb.DROP:
        yield Draft(summary=f"drop {action.key}", sql=(f"DROP TYPE {name_of(action.key)}",))
        return
    assert isinstance(new, Composite)
    if action.verb is Verb.CREATE:
        yield Draft(summary=f"create {new.key}", sql=swaps.created(new))
        return
    assert isinstance(old, Composite)
    if not attributes_in_place(old, new) or (is_retyped(old, new) and swaps.columns_of(old, scene)):
        # "cannot alter type … because column … uses it": attributes of another type need the swap.
        yield swaps.swap(old, new, scene)
        return
    before, after = {a.name: a for a in old.attributes}, {a.name: a for a in new.attributes}
    commands = [f"DROP ATTRIBUTE {ident(name)}" for name in before if name not in after]
    for name, attribute in after.items():
        if name not in before:
            commands.append(f"ADD ATTRIBUTE {swaps.attribute(attribute)}")
        elif before[name] != attribute:
            collation = f" COLLATE {attribute.collation}" if attribute.collation is not None else ""
            commands.append(f"ALTER ATTRIBUTE {ident(name)} TYPE {attribute.type}{collation}")
    gone = [name for name in before if name not in after]
    yield Draft(
        summary=f"alter {new.key}",
        sql=(f"ALTER TYPE {name_of(new.key)} {', '.join(commands)}",),
        hazards=tuple(_lost(column, gone) for column in swaps.columns_of(old, scene) if gone),
    )


def _lost(column: Column, gone: Sequence[str]) -> Hazard:
    return Hazard(
        code="attribute-loss",
        level=Level.DANGER,
        key=column.key,
        message=f"{column.key} loses what its values have in {', '.join(gone)}",
        advice="copy those values first",
    )


def render_range(action: Action, scene: Scene) -> Iterable[Draft]:
    """CREATE TYPE … AS RANGE, DROP TYPE, or the swap."""
    if action.verb is Verb.DROP:
        yield Draft(summary=f"drop {action.key}", sql=(f"DROP TYPE {name_of(action.key)}",))
        return
    new, old = action.new, action.old
    assert isinstance(new, Range)
    if action.verb is Verb.CREATE:
        yield Draft(summary=f"create {new.key}", sql=swaps.created(new))
        return
    assert isinstance(old, Range)
    yield swaps.swap(old, new, scene)


def render_domain(action: Action, scene: Scene) -> Iterable[Draft]:
    """A domain that stays: its default and NOT NULL in place; over another base type the swap."""
    old, new = action.old, action.new
    assert isinstance(old, Domain) and isinstance(new, Domain)
    if not action.fields & {"type", "collation"}:
        yield domains.alter(old, new, scene)
        return
    yield swaps.swap(old, new, scene)


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
