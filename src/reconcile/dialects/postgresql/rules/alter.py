"""ALTER TABLE: all changes to one existing table, in as few statements as PostgreSQL takes.

Within one ALTER TABLE the server itself sorts the subcommands into passes (drops, types, new columns,
attributes, constraints), so a drop and a re-creation of one name may stand side by side.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from reconcile.dialects.base import Draft, Scene, Unit
from reconcile.dialects.postgresql.expressions import for_reading
from reconcile.dialects.postgresql.features import Features
from reconcile.dialects.postgresql.rules import checks, columns, constraints, tables, text
from reconcile.dialects.postgresql.rules.columns import Command
from reconcile.dialects.postgresql.rules.grouping import INSIDE, identity_sequence
from reconcile.dialects.postgresql.rules.text import ident, name_of
from reconcile.dialects.sqltext import POSTGRESQL
from reconcile.state import (
    Action,
    Check,
    Column,
    Default,
    Hazard,
    Key,
    Kind,
    Level,
    Sequence,
    SequenceOwner,
    Table,
    Verb,
    child_key,
)

# Ranks of DROP DEFAULT and DROP IDENTITY: what has to come before a sequence can go, or can take a name.
_GIVE_UP = (18, 20)


@dataclass(slots=True)
class _Alteration:
    """What has been gathered for one table."""

    table: Key
    commands: list[Command] = field(default_factory=list)
    before: list[str] = field(default_factory=list)  # statements of their own
    after: list[str] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    sequences: list[str] = field(default_factory=list)  # between giving a name up and taking it
    words: list[str] = field(default_factory=list)  # for the summary
    light: bool = True  # only what does not shut readers out
    also_locks: list[str] = field(default_factory=list)


def alter(unit: Unit, scene: Scene) -> Iterable[Draft]:
    """One Draft for the unit."""
    features: Features = scene.features
    part = next(a.key for a in unit.actions if a.key.kind is Kind.TABLE or a.key.kind in INSIDE)
    found = _Alteration(tables.table_of(part))
    present = {(action.verb, action.key): action for action in unit.actions}
    for action in unit.actions:
        _gather(found, action, present, scene, features)
    statements = [*found.before]
    if found.sequences:
        # A serial column becomes an identity column, or the reverse: both sequences have the same name.
        statements += _statement(found.table, [c for c in found.commands if c.rank in _GIVE_UP])
        statements += found.sequences
        statements += _statement(found.table, [c for c in found.commands if c.rank not in _GIVE_UP])
    else:
        statements += _statement(found.table, found.commands)
    statements += found.after
    rewrites = any(command.rewrites for command in found.commands)
    level = "SHARE ROW EXCLUSIVE" if found.light else "ACCESS EXCLUSIVE"
    lock = " and ".join([f"{level} on {name_of(found.table)}", *dict.fromkeys(found.also_locks)])
    yield Draft(
        summary=f"alter {found.table}: {', '.join(found.words)}",
        sql=tuple(statements),
        lock=lock,
        rewrites=rewrites,
        checks=tuple(found.checks),
        hazards=_hazards(found.table, rewrites, scene),
    )


def _statement(table: Key, commands: list[Command]) -> list[str]:
    listed = [command.sql for command in sorted(commands, key=lambda command: command.rank)]
    if not listed:
        return []
    separator = "\n    " if len(listed) > 1 else " "
    return [f"ALTER TABLE {name_of(table)}{separator}" + f",{separator}".join(listed)]


def _gather(
    found: _Alteration,
    action: Action,
    present: dict[tuple[Verb, Key], Action],
    scene: Scene,
    features: Features,
) -> None:
    kind = action.key.kind
    name = action.key.name
    if kind is Kind.COLUMN:
        found.light = False
        _column(found, action, present, features)
    elif kind is Kind.DEFAULT:
        found.light = False
        _default(found, action, present)
    elif kind is Kind.TABLE:
        found.light = False
        assert isinstance(action.old, Table) and isinstance(action.new, Table)
        writes = tables.rewrites(action.old, action.new)
        found.commands += [Command(80, sql, writes) for sql in tables.option_commands(action.old, action.new)]
        found.words.append("change options")
    elif kind in constraints.KINDS:
        _constraint(found, action, scene)
    elif kind is Kind.SEQUENCE:
        _sequence(found, action, present, scene)
    else:
        # The ownership of a sequence, or a comment, that goes with what is dropped here.
        return
    if kind in constraints.KINDS:
        word = {Verb.CREATE: "add", Verb.DROP: "drop"}.get(action.verb, "change")
        found.words.append(f"{word} {kind.value} {name}")


def _column(found: _Alteration, action: Action, present: dict[tuple[Verb, Key], Action], features: Features) -> None:
    name = ident(action.key.name)
    if action.verb is Verb.DROP:
        found.commands.append(Command(15, f"DROP COLUMN {name}"))
        found.words.append(f"drop column {action.key.name}")
        return
    new = action.new
    assert isinstance(new, Column)
    if action.verb is Verb.CREATE:
        default = present.get((Verb.CREATE, child_key(Kind.DEFAULT, new.key)))
        item = default.new if default is not None else None
        assert item is None or isinstance(item, Default)
        found.commands += columns.add(new, item)
        found.words.append(f"add column {new.key.name}")
        if not new.nullable and item is None and new.identity is None and new.generated is None:
            found.checks.append(checks.no_rows(new))
        return
    old = action.old
    assert isinstance(old, Column)
    found.commands += columns.alter(old, new, features)
    found.words.append(f"change {_words(action.fields)} of {new.key.name}")
    if old.nullable and not new.nullable and ("not_null_validated", "false") not in new.options:
        found.checks.append(checks.not_null(new))
    if old.type != new.type:
        found.checks += checks.fits(old, new, can_ask_server=features.can_ask_for_valid_input)
    _rename_parts(found, old, new)


def _rename_parts(found: _Alteration, old: Column, new: Column) -> None:
    """The names of what belongs to a column: its NOT NULL constraint (18), its identity sequence."""
    table = name_of(found.table)
    stays = not old.nullable and not new.nullable and not columns.becomes_unvalidated(old, new)
    if stays and old.not_null_name != new.not_null_name:
        was = text.not_null_name(old)
        name = text.not_null_name(new)
        found.before.append(f"ALTER TABLE {table} RENAME CONSTRAINT {ident(was)} TO {ident(name)}")
    if new.identity is None:
        return
    if old.identity is None:
        found.after.append(_continue_after_rows(found.table, new))
        return
    was = POSTGRESQL.qualified(old.key.schema, identity_sequence(old))
    if old.identity != new.identity:
        inside = text.into_bounds(was, columns.bounds(old), columns.bounds(new))[0]
        found.before += [inside] if inside else []
    if identity_sequence(old) != identity_sequence(new):
        found.before.append(f"ALTER SEQUENCE {was} RENAME TO {ident(identity_sequence(new))}")


def _continue_after_rows(table: Key, column: Column) -> str:
    """Let a new identity go on from the values that are there, else the next INSERT would collide with one."""
    assert column.identity is not None
    sequence = POSTGRESQL.literal(POSTGRESQL.qualified(column.key.schema, identity_sequence(column)))
    return continue_after_rows(sequence, table, column.key.name, ascending=(column.identity.increment or 1) > 0)


def continue_after_rows(sequence: str, table: Key, column: str, *, ascending: bool) -> str:
    """setval to the last value in use; an empty table leaves the sequence at its start."""
    last = f"{'max' if ascending else 'min'}({ident(column)})"
    bound = "> 0" if ascending else "< 0"
    return f"SELECT pg_catalog.setval({sequence}, {last}) FROM {name_of(table)} HAVING {last} {bound}"


def _default(found: _Alteration, action: Action, present: dict[tuple[Verb, Key], Action]) -> None:
    column = action.key.parent
    assert column is not None
    head = f"ALTER COLUMN {ident(column.name)}"
    if action.verb is Verb.DROP:
        if (Verb.DROP, column) in present:
            return
        found.commands.append(Command(18, f"{head} DROP DEFAULT"))
        if (Verb.CREATE, action.key) not in present:
            found.words.append(f"drop default of {column.name}")
        return
    if (Verb.CREATE, column) in present:
        return
    assert isinstance(action.new, Default)
    found.commands.append(Command(52, f"{head} SET DEFAULT {for_reading(action.new.expression)}"))
    found.words.append(f"set default of {column.name}")


def _constraint(found: _Alteration, action: Action, scene: Scene) -> None:
    if action.verb is Verb.CREATE:
        assert action.new is not None
        found.commands += constraints.add(action.new)
        found.checks += checks.constraint(action.new, scene)
    elif action.verb is Verb.DROP:
        found.commands.append(Command(10, f"DROP CONSTRAINT {ident(action.key.name)}"))
    else:
        assert action.old is not None and action.new is not None
        found.commands += constraints.alter(action.old, action.new)
        found.after += constraints.index_statements(action.old, action.new)
    other = constraints.other_table(action)
    if other is not None and other != found.table:
        level = "ACCESS EXCLUSIVE" if action.verb is Verb.DROP else "SHARE ROW EXCLUSIVE"
        found.also_locks.append(f"{level} on {name_of(other)}")
    if not (action.key.kind is Kind.FOREIGN_KEY and action.verb is not Verb.DROP):
        found.light = False


def _sequence(found: _Alteration, action: Action, present: dict[tuple[Verb, Key], Action], scene: Scene) -> None:
    """A sequence whose name an identity column of this table takes or gives up."""
    if action.verb is Verb.DROP:
        owner = scene.base.get(child_key(Kind.SEQUENCE_OWNER, action.key))
        if isinstance(owner, SequenceOwner) and (Verb.DROP, owner.column) in present:
            return  # it goes with its column
        found.sequences.append(f"DROP SEQUENCE {name_of(action.key)}")
    else:
        assert isinstance(action.new, Sequence)
        found.sequences.append(text.create_sequence(action.new))
    found.words.append(f"{action.verb.value} {action.key}")


def _words(fields: frozenset[str]) -> str:
    names = {"nullable": "nullability", "not_null_name": "NOT NULL name"}
    return " and ".join(names.get(name, name) for name in sorted(fields)) or "nothing"


def _hazards(table: Key, rewrites: bool, scene: Scene) -> tuple[Hazard, ...]:
    if not rewrites or table not in scene.filled:
        return ()
    return (
        Hazard(
            code="table-rewrite",
            level=Level.WARNING,
            key=table,
            message=f"{table} is written anew, and nobody can read or write it meanwhile",
            advice="run it when the table is not in use",
        ),
    )
