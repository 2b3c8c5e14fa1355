"""Objects as the clauses of CREATE TABLE and ALTER TABLE."""

from __future__ import annotations

from collections.abc import Iterable

from reconcile.dialects.base import Scene
from reconcile.dialects.mysql.features import Features
from reconcile.dialects.mysql.rules.names import new_name
from reconcile.dialects.sqltext import MYSQL
from reconcile.state import (
    CheckConstraint,
    Column,
    Comment,
    Default,
    ForeignKey,
    Index,
    IndexPart,
    Kind,
    Options,
    PrimaryKey,
    State,
    Table,
    child_key,
)

ROW_TIMES = ("ROW START", "ROW END")  # what the columns of a system-time period are generated as
CLAUSES = frozenset({"versioning", "period"})  # options of a table that have a clause of their own
_OPTION_WORDS = {"collation": "COLLATE", "charset": "DEFAULT CHARSET"}


def column_clause(column: Column, state: State, features: Features, *, spell_collation: bool = False) -> str:
    """The whole definition of a column, as ``state`` has it: name, type, and everything that MODIFY would forget.

    ``spell_collation``: also where it is the table's own (which is about to change).
    """
    options = dict(column.options)
    words = [MYSQL.ident(column.key.name), column.type, *_collation(column, state, spelled=spell_collation)]
    if "srid" in options:
        words.append(f"{features.srid_word}{options['srid']}")
    if column.generated and column.generated.expression in ROW_TIMES:
        words.append(f"GENERATED ALWAYS AS {column.generated.expression}")
    elif column.generated:
        stored = "STORED" if column.generated.stored else "VIRTUAL"
        words.append(f"GENERATED ALWAYS AS ({column.generated.expression}) {stored}")
        if not column.nullable:
            words.append("NOT NULL")
    else:
        words.append("NULL" if column.nullable else "NOT NULL")
    if column.invisible:
        words.append("INVISIBLE")
    default = state.get(child_key(Kind.DEFAULT, column.key))
    if isinstance(default, Default):
        words.append(f"DEFAULT {default.expression}")
    elif column.nullable and not column.generated and not column.auto_increment:
        words.append("DEFAULT NULL")
    if column.on_update:
        words.append(f"ON UPDATE {column.on_update}")
    if column.auto_increment:
        words.append("AUTO_INCREMENT")
    if options.get("versioning") == "without":
        words.append("WITHOUT SYSTEM VERSIONING")
    comment = state.get(child_key(Kind.COMMENT, column.key))
    if isinstance(comment, Comment):
        words.append(f"COMMENT {MYSQL.literal(comment.text)}")
    words += [f"CHECK ({check.expression})" for check in column_checks(column, state)]
    return " ".join(words)


def column_checks(column: Column, state: State) -> list[CheckConstraint]:
    """The checks written beside the column."""
    assert column.key.parent is not None
    checks = state.children(column.key.parent, Kind.CHECK)
    return [item for item in checks if isinstance(item, CheckConstraint) and item.column == column.key.name]


def own_collation(column: Column, state: State) -> str | None:
    """The collation a character column has, be it the table's; None for other types."""
    if column.collation is not None:
        return column.collation
    table = state.get(column.key.root)
    if not is_character(column.type) or not isinstance(table, Table):
        return None
    return dict(table.options).get("collation")


def is_character(type_: str) -> bool:
    """Whether values of the type have a collation."""
    return type_.split("(")[0].split(" ")[0] in {
        "char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set",
    }  # fmt: skip


def charset_of(collation: str) -> str:
    """The character set a collation belongs to: its first word."""
    return collation.partition("_")[0]


def _collation(column: Column, state: State, *, spelled: bool) -> list[str]:
    collation = own_collation(column, state) if spelled else column.collation
    charset = column.charset or (charset_of(collation) if collation else None)
    words = []
    if charset and charset != "binary":
        words.append(f"CHARACTER SET {charset}")
    if collation and collation != "binary":
        words.append(f"COLLATE {collation}")
    return words


def key_clause(item: PrimaryKey | Index, features: Features) -> str:
    """PRIMARY KEY (…), UNIQUE KEY name (…) …"""
    options = dict(item.options)
    if isinstance(item, PrimaryKey):
        method = options.get("method")
        words = ["PRIMARY KEY"]
    else:
        method = item.method
        kind = "UNIQUE KEY" if item.unique else "KEY"
        if method in ("fulltext", "spatial", "vector"):
            kind, method = f"{method.upper()} KEY", None
        words = [kind, MYSQL.ident(item.key.name)]
    parts = [_part(part) for part in item.parts]
    if "without_overlaps" in options:
        parts.append(f"{MYSQL.ident(options['without_overlaps'])} WITHOUT OVERLAPS")
    words.append(f"({', '.join(parts)})")
    if method:
        words.append(f"USING {method.upper()}")
    for name in sorted(options.keys() - {"comment", "method", "parser", "without_overlaps"}):
        words.append(f"{name.upper()}={options[name]}")
    if "parser" in options:
        words.append(f"WITH PARSER {MYSQL.ident(options['parser'])}")
    if "comment" in options:
        words.append(f"COMMENT {MYSQL.literal(options['comment'])}")
    if isinstance(item, Index) and item.invisible:
        words.append(features.invisible_index_word)
    return " ".join(words)


def _part(part: IndexPart) -> str:
    if part.column is not None:
        text = MYSQL.ident(part.column) + (f"({part.length})" if part.length else "")
    else:
        text = f"({part.expression})"
    return f"{text} DESC" if part.descending else text


def check_clause(item: CheckConstraint, scene: Scene) -> str:
    """CONSTRAINT name CHECK (…) of a table."""
    enforced = "" if item.enforced else " NOT ENFORCED"
    return f"{_named(new_name(item, scene))}CHECK ({item.expression}){enforced}"


def foreign_key_clause(item: ForeignKey, scene: Scene) -> str:
    """CONSTRAINT name FOREIGN KEY (…) REFERENCES …"""
    words = [
        f"{_named(new_name(item, scene))}FOREIGN KEY ({MYSQL.idents(item.columns)})",
        f"REFERENCES {MYSQL.qualified(item.target.schema, item.target.name)} ({MYSQL.idents(item.target_columns)})",
    ]
    if item.match != "SIMPLE":
        words.append(f"MATCH {item.match}")
    for event, action in (("DELETE", item.on_delete), ("UPDATE", item.on_update)):
        if action != scene.features.foreign_key_default_action:
            words.append(f"ON {event} {action}")
    return " ".join(words)


def is_versioned(table: object) -> bool:
    """Whether the table has system versioning (MariaDB)."""
    return isinstance(table, Table) and ("versioning", "system") in table.options


def period_clause(columns: Iterable[object]) -> str | None:
    """PERIOD FOR SYSTEM_TIME over those of ``columns`` that say when a row was valid; None where none do."""
    times = {
        item.generated.expression: MYSQL.ident(item.key.name)
        for item in columns
        if isinstance(item, Column) and item.generated is not None and item.generated.expression in ROW_TIMES
    }
    return f"PERIOD FOR SYSTEM_TIME ({', '.join(times[word] for word in ROW_TIMES)})" if len(times) == 2 else None


def _named(name: str | None) -> str:
    return "" if name is None else f"CONSTRAINT {MYSQL.ident(name)} "


def option_words(options: Options) -> list[str]:
    """ENGINE=InnoDB, DEFAULT CHARSET=…, COLLATE=… and the rest, as they stand."""
    found = {name: value for name, value in options if name not in CLAUSES}
    if "collation" in found and "charset" not in found:
        found["charset"] = charset_of(found["collation"])
    first = [name for name in ("engine", "charset", "collation") if name in found]
    rest = sorted(found.keys() - set(first))
    return [f"{_OPTION_WORDS.get(name, name.upper())}={found[name]}" for name in (*first, *rest)]
