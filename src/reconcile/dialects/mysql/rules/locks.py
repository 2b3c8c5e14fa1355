"""Which algorithm an ALTER TABLE is asked to use, and so whom it locks out.

After "Online DDL Operations" (MySQL 8 manual, 17.12.1) and "InnoDB Online DDL Overview" (MariaDB). What these say is
only where the asking begins: a statement that names its algorithm is refused where the server would need a dearer one,
and the rehearsal finds that out on scratch (``Scene.refused``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

from reconcile.dialects.base import Scene
from reconcile.dialects.mysql.features import Features
from reconcile.dialects.mysql.rules.clauses import own_collation
from reconcile.dialects.sqltext import MYSQL
from reconcile.state import (
    Action,
    CheckConstraint,
    Column,
    Default,
    Index,
    Key,
    Kind,
    Partitioning,
    PrimaryKey,
    State,
    Table,
    Verb,
    child_key,
)


class Algorithm(IntEnum):
    """From harmless to harmful; one statement takes the worst of its clauses."""

    METADATA = 0  # any engine only notes it down
    INSTANT = 1  # InnoDB does, and reads old rows with care from then on
    INPLACE = 2
    REBUILD = 3
    SHARED = 4
    SHARED_REBUILD = 5
    ONLINE_COPY = 6
    COPY = 7


# The metadata lock that is held while the work is done, by the server's name (metadata_lock_info, metadata_locks), and
# the algorithm. Every ALTER TABLE ends with MDL_EXCLUSIVE for a moment.
_LOCKS = {
    Algorithm.METADATA: "MDL_EXCLUSIVE",
    Algorithm.INSTANT: "MDL_EXCLUSIVE",
    Algorithm.INPLACE: "MDL_SHARED_UPGRADABLE",
    Algorithm.REBUILD: "MDL_SHARED_UPGRADABLE",
    Algorithm.SHARED: "MDL_SHARED_NO_WRITE",
    Algorithm.SHARED_REBUILD: "MDL_SHARED_NO_WRITE",
    Algorithm.ONLINE_COPY: "MDL_SHARED_UPGRADABLE",
    Algorithm.COPY: "MDL_SHARED_NO_WRITE",
}
HOW = {
    Algorithm.METADATA: "INSTANT",
    Algorithm.INSTANT: "INSTANT",
    Algorithm.INPLACE: "INPLACE, LOCK=NONE",
    Algorithm.REBUILD: "INPLACE with rebuild, LOCK=NONE",
    Algorithm.SHARED: "INPLACE, LOCK=SHARED",
    Algorithm.SHARED_REBUILD: "INPLACE with rebuild, LOCK=SHARED",
    Algorithm.ONLINE_COPY: "COPY, LOCK=NONE",
    Algorithm.COPY: "COPY",
}
# What is asked for. Nothing where the table is copied and writers wait: that is what the server falls back to by
# itself, and it may know better than we do.
_ASKED = {
    Algorithm.METADATA: "ALGORITHM=INSTANT",
    Algorithm.INSTANT: "ALGORITHM=INSTANT",
    Algorithm.INPLACE: "ALGORITHM=INPLACE, LOCK=NONE",
    Algorithm.REBUILD: "ALGORITHM=INPLACE, LOCK=NONE",
    Algorithm.SHARED: "ALGORITHM=INPLACE, LOCK=SHARED",
    Algorithm.SHARED_REBUILD: "ALGORITHM=INPLACE, LOCK=SHARED",
    Algorithm.ONLINE_COPY: "ALGORITHM=COPY, LOCK=NONE",
    Algorithm.COPY: "",
}
_REBUILDING = frozenset({Algorithm.REBUILD, Algorithm.SHARED_REBUILD, Algorithm.ONLINE_COPY, Algorithm.COPY})
_VARCHAR = re.compile(r"(varchar|varbinary)\((\d+)\)")
_LONG = re.compile(r"text\b|blob\b|json")
_BYTES = {"latin1": 1, "ascii": 1, "binary": 1, "ucs2": 2, "utf8mb3": 3, "utf8": 3}  # for one character; else 4
_COPIED_BY = frozenset({"engine", "versioning", "period"})
_REBUILT_BY = frozenset({"row_format", "key_block_size", "page_compressed", "page_compression_level", "encrypted",
                         "encryption", "encryption_key_id", "compression"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """A statement that says which algorithm it is to use, and what that means."""

    sql: str
    algorithm: Algorithm
    table: str

    @property
    def lock(self) -> str:
        """What a person is told."""
        return f"{_LOCKS[self.algorithm]} on {self.table} ({HOW[self.algorithm]})"

    @property
    def rewrites(self) -> bool:
        """Whether the server writes every row anew."""
        return self.algorithm in _REBUILDING


def ask(statement: str, algorithm: Algorithm, table: str, scene: Scene) -> Asked:
    """The cheapest form of an ALTER TABLE, from ``algorithm`` on, that the server has not refused on scratch."""
    for step in Algorithm:
        if step < algorithm or (step is Algorithm.ONLINE_COPY and not scene.features.online_copy):
            continue
        if step is not algorithm and step in (Algorithm.INSTANT, Algorithm.INPLACE, Algorithm.SHARED):
            continue  # the same words as one beside it; and of what is a fallback the worse is said
        words = _ASKED[step]
        sql = f"{statement}, {words}" if words else statement
        if sql not in scene.refused:
            return Asked(sql, step, table)
    return Asked(statement, Algorithm.COPY, table)


def is_first_fulltext(action: Action, scene: Scene) -> bool:
    """Whether it is the table's first fulltext index: it adds a hidden column, so all is written anew."""
    new = action.new if action.verb is Verb.CREATE else None
    others = _indexes(action.key.root, scene.base)
    return isinstance(new, Index) and new.method == "fulltext" and all(item.method != "fulltext" for item in others)


def builds(action: Action) -> bool:
    """Whether every row is read to make it: an index."""
    return action.verb is Verb.CREATE and action.key.kind in (Kind.INDEX, Kind.PRIMARY_KEY)


def is_virtual(action: Action) -> bool:
    """Whether it adds or drops a column that is not stored."""
    item = action.new or action.old
    made = action.verb in (Verb.CREATE, Verb.DROP)
    return made and isinstance(item, Column) and item.generated is not None and not item.generated.stored


def algorithm_of(action: Action, scene: Scene, features: Features) -> Algorithm:
    """The algorithm for this alone, on this table."""
    return _Traits.of(action.key.root, scene.base, features).limit(action, _algorithm(action, scene, features))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Traits:
    """What of a table limits the server ("Limitations" of the two pages)."""

    foreign: bool  # of an engine other than InnoDB
    compressed: bool
    partitioned: bool
    versioned: bool
    fulltext: bool
    spatial: bool
    indexed_virtual: bool  # MariaDB: no column can be added or dropped beside one
    virtual_keys_block: bool

    @classmethod
    def of(cls, table: Key, state: State, features: Features) -> _Traits:
        item = state.get(table)
        options = dict(item.options) if isinstance(item, Table) else {}
        indexes = list(_indexes(table, state))
        named = {part.column for index in indexes for part in index.parts}
        return cls(
            foreign=options.get("engine", "InnoDB").lower() != "innodb",
            compressed=options.get("row_format", "").upper() == "COMPRESSED" or "key_block_size" in options,
            partitioned=isinstance(state.get(child_key(Kind.PARTITIONING, table)), Partitioning),
            versioned=("versioning", "system") in options.items(),
            fulltext=any(index.method == "fulltext" for index in indexes),
            spatial=any(index.method == "spatial" for index in indexes),
            indexed_virtual=any(
                isinstance(column, Column)
                and column.generated is not None
                and not column.generated.stored
                and column.key.name in named
                for column in state.children(table, Kind.COLUMN)
            ),
            virtual_keys_block=features.virtual_keys_block,
        )

    def limit(self, action: Action, found: Algorithm) -> Algorithm:
        """What becomes of ``found`` on such a table."""
        if self.foreign and (found is not Algorithm.METADATA or action.fields == {"options"}):
            return Algorithm.COPY
        if found is Algorithm.METADATA:
            return found
        if is_virtual(action):
            return Algorithm.COPY if self.partitioned else found
        if self.versioned and found in (Algorithm.SHARED, Algorithm.SHARED_REBUILD):
            return Algorithm.COPY
        moves = action.key.kind is Kind.COLUMN and action.verb in (Verb.CREATE, Verb.DROP)
        if moves and found is Algorithm.INSTANT:
            if self.indexed_virtual and self.virtual_keys_block:
                return Algorithm.SHARED_REBUILD if action.verb is Verb.CREATE else Algorithm.COPY
            if self.fulltext:
                return Algorithm.SHARED_REBUILD
            if self.compressed:
                return Algorithm.REBUILD
        if found is Algorithm.REBUILD and (
            self.fulltext or self.spatial or (self.indexed_virtual and self.virtual_keys_block)
        ):
            return Algorithm.SHARED_REBUILD
        return found


def _indexes(table: Key, state: State) -> Iterable[Index]:
    return (item for item in state.children(table, Kind.INDEX) if isinstance(item, Index))


def _algorithm(action: Action, scene: Scene, features: Features) -> Algorithm:
    making = action.verb is Verb.CREATE
    match action.key.kind:
        case Kind.COLUMN:
            return _column(action, scene, features)
        case Kind.PRIMARY_KEY:
            # Dropped without another in its place, the table is copied.
            return Algorithm.REBUILD if scene.target.get(action.key) is not None else Algorithm.COPY
        case Kind.INDEX if making:
            special = isinstance(action.new, Index) and action.new.method in ("fulltext", "spatial", "vector")
            if is_first_fulltext(action, scene):
                return Algorithm.SHARED_REBUILD
            if features.hashes_long_keys and _is_hashed(action.new, scene):
                return Algorithm.COPY
            return Algorithm.SHARED if special else Algorithm.INPLACE
        case Kind.INDEX if action.verb is Verb.ALTER:
            return _noted(features)
        case Kind.INDEX:
            return Algorithm.INPLACE
        case Kind.CHECK if making and isinstance(action.new, CheckConstraint):
            # One that stands beside its column is taken without a look at the rows (seen on MariaDB 10.11).
            if action.new.column and features.checks_columns_unseen:
                return Algorithm.METADATA
            return Algorithm.COPY if action.new.enforced else Algorithm.INPLACE
        case Kind.CHECK if isinstance(action.new, CheckConstraint) and action.new.enforced:
            return Algorithm.COPY  # ALTER CHECK … ENFORCED looks at every row
        case Kind.FOREIGN_KEY if making:
            return Algorithm.COPY
        case Kind.FOREIGN_KEY | Kind.CHECK:
            return _noted(features)
        case Kind.PARTITIONING:
            return Algorithm.COPY
        case Kind.TABLE:
            return _options(action, scene, features)
        case _:
            return Algorithm.METADATA


def _is_hashed(item: object, scene: Scene) -> bool:
    """Whether it is unique over whole texts: kept in a hidden column (MariaDB, "Unique Index")."""
    if not isinstance(item, Index) or not item.unique:
        return False
    assert item.key.parent is not None
    whole = {part.column for part in item.parts if part.length is None}
    columns = scene.target.children(item.key.parent, Kind.COLUMN)
    return any(isinstance(c, Column) and c.key.name in whole and _LONG.search(c.type) for c in columns)


def _noted(features: Features) -> Algorithm:
    """What only the data dictionary has to know. MySQL counts it among what is done in place."""
    return Algorithm.METADATA if features.notes_instantly else Algorithm.INPLACE


def _options(action: Action, scene: Scene, features: Features) -> Algorithm:
    if not isinstance(action.old, Table) or not isinstance(action.new, Table):
        return Algorithm.METADATA
    changed = {name for name, _ in set(action.old.options) ^ set(action.new.options)}
    if changed & _COPIED_BY or (changed & {"collation", "charset"} and _recollates(action.key, scene)):
        return Algorithm.COPY
    return Algorithm.REBUILD if changed & _REBUILT_BY else _noted(features)


def _recollates(table: Key, scene: Scene) -> bool:
    """Whether columns that say nothing of their own follow the table's collation."""
    pairs = ((item, scene.target.get(item.key)) for item in scene.base.children(table, Kind.COLUMN))
    return any(
        isinstance(old, Column)
        and isinstance(new, Column)
        and own_collation(old, scene.base) != own_collation(new, scene.target)
        for old, new in pairs
    )


def _column(action: Action, scene: Scene, features: Features) -> Algorithm:
    old, new = action.old, action.new
    if isinstance(new, Column) and old is None:
        default = scene.target.get(child_key(Kind.DEFAULT, new.key))
        computed = isinstance(default, Default) and not _is_constant(default.expression, features)
        if new.auto_increment or (new.generated and new.generated.stored) or computed:
            return Algorithm.COPY
        return Algorithm.INSTANT if features.instant_add_column else Algorithm.REBUILD
    if new is None:
        return Algorithm.INSTANT if features.instant_drop_column else Algorithm.REBUILD
    if not isinstance(old, Column) or not isinstance(new, Column):
        return Algorithm.METADATA
    fields = action.fields
    if features.grows_instantly and _keeps_bytes(old, new, fields, scene):
        # Only indexes are built anew (MariaDB 10.4).
        return Algorithm.INPLACE if "type" not in fields and _is_indexed(new, scene) else Algorithm.INSTANT
    if fields & {"collation", "charset", "generated", "auto_increment"}:
        return Algorithm.COPY
    if "type" in fields:
        return _type_change(old.type, new.type, _BYTES.get(_charset(old, scene) or "", 4))
    if "nullable" in fields:
        return Algorithm.REBUILD
    return Algorithm.METADATA


def _is_constant(expression: str, features: Features) -> bool:
    """Whether every row that is there gets the same value: a literal, or the moment of the change."""
    if not features.computes_defaults_once:
        return not expression.startswith("(")
    words = MYSQL.words(expression)
    calls = [word.text.lower() for word, after in pairwise(words) if after.text == "("]
    return not any(word.kind == "ident" for word in words) and all(
        name in ("current_timestamp", "curdate", "curtime", "now") for name in calls if name.isidentifier()
    )


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


def _type_change(old: str, new: str, width: int) -> Algorithm:
    """``width``: how many bytes a character takes at most."""
    before, after = _VARCHAR.fullmatch(old), _VARCHAR.fullmatch(new)
    if before and after and before[1] == after[1]:
        shorter, longer = (int(found[2]) * (width if found[1] == "varchar" else 1) for found in (before, after))
        # The length byte becomes two at 256 bytes.
        if shorter <= longer and not shorter < 256 <= longer:
            return Algorithm.INPLACE
    if old.startswith(("enum(", "set(")) and new.startswith(old[:-1]) and _label_bytes(old) == _label_bytes(new):
        return Algorithm.METADATA  # labels added at the end
    return Algorithm.COPY


def _label_bytes(type_: str) -> int:
    """What a value of ENUM or SET takes ("Data Type Storage Requirements")."""
    count = sum(token.kind == "string" for token in MYSQL.tokens(type_))
    if type_.startswith("enum("):
        return 1 if count < 256 else 2
    return next(size for size in (1, 2, 3, 4, 8) if count <= size * 8)
