"""Objects → the pieces of SQL that define them. Must not know of changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconcile.dialects.postgresql.defaults import chosen_name, limits
from reconcile.dialects.postgresql.expressions import for_reading
from reconcile.dialects.sqltext import POSTGRESQL
from reconcile.state import (
    CheckConstraint,
    Column,
    Constraint,
    Default,
    Exclusion,
    ForeignKey,
    Identity,
    Index,
    IndexPart,
    Key,
    Kind,
    Object,
    PrimaryKey,
    Sequence,
    Unique,
)

ident = POSTGRESQL.ident
idents = POSTGRESQL.idents
literal = POSTGRESQL.literal

# Options that have a clause or a statement of their own; all others are storage parameters: WITH (…).
_CLAUSES = frozenset(
    {"tablespace", "clustered", "replica_identity", "without_overlaps", "persistence", "access_method"}
)


def name_of(key: Key) -> str:
    """The qualified name of something that lives in a schema; a schema's own name."""
    return ident(key.name) if key.kind is Kind.SCHEMA else POSTGRESQL.qualified(key.schema, key.name)


def index_name(key: Key) -> str:
    """The qualified name of an index, or of the index behind a constraint: it lives in its table's schema."""
    return POSTGRESQL.qualified(key.schema, key.name)


def enclosed(expression: str) -> str:
    """The expression in exactly one pair of parentheses, as far as it can be seen."""
    expression = for_reading(expression)
    depth = 0
    tokens = [token for token in POSTGRESQL.tokens(expression) if token.kind not in ("space", "comment")]
    for index, token in enumerate(tokens):
        if token.kind == "other" and token.text in "()":
            depth += 1 if token.text == "(" else -1
        if depth == 0 and index < len(tokens) - 1:
            return f"({expression})"
    return expression if tokens and tokens[0].text == "(" else f"({expression})"


def parameters(options: Iterable[tuple[str, str]]) -> str:
    """Storage parameters as they stand inside WITH (…) or SET (…)."""
    return ", ".join(f"{name} = {literal(value)}" for name, value in options)


def storage(options: Mapping[str, str]) -> list[tuple[str, str]]:
    """Only the storage parameters among the options."""
    return [(k, v) for k, v in sorted(options.items()) if k not in _CLAUSES and not k.startswith("statistics")]


def generic_options(options: Iterable[tuple[str, str]]) -> str:
    """OPTIONS (…) of something foreign, after a blank; or nothing."""
    inside = ", ".join(f"{ident(name)} {literal(value)}" for name, value in options)
    return f" OPTIONS ({inside})" if inside else ""


def generic_changes(old: Iterable[tuple[str, str]], new: Iterable[tuple[str, str]]) -> list[str]:
    """OPTIONS (ADD …, SET …, DROP …) from the old to the new; empty where nothing differs."""
    before, after = dict(old), dict(new)
    words = [f"DROP {ident(name)}" for name in before if name not in after]
    for name, value in after.items():
        if before.get(name) != value:
            words.append(f"{'SET' if name in before else 'ADD'} {ident(name)} {literal(value)}")
    return [f"OPTIONS ({', '.join(words)})"] if words else []


# -- columns


def column_definition(column: Column, default: Default | None) -> str:
    """A column as in CREATE TABLE and ADD COLUMN."""
    options = dict(column.options)
    words = [ident(column.key.name), column.type]
    if "compression" in options:
        words.append(f"COMPRESSION {options['compression']}")
    if column.foreign_options:
        words.append(generic_options(column.foreign_options).strip())
    if column.collation is not None:
        words.append(f"COLLATE {column.collation}")
    if default is not None:
        words.append(f"DEFAULT {for_reading(default.expression)}")
    if column.generated is not None:
        kind = "STORED" if column.generated.stored else "VIRTUAL"
        words.append(f"GENERATED ALWAYS AS {enclosed(column.generated.expression)} {kind}")
    if column.identity is not None:
        words.append(identity(column.identity, column.key))
    late = ("not_null_validated", "false") in column.options  # see column_settings
    if (
        not column.nullable
        and not late
        and (column.identity is None or column.not_null_name or "not_null_no_inherit" in options)
    ):
        words.append(not_null(column))
    return " ".join(words)


def _is_said(column: Column) -> bool:
    """Whether NOT NULL stands in the definition: identity implies it, NOT VALID comes later (column_settings)."""
    if ("not_null_validated", "false") in column.options:
        return False
    return (
        column.identity is None or column.not_null_name is not None or ("not_null_no_inherit", "true") in column.options
    )


def not_null(column: Column) -> str:
    """NOT NULL as a column constraint, with its name where a person gave one."""
    named = f"CONSTRAINT {ident(column.not_null_name)} " if column.not_null_name else ""
    return f"{named}NOT NULL" + (" NO INHERIT" if ("not_null_no_inherit", "true") in column.options else "")


def not_null_name(column: Column) -> str:
    """The name of the NOT NULL constraint (18): a person's, or what the server calls it by itself."""
    assert column.key.parent is not None
    return column.not_null_name or chosen_name(column.key.parent.name, column.key.name, "not_null")


def add_not_null(column: Column) -> str:
    """NOT NULL as a table constraint (18): the only way to say NOT VALID."""
    inherit = " NO INHERIT" if ("not_null_no_inherit", "true") in column.options else ""
    valid = " NOT VALID" if ("not_null_validated", "false") in column.options else ""
    return f"ADD CONSTRAINT {ident(not_null_name(column))} NOT NULL {ident(column.key.name)}{inherit}{valid}"


def identity(value: Identity, column: Key) -> str:
    """GENERATED … AS IDENTITY with what differs from the defaults."""
    words = [f"SEQUENCE NAME {POSTGRESQL.qualified(column.schema, value.sequence)}"] if value.sequence else []
    for word, number in (
        ("START WITH", value.start),
        ("INCREMENT BY", value.increment),
        ("MINVALUE", value.minimum),
        ("MAXVALUE", value.maximum),
        ("CACHE", value.cache),
    ):
        if number is not None:
            words.append(f"{word} {number}")
    if value.cycle:
        words.append("CYCLE")
    inside = f" ({' '.join(words)})" if words else ""
    return f"GENERATED {'ALWAYS' if value.always else 'BY DEFAULT'} AS IDENTITY{inside}"


def column_settings(column: Column) -> list[str]:
    """Subcommands of ALTER TABLE for what a column definition cannot say (STORAGE could, from 16 on)."""
    name = ident(column.key.name)
    options = dict(column.options)
    found: list[str] = []
    if "storage" in options:
        found.append(f"ALTER COLUMN {name} SET STORAGE {options['storage'].upper()}")
    if "statistics" in options:
        found.append(f"ALTER COLUMN {name} SET STATISTICS {options['statistics']}")
    if ("not_null_validated", "false") in column.options:
        found.append(add_not_null(column))
    attributes = [(k, v) for k, v in column.options if k.startswith("n_distinct")]
    if attributes:
        found.append(f"ALTER COLUMN {name} SET ({parameters(attributes)})")
    return found


# -- indexes and constraints


def part(value: IndexPart) -> str:
    """One column or expression of an index. Expressions come from the server in the parentheses they need."""
    words = [ident(value.column) if value.column is not None else str(value.expression)]
    if value.collation is not None:
        words.append(f"COLLATE {value.collation}")
    if value.opclass is not None:
        words.append(value.opclass)
    if value.descending:
        words.append("DESC")
    if value.nulls is not None:
        words.append(f"NULLS {value.nulls.upper()}")
    return " ".join(words)


def index(item: Index, *, only: bool = False, concurrently: bool = False) -> str:
    """CREATE INDEX; ``only``: not for the partitions below, which are attached to it one by one."""
    options = dict(item.options)
    assert item.key.parent is not None
    what = f"{'UNIQUE ' if item.unique else ''}INDEX{' CONCURRENTLY' if concurrently else ''}"
    words = [
        f"CREATE {what} {ident(item.key.name)}"
        f" ON {'' if item.valid and not only else 'ONLY '}{name_of(item.key.parent)}",
        f"USING {item.method or 'btree'} ({', '.join(map(part, item.parts))})",
    ]
    if item.method is None:
        words[1] = words[1].removeprefix("USING btree ")
    if item.include:
        words.append(f"INCLUDE ({idents(item.include)})")
    if item.nulls_not_distinct:
        words.append("NULLS NOT DISTINCT")
    if storage(options):
        words.append(f"WITH ({parameters(storage(options))})")
    if "tablespace" in options:
        words.append(f"TABLESPACE {ident(options['tablespace'])}")
    if item.where is not None:
        words.append(f"WHERE {for_reading(item.where)}")
    return " ".join(words)


def constraint(item: Object) -> str:
    """A constraint as in CREATE TABLE and ADD CONSTRAINT."""
    if not isinstance(item, Constraint):
        raise TypeError(f"{item.key} is no constraint")
    named = f"CONSTRAINT {ident(item.key.name)} " if item.named else ""  # unnamed in a YAML file: the server names it
    match item:
        case PrimaryKey() | Unique():
            return named + _key(item)
        case CheckConstraint():
            return named + _check(item)
        case Exclusion():
            return named + _exclusion(item)
        case ForeignKey():
            return named + _foreign_key(item)
    raise TypeError(f"{item.key} is no constraint")


def _key(item: PrimaryKey | Unique) -> str:
    options = dict(item.options)
    columns = idents(item.columns) + (" WITHOUT OVERLAPS" if "without_overlaps" in options else "")
    distinct = " NULLS NOT DISTINCT" if isinstance(item, Unique) and item.nulls_not_distinct else ""
    word = "PRIMARY KEY" if isinstance(item, PrimaryKey) else f"UNIQUE{distinct}"
    return f"{word} ({columns})" + _index_clauses(item.include, options) + deferral(item)


def _check(item: CheckConstraint) -> str:
    text = f"CHECK {enclosed(item.expression)}"
    if item.no_inherit:
        text += " NO INHERIT"
    if not item.enforced:
        return text + " NOT ENFORCED"
    return text if item.validated else text + " NOT VALID"


def _exclusion(item: Exclusion) -> str:
    parts = ", ".join(f"{part(p)} WITH {op}" for p, op in zip(item.parts, item.operators, strict=True))
    text = f"EXCLUDE USING {item.method} ({parts})" + _index_clauses(item.include, dict(item.options))
    if item.where is not None:
        text += f" WHERE {enclosed(item.where)}"
    return text + deferral(item)


def _foreign_key(item: ForeignKey) -> str:
    columns, target = idents(item.columns), idents(item.target_columns)
    if item.period:
        columns, target = _with_period(item.columns), _with_period(item.target_columns)
    text = f"FOREIGN KEY ({columns}) REFERENCES {name_of(item.target)} ({target})"
    if item.match != "SIMPLE":
        text += f" MATCH {item.match}"
    if item.on_update != "NO ACTION":
        text += f" ON UPDATE {item.on_update}"
    if item.on_delete != "NO ACTION":
        text += f" ON DELETE {item.on_delete}"
        if item.on_delete_columns:
            text += f" ({idents(item.on_delete_columns)})"
    text += deferral(item)
    if not item.enforced:
        return text + " NOT ENFORCED"
    return text if item.validated else text + " NOT VALID"


def _with_period(columns: tuple[str, ...]) -> str:
    return ", ".join([*(ident(name) for name in columns[:-1]), f"PERIOD {ident(columns[-1])}"])


def deferral(item: PrimaryKey | Unique | Exclusion | ForeignKey) -> str:
    """DEFERRABLE and when, or nothing."""
    if not item.deferrable:
        return ""
    return " DEFERRABLE INITIALLY DEFERRED" if item.initially_deferred else " DEFERRABLE"


def _index_clauses(include: tuple[str, ...], options: Mapping[str, str]) -> str:
    text = f" INCLUDE ({idents(include)})" if include else ""
    if storage(options):
        text += f" WITH ({parameters(storage(options))})"
    if "tablespace" in options:
        text += f" USING INDEX TABLESPACE {ident(options['tablespace'])}"
    return text


# -- sequences


def sequence_settings(item: Sequence) -> str:
    """All settings of a sequence, as ALTER SEQUENCE takes them."""
    return (
        f"AS {item.type} INCREMENT BY {item.increment} MINVALUE {item.minimum} MAXVALUE {item.maximum}"
        f" START WITH {item.start} CACHE {item.cache}{' CYCLE' if item.cycle else ' NO CYCLE'}"
    )


def sequence_definition(item: Sequence) -> str:
    """The settings that are not those of every new sequence of its type, as CREATE SEQUENCE takes them."""
    low, high = limits(item.type, item.increment)
    words = [f" AS {item.type}"] if item.type != "bigint" else []
    usual_start = item.minimum if item.increment > 0 else item.maximum
    for word, number, usual in (
        ("INCREMENT BY", item.increment, 1),
        ("MINVALUE", item.minimum, low),
        ("MAXVALUE", item.maximum, high),
        ("START WITH", item.start, usual_start),
        ("CACHE", item.cache, 1),
    ):
        if number != usual:
            words.append(f" {word} {number}")
    return "".join(words) + (" CYCLE" if item.cycle else "")


def create_sequence(item: Sequence) -> str:
    """CREATE SEQUENCE."""
    unlogged = "UNLOGGED " if ("persistence", "unlogged") in item.options else ""
    return f"CREATE {unlogged}SEQUENCE {name_of(item.key)}{sequence_definition(item)}"


def into_bounds(name: str, old: tuple[int, int], new: tuple[int, int]) -> tuple[str, str]:
    """A statement to run before a sequence (quoted ``name``) gets new bounds, and what to add to the change.

    The server refuses bounds that the present position is outside of: it is moved to the nearest inside, or, where
    old and new have nothing in common, the sequence starts again.
    """
    low, high = max(old[0], new[0]), min(old[1], new[1])
    if (low, high) == old:
        return "", ""
    if low > high:
        return "", " RESTART"
    inside = f"last_value BETWEEN {low} AND {high}"
    position = f"LEAST(GREATEST(last_value, {low}), {high})"
    return f"SELECT pg_catalog.setval({literal(name)}, {position}, is_called AND {inside}) FROM {name}", ""


__all__ = [
    "add_not_null",
    "column_definition",
    "column_settings",
    "constraint",
    "create_sequence",
    "deferral",
    "enclosed",
    "generic_changes",
    "generic_options",
    "ident",
    "identity",
    "idents",
    "index",
    "index_name",
    "into_bounds",
    "literal",
    "name_of",
    "not_null",
    "not_null_name",
    "parameters",
    "part",
    "sequence_definition",
    "sequence_settings",
    "storage",
]
