"""The attic on PostgreSQL: the schema reconcile_attic, which nobody but its owner may use.

Everything happens in the plan's transaction. A table is moved with its indexes (ALTER TABLE … SET SCHEMA), stripped of
what holds on to anything outside: it must be in nobody's way, and no key of it may refuse or delete others' rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reconcile.dialects.base import Draft, Scene, Side, Unit
from reconcile.dialects.postgresql.rules import casts, tables, trees
from reconcile.dialects.postgresql.rules.grouping import identity_sequence
from reconcile.dialects.postgresql.rules.text import ident, literal, name_of
from reconcile.dialects.sidetables import SideTables
from reconcile.dialects.sqltext import POSTGRESQL
from reconcile.state import (
    Column,
    Key,
    Kind,
    Object,
    PartitionOf,
    Publication,
    SequenceOwner,
    State,
    Table,
    Verb,
    child_key,
)

SCHEMA = "reconcile_attic"
# A new schema is its owner's alone unless default privileges say otherwise.
_PREPARED = (
    # IF NOT EXISTS would want the right to make schemas though it is there; an administrator may have made it for us.
    f"DO $$BEGIN IF to_regnamespace('{SCHEMA}') IS NULL THEN CREATE SCHEMA {SCHEMA}; END IF; END$$",
    f"REVOKE ALL ON SCHEMA {SCHEMA} FROM PUBLIC",
)


class PostgresAttic(SideTables):
    """See ``dialects.base.AtticRules``."""

    grammar = POSTGRESQL
    place: str | None = SCHEMA
    prefix = ""

    def size(self, name: str) -> str | None:
        return f"SELECT pg_total_relation_size({literal(self.at(name))}::regclass)"

    def relations(self, name: str) -> str | None:
        return (
            f"SELECT relname FROM pg_class WHERE relnamespace = {literal(SCHEMA)}::regnamespace "
            f"AND relkind IN ('r', 'i', 'S') AND starts_with(relname, {literal(name)})"
        )

    def room(self) -> Sequence[str]:
        return _PREPARED

    def row_order(self, table: Key, state: State) -> str:
        del table, state
        return "tableoid, ctid"

    def lossy(self, old: Column, new: Column, start: State, goal: State) -> bool:
        """Unless every value is certain to come back, or to be refused."""
        del start, goal
        return old.type != new.type and not _comes_back(old.type, new.type)

    def postpones_foreign_keys(self) -> bool:
        return True

    def content(self, columns: Sequence[str]) -> str:
        return f"md5(ROW({', '.join(columns)})::text)"

    def same(self, a: str, b: str) -> str:
        return f"{a}::text IS NOT DISTINCT FROM {b}::text"

    def stored(self, column: Column, value: str, scene: Scene) -> str:
        return f"{value}::text" if _outlives(column.key, scene) else value

    def noted(self, value: str) -> str:
        return f"{value}::text"  # its type may be one that the way back drops

    def making(self, name: str, query: str, side: Side) -> tuple[str, ...]:
        del side
        return (
            f"DROP TABLE IF EXISTS {self.at(name)}",
            f"CREATE TABLE {self.at(name)} AS {query}",
            f"ALTER TABLE {self.at(name)} ENABLE ROW LEVEL SECURITY",  # whatever default privileges give away
            f"ALTER TABLE {self.at(name)} REPLICA IDENTITY FULL",  # a publication may be for all tables
        )

    def held(self, state: State, table: Key) -> tuple[str, ...]:
        del state
        return (f"LOCK TABLE {name_of(table)} IN SHARE ROW EXCLUSIVE MODE",)

    def copy_lock(self, table: Key) -> str | None:
        return f"SHARE ROW EXCLUSIVE on {name_of(table)}"

    def written_lock(self, table: Key) -> str | None:
        return f"ROW EXCLUSIVE on {name_of(table)}"

    # -- tables

    def move(self, unit: Unit, scene: Scene, name: str) -> Iterable[Draft]:
        table = next(action.key for action in unit.actions if action.key.kind is Kind.TABLE)
        going = {action.key for action in unit.actions if action.verb is Verb.DROP}
        statements = [*_detached(table, scene), *self._stripped(table, scene)]
        statements += self._renamed(table, scene, going, name)
        statements += [
            f"ALTER TABLE {name_of(table)} RENAME TO {ident(name)}",
            f"ALTER TABLE {POSTGRESQL.qualified(table.schema, name)} SET SCHEMA {SCHEMA}",
        ]
        yield Draft(
            summary=f"drop {table}: it goes into the attic",
            sql=tuple(statements),
            lock=tables.locked_by_going(table, scene.base),
        )

    def _stripped(self, table: Key, scene: Scene) -> Iterator[str]:
        """Without what acts on others, or needs what may go."""
        base, on = scene.base, name_of(table)
        for kind in (Kind.TRIGGER, Kind.RULE, Kind.POLICY):
            for item in base.children(table, kind):
                yield f"DROP {kind.value.upper()} IF EXISTS {ident(item.key.name)} ON {on}"
        for role in sorted(_leaving(table, scene)):
            yield f"REVOKE ALL ON {on} FROM {ident(role)}"  # of its columns too
        if _leaving(child_key(Kind.OWNER, table), scene):
            yield f"ALTER TABLE {on} OWNER TO CURRENT_ROLE"
        commands = [
            f"DROP CONSTRAINT IF EXISTS {ident(item.key.name)}"
            for kind in (Kind.FOREIGN_KEY, Kind.CHECK, Kind.EXCLUSION)
            for item in base.children(table, kind)
        ]
        commands += [
            f"DROP CONSTRAINT IF EXISTS {ident(item.key.name)}"
            for kind in (Kind.UNIQUE, Kind.PRIMARY_KEY)
            for item in base.children(table, kind)
            if self._leans(item.key, scene)
        ]
        for column in base.children(table, Kind.COLUMN):
            assert isinstance(column, Column)
            named = f"ALTER COLUMN {ident(column.key.name)}"
            if child_key(Kind.DEFAULT, column.key) in base:
                commands.append(f"{named} DROP DEFAULT")
            if column.generated is not None and column.generated.stored:
                commands.append(f"{named} DROP EXPRESSION")
        yield from (f"DROP INDEX {POSTGRESQL.qualified(table.schema, i.key.name)}" for i in self._lost(table, scene))
        if commands:
            yield f"ALTER TABLE {on} {', '.join(commands)}"
        texts = [c for c in self.columns_of(base, table) if _outlives(c.key, scene)]
        if texts:
            yield f"ALTER TABLE {on} " + ", ".join(
                f"ALTER COLUMN {ident(c.key.name)} TYPE text USING {ident(c.key.name)}::text" for c in texts
            )

    def _lost(self, table: Key, scene: Scene) -> list[Object]:
        return [item for item in scene.base.children(table, Kind.INDEX) if self._leans(item.key, scene)]

    def _leans(self, key: Key, scene: Scene) -> bool:
        """Whether it, or a column it is over, needs what does not stay as it is."""
        own = [need for need in scene.base.needs_of(key) if need.kind is Kind.COLUMN and need.root == key.root]
        return _outlives(key, scene) or any(_outlives(column, scene) for column in own)

    def _renamed(self, table: Key, scene: Scene, going: set[Key], name: str) -> Iterator[str]:
        """Indexes and sequences under names that are free in the attic."""
        base, schema = scene.base, table.schema
        lasting = [
            item.key.name
            for kind in (Kind.PRIMARY_KEY, Kind.UNIQUE, Kind.INDEX)
            for item in base.children(table, kind)
            if not self._leans(item.key, scene)
        ]
        for number, index in enumerate(lasting, 1):
            # The index of a partition is gone already where that of the whole was dropped before.
            yield f"ALTER INDEX IF EXISTS {POSTGRESQL.qualified(schema, index)} RENAME TO {ident(f'{name}_i{number}')}"
        for column, sequence in _sequences(base, table):
            key = Key(Kind.SEQUENCE, sequence.schema, sequence.name)
            if key in base and key not in going:
                yield f"ALTER SEQUENCE {name_of(key)} OWNED BY NONE"
            else:
                yield f"ALTER SEQUENCE {name_of(key)} RENAME TO {ident(_kept_sequence(name, base, column))}"

    def rows(self, table: Key, scene: Scene, name: str) -> Draft:
        columns = self.columns_of(scene.target, table)
        names = ", ".join(ident(column.key.name) for column in columns)
        values = ", ".join(self.read_back(column, ident(column.key.name), scene.target) for column in columns)
        always = any(column.identity is not None and column.identity.always for column in columns)
        overriding = " OVERRIDING SYSTEM VALUE" if always else ""
        if not columns:
            sql = f"INSERT INTO {name_of(table)} SELECT FROM {self.at(name)}"
        else:
            sql = f"INSERT INTO {name_of(table)} ({names}){overriding} SELECT {values} FROM {self.at(name)}"
        return Draft(summary=f"bring the rows of {table} back", sql=(sql,), lock=f"ROW EXCLUSIVE on {name_of(table)}")

    # -- values

    def values(self, side: Side, scene: Scene) -> Draft:
        state, table = scene.target, side.table
        given = ", ".join(f"{name} = {value}" for name, value in self.assigned(side, state))
        target = f"UPDATE {name_of(table)} AS t SET {given} FROM {self.at(side.name)} AS s"
        if side.is_key:
            equal = " AND ".join(f"t.{ident(key.name)} = s.k{number}" for number, key in enumerate(side.match, 1))
            sql = f"{target} WHERE {equal}"
        else:
            now = self.matched(side, state, "tableoid AS o", "ctid AS r")
            sql = f"{target} JOIN ({now}) AS m ON {self.on(side, 'm', 's')} WHERE t.tableoid = m.o AND t.ctid = m.r"
        unlocked = list(_unidentified(table, scene))
        return Draft(
            summary=f"bring the values of {table} back",
            sql=(
                *(f"ALTER TABLE {name_of(each)} REPLICA IDENTITY FULL" for each, _ in unlocked),
                sql,
                *(f"ALTER TABLE {name_of(each)} REPLICA IDENTITY {identity}" for each, identity in unlocked),
            ),
            lock=f"{'ACCESS' if unlocked else 'ROW'} EXCLUSIVE on {name_of(table)}",
        )

    def read_back(self, column: Column, value: str, state: State) -> str:
        own = any(need.root != column.key.root and need.kind is not Kind.SCHEMA for need in state.needs_of(column.key))
        return f"{value}::{column.type}" if own else value

    def counters(self, key: Key, scene: Scene, name: str) -> Iterable[Draft]:
        """A moved table brings its sequences' values; those of a column go on after the greatest number in it."""
        state, statements = scene.target, []
        for column, sequence in _sequences(state, key.root):
            if key.kind is Kind.TABLE:
                kept = POSTGRESQL.qualified(SCHEMA, _kept_sequence(name, state, column))
                value = f"s.last_value, s.is_called) FROM {kept} AS s"
            elif column == key:
                value = f"max({ident(key.name)})) FROM {name_of(key.root)} HAVING max({ident(key.name)}) IS NOT NULL"
            else:
                continue
            statements.append(f"SELECT pg_catalog.setval({literal(name_of(sequence))}, {value}")
        if statements:
            yield Draft(summary=f"the numbers of {key} go on where they were", sql=tuple(statements))


def _unidentified(table: Key, scene: Scene) -> Iterator[tuple[Key, str]]:
    """The table and its partitions, as far as they are published and may have no replica identity just now: "cannot
    update table because it does not have a replica identity and publishes updates". With what they have afterwards."""
    for each in (table, *_below(scene.target, table)):
        item = scene.target.get(each)
        if not isinstance(item, Table) or item.partition_by is not None or not _is_published(each, scene):
            continue
        marked = [
            index.key.name
            for kind in (Kind.INDEX, Kind.UNIQUE, Kind.PRIMARY_KEY)
            for index in scene.target.children(each, kind)
            if dict(getattr(index, "options", ())).get("replica_identity")
            and scene.base.get(index.key) == index  # one that is made anew is marked when it is made
        ]
        keys = scene.target.children(each, Kind.PRIMARY_KEY)
        said = dict(item.options).get("replica_identity", "default")
        if said == "full" or marked or (said == "default" and keys and scene.base.get(keys[0].key) == keys[0]):
            continue
        yield each, said.upper()


def _is_published(table: Key, scene: Scene) -> bool:
    for state in (scene.base, scene.target):
        above = {table, *_above(state, table)}
        for item in state.of_kind(Kind.PUBLICATION):
            if isinstance(item, Publication) and (
                item.all_tables
                or above & {published.table for published in item.tables}
                or {key.schema for key in above} & {*item.schemas}
            ):
                return True
    return False


def _below(state: State, table: Key) -> Iterator[Key]:
    for part in trees.below(state, table):
        yield part
        yield from _below(state, part)


def _above(state: State, table: Key) -> Iterator[Key]:
    for parent in trees.parents(state, table):
        yield parent
        yield from _above(state, parent)


def _detached(table: Key, scene: Scene) -> Iterator[str]:
    item, part = scene.base[table], scene.base.get(child_key(Kind.PARTITION, table))
    if isinstance(part, PartitionOf):
        yield trees.detach(part)
    assert isinstance(item, Table)
    for parent in item.inherits:
        yield f"ALTER TABLE {name_of(table)} NO INHERIT {name_of(parent)}"
    if item.of_type is not None:
        yield f"ALTER TABLE {name_of(table)} NOT OF"


def _leaving(key: Key, scene: Scene) -> set[str]:
    """Names of the roles that go, and that it needs or has given something to."""
    base = scene.base
    holders = (key, *(column.key for column in base.children(key, Kind.COLUMN)))
    those = (key, *(item.key for holder in holders for item in base.children(holder, Kind.PRIVILEGE)))
    needs = (need for each in those for need in base.needs_of(each))
    return {need.name for need in needs if need.kind is Kind.ROLE and need not in scene.target}


def _outlives(key: Key, scene: Scene) -> bool:
    """Whether something outside of the table that the object needs goes or becomes another."""
    base, target = scene.base, scene.target
    return any(
        need.root != key.root and need.kind is not Kind.SCHEMA and target.get(need) != base.get(need)
        for need in base.needs_of(key)
    )


def _sequences(state: State, table: Key) -> list[tuple[Key, Key]]:
    """Columns that number, each with its sequence."""
    found = []
    for column in state.children(table, Kind.COLUMN):
        if isinstance(column, Column) and column.identity is not None:
            found.append((column.key, Key(Kind.SEQUENCE, table.schema, identity_sequence(column))))
    for owner in state.of_kind(Kind.SEQUENCE_OWNER):
        if isinstance(owner, SequenceOwner) and owner.column.root == table and owner.key.parent is not None:
            found.append((owner.column, owner.key.parent))
    return sorted(found)


def _kept_sequence(name: str, state: State, column: Key) -> str:
    """A moved sequence's name: by the place of its column among those that number."""
    columns = [each for each, _ in _sequences(state, column.root)]
    return f"{name}_s{columns.index(column) + 1}"


_WHOLE = ("smallint", "integer", "bigint")
_STRINGS = ("character varying", "text")


def _comes_back(old: str, new: str) -> bool:
    """Whether a value that takes the new type at all is the same when it has the old one again."""
    a, b = casts.parse(old), casts.parse(new)
    if a.array or b.array:
        return a == b
    if a.base in _WHOLE:
        return b.base in _WHOLE or (b.base == "numeric" and not b.arguments)
    if a.base in _STRINGS and b.base in _STRINGS:
        # A shorter varchar cuts off spaces at the end without an error.
        return not b.arguments or bool(a.arguments and a.arguments[0] <= b.arguments[0])
    if a.base == b.base == "numeric":
        if not b.arguments:
            return True
        scale = [(*x.arguments[1:], 0)[0] for x in (a, b)]
        return bool(a.arguments) and scale[0] <= scale[1]
    if a.base == b.base and a.base != "numeric":
        longer = bool(a.arguments) and (not b.arguments or a.arguments[0] <= b.arguments[0])
        return a.arguments == b.arguments or longer
    return (a.base, b.base) in {("real", "double precision"), ("date", "timestamp without time zone")}
