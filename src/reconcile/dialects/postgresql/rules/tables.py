"""Tables as wholes: CREATE TABLE, DROP TABLE, and their options."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from reconcile.dialects.base import Draft, Scene, Unit
from reconcile.dialects.postgresql.expressions import for_reading
from reconcile.dialects.postgresql.features import Features
from reconcile.dialects.postgresql.rules import checks, text, trees
from reconcile.dialects.postgresql.rules.text import ident, name_of
from reconcile.state import (
    CheckConstraint,
    Column,
    Constraint,
    Default,
    ForeignKey,
    Key,
    Kind,
    Object,
    PartitionOf,
    State,
    Table,
    Verb,
    child_key,
)

# Options that CREATE TABLE has no WITH parameter for.
_CLAUSES = frozenset({"tablespace", "persistence", "access_method", "replica_identity"})


def create(unit: Unit, scene: Scene) -> Iterable[Draft]:
    """CREATE TABLE with whatever parts are in the unit, then what it cannot say."""
    new = [action.new for action in unit.actions if action.new is not None]
    table = next(item for item in new if isinstance(item, Table))
    new = [item for item in new if not (table.inherits and _comes_along(item))]
    defaults = {item.key: item for item in new if isinstance(item, Default)}
    columns = sorted((item for item in new if isinstance(item, Column)), key=lambda item: item.position)
    partition = next((item for item in new if isinstance(item, PartitionOf)), None)
    below = [item for item in columns if _is_made_above(item, table)]
    own = [item for item in columns if item not in below]
    features: Features = scene.features
    if features.has_named_not_null and trees.has_below(scene.target, table.key):
        # Their NOT NULLs have the names of this one's: if they are there first, the server would choose another.
        own = [c if c.nullable else replace(c, not_null_name=text.not_null_name(c)) for c in own]
    if table.inherits:
        own = [item if item.not_null_local else replace(item, nullable=True) for item in own]
    lines = [text.column_definition(c, defaults.get(child_key(Kind.DEFAULT, c.key))) for c in own]
    constraints = [i for i in new if isinstance(i, Constraint)]
    constraints.sort(key=lambda item: item.key.order)
    # In CREATE TABLE the server takes NOT VALID for a slip: there are no rows yet.
    late = [item for item in constraints if not getattr(item, "validated", True)]
    lines += [text.constraint(item) for item in constraints if item not in late]
    options = dict(table.options)
    unlogged = "UNLOGGED " if options.get("persistence") == "unlogged" else ""
    sql = f"CREATE {unlogged}{'FOREIGN ' if table.server is not None else ''}TABLE {name_of(table.key)}"
    sql += _body(table, partition, lines)
    if table.server is not None:
        sql += f" SERVER {ident(table.server)}{text.generic_options(table.foreign_options)}"
    if "access_method" in options:
        sql += f" USING {ident(options['access_method'])}"
    parameters = storage_parameters(table)
    if parameters:
        sql += f" WITH ({text.parameters(parameters)})"
    if "tablespace" in options:
        sql += f" TABLESPACE {ident(options['tablespace'])}"
    further = [command for column in own for command in text.column_settings(column)]
    further += [command for column in below for command in _kept_apart(column, defaults, table, scene)]
    further += [f"ADD {text.constraint(item)}" for item in late]
    if "replica_identity" in options:
        further.append(f"REPLICA IDENTITY {options['replica_identity'].upper()}")
    further += [command for item in constraints for command in index_marks(item)]
    statements = [sql]
    if further:
        only = "ONLY " if table.partition_by is not None else ""
        statements.append(f"ALTER TABLE {only}{name_of(table.key)} {', '.join(further)}")
    yield Draft(summary=f"create {table.key}", sql=tuple(statements), lock=_locked_by_new(table, constraints))


def _comes_along(item: Object) -> bool:
    """A check that the table has only because one above has it, by INHERITS."""
    return isinstance(item, CheckConstraint) and not item.local


def _is_made_above(column: Column, table: Table) -> bool:
    return bool(table.inherits or table.of_type) and not column.local


def _kept_apart(column: Column, defaults: dict[Key, Default], table: Table, scene: Scene) -> Iterable[str]:
    """An inherited column's own default and settings: those of the table above are copied when the table is made."""
    default = defaults.get(child_key(Kind.DEFAULT, column.key))
    head = f"ALTER COLUMN {ident(column.key.name)}"
    above = (child_key(Kind.DEFAULT, child_key(Kind.COLUMN, key, column.key.name)) for key in table.inherits)
    copied = [item.expression for key in above if isinstance(item := scene.target.get(key), Default)]
    if default is not None and copied == [default.expression]:
        pass
    elif default is not None:
        yield f"{head} SET DEFAULT {for_reading(default.expression)}"
    elif copied and column.generated is None and column.identity is None:
        yield f"{head} DROP DEFAULT"
    yield from text.column_settings(column)


def _body(table: Table, partition: PartitionOf | None, lines: Sequence[str]) -> str:
    """What follows the name: columns and constraints, and what the table is a part of."""
    inside = "\n    " + ",\n    ".join(lines) + "\n" if lines else ""
    if partition is not None:
        body = f" PARTITION OF {name_of(partition.of)}{f' ({inside})' if inside else ''} {partition.bound}"
    elif table.of_type is not None:
        body = f" OF {name_of(table.of_type)}{f' ({inside})' if inside else ''}"
    else:
        body = f" ({inside})"
    if table.inherits:
        body += f" INHERITS ({', '.join(map(name_of, table.inherits))})"
    return body + (f" PARTITION BY {table.partition_by}" if table.partition_by is not None else "")


def _locked_by_new(table: Table, constraints: Iterable[Object]) -> str | None:
    """The locks that a new table takes on others: those it refers to, and inherits from."""
    targets = {item.target for item in constraints if isinstance(item, ForeignKey) and item.target != table.key}
    locks = [f"SHARE ROW EXCLUSIVE on {name_of(target)}" for target in sorted(targets)]
    locks += [f"SHARE UPDATE EXCLUSIVE on {name_of(above)}" for above in table.inherits]
    return " and ".join(locks) or None


def locked_by_going(table: Key, state: State) -> str:
    """The locks of taking a table away: on itself, on what it is a partition of, and on those it refers to, whose
    triggers go."""
    part = state.get(child_key(Kind.PARTITION, table))
    others = {part.of} if isinstance(part, PartitionOf) else set()
    others |= {item.target for item in state.children(table, Kind.FOREIGN_KEY) if isinstance(item, ForeignKey)}
    return " and ".join(f"ACCESS EXCLUSIVE on {name_of(key)}" for key in (table, *sorted(others - {table})))


def drop(unit: Unit, scene: Scene) -> Iterable[Draft]:
    """DROP TABLE: the parts go by themselves."""
    table, old = next((action.key, action.old) for action in unit.actions if action.key.kind is Kind.TABLE)
    assert isinstance(old, Table)
    foreign = "FOREIGN " if old.server is not None else ""
    yield Draft(
        summary=f"drop {table}",
        sql=(*trees.detached_first(scene, table), f"DROP {foreign}TABLE {name_of(table)}"),
        lock=locked_by_going(table, scene.base),
        checks=(checks.none_to_lose(table),) if table in scene.target and not foreign else (),
    )


def storage_parameters(table: Table) -> list[tuple[str, str]]:
    """What goes into WITH (…)."""
    return [(name, value) for name, value in table.options if name not in _CLAUSES]


def index_marks(item: Object) -> list[str]:
    """Subcommands of ALTER TABLE that mark an index (or the one behind a constraint) as special."""
    options = dict(getattr(item, "options", ()))
    found = []
    if options.get("clustered") == "true":
        found.append(f"CLUSTER ON {ident(item.key.name)}")
    if options.get("replica_identity") == "true":
        found.append(f"REPLICA IDENTITY USING INDEX {ident(item.key.name)}")
    return found


def option_commands(old: Table, new: Table) -> list[str]:
    """Subcommands of ALTER TABLE from the old options to the new."""
    before, after = dict(old.options), dict(new.options)
    commands = [f"NO INHERIT {name_of(key)}" for key in old.inherits if key not in new.inherits]
    if old.of_type is not None and new.of_type is None:
        commands.append("NOT OF")
    if before.get("access_method") != after.get("access_method"):
        commands.append(f"SET ACCESS METHOD {ident(after.get('access_method', 'heap'))}")
    if before.get("persistence") != after.get("persistence"):
        commands.append("SET UNLOGGED" if "persistence" in after else "SET LOGGED")
    if before.get("tablespace") != after.get("tablespace"):
        commands.append(f"SET TABLESPACE {ident(after.get('tablespace', 'pg_default'))}")
    commands += parameter_commands(storage_parameters(old), storage_parameters(new))
    if before.get("replica_identity") != after.get("replica_identity"):
        commands.append(f"REPLICA IDENTITY {after.get('replica_identity', 'default').upper()}")
    commands += [f"INHERIT {name_of(key)}" for key in new.inherits if key not in old.inherits]
    if new.of_type is not None and new.of_type != old.of_type:
        commands.append(f"OF {name_of(new.of_type)}")
    commands += text.generic_changes(old.foreign_options, new.foreign_options)
    return commands


def parameter_commands(old: list[tuple[str, str]], new: list[tuple[str, str]]) -> list[str]:
    """SET (…) and RESET (…) from the old storage parameters to the new."""
    gone = [name for name, _ in old if name not in dict(new)]
    changed = [(name, value) for name, value in new if dict(old).get(name) != value]
    commands = []
    if changed:
        commands.append(f"SET ({text.parameters(changed)})")
    if gone:
        commands.append(f"RESET ({', '.join(gone)})")
    return commands


def rewrites(old: Table, new: Table) -> bool:
    """Whether the options' change copies the whole table."""
    before, after = dict(old.options), dict(new.options)
    return any(before.get(name) != after.get(name) for name in ("persistence", "tablespace", "access_method"))


def only_parameters(old: Table, new: Table) -> bool:
    """Whether nothing but storage parameters differs."""
    same = replace(new, options=old.options)
    changed = {name for name, _ in set(old.options) ^ set(new.options)}
    return same == old and not changed & {*_CLAUSES, "user_catalog_table"}


def is_creation(unit: Unit) -> bool:
    """Whether the unit makes a table."""
    return any(action.verb is Verb.CREATE and action.key.kind is Kind.TABLE for action in unit.actions)


def is_removal(unit: Unit) -> bool:
    """Whether the unit drops a table."""
    return any(action.verb is Verb.DROP and action.key.kind is Kind.TABLE for action in unit.actions)


def table_of(key: Key) -> Key:
    """The table a part is in."""
    return key if key.kind is Kind.TABLE or key.parent is None else table_of(key.parent)
