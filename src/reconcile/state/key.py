"""Kind and Key: what every object, change, step and journal row is named by.

Must not know: databases, files, SQL. A key is a value; its text form is for people *and* parses back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import total_ordering


class Kind(StrEnum):
    """Every kind of object. The order of definition is the order in which equals are planned and shown."""

    ROLE = "role"
    MEMBERSHIP = "membership"
    ROLE_SETTING = "setting"
    SCHEMA = "schema"
    EXTENSION = "extension"
    LANGUAGE = "language"
    ACCESS_METHOD = "access method"
    COLLATION = "collation"
    # Named in texts that the catalog does not read: in the bodies of functions that indexes call.
    TEXT_SEARCH_PARSER = "text search parser"
    TEXT_SEARCH_TEMPLATE = "text search template"
    TEXT_SEARCH_DICTIONARY = "text search dictionary"
    TEXT_SEARCH_CONFIGURATION = "text search configuration"
    ENUM = "enum"
    DOMAIN = "domain"
    COMPOSITE = "composite type"
    RANGE = "range type"
    FOREIGN_WRAPPER = "foreign data wrapper"
    FOREIGN_SERVER = "foreign server"
    USER_MAPPING = "user mapping"
    # Before the tables whose indexes call them, with all that they call: of bodies the catalog knows nothing.
    FUNCTION = "function"
    PROCEDURE = "procedure"
    AGGREGATE = "aggregate"
    OPERATOR = "operator"
    OPERATOR_FAMILY = "operator family"
    OPERATOR_CLASS = "operator class"
    CAST = "cast"
    CONVERSION = "conversion"
    TRANSFORM = "transform"
    SEQUENCE = "sequence"
    TABLE = "table"
    VIRTUAL_TABLE = "virtual table"
    COLUMN = "column"
    DEFAULT = "default"
    SEQUENCE_OWNER = "sequence owner"
    PRIMARY_KEY = "primary key"
    UNIQUE = "unique"
    CHECK = "check"
    EXCLUSION = "exclusion"
    INDEX = "index"
    FOREIGN_KEY = "foreign key"
    PARTITIONING = "partitioning"
    PARTITION = "partition"
    VIEW = "view"
    MATERIALIZED_VIEW = "materialized view"
    STATISTICS = "statistics"
    RULE = "rule"
    TRIGGER = "trigger"
    ROW_SECURITY = "row security"
    POLICY = "policy"
    EVENT_TRIGGER = "event trigger"
    EVENT = "event"
    PACKAGE = "package"
    PACKAGE_BODY = "package body"
    PUBLICATION = "publication"
    SUBSCRIPTION = "subscription"
    PRIVILEGE = "privilege"
    DEFAULT_PRIVILEGE = "default privilege"
    OWNER = "owner"
    COMMENT = "comment"
    OPAQUE = "opaque"

    __hash__ = str.__hash__  # Enum's own is written in Python, and every key hashes its kind

    @property
    def rank(self) -> int:
        """Position in the order of definition."""
        return _RANKS[self]


_RANKS: dict[Kind, int] = {kind: rank for rank, kind in enumerate(Kind)}

# Facets are parts of exactly one other object and have no name of their own.
FACETS = frozenset(
    {
        Kind.DEFAULT,
        Kind.SEQUENCE_OWNER,
        Kind.PARTITION,
        Kind.PARTITIONING,
        Kind.PACKAGE_BODY,
        Kind.ROW_SECURITY,
        Kind.OWNER,
        Kind.COMMENT,
    }
)

# Parts that whoever describes the whole does not describe along with it unless he says so: models with a table know
# nothing of its triggers. A scope that names kinds has to name these too; see Scope.
APART = frozenset(
    {Kind.PARTITIONING, Kind.RULE, Kind.TRIGGER, Kind.ROW_SECURITY, Kind.POLICY, Kind.PRIVILEGE, Kind.OWNER}
)

# Of parts that stand apart, those of which whoever names one for an object says nothing about other objects: a model
# that grants on its own table does not mean that nobody may do anything elsewhere.
EACH_APART = frozenset({Kind.PRIVILEGE, Kind.OWNER})

# The kind of parent that goes without saying; another one is written out (" on view public.v").
_USUAL_PARENT: dict[Kind, Kind] = {
    Kind.COLUMN: Kind.TABLE,
    Kind.DEFAULT: Kind.COLUMN,
    Kind.SEQUENCE_OWNER: Kind.SEQUENCE,
    Kind.PRIMARY_KEY: Kind.TABLE,
    Kind.UNIQUE: Kind.TABLE,
    Kind.CHECK: Kind.TABLE,
    Kind.EXCLUSION: Kind.TABLE,
    Kind.INDEX: Kind.TABLE,
    Kind.FOREIGN_KEY: Kind.TABLE,
    Kind.PARTITION: Kind.TABLE,
    Kind.TRIGGER: Kind.TABLE,
    Kind.RULE: Kind.TABLE,
    Kind.ROW_SECURITY: Kind.TABLE,
    Kind.POLICY: Kind.TABLE,
    Kind.PRIVILEGE: Kind.TABLE,
    Kind.OWNER: Kind.TABLE,
    Kind.USER_MAPPING: Kind.FOREIGN_SERVER,
    Kind.PARTITIONING: Kind.TABLE,
    Kind.PACKAGE_BODY: Kind.PACKAGE,
    Kind.MEMBERSHIP: Kind.ROLE,
    Kind.ROLE_SETTING: Kind.ROLE,
}

# Kinds that live in no schema, beside schemas themselves. (A schema has its own rule.)
GLOBAL = frozenset(
    {
        Kind.ROLE,
        Kind.EXTENSION,
        Kind.LANGUAGE,
        Kind.ACCESS_METHOD,
        Kind.CAST,
        Kind.TRANSFORM,
        Kind.EVENT_TRIGGER,
        Kind.FOREIGN_WRAPPER,
        Kind.FOREIGN_SERVER,
        Kind.PUBLICATION,
        Kind.SUBSCRIPTION,
    }
)

# What keys are sorted by: rank of the kind, path of names, rank of the parent's kind.
Order = tuple[int, tuple[str, ...], int]

# A routine's name may carry the types of its arguments: add(integer, public.mood).
_SIGNATURE = r'\((?:[^()"]|"(?:[^"]|"")*")*\)'
_PLAIN = re.compile(rf"[^\W\d][\w$-]*(?:{_SIGNATURE})?")


def _written(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else '"' + name.replace('"', '""') + '"'


@total_ordering
@dataclass(frozen=True, slots=True, eq=False, init=False)
class Key:
    """The identity of one object.

    ``schema`` is None where the database has no namespaces (MySQL, SQLite: the database is the
    namespace). ``parent`` is the key of the object this one lives in: a column's table, a default's
    column, the commented object. Facets (see FACETS) have the empty name.

    >>> str(Key(Kind.COLUMN, "public", "email", Key(Kind.TABLE, "public", "users")))
    'column public.users.email'
    """

    kind: Kind
    schema: str | None
    name: str
    parent: Key | None
    # Names from the schema down; a facet has the path of what it belongs to. Both this and the hash are asked for many
    # times for each of tens of thousands of keys.
    path: tuple[str, ...] = field(init=False, repr=False)
    _hash: int = field(init=False, repr=False)

    def __init__(self, kind: Kind, schema: str | None, name: str, parent: Key | None = None) -> None:
        _set_kind(self, kind)
        _set_schema(self, schema)
        _set_name(self, name)
        _set_parent(self, parent)
        if parent is not None:
            _set_path(self, parent.path if kind in FACETS else (*parent.path, name))
            _set_hash(self, hash((kind, schema, name, parent._hash)))
        else:
            _set_path(self, (name,) if schema is None else (schema, name))
            _set_hash(self, hash((kind, schema, name)))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Key):
            return NotImplemented
        return (
            self._hash == other._hash
            and self.name == other.name
            and self.kind == other.kind
            and self.schema == other.schema
            and self.parent == other.parent
        )

    def __lt__(self, other: Key) -> bool:
        return self.order < other.order

    def __getnewargs__(self) -> tuple[Kind, str | None, str, Key | None]:
        return self.kind, self.schema, self.name, self.parent

    def __reduce__(self) -> tuple[type[Key], tuple[Kind, str | None, str, Key | None]]:
        # String hashes differ from process to process, so the cached hash must not travel.
        return Key, self.__getnewargs__()

    @property
    def order(self) -> Order:
        """What keys are sorted by: kind, then the path of names; comments on a column and a check may share one."""
        return self.kind.rank, self.path, self.parent.kind.rank if self.parent is not None else -1

    @property
    def root(self) -> Key:
        """The outermost parent (a column's table, the table of a comment on its column); self at the top."""
        return self.parent.root if self.parent else self

    def within(self, ancestor: Key) -> bool:
        """Whether this key is, or lives somewhere inside, ``ancestor``."""
        return self == ancestor or (self.parent is not None and self.parent.within(ancestor))

    def moved(self, old: Key, new: Key) -> Key:
        """This key after ``old``, itself or one of its parents, came to be called ``new``."""
        if self == old:
            return new
        if self.parent is None:
            return self
        parent = self.parent.moved(old, new)
        return self if parent is self.parent else Key(self.kind, parent.schema, self.name, parent)

    @property
    def dotted(self) -> str:
        """The path as text, quoted where it needs it: ``public.users.email``."""
        return ".".join(_written(part) for part in self.path)

    def __str__(self) -> str:
        if self.kind is Kind.COMMENT:
            return f"comment on {self.parent}"
        if self.kind is Kind.PRIVILEGE:
            return f"privilege of {_written(self.name)} on {self.parent}"
        text = f"{self.kind.value} {self.dotted}"
        if self.parent and self.parent.kind is not _USUAL_PARENT.get(self.kind):
            text += f" of {self.parent.kind.value}"
        return text

    def __repr__(self) -> str:
        return f"<{self}>"


# A frozen dataclass guards its attributes, not its slots: this is how it is filled, and quickly.
_set_kind, _set_schema, _set_name, _set_parent, _set_path, _set_hash = (
    getattr(Key, name).__set__ for name in ("kind", "schema", "name", "parent", "path", "_hash")
)


def table_key(schema: str | None, name: str) -> Key:
    """Shorthand for the commonest key."""
    return Key(Kind.TABLE, schema, name)


def child_key(kind: Kind, parent: Key, name: str = "") -> Key:
    """Key of an object that lives in ``parent``; facets take no name."""
    return Key(kind, parent.schema, name, parent)


def column_keys(table: Key, names: Iterable[str]) -> dict[str, Key]:
    """The keys of a table's columns by their names; as ``child_key``, at half the cost."""
    kind, schema, path, above, new = Kind.COLUMN, table.schema, table.path, table._hash, object.__new__
    keys: dict[str, Key] = {}
    for name in names:
        keys[name] = key = new(Key)
        _set_kind(key, kind)
        _set_schema(key, schema)
        _set_name(key, name)
        _set_parent(key, table)
        _set_path(key, (*path, name))
        _set_hash(key, hash((kind, schema, name, above)))
    return keys


def parse_key(text: str, *, namespaces: bool) -> Key:
    """The key that ``str(key)`` wrote. ``namespaces``: whether paths begin with a schema.

    Raises ValueError that says what is wrong with the text.
    """
    text = text.strip()
    if text.startswith("comment on "):
        parent = parse_key(text.removeprefix("comment on "), namespaces=namespaces)
        return child_key(Kind.COMMENT, parent)
    if text.startswith("privilege of "):
        path, rest = _read_path(text.removeprefix("privilege of "))
        if len(path) != 1 or not rest.startswith("on "):
            raise ValueError(f"{text!r}: expected 'privilege of role on object'")
        return child_key(Kind.PRIVILEGE, parse_key(rest.removeprefix("on "), namespaces=namespaces), path[0])
    kind = max((k for k in Kind if text.startswith(k.value + " ")), key=lambda k: len(k.value), default=None)
    if kind is None:
        raise ValueError(f"{text!r} does not begin with a kind of object such as 'table' or 'column'")
    path, rest = _read_path(text[len(kind.value) + 1 :].strip())
    parent_kind = _USUAL_PARENT.get(kind)
    if rest.startswith("of "):
        parent_kind = Kind(rest.removeprefix("of ").strip())
    elif rest:
        raise ValueError(f"{text!r}: cannot read {rest!r}")
    return _build(kind, path, parent_kind, namespaces)


def _build(kind: Kind, path: tuple[str, ...], parent_kind: Kind | None, namespaces: bool) -> Key:
    if kind is Kind.SCHEMA:
        return Key(kind, None, path[-1])
    if kind in FACETS:
        assert parent_kind is not None
        parent = _build(parent_kind, path, _USUAL_PARENT.get(parent_kind), namespaces)
        return child_key(kind, parent)
    if parent_kind is None:
        at_top = 2 if namespaces and kind not in GLOBAL else 1
        if kind is Kind.DEFAULT_PRIVILEGE:
            at_top = len(path)  # in a schema, or in all
        if len(path) != at_top:
            raise ValueError(f"{kind.value} {'.'.join(path)}: expected {at_top} name(s), found {len(path)}")
        return Key(kind, path[0] if at_top == 2 else None, path[-1])
    if len(path) < 2:
        raise ValueError(f"{kind.value} {'.'.join(path)}: the {parent_kind.value}'s name is missing")
    parent = _build(parent_kind, path[:-1], _USUAL_PARENT.get(parent_kind), namespaces)
    return child_key(kind, parent, path[-1])


_PART = re.compile(rf'"((?:[^"]|"")*)"|([^\W\d][\w$-]*{_SIGNATURE}|[^\s."]+)')


def _read_path(text: str) -> tuple[tuple[str, ...], str]:
    parts: list[str] = []
    position = 0
    while match := _PART.match(text, position):
        parts.append(match[2] if match[1] is None else match[1].replace('""', '"'))
        position = match.end()
        if text[position : position + 1] != ".":
            break
        position += 1
    if not parts:
        raise ValueError(f"{text!r}: a name was expected")
    return tuple(parts), text[position:].strip()
