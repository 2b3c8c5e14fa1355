"""Columns and defaults: subcommands of ALTER TABLE."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reconcile.dialects import filling
from reconcile.dialects.base import Draft, Scene
from reconcile.dialects.postgresql.defaults import limits
from reconcile.dialects.postgresql.features import Features
from reconcile.dialects.postgresql.rules import casts, text
from reconcile.dialects.postgresql.rules.text import ident, literal, name_of
from reconcile.state import Column, Default, Identity, Key

# Functions that need not be called once for each row: a default of theirs is stored once (ALTER TABLE, Notes).
_STABLE = re.compile(
    r"^(now|statement_timestamp|transaction_timestamp|current_\w+|to_\w+|timezone|date_trunc|lower|upper)$"
)
_CALL = re.compile(r"([\w.\"]+)\s*\(")


# The locks that ALTER TABLE takes, weakest first (ALTER TABLE, Description).
ALTER_LOCKS = (UPDATE_EXCLUSIVE, ROW_EXCLUSIVE, ACCESS_EXCLUSIVE) = (
    "SHARE UPDATE EXCLUSIVE",
    "SHARE ROW EXCLUSIVE",
    "ACCESS EXCLUSIVE",
)


@dataclass(frozen=True, slots=True)
class Command:
    """A subcommand; ``rank`` is its place among the others of one ALTER TABLE."""

    rank: int
    sql: str
    rewrites: bool = False
    key: Key | None = None  # the column or constraint that it adds or drops
    scans: bool = False  # reads every row
    lock: str = ACCESS_EXCLUSIVE  # on its table


def add(column: Column, default: Default | None) -> Iterator[Command]:
    """ADD COLUMN."""
    writes = column.identity is not None or (column.generated is not None and column.generated.stored)
    volatile = default is not None and is_volatile(default.expression)
    yield Command(40, f"ADD COLUMN {text.column_definition(column, default)}", writes or volatile)
    for command in text.column_settings(column):
        yield Command(70, command)


def is_volatile(expression: str) -> bool:
    """Whether the default has to be computed for each row, as far as its functions are known."""
    names = (match.rpartition(".")[2].strip('"').lower() for match in _CALL.findall(expression))
    return any(not _STABLE.match(name) for name in names if not casts.is_type_name(name))


def alter(old: Column, new: Column, features: Features) -> Iterator[Command]:
    """ALTER COLUMN, one subcommand for each difference."""
    head = f"ALTER COLUMN {ident(new.key.name)}"
    if old.generated is not None and new.generated is None:
        yield Command(20, f"{head} DROP EXPRESSION")
    if old.identity is not None and new.identity is None:
        yield Command(20, f"{head} DROP IDENTITY")
    unvalidated = becomes_unvalidated(old, new)
    if not old.nullable and (new.nullable or unvalidated):
        yield Command(20, f"{head} DROP NOT NULL")
    if (old.type, old.collation) != (new.type, new.collation):
        yield _type(old, new, head)
    if old.generated is not None and new.generated is not None and old.generated != new.generated:
        writes = new.generated.stored
        yield Command(45, f"{head} SET EXPRESSION AS {text.enclosed(new.generated.expression)}", writes)
    if (old.nullable and not new.nullable) or unvalidated:
        yield Command(50, _set_not_null(new, head), scans=not _is_late(new))
    if new.identity is not None:
        if old.identity is None:
            yield Command(55, f"{head} ADD {text.identity(new.identity, new.key)}")
        elif old.identity != new.identity:
            yield from _identity(old, new, head)
    yield from _settings(old, new, head)
    if not old.nullable and not new.nullable and not unvalidated and features.has_named_not_null:
        yield from _not_null(old, new)


def _type(old: Column, new: Column, head: str) -> Command:
    # Without COLLATE the column takes the collation of its type.
    collation = f" COLLATE {new.collation}" if new.collation is not None else ""
    using = "" if casts.converts_by_itself(old.type, new.type) else f" USING {_cast(old, new)}"
    writes = casts.rewrites(old.type, new.type)
    return Command(30, f"{head} TYPE {new.type}{collation}{using}", writes)


def _cast(old: Column, new: Column) -> str:
    """The explicit cast; through text where PostgreSQL has none between the two types (enum to enum)."""
    name = ident(new.key.name)
    if casts.has_explicit(old.type, new.type):
        return f"{name}::{new.type}"
    return f"{name}::text{'[]' if casts.parse(old.type).array and casts.parse(new.type).array else ''}::{new.type}"


def _set_not_null(new: Column, head: str) -> str:
    if new.not_null_name is None and not _special(new):
        return f"{head} SET NOT NULL"
    return text.add_not_null(new)


def becomes_unvalidated(old: Column, new: Column) -> bool:
    """Whether a valid NOT NULL has to become a NOT VALID one: it is dropped and added."""
    return not old.nullable and not new.nullable and _is_late(new) and not _is_late(old)


def forbids_null(column: Column) -> bool:
    """Whether it is known that no row has a NULL there."""
    return not column.nullable and not _is_late(column)


def _is_late(column: Column) -> bool:
    return ("not_null_validated", "false") in column.options


def _special(column: Column) -> bool:
    return any(name.startswith("not_null_") for name, _ in column.options)


def _not_null(old: Column, new: Column) -> Iterator[Command]:
    """Changes of a NOT NULL constraint that stays; its name is changed by a statement of its own."""
    before, after = dict(old.options), dict(new.options)
    name = ident(text.not_null_name(new))  # renamed already, if it was to be
    if before.get("not_null_no_inherit") != after.get("not_null_no_inherit"):
        word = "NO INHERIT" if "not_null_no_inherit" in after else "INHERIT"
        yield Command(60, f"ALTER CONSTRAINT {name} {word}")
    if "not_null_validated" in before and "not_null_validated" not in after:
        yield Command(65, f"VALIDATE CONSTRAINT {name}", scans=True, lock=UPDATE_EXCLUSIVE)


def _identity(old: Column, new: Column, head: str) -> Iterator[Command]:
    assert old.identity is not None and new.identity is not None
    before, after = old.identity, new.identity
    words = []
    if before.always != after.always:
        words.append(f"SET GENERATED {'ALWAYS' if after.always else 'BY DEFAULT'}")
    words += list(_sequence_words(before, after))
    if text.into_bounds("", bounds(old), bounds(new))[1]:
        words.append("RESTART")
    if words:
        yield Command(55, f"{head} {' '.join(words)}")


def bounds(column: Column) -> tuple[int, int]:
    """The least and the greatest number of an identity column's sequence."""
    assert column.identity is not None
    low, high = limits(column.type, column.identity.increment or 1)
    least, greatest = column.identity.minimum, column.identity.maximum
    return (low if least is None else least, high if greatest is None else greatest)


def _sequence_words(before: Identity, after: Identity) -> Iterator[str]:
    if before.increment != after.increment:
        yield f"SET INCREMENT BY {after.increment or 1}"
    if before.minimum != after.minimum:
        yield "SET NO MINVALUE" if after.minimum is None else f"SET MINVALUE {after.minimum}"
    if before.maximum != after.maximum:
        yield "SET NO MAXVALUE" if after.maximum is None else f"SET MAXVALUE {after.maximum}"
    if before.start != after.start or (after.start is None and before.minimum != after.minimum):
        yield f"SET START WITH {_start(after)}"
    if before.cache != after.cache:
        yield f"SET CACHE {after.cache or 1}"
    if before.cycle != after.cycle:
        yield "SET CYCLE" if after.cycle else "SET NO CYCLE"


def _start(identity: Identity) -> int:
    if identity.start is not None:
        return identity.start
    if (identity.increment or 1) > 0:
        return 1 if identity.minimum is None else identity.minimum
    return -1 if identity.maximum is None else identity.maximum


def _settings(old: Column, new: Column, head: str) -> Iterator[Command]:
    before, after = dict(old.options), dict(new.options)
    if before.get("storage") != after.get("storage"):
        # DEFAULT as a word is of 16; what a type has by itself we do not know here, a new type brings its own.
        yield Command(70, f"{head} SET STORAGE {after.get('storage', casts.usual_storage(new.type)).upper()}")
    if before.get("compression") != after.get("compression"):
        yield Command(70, f"{head} SET COMPRESSION {after.get('compression', 'default')}")
    if before.get("statistics") != after.get("statistics"):
        yield Command(70, f"{head} SET STATISTICS {after.get('statistics', '-1')}", lock=UPDATE_EXCLUSIVE)
    for command in text.generic_changes(old.foreign_options, new.foreign_options):
        yield Command(70, f"{head} {command}")
    for name in ("n_distinct", "n_distinct_inherited"):
        if before.get(name) != after.get(name):
            value = after.get(name)
            word = f"RESET ({name})" if value is None else f"SET ({name} = {literal(value)})"
            yield Command(70, f"{head} {word}", lock=UPDATE_EXCLUSIVE)


def fill(table: Key, given: Mapping[Key, str], key: Sequence[Key], scene: Scene) -> Iterator[Draft]:
    """UPDATE of rows that have no value in a column that is to be NOT NULL."""
    types = [item.type for part in key if isinstance(item := scene.target[part], Column)]
    names = [ident(part.name) for part in key]
    yield filling.fill(
        table,
        given,
        there=frozenset(given) & scene.base.objects.keys(),
        table_name=name_of(table),
        name=lambda column: ident(column.name),
        keys=names,
        literals=[
            f"quote_literal({name}::text) || {literal('::' + type_)}" for name, type_ in zip(names, types, strict=True)
        ],
        in_parts=table in scene.online,
        lock=f"ROW EXCLUSIVE on {name_of(table)}",
    )
