"""ALTER TABLE: all that changes in one table, as one statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reconcile.dialects.base import Draft, Scene
from reconcile.dialects.mysql.features import Features
from reconcile.dialects.mysql.rules.aria import tidied
from reconcile.dialects.mysql.rules.clauses import (
    CLAUSES,
    check_clause,
    column_clause,
    foreign_key_clause,
    key_clause,
    option_words,
    own_collation,
)
from reconcile.dialects.mysql.rules.history import (
    alters_history,
    history_lost,
    period_words,
    restarted_history,
    versioning_words,
)
from reconcile.dialects.mysql.rules.locks import Algorithm, Asked, ask, builds
from reconcile.dialects.mysql.rules.names import existing_name
from reconcile.dialects.mysql.rules.partitions import homeless, partition_clause
from reconcile.dialects.mysql.rules.preflight import checks_for, of_collation
from reconcile.dialects.mysql.rules.statements import column_of, combined, statements
from reconcile.dialects.sqltext import MYSQL
from reconcile.state import (
    Action,
    Check,
    CheckConstraint,
    Column,
    Comment,
    ForeignKey,
    Index,
    Key,
    Kind,
    Partitioning,
    PrimaryKey,
    Table,
    Verb,
    child_key,
)


def alter_table(table: Key, actions: Sequence[Action], scene: Scene, features: Features) -> Iterator[Draft]:
    """One statement, or as few as are cheapest; none if nothing is left to say (parts that go with their column)."""
    restarted = restarted_history(table, actions, scene)
    if restarted is not None:
        yield restarted
    for part in statements(actions, scene, features):
        draft = _alter(table, part, scene, features)
        if draft is not None:
            yield from tidied(table, part, draft, scene)


def _alter(table: Key, actions: Sequence[Action], scene: Scene, features: Features) -> Draft | None:
    clauses = [*_drops(actions, scene, features), *_columns(table, actions, scene, features)]
    clauses += period_words(table, actions, scene)
    clauses += _adds(actions, scene, features)
    clauses += _restated(table, actions, scene, features)
    clauses += _table_options(table, actions, scene)
    clauses += versioning_words(table, actions, scene)
    partitions = _partitioning(table, actions, scene)
    if not clauses and partitions is None:
        return None
    statement = _statement(table, clauses, partitions)
    algorithm = combined(actions, scene, features)
    if partitions is None:
        asked = ask(statement, algorithm, table.name, scene)
    else:
        asked = Asked(statement, Algorithm.COPY, table.name)  # after these words no algorithm can be named
    historic = alters_history(table, scene, features)
    return Draft(
        summary=_summary(table, actions),
        sql=(asked.sql,),
        transactional=False,
        # Otherwise the server refuses to alter a table that has a history (MariaDB, system_versioning_alter_history).
        before=("SET SESSION system_versioning_alter_history = KEEP",) if historic else (),
        after=("SET SESSION system_versioning_alter_history = DEFAULT",) if historic else (),
        lock=asked.lock,
        hazards=tuple(history_lost(table, scene)),
        rewrites=asked.rewrites,
        scans=not asked.rewrites and any(builds(action) for action in actions),
        checks=(
            *(check for action in actions for check in _checks(action, scene)),
            *(
                check
                for key in sorted(_touched_columns(actions) | _recollated(table, actions, scene))
                for check in of_collation(key, scene)
            ),
        ),
        covers=tuple(actions),
    )


def _statement(table: Key, clauses: Sequence[str], partitions: str | None) -> str:
    text = f"ALTER TABLE {MYSQL.ident(table.name)}"
    if clauses:
        text += f" {clauses[0]}" if len(clauses) == 1 else "\n  " + ",\n  ".join(clauses)
    return text if partitions is None else f"{text}\n{partitions}"  # no comma before these


def _drops(actions: Iterable[Action], scene: Scene, features: Features) -> Iterator[str]:
    for action in actions:
        if action.verb is not Verb.DROP:
            continue
        match action.old:
            case ForeignKey() as item:
                yield f"DROP FOREIGN KEY {MYSQL.ident(existing_name(item, scene))}"
            case CheckConstraint(column=None) as item:
                yield f"DROP {features.drop_check_word} {MYSQL.ident(existing_name(item, scene))}"
            case PrimaryKey():
                yield "DROP PRIMARY KEY"
            case Index(key=key):
                yield f"DROP KEY {MYSQL.ident(key.name)}"
            case Column(key=key):
                yield f"DROP COLUMN {MYSQL.ident(key.name)}"
            case _:
                pass


def _columns(table: Key, actions: Sequence[Action], scene: Scene, features: Features) -> Iterator[str]:
    created = {action.key: action.new for action in actions if action.verb is Verb.CREATE}
    dropped = {action.key for action in actions if action.verb is Verb.DROP}
    recollated = _recollated(table, actions, scene)
    modified = (_touched_columns(actions) | recollated) - created.keys() - dropped
    spell = bool(recollated) or any(action.key == table and "options" in action.fields for action in actions)
    for key in sorted(modified, key=lambda key: _position(scene, key)):
        column = scene.target.get(key)
        if isinstance(column, Column):
            yield f"MODIFY COLUMN {column_clause(column, scene.target, features, spell_collation=spell)}"
    added = [item for item in created.values() if isinstance(item, Column)]
    for column in sorted(added, key=lambda item: (item.position, item.key.order)):
        yield f"ADD COLUMN {column_clause(column, scene.target, features, spell_collation=spell)}"


def _position(scene: Scene, key: Key) -> tuple[int, str]:
    column = scene.target.get(key)
    return (column.position if isinstance(column, Column) else 0), key.name


def _partitioning(table: Key, actions: Iterable[Action], scene: Scene) -> str | None:
    """PARTITION BY or REMOVE PARTITIONING, if that changes."""
    if not any(action.key.kind is Kind.PARTITIONING for action in actions):
        return None
    item = scene.target.get(child_key(Kind.PARTITIONING, table))
    return partition_clause(item) if isinstance(item, Partitioning) else "REMOVE PARTITIONING"


def _checks(action: Action, scene: Scene) -> Iterator[Check]:
    yield from checks_for(action, scene)
    if isinstance(action.new, Partitioning):
        yield from homeless(action.new, scene)


def _touched_columns(actions: Iterable[Action]) -> set[Key]:
    """Columns that are said anew: those with another definition, or with anything else about them."""
    return {
        column
        for action in actions
        if (column := column_of(action)) is not None and (action.verb is Verb.ALTER or column != action.key)
    }


def _recollated(table: Key, actions: Iterable[Action], scene: Scene) -> set[Key]:
    """Columns whose collation changes because it is the table's. A new default alone would leave them as they are."""
    if not any(action.key == table and "options" in action.fields for action in actions):
        return set()
    found = set()
    for item in scene.target.children(table, Kind.COLUMN):
        before = scene.base.get(item.key)
        if isinstance(item, Column) and isinstance(before, Column):
            old, new = own_collation(before, scene.base), own_collation(item, scene.target)
            # A column that keeps the old collation while the table's changes has it spelled out from now on.
            if old != new or before.collation != item.collation:
                found.add(item.key)
    return found


def _adds(actions: Iterable[Action], scene: Scene, features: Features) -> Iterator[str]:
    for action in sorted(actions, key=lambda action: action.key.order):
        match action.verb, action.new:
            case Verb.CREATE, (PrimaryKey() | Index()) as item:
                yield f"ADD {key_clause(item, features)}"
            case Verb.CREATE, ForeignKey() as item:
                yield f"ADD {foreign_key_clause(item, scene)}"
            case Verb.CREATE, CheckConstraint(column=None) as item:
                yield f"ADD {check_clause(item, scene)}"
            case Verb.ALTER, CheckConstraint(enforced=enforced) as item:
                yield f"ALTER CHECK {MYSQL.ident(existing_name(item, scene))} {'' if enforced else 'NOT '}ENFORCED"
            case Verb.ALTER, Index(key=key, invisible=invisible):
                word = features.invisible_index_word if invisible else features.visible_index_word
                yield f"ALTER INDEX {MYSQL.ident(key.name)} {word}"
            case _:
                pass


def _restated(table: Key, actions: Iterable[Action], scene: Scene, features: Features) -> Iterator[str]:
    """Indexes said again so that they stay.

    An index that the server made for a foreign key is dropped in silence as soon as another one, or another
    foreign key's, begins with its columns ("ADD FOREIGN KEY": "may be silently dropped later"). Nothing tells which
    are of that sort; one that is written out is not.
    """
    actions = tuple(actions)
    taken = {action.key for action in actions}
    arriving = [
        (action.key.name, action.new.columns if isinstance(action.new, ForeignKey) else _columns_of(action.new))
        for action in actions
        if action.verb is Verb.CREATE and isinstance(action.new, ForeignKey | Index)
    ]
    for item in scene.base.children(table, Kind.INDEX):
        if not isinstance(item, Index) or item.key in taken or item != scene.target.get(item.key):
            continue
        columns = _columns_of(item)
        plain = not (item.unique or item.method or item.invisible or item.options) and columns
        if plain and any(name != item.key.name and more[: len(columns)] == columns for name, more in arriving):
            yield f"DROP KEY {MYSQL.ident(item.key.name)}"
            yield f"ADD {key_clause(item, features)}"


def _columns_of(item: Index) -> tuple[str, ...]:
    """The columns of an index such as the server makes for a foreign key; none of another."""
    simple = all(part.column and not part.length and not part.descending for part in item.parts)
    return tuple(part.column or "" for part in item.parts) if simple else ()


def _table_options(table: Key, actions: Iterable[Action], scene: Scene) -> Iterator[str]:
    words: list[str] = []
    for action in actions:
        match action.old, action.new:
            case Table(options=old), Table(options=new):
                words += option_words(tuple(sorted(set(new) - set(old))))
                words += [
                    f"{name.upper()}={_UNSET.get(name, 'DEFAULT')}"
                    for name in sorted({*dict(old)} - {*dict(new), *CLAUSES})
                ]
    comment_key = child_key(Kind.COMMENT, table)
    if any(action.key == comment_key for action in actions):
        comment = scene.target.get(comment_key)
        words.append(f"COMMENT={MYSQL.literal(comment.text if isinstance(comment, Comment) else '')}")
    if words:
        yield " ".join(words)


# What stands for "as if it had never been said".
_UNSET = {
    "key_block_size": "0",
    "avg_row_length": "0",
    "max_rows": "0",
    "min_rows": "0",
    "checksum": "0",
    "delay_key_write": "0",
    "connection": "''",
    "insert_method": "NO",
    "union": "()",
}


def _summary(table: Key, actions: Sequence[Action]) -> str:
    shown = [action for action in actions if action.key.kind is not Kind.TABLE]
    if len(shown) == 1:
        return f"{shown[0].verb.value} {shown[0].key}"
    if not shown:
        return f"alter {table}"
    parents = [action for action in shown if not any(other.key == action.key.parent for other in shown)]
    named = [
        f"{action.verb.value} {action.key.kind.value} {action.key.name or action.key.parent}" for action in parents
    ]
    if len(named) > 3:
        named = [*named[:3], f"{len(named) - 3} more"]
    return f"alter {table}: {', '.join(dict.fromkeys(named))}"
