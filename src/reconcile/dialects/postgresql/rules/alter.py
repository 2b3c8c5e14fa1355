"""ALTER TABLE: all changes to one existing table, in as few statements as PostgreSQL takes.

Within one ALTER TABLE the server itself sorts the subcommands into passes (drops, types, new columns,
attributes, constraints), so a drop and a re-creation of one name may stand side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from reconcile.dialects.base import Draft, Scene, Unit
from reconcile.dialects.postgresql.expressions import for_reading
from reconcile.dialects.postgresql.features import Features
from reconcile.dialects.postgresql.rules import checks, columns, conflicts, constraints, online, tables, text, trees
from reconcile.dialects.postgresql.rules.columns import ACCESS_EXCLUSIVE, ALTER_LOCKS, UPDATE_EXCLUSIVE, Command
from reconcile.dialects.postgresql.rules.grouping import INSIDE, identity_sequence
from reconcile.dialects.postgresql.rules.text import ident, index_name, name_of
from reconcile.dialects.sqltext import POSTGRESQL
from reconcile.state import (
    Action,
    Check,
    CheckConstraint,
    Column,
    Constraint,
    Default,
    Key,
    Kind,
    Object,
    PartitionOf,
    Sequence,
    SequenceOwner,
    Table,
    Verb,
    child_key,
)

# Ranks of DROP DEFAULT and DROP IDENTITY: what has to come before a sequence can go, or can take a name.
_GIVE_UP = (18, 20)
# Ranks from which on constraints are added.
_ADDITIONS = 60
# Ranks of what each table in a tree has for itself: defaults, and the settings of columns.
_HERE_ONLY = frozenset({18, 52, 70})


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
    also_locks: list[str] = field(default_factory=list)
    added: list[Key] = field(default_factory=list)  # new columns
    said: tuple[Command, ...] = ()  # the commands, with those that are left to tables above
    later: list[Action] = field(default_factory=list)  # constraints that are added unproved
    forbidding: list[Action] = field(default_factory=list)  # columns that become NOT NULL once it is proved
    built_first: list[Action] = field(default_factory=list)  # keys whose index is built before them


def alter(unit: Unit, scene: Scene) -> Iterable[Draft]:
    """One Draft for the unit: a table, or a tree of them."""
    present = {(action.verb, action.key): action for action in unit.actions}
    gathered: dict[Key, _Alteration] = {}
    for action in unit.actions:
        table = _altered(action, unit)
        if action.key.kind not in (Kind.PARTITION, Kind.INDEX):
            _gather(gathered.setdefault(table, _Alteration(table)), action, present, scene)
    moves = [action for action in unit.actions if action.key.kind is Kind.PARTITION]
    found = sorted(gathered.values(), key=lambda each: (trees.depth(scene, each.table), each.table))
    for each in found:
        each.said = tuple(each.commands)
    for each in found:
        if trees.lasting_parents(scene, each.table):
            _leave_to_parents(each, gathered, scene)
    detached = [trees.detach(a.old) for a in moves if isinstance(a.old, PartitionOf)]
    # Where the index above was dropped before, it has taken these along.
    detached += [f"DROP INDEX IF EXISTS {index_name(a.key)}" for a in unit.actions if a.key.kind is Kind.INDEX]
    statements = [*detached, *(sql for each in found for sql in each.before)]
    if len(found) == 1:
        statements += _commands(found[0], scene)
    else:
        # Indexes and foreign keys of the tables below are adopted by those above, if they are there first.
        statements += [sql for each in found for sql in _commands(each, scene, lambda rank: rank < _ADDITIONS)]
        statements += [
            sql for each in reversed(found) for sql in _commands(each, scene, lambda rank: rank >= _ADDITIONS)
        ]
    statements += [sql for each in found for sql in each.after]
    statements += [trees.attach(a.new) for a in moves if isinstance(a.new, PartitionOf)]
    later = tuple(action for each in found for action in each.later)
    forbidding = tuple(action for each in found for action in each.forbidding)
    keys = tuple(action for each in found for action in each.built_first)
    now = tuple(action for action in unit.actions if action not in (*later, *forbidding, *keys))
    first = Draft(
        summary="; ".join([*_moved(moves), *(f"alter {e.table}: {', '.join(e.words)}" for e in found if e.words)]),
        sql=tuple(statements),
        lock=_lock(found, moves),
        rewrites=any(command.rewrites for each in found for command in each.commands),
        scans=any(command.scans for each in found for command in each.commands),
        checks=tuple(check for each in found for check in each.checks),
        covers=now,
        leaves=tuple(online.unproved(item) for item in _to_prove(later, forbidding)),
    )
    if statements or now:
        yield first
    if later or forbidding:
        yield from online.prove(found[0].table, later, forbidding, scene)
    if keys:
        asked = {action.key: tuple(conflicts.of_key(action.new, scene)) for action in keys if action.new is not None}
        yield from online.add_keys(found[0].table, keys, asked)


def _to_prove(later: Iterable[Action], forbidding: Iterable[Action]) -> Iterable[Object]:
    yield from (action.new for action in later if action.new is not None)
    yield from (online.proof_of_not_null(action.key) for action in forbidding)


def _altered(action: Action, unit: Unit) -> Key:
    """The table that the action is about; a sequence goes along with whichever table there is."""
    if action.key.kind in INSIDE or action.key.kind in (Kind.TABLE, Kind.PARTITION, Kind.INDEX):
        return tables.table_of(action.key)
    if isinstance(action.old, Sequence) or isinstance(action.new, Sequence):
        for other in unit.actions:
            for column in (other.old, other.new):
                if (
                    isinstance(column, Column)
                    and column.identity is not None
                    and (column.key.schema, identity_sequence(column)) == (action.key.schema, action.key.name)
                ):
                    return tables.table_of(column.key)
    return tables.table_of(next(a.key for a in unit.actions if a.key.kind is Kind.TABLE or a.key.kind in INSIDE))


def _leave_to_parents(each: _Alteration, gathered: dict[Key, _Alteration], scene: Scene) -> None:
    """Take out what the alteration of a table above does down here as well."""
    said = {
        command.sql
        for parent in trees.lasting_ancestors(scene, each.table)
        if parent in gathered
        for command in gathered[parent].said
        if command.rank not in _HERE_ONLY
    }
    columns_above = {
        child_key(Kind.COLUMN, each.table, part.name)
        for parent in trees.lasting_ancestors(scene, each.table)
        if parent in gathered
        for part in gathered[parent].added
    }
    each.commands = [
        command
        for command in each.commands
        if _is_own(command, scene)
        or (command.sql not in said and not (command.key is not None and command.key in columns_above))
    ]
    each.commands += _own_defaults(each, columns_above, scene)


def _own_defaults(each: _Alteration, above: set[Key], scene: Scene) -> Iterable[Command]:
    """What columns that are added by a table above have of their own: they get a copy of its default."""
    for key in each.added:
        if key not in above:
            continue
        parents = trees.lasting_parents(scene, each.table)
        theirs = scene.target.get(child_key(Kind.DEFAULT, child_key(Kind.COLUMN, parents[0], key.name)))
        ours = scene.target.get(child_key(Kind.DEFAULT, key))
        copied = theirs.expression if isinstance(theirs, Default) else None
        head = f"ALTER COLUMN {ident(key.name)}"
        if isinstance(ours, Default) and ours.expression != copied:
            yield Command(52, f"{head} SET DEFAULT {for_reading(ours.expression)}")
        elif ours is None and copied is not None:
            yield Command(52, f"{head} DROP DEFAULT")
        column, other = scene.target.get(key), scene.target.get(child_key(Kind.COLUMN, parents[0], key.name))
        if isinstance(column, Column) and isinstance(other, Column) and other.nullable and not column.nullable:
            yield Command(50, f"{head} SET NOT NULL")


def _is_own(command: Command, scene: Scene) -> bool:
    """Whether it drops what an inheriting table declares itself: that outlives what it inherits."""
    item = scene.base.get(command.key) if command.key is not None else None
    if item is None or item.key in scene.target or not isinstance(item, Column | CheckConstraint):
        return False
    assert item.key.parent is not None
    return item.local and child_key(Kind.PARTITION, item.key.parent) not in scene.base


def _moved(moves: Iterable[Action]) -> Iterable[str]:
    for action in moves:
        item = action.new or action.old
        assert isinstance(item, PartitionOf) and item.key.parent is not None
        word, to = ("detach", "from") if action.verb is Verb.DROP else ("attach", "to")
        yield f"{word} {item.key.parent} {to} {item.of.dotted}"


def _lock(found: Iterable[_Alteration], moves: Iterable[Action]) -> str:
    locks: list[str] = []
    for action in moves:
        item = action.old or action.new
        assert isinstance(item, PartitionOf) and item.key.parent is not None
        locks += [f"ACCESS EXCLUSIVE on {name_of(item.of)}", f"ACCESS EXCLUSIVE on {name_of(item.key.parent)}"]
    for each in found:
        # Statements of their own rename, drop and create.
        levels = {command.lock for command in each.commands} or {ACCESS_EXCLUSIVE}
        level = ACCESS_EXCLUSIVE if each.before or each.sequences else max(levels, key=ALTER_LOCKS.index)
        locks += [f"{level} on {name_of(each.table)}", *each.also_locks]
    return " and ".join(dict.fromkeys(locks))


def _commands(each: _Alteration, scene: Scene, wanted: Callable[[int], bool] = lambda _: True) -> list[str]:
    """The statements for the commands of one table whose rank is wanted."""
    commands = [command for command in each.commands if wanted(command.rank)]
    only: list[Command] = []
    if trees.is_parent(scene, each.table):
        # They would reach the tables below, each of which has a default and settings of its own.
        only = [c for c in commands if c.rank in _HERE_ONLY or _kept_below(c, each.table, scene)]
        commands = [command for command in commands if command not in only]
    statements: list[str] = []
    if each.sequences and wanted(_GIVE_UP[0]):
        # A serial column becomes an identity column, or the reverse: both sequences have the same name.
        statements += _statement(each.table, [c for c in only if c.rank in _GIVE_UP], only=True)
        statements += _statement(each.table, [c for c in commands if c.rank in _GIVE_UP])
        statements += each.sequences
        only = [c for c in only if c.rank not in _GIVE_UP]
        commands = [c for c in commands if c.rank not in _GIVE_UP]
    given_up = [c for c in only if c.rank in _GIVE_UP]
    statements += _statement(each.table, given_up, only=True)
    statements += _statement(each.table, commands)
    return statements + _statement(each.table, [c for c in only if c not in given_up], only=True)


def _kept_below(command: Command, table: Key, scene: Scene) -> bool:
    """Whether it drops something that an inheriting table keeps as its own."""
    key = command.key
    if key is None or key in scene.target:
        return False
    return any(
        child_key(key.kind, child, key.name) in scene.target and table in trees.lasting_parents(scene, child)
        for child in trees.below(scene.base, table)
    )


def _statement(table: Key, commands: list[Command], *, only: bool = False) -> list[str]:
    listed = [command.sql for command in sorted(commands, key=lambda command: command.rank)]
    if not listed:
        return []
    separator = "\n    " if len(listed) > 1 else " "
    return [f"ALTER TABLE {'ONLY ' if only else ''}{name_of(table)}{separator}" + f",{separator}".join(listed)]


def _gather(
    found: _Alteration,
    action: Action,
    present: dict[tuple[Verb, Key], Action],
    scene: Scene,
) -> None:
    kind = action.key.kind
    name = action.key.name
    if kind is Kind.COLUMN and online.forbids_null_later(action, scene):
        assert isinstance(action.new, Column)
        found.commands += constraints.add(online.unproved(online.proof_of_not_null(action.key)))
        if action.key not in scene.fills:
            found.checks.append(checks.not_null(action.new))
        found.words.append(f"begin to forbid NULL in {action.key.name}")
        found.forbidding.append(action)
    elif kind is Kind.COLUMN:
        _column(found, action, present, scene)
    elif kind is Kind.DEFAULT:
        _default(found, action, present)
    elif kind is Kind.TABLE:
        assert isinstance(action.old, Table) and isinstance(action.new, Table)
        writes = tables.rewrites(action.old, action.new)
        lock = UPDATE_EXCLUSIVE if tables.only_parameters(action.old, action.new) else ACCESS_EXCLUSIVE
        found.commands += [
            Command(80, sql, writes, lock=lock) for sql in tables.option_commands(action.old, action.new)
        ]
        found.words.append("change options")
    elif kind in constraints.KINDS:
        if _goes_with_above(action, present, scene):
            return
        _constraint(found, action, scene)
    elif kind is Kind.SEQUENCE:
        _sequence(found, action, present, scene)
    else:
        # The ownership of a sequence, or a comment, that goes with what is dropped here.
        return
    if kind in constraints.KINDS and action not in found.built_first:
        word = {Verb.CREATE: "add", Verb.DROP: "drop"}.get(action.verb, "change")
        found.words.append(f"{word} {kind.value} {name}")


def _column(found: _Alteration, action: Action, present: dict[tuple[Verb, Key], Action], scene: Scene) -> None:
    features: Features = scene.features
    name = ident(action.key.name)
    if action.verb is Verb.DROP:
        generated = isinstance(action.old, Column) and action.old.generated is not None
        # A generated column before those it is made of.
        found.commands.append(Command(14 if generated else 15, f"DROP COLUMN {name}", key=action.key))
        found.words.append(f"drop column {action.key.name}")
        return
    new = action.new
    assert isinstance(new, Column)
    written = new
    if features.has_named_not_null and not new.nullable and trees.has_below(scene.target, found.table):
        # The name goes down the tree: it must be the right one even where a new partition has it already.
        written = replace(new, not_null_name=text.not_null_name(new))
    if action.verb is Verb.CREATE:
        default = present.get((Verb.CREATE, child_key(Kind.DEFAULT, new.key)))
        item = default.new if default is not None else None
        assert item is None or isinstance(item, Default)
        found.commands += [replace(c, key=new.key) if c.rank < _ADDITIONS else c for c in columns.add(written, item)]
        found.added.append(new.key)
        found.words.append(f"add column {new.key.name}")
        if not new.nullable and item is None and new.identity is None and new.generated is None:
            found.checks.append(checks.no_rows(new))
        return
    old = action.old
    assert isinstance(old, Column)
    found.commands += columns.alter(old, written, features)
    found.words.append(f"change {_words(action.fields)} of {new.key.name}")
    if columns.forbids_null(new) and not columns.forbids_null(old) and new.key not in scene.fills:
        found.checks.append(checks.not_null(new))
    if old.type != new.type:
        found.checks += checks.fits(old, new, scene)
    found.checks += conflicts.of_collation(old, new, scene)
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


def _goes_with_above(action: Action, present: dict[tuple[Verb, Key], Action], scene: Scene) -> bool:
    """Whether it is a partition's share of a key, which is dropped with the whole."""
    old = action.old
    return (
        action.verb is Verb.DROP
        and isinstance(old, Constraint)
        and old.inherited_from is not None
        and old.key.parent is not None
        and child_key(Kind.PARTITION, old.key.parent) in scene.base
        and bool(trees.lasting_parents(scene, old.key.parent))
        and (Verb.DROP, old.inherited_from) in present
    )


def _constraint(found: _Alteration, action: Action, scene: Scene) -> None:
    if action.verb is Verb.CREATE:
        assert action.new is not None
        if online.built_first(action, scene):
            found.built_first.append(action)
            return
        if online.provable_later(action, scene):
            found.commands += constraints.add(online.unproved(action.new))
            found.later.append(action)
        else:
            found.commands += constraints.add(action.new)
        found.checks += checks.constraint(action.new, scene)
        found.checks += conflicts.of_key(action.new, scene)
    elif action.verb is Verb.DROP:
        # The server drops in the order written, and a key only when no foreign key refers to it any more.
        rank = 9 if action.key.kind is Kind.FOREIGN_KEY else 10
        found.commands.append(Command(rank, f"DROP CONSTRAINT {ident(action.key.name)}", key=action.key))
    else:
        assert action.old is not None and action.new is not None
        found.commands += constraints.alter(action.old, action.new)
        if action.fields & {"validated", "enforced"}:
            found.checks += checks.constraint(action.new, scene)
        found.after += constraints.index_statements(action.old, action.new)
    other = constraints.other_table(action)
    if other is not None and other != found.table:
        level = "ACCESS EXCLUSIVE" if action.verb is Verb.DROP else "SHARE ROW EXCLUSIVE"
        found.also_locks.append(f"{level} on {name_of(other)}")


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
