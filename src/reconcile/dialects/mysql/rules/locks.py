"""Which algorithm the server would choose for an ALTER TABLE, and so whom it locks out.

After "Online DDL Operations" (MySQL 8 manual) and "InnoDB Online DDL" (MariaDB): an estimate for people, not a promise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import IntEnum

from reconcile.dialects.base import Scene
from reconcile.dialects.mysql.features import Features
from reconcile.state import Action, CheckConstraint, Column, Index, Kind, PrimaryKey, Table, Verb


class Algorithm(IntEnum):
    """From harmless to harmful; one statement takes the worst of its clauses."""

    INSTANT = 0
    INPLACE = 1
    REBUILD = 2
    SHARED = 3
    COPY = 4


# The metadata lock that is held while the work is done, by the server's name (metadata_lock_info, metadata_locks), and
# the algorithm. Every ALTER TABLE ends with MDL_EXCLUSIVE for a moment.
_LOCKS = {
    Algorithm.INSTANT: "MDL_EXCLUSIVE",
    Algorithm.INPLACE: "MDL_SHARED_UPGRADABLE",
    Algorithm.REBUILD: "MDL_SHARED_UPGRADABLE",
    Algorithm.SHARED: "MDL_SHARED_NO_WRITE",
    Algorithm.COPY: "MDL_SHARED_NO_WRITE",
}
HOW = {
    Algorithm.INSTANT: "INSTANT",
    Algorithm.INPLACE: "INPLACE, LOCK=NONE",
    Algorithm.REBUILD: "INPLACE with rebuild, LOCK=NONE",
    Algorithm.SHARED: "INPLACE, LOCK=SHARED",
    Algorithm.COPY: "COPY",
}
_VARCHAR = re.compile(r"(varchar|varbinary)\((\d+)\)")
_REBUILT_BY = frozenset({"row_format", "key_block_size", "page_compressed", "encrypted"})


def lock_text(algorithm: Algorithm, table: str) -> str:
    """What a person is told."""
    return f"{_LOCKS[algorithm]} on {table} ({HOW[algorithm]})"


def worst(actions: Iterable[Action], scene: Scene, features: Features) -> Algorithm:
    """The algorithm for all of these in one statement."""
    actions = tuple(actions)
    return max((_algorithm(action, scene, features) for action in actions), default=Algorithm.INSTANT)


def rewrites(actions: Iterable[Action], scene: Scene, features: Features) -> bool:
    """Whether the server writes every row anew. The first fulltext index does: it adds a hidden column."""
    actions = tuple(actions)
    copies = worst(actions, scene, features) in (Algorithm.REBUILD, Algorithm.COPY)
    return copies or any(_is_first_fulltext(action, scene) for action in actions)


def _is_first_fulltext(action: Action, scene: Scene) -> bool:
    others = (item for item in scene.base.children(action.key.root, Kind.INDEX) if isinstance(item, Index))
    new = action.new if action.verb is Verb.CREATE else None
    return isinstance(new, Index) and new.method == "fulltext" and all(item.method != "fulltext" for item in others)


def builds(action: Action) -> bool:
    """Whether every row is read to make it: an index."""
    return action.verb is Verb.CREATE and action.key.kind in (Kind.INDEX, Kind.PRIMARY_KEY)


def _algorithm(action: Action, scene: Scene, features: Features) -> Algorithm:
    making = action.verb is Verb.CREATE
    match action.key.kind:
        case Kind.COLUMN:
            return _column(action, scene, features)
        case Kind.PRIMARY_KEY:
            # Dropped without another in its place, the table is copied.
            return Algorithm.REBUILD if scene.target.get(action.key) is not None else Algorithm.COPY
        case Kind.INDEX if making:
            special = isinstance(action.new, Index) and action.new.method in ("fulltext", "spatial")
            return Algorithm.SHARED if special else Algorithm.INPLACE
        case Kind.INDEX:
            return Algorithm.INPLACE
        case Kind.CHECK if making and isinstance(action.new, CheckConstraint) and action.new.column:
            # One that stands beside its column is taken without a look at the rows (seen on MariaDB 10.11).
            return Algorithm.INSTANT if features.is_mariadb else Algorithm.COPY
        case Kind.FOREIGN_KEY | Kind.CHECK if making:
            return Algorithm.COPY
        case Kind.PARTITIONING:
            return Algorithm.COPY
        case Kind.TABLE:
            return _options(action)
        case _:
            return Algorithm.INSTANT


def _options(action: Action) -> Algorithm:
    if not isinstance(action.old, Table) or not isinstance(action.new, Table):
        return Algorithm.INSTANT
    changed = {name for name, _ in set(action.old.options) ^ set(action.new.options)}
    if changed & {"engine", "collation", "charset", "versioning"}:
        return Algorithm.COPY
    return Algorithm.REBUILD if changed & _REBUILT_BY else Algorithm.INPLACE


def _column(action: Action, scene: Scene, features: Features) -> Algorithm:
    old, new = action.old, action.new
    if isinstance(new, Column) and old is None:
        if new.auto_increment or (new.generated and new.generated.stored):
            return Algorithm.COPY
        return Algorithm.INSTANT if features.instant_add_column else Algorithm.REBUILD
    if new is None:
        return Algorithm.INSTANT if features.instant_drop_column else Algorithm.REBUILD
    if not isinstance(old, Column) or not isinstance(new, Column):
        return Algorithm.INSTANT
    fields = action.fields
    if features.is_mariadb and _keeps_bytes(old, new, fields, scene):
        # Only indexes are built anew (MariaDB 10.4).
        return Algorithm.INPLACE if "type" not in fields and _is_indexed(new, scene) else Algorithm.INSTANT
    if fields & {"collation", "charset", "generated", "auto_increment"}:
        return Algorithm.COPY
    if "type" in fields:
        return _type_change(old.type, new.type)
    if "nullable" in fields:
        return Algorithm.REBUILD
    return Algorithm.INSTANT


def _keeps_bytes(old: Column, new: Column, fields: frozenset[str], scene: Scene) -> bool:
    """Whether what is stored stays as it is: a longer varchar, another collation of the same character set."""
    if not fields or fields - {"type", "collation", "charset"}:
        return False
    before, after = _VARCHAR.fullmatch(old.type), _VARCHAR.fullmatch(new.type)
    if "type" in fields and len(fields) == 1:
        return before is not None and after is not None and before[1] == after[1] and int(before[2]) <= int(after[2])
    return "type" not in fields and _charset(old, scene) == _charset(new, scene)


def _charset(column: Column, scene: Scene) -> str | None:
    """Its own, or its table's: every collation begins with its character set."""
    table = scene.base.get(column.key.root)
    options = dict(table.options) if isinstance(table, Table) else {}
    named = column.collation or options.get("collation")
    return column.charset or (named.partition("_")[0] if named else options.get("charset"))


def _is_indexed(column: Column, scene: Scene) -> bool:
    assert column.key.parent is not None
    parts = scene.target.children(column.key.parent)
    keys = (item for item in parts if isinstance(item, Index | PrimaryKey))
    return any(part.column == column.key.name for item in keys for part in item.parts)


def _type_change(old: str, new: str) -> Algorithm:
    before, after = _VARCHAR.fullmatch(old), _VARCHAR.fullmatch(new)
    if before and after and before[1] == after[1]:
        shorter, longer = int(before[2]), int(after[2])
        # The length byte becomes two at 256 bytes; utf8mb4 reaches that with 64 characters.
        if shorter <= longer and not shorter < 64 <= longer:
            return Algorithm.INPLACE
    if old.startswith("enum(") and new.startswith(old[:-1]):
        return Algorithm.INSTANT  # labels added at the end
    return Algorithm.COPY
