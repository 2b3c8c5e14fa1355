"""Forms that keep nobody out: longer, in several transactions, for tables on which others must go on working.

PostgreSQL manual, "Building Indexes Concurrently" and ALTER TABLE: VALIDATE CONSTRAINT, and SET NOT NULL, which scans
the table unless a valid check proves that there is no null.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from reconcile.dialects import filling
from reconcile.dialects.base import Draft, Scene
from reconcile.dialects.postgresql.rules import text, trees
from reconcile.dialects.postgresql.rules.text import ident, index_name, name_of
from reconcile.dialects.postgresql.words import RESERVED, SOMETIMES_QUOTED
from reconcile.state import (
    Action,
    Check,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Key,
    Kind,
    Object,
    PrimaryKey,
    Unique,
    Verb,
    child_key,
)
from reconcile.state import Table as TableObject
from reconcile.state.digest import text_digest

_GENTLE = "SHARE UPDATE EXCLUSIVE"
_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")


def concerns(table: Key, scene: Scene) -> bool:
    """Whether the table is to be changed so: one that is there, keeps its rows itself, and is part of no tree."""
    if table not in scene.online:
        return False
    item = scene.base.get(table)
    stands_alone = not trees.is_parent(scene, table) and child_key(Kind.PARTITION, table) not in scene.base
    return isinstance(item, TableObject) and item.keeps_rows and stands_alone and not item.inherits


def create_index(new: Index, checks: tuple[Check, ...]) -> Draft:
    """CREATE INDEX CONCURRENTLY. What a failed one leaves is invalid, and removed before it is tried again."""
    assert new.key.parent is not None
    return Draft(
        summary=f"create {new.key}",
        sql=(text.index(new, concurrently=True),),
        transactional=False,
        lock=f"{_GENTLE} on {name_of(new.key.parent)}",
        scans=True,
        checks=checks,
        reason="concurrently, so that rows can be written meanwhile",
    )


def concerns_part(table: Key, scene: Scene) -> bool:
    """Whether the table is a partition that keeps rows and stays in its tree, of which some table is to be changed so.

    Its indexes can be built while it is written to, and then be adopted by the one above without another look at them.
    """
    item = scene.base.get(table)
    if not isinstance(item, TableObject) or not item.keeps_rows or not trees.lasting_parents(scene, table):
        return False
    if child_key(Kind.PARTITION, table) not in scene.base:
        return False
    top = trees.root(scene, table)
    return any(trees.root(scene, each) == top for each in scene.online)


def built_first(action: Action, scene: Scene) -> bool:
    """Whether it adds a key whose index can be built before, while rows are written."""
    item, table = action.new, action.key.parent
    if action.verb is not Verb.CREATE or not isinstance(item, PrimaryKey | Unique) or table is None:
        return False
    if not concerns(table, scene) or item.options or not item.named or action.key in scene.base:
        return False
    # The name is still another's, or rows of the table itself are to refer to the key by the statement before.
    taken = any(
        child_key(kind, table, item.key.name) in scene.base for kind in (Kind.INDEX, Kind.UNIQUE, Kind.PRIMARY_KEY)
    )
    refers = any(isinstance(each, ForeignKey) and each.target == table for each in scene.target.children(table))
    replaces = isinstance(item, PrimaryKey) and bool(scene.base.children(table, Kind.PRIMARY_KEY))
    return not (taken or refers or replaces)


def add_keys(table: Key, added: Sequence[Action], checks: Mapping[Key, tuple[Check, ...]]) -> Iterator[Draft]:
    """An index for each key, built concurrently; then all keys at once, which take the indexes over."""
    commands: list[str] = []
    indexes: list[Key] = []
    for action in added:
        item = action.new
        assert isinstance(item, PrimaryKey | Unique)
        index = Index(
            key=child_key(Kind.INDEX, table, item.key.name),
            parts=item.parts,
            unique=True,
            include=item.include,
            nulls_not_distinct=isinstance(item, Unique) and item.nulls_not_distinct,
        )
        yield replace(create_index(index, checks.get(action.key, ())), covers=(), leaves=(index,))
        word = "PRIMARY KEY" if isinstance(item, PrimaryKey) else "UNIQUE"
        name = ident(item.key.name)
        commands.append(f"ADD CONSTRAINT {name} {word} USING INDEX {name}{text.deferral(item)}")
        indexes.append(index.key)
    yield Draft(
        summary=f"alter {table}: add {', '.join(f'{a.key.kind.value} {a.key.name}' for a in added)}",
        sql=(f"ALTER TABLE {name_of(table)} {', '.join(commands)}",),
        lock=f"ACCESS EXCLUSIVE on {name_of(table)}",
        covers=tuple(added),
        ends=tuple(indexes),
        reason="takes over the index that is there: nothing is read under the lock",
    )


def drop_index(key: Key) -> Draft:
    """DROP INDEX CONCURRENTLY: waits for those who use it, and keeps nobody waiting."""
    assert key.parent is not None
    return Draft(
        summary=f"drop {key}",
        sql=(f"DROP INDEX CONCURRENTLY {index_name(key)}",),
        transactional=False,
        lock=f"{_GENTLE} on {name_of(key.parent)}",
        reason="concurrently, so that nobody has to wait for it",
    )


def provable_later(action: Action, scene: Scene) -> bool:
    """Whether it adds a foreign key or check that may first go unproved."""
    item = action.new
    return (
        action.verb is Verb.CREATE
        and isinstance(item, ForeignKey | CheckConstraint)
        and item.validated
        and item.enforced
        and item.named
        and item.key.parent is not None
        and concerns(item.key.parent, scene)
    )


def unproved(item: Object) -> Object:
    """The constraint as it is between ADD … NOT VALID and VALIDATE."""
    assert isinstance(item, ForeignKey | CheckConstraint)
    return replace(item, validated=False)


def forbids_null_later(action: Action, scene: Scene) -> bool:
    """Whether it sets NOT NULL on a column that is there, and nothing else about it."""
    old, new = action.old, action.new
    return (
        action.verb is Verb.ALTER
        and action.fields == {"nullable"}
        and isinstance(old, Column)
        and isinstance(new, Column)
        and old.nullable
        and new.not_null_name is None
        and not new.options
        and new.key.parent is not None
        and _printed(new.key.name) is not None
        and concerns(new.key.parent, scene)
    )


def _printed(name: str) -> str | None:
    """A column's name as the server prints it in a check; None for words that versions treat differently."""
    if name in RESERVED or name in SOMETIMES_QUOTED:
        return None
    return name if _PLAIN.fullmatch(name) else ident(name)


def proof_of_not_null(column: Key) -> CheckConstraint:
    """The check by which the server knows that a column holds no null."""
    assert column.parent is not None
    digest = text_digest(column.name)[:8]  # names may be as long as names can be
    return CheckConstraint(
        key=child_key(Kind.CHECK, column.parent, f"reconcile_not_null_{digest}"),
        expression=f"({_printed(column.name)} IS NOT NULL)",
    )


def prove(table: Key, added: tuple[Action, ...], forbidding: tuple[Action, ...], scene: Scene) -> Iterator[Draft]:
    """What follows the statement that has added these constraints unproved: a transaction that reads all rows and keeps
    nobody out, and one that says NOT NULL, for which there is nothing left to read."""
    proofs = [proof_of_not_null(action.key) for action in forbidding]
    names = [*(action.key.name for action in added), *(proof.key.name for proof in proofs)]
    alter = f"ALTER TABLE {name_of(table)}"
    referred = [a.new.target for a in added if isinstance(a.new, ForeignKey) and a.new.target != table]
    # From now on nobody can write a null: what was written meanwhile is filled in for good.
    given = {ident(a.key.name): scene.fills[a.key] for a in forbidding if a.key in scene.fills}
    missed = (filling.missed(name_of(table), given),) if given else ()
    locks = [f"{_GENTLE} on {name_of(table)}", *(f"ROW SHARE on {name_of(key)}" for key in dict.fromkeys(referred))]
    yield Draft(
        summary=f"validate {', '.join(names)} of {table}",
        sql=(*missed, *(f"{alter} VALIDATE CONSTRAINT {ident(name)}" for name in names)),
        lock=" and ".join(locks),
        scans=True,
        covers=added,
        leaves=tuple(proofs),
        reason="apart, so that rows can be written while all of them are read",
    )
    if not forbidding:
        return
    columns = [f"ALTER COLUMN {ident(action.key.name)} SET NOT NULL" for action in forbidding]
    # A subcommand sees the others' effects in an order of the server's own: the proof goes in a statement of its own.
    yield Draft(
        summary=f"alter {table}: set NOT NULL on {', '.join(action.key.name for action in forbidding)}",
        sql=(
            f"{alter} {', '.join(columns)}",
            f"{alter} {', '.join(f'DROP CONSTRAINT {ident(proof.key.name)}' for proof in proofs)}",
        ),
        lock=f"ACCESS EXCLUSIVE on {name_of(table)}",
        covers=forbidding,
        ends=tuple(proof.key for proof in proofs),
        reason="a valid check has proved it: nothing is read under the lock",
    )
