"""A State as SQLAlchemy 2.0 declarative models: a start to go on from, right for tables and all their parts.

Types are SQLAlchemy's own where they mean exactly what the server says; any other is written out word for word.
"""

from __future__ import annotations

import keyword
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from reconcile.reports.describe import opaque_name
from reconcile.state import (
    CheckConstraint,
    Column,
    Comment,
    Default,
    Enum,
    ForeignKey,
    Index,
    IndexPart,
    Key,
    Kind,
    Opaque,
    PrimaryKey,
    SequenceOwner,
    State,
    Table,
    Unique,
    child_key,
)

_WIDTH = 100  # columns of a line of imports


def models(state: State) -> str:
    """The source of a module with one class for each table, in the order in which they are made."""
    module = _Module()
    classes = [_class(state, table, module) for table in _in_order(state)]
    owned = {owner.key.parent for owner in state.of_kind(Kind.SEQUENCE_OWNER)}
    said = (Kind.TABLE, Kind.SCHEMA, Kind.ENUM)
    skipped = sorted(
        opaque_name(item) if isinstance(item, Opaque) else str(item.key)
        for item in state
        if item.key.parent is None and item.key.kind not in said and item.key not in owned
    )
    head = ['"""Models of an existing database."""', "", "from __future__ import annotations", ""]
    if module.standard:
        head += [*(f"import {name}" for name in sorted(module.standard)), ""]
    names = sorted(module.names, key=lambda name: (name.lower(), name))
    imported = f"from sqlalchemy import {', '.join(names)}"
    if len(imported) > _WIDTH:
        imported = "\n".join(["from sqlalchemy import (", *(f"    {name}," for name in names), ")"])
    head += [imported] if names else []
    head += ["from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column"]
    head += ["from sqlalchemy.types import UserDefinedType"] if module.exact else []
    head += ["", "", "class Base(DeclarativeBase):", '    """All tables of this module."""']
    if module.exact:
        head += ["", "", _EXACT]
    if skipped:
        head += ["", "", "# Not tables, so not here:", *(f"#   {text}" for text in skipped)]
    return "\n".join(head) + "".join(f"\n\n\n{text}" for text in classes) + "\n"


def model_of(state: State, table: Key) -> str:
    """The source of one table's class."""
    found = state[table]
    return _class(state, found, _Module()) if isinstance(found, Table) else ""


_EXACT = '''class Exact(UserDefinedType[object]):
    """A type of the database in its own words."""

    cache_ok = True

    def __init__(self, words: str) -> None:
        self.words = words

    def get_col_spec(self, **kw: object) -> str:
        return self.words'''


@dataclass(slots=True)
class _Module:
    """What the classes turn out to need."""

    names: set[str] = field(default_factory=set)  # of sqlalchemy
    standard: set[str] = field(default_factory=set)  # modules of the standard library
    classes: set[str] = field(default_factory=set)
    exact: bool = False

    def use(self, name: str) -> str:
        self.names.add(name)
        return name


def _in_order(state: State) -> Iterator[Table]:
    """Tables before those that point to them; in a circle, by name."""
    tables = {item.key: item for item in state.of_kind(Kind.TABLE) if isinstance(item, Table)}
    targets: dict[Key, set[Key]] = defaultdict(set)
    for item in state.of_kind(Kind.FOREIGN_KEY):
        if isinstance(item, ForeignKey) and item.key.parent is not None and item.target != item.key.parent:
            targets[item.key.parent].add(item.target)
    done: set[Key] = set()
    left = list(tables)
    while left:
        ready = [key for key in left if targets[key] & set(left) <= done] or left[:1]
        for key in ready:
            yield tables[key]
        done.update(ready)
        left = [key for key in left if key not in done]


def _class(state: State, table: Table, module: _Module) -> str:
    key = table.key
    name = _class_name(key.name, module.classes)
    columns = sorted(
        (item for item in state.children(key, Kind.COLUMN) if isinstance(item, Column)), key=lambda item: item.position
    )
    primary = next((item for item in state.children(key, Kind.PRIMARY_KEY) if isinstance(item, PrimaryKey)), None)
    taken: set[str] = {"metadata", "registry"}
    attributes = {column.key.name: _attribute(column.key.name, taken) for column in columns}
    rows = [f"class {name}(Base):", f"    __tablename__ = {_quoted(key.name)}"]
    arguments = [*_table_arguments(state, key, primary, module), *_table_keywords(state, table)]
    if arguments:
        rows += ["    __table_args__ = (", *(f"        {argument}," for argument in arguments), "    )"]
    if primary is None:
        rows += [
            "    # The database has no primary key here. The ORM needs one: say which columns tell rows apart.",
            "",
        ]
        rows += ['    __mapper_args__ = {"primary_key": []}']
    rows.append("")
    for column in columns:
        rows.append("    " + _column(state, column, attributes[column.key.name], primary, module))
    return "\n".join(rows)


# -- columns


def _column(state: State, column: Column, attribute: str, primary: PrimaryKey | None, module: _Module) -> str:
    name = column.key.name
    type_text, python = _type(state, column.type, module)
    arguments = [_quoted(name)] if attribute != name else []
    arguments.append(type_text)
    if column.identity is not None:
        arguments.append(_identity(column, module))
    if column.generated is not None:
        arguments.append(
            f"{module.use('Computed')}({_quoted(column.generated.expression)}, persisted={column.generated.stored})"
        )
    default = state.get(child_key(Kind.DEFAULT, column.key))
    if isinstance(default, Default) and not (_is_serial(state, column) and _is_key(column, primary)):
        arguments.append(f"server_default={_sql(default.expression, module)}")
    if _is_key(column, primary):
        arguments.append("primary_key=True")
    comment = state.get(child_key(Kind.COMMENT, column.key))
    if isinstance(comment, Comment):
        arguments.append(f"comment={_quoted(comment.text)}")
    hint = f"{python} | None" if column.nullable and not _is_key(column, primary) else python
    return f"{attribute}: Mapped[{hint}] = mapped_column({', '.join(arguments)})"


def _is_key(column: Column, primary: PrimaryKey | None) -> bool:
    return primary is not None and column.key.name in primary.columns


def _is_serial(state: State, column: Column) -> bool:
    """Whether a sequence belongs to the column, as SQLAlchemy makes one for an integer primary key."""
    owners = state.of_kind(Kind.SEQUENCE_OWNER)
    return any(isinstance(owner, SequenceOwner) and owner.column == column.key for owner in owners)


def _identity(column: Column, module: _Module) -> str:
    assert column.identity is not None
    identity = column.identity
    words = {
        "always": identity.always or None,
        "start": identity.start,
        "increment": identity.increment,
        "minvalue": identity.minimum,
        "maxvalue": identity.maximum,
        "cycle": identity.cycle or None,
        "cache": identity.cache,
    }
    given = ", ".join(f"{name}={_quoted(value)}" for name, value in words.items() if value is not None)
    return f"{module.use('Identity')}({given})"


# The database's words → (SQLAlchemy's name, the Python type). Only where all three databases' own rendering of the
# SQLAlchemy type is the word on the left; "{}" takes the arguments in parentheses.
_TYPES: dict[str, tuple[str, str]] = {
    "integer": ("Integer()", "int"), "int": ("Integer()", "int"), "bigint": ("BigInteger()", "int"),
    "smallint": ("SmallInteger()", "int"), "text": ("Text()", "str"), "boolean": ("Boolean()", "bool"),
    "date": ("Date()", "datetime.date"), "datetime": ("DateTime()", "datetime.datetime"),
    "timestamp without time zone": ("DateTime()", "datetime.datetime"),
    "timestamp with time zone": ("DateTime(timezone=True)", "datetime.datetime"),
    "time": ("Time()", "datetime.time"), "time without time zone": ("Time()", "datetime.time"),
    "interval": ("Interval()", "datetime.timedelta"), "float": ("Float()", "float"),
    "double precision": ("Double()", "float"), "double": ("Double()", "float"), "real": ("REAL()", "float"),
    "bytea": ("LargeBinary()", "bytes"), "blob": ("LargeBinary()", "bytes"), "uuid": ("Uuid()", "uuid.UUID"),
    "json": ("JSON()", "object"),
    "varchar()": ("String({})", "str"), "character varying()": ("String({})", "str"), "varchar": ("String()", "str"),
    "character varying": ("String()", "str"), "char()": ("CHAR({})", "str"), "character()": ("CHAR({})", "str"),
    "numeric()": ("Numeric({})", "decimal.Decimal"), "decimal()": ("DECIMAL({})", "decimal.Decimal"),
    "numeric": ("Numeric()", "decimal.Decimal"), "varbinary()": ("VARBINARY({})", "bytes"),
}  # fmt: skip

_PYTHON = {"int": "int", "text": "str", "char": "str", "timestamp": "datetime.datetime", "date": "datetime.date"}


def _type(state: State, words: str, module: _Module) -> tuple[str, str]:
    """The expression for a type, and the Python type of its values."""
    for item in state.of_kind(Kind.ENUM):
        if isinstance(item, Enum) and words in (item.key.name, item.key.dotted):
            schema = "" if item.key.schema in (None, "public") else f", schema={_quoted(item.key.schema)}"
            return f"{module.use('Enum')}({_names(item.labels)}, name={_quoted(item.key.name)}{schema})", "str"
    words = _DISPLAY_WIDTHS.get(words.lower(), words)
    match = re.fullmatch(r"([a-z ]+?)\s*(?:\(\s*(\d+(?:\s*,\s*\d+)?)\s*\))?", words.lower())
    if match is not None:
        form = match[1] + ("()" if match[2] else "")
        if form in _TYPES:
            text, python = _TYPES[form]
            text = text.format(", ".join(re.findall(r"\d+", match[2] or "")))
            if _spelled(text, state.dialect) == _plain(words):
                module.use(text.partition("(")[0])
                _import_for(python, module)
                return text, python
    module.exact = True
    python = next((name for start, name in _PYTHON.items() if start in words.lower()), "object")
    _import_for(python, module)
    return f"Exact({_quoted(words)})", python


def _spelled(expression: str, dialect: str) -> str:
    """What SQLAlchemy writes for the type on this database."""
    import sqlalchemy
    from sqlalchemy.dialects import registry

    name, _, rest = expression.partition("(")
    numbers = [int(number) for number in re.findall(r"\d+", rest)]
    options: dict[str, Any] = {"timezone": True} if "timezone" in rest else {}
    made = getattr(sqlalchemy, name)(*numbers, **options)
    return _plain(made.compile(dialect=registry.load(dialect)()))


# MySQL before 8.0.19 and MariaDB show the width they give to an integer that was declared without one.
_DISPLAY_WIDTHS = {"int(11)": "integer", "bigint(20)": "bigint", "smallint(6)": "smallint"}
_SAME_WORD = {"character varying": "varchar", "character": "char", "int": "integer", "bool": "boolean"}


def _plain(words: str) -> str:
    """The spelling without what makes no difference on any of the databases."""
    text = re.sub(r"\s*([(),])\s*", r"\1", words.lower()).strip()
    base, paren, rest = text.partition("(")
    return _SAME_WORD.get(base, base) + paren + rest


def _import_for(python: str, module: _Module) -> None:
    if "." in python:
        module.standard.add(python.partition(".")[0])


# -- table arguments


def _table_arguments(state: State, table: Key, primary: PrimaryKey | None, module: _Module) -> Iterator[str]:
    if primary is not None and primary.named and primary.key.name.lower() != "primary":
        yield f"{module.use('PrimaryKeyConstraint')}({_names(primary.columns)}, name={_quoted(primary.key.name)})"
    for item in state.children(table):
        match item:
            case Unique():
                yield f"{module.use('UniqueConstraint')}({_names(item.columns)}{_named(item.key, item.named)})"
            case CheckConstraint():
                yield f"{module.use('CheckConstraint')}({_quoted(item.expression)}{_named(item.key, item.named)})"
            case ForeignKey():
                yield _foreign_key(state, item, module)
            case Index() if item.implied_by is None:
                yield _index(state, item, module)


def _named(key: Key, named: bool) -> str:
    return f", name={_quoted(key.name)}" if named else ""


def _foreign_key(state: State, item: ForeignKey, module: _Module) -> str:
    target = item.target.name if item.target.schema in (None, "public") else f"{item.target.schema}.{item.target.name}"
    columns = item.target_columns
    if not columns:  # SQLite: the primary key is meant
        primary = next(iter(state.children(item.target, Kind.PRIMARY_KEY)), None)
        columns = primary.columns if isinstance(primary, PrimaryKey) else ()
    options = [f"ondelete={_quoted(item.on_delete)}"] if item.on_delete != "NO ACTION" else []
    options += [f"onupdate={_quoted(item.on_update)}"] if item.on_update != "NO ACTION" else []
    options += [f"match={_quoted(item.match)}"] if item.match != "SIMPLE" else []
    options += ["deferrable=True"] if item.deferrable else []
    options += ['initially="DEFERRED"'] if item.initially_deferred else []
    tail = "".join(f", {option}" for option in options)
    targets = [f"{target}.{column}" for column in columns]
    return (
        f"{module.use('ForeignKeyConstraint')}([{_names(item.columns)}], [{_names(targets)}]"
        f"{_named(item.key, item.named)}{tail})"
    )


def _index(state: State, item: Index, module: _Module) -> str:
    parts = ", ".join(_part(part, module) for part in item.parts)
    options = ["unique=True"] if item.unique else []
    options += [f"{state.dialect}_where={_sql(item.where, module)}"] if item.where else []
    options += [f"{state.dialect}_using={_quoted(item.method)}"] if item.method else []
    options += [f"{state.dialect}_include=[{_names(item.include)}]"] if item.include else []
    operators = {part.column: part.opclass for part in item.parts if part.opclass and part.column}
    options += [f"{state.dialect}_ops={_quoted(operators)}"] if operators else []
    lengths = {part.column: part.length for part in item.parts if part.length and part.column}
    options += [f"{state.dialect}_length={_quoted(lengths)}"] if lengths else []
    options += [f"{state.dialect}_nulls_not_distinct=True"] if item.nulls_not_distinct else []
    return f"{module.use('Index')}({_quoted(item.key.name)}, {parts}{''.join(f', {option}' for option in options)})"


def _part(part: IndexPart, module: _Module) -> str:
    simple = part.column is not None and not (part.descending or part.nulls or part.collation)
    if simple:
        return _quoted(part.column)
    words = part.column if part.column is not None and part.column.isidentifier() else f"({part.expression})"
    if part.column is not None and not part.column.isidentifier():
        words = '"' + part.column.replace('"', '""') + '"'
    words += f' COLLATE "{part.collation}"' if part.collation else ""
    words += " DESC" if part.descending else ""
    words += f" NULLS {part.nulls.upper()}" if part.nulls else ""
    return _sql(words, module)


_OPTION_NAMES = {"collation": "collate"}  # where SQLAlchemy's word is another


def _table_keywords(state: State, table: Table) -> Iterator[str]:
    found: dict[str, Any] = {}
    if table.key.schema not in (None, "public"):
        found["schema"] = table.key.schema
    comment = state.get(child_key(Kind.COMMENT, table.key))
    if isinstance(comment, Comment):
        found["comment"] = comment.text
    for name, value in table.options:
        if name == "persistence":
            found["prefixes"] = [value.upper()]
            continue
        found[f"{state.dialect}_{_OPTION_NAMES.get(name, name)}"] = True if value == "true" else value
    if found:
        yield "{" + ", ".join(f"{_quoted(name)}: {_quoted(value)}" for name, value in found.items()) + "}"


# -- names


def _sql(expression: str, module: _Module) -> str:
    """A piece of SQL as SQLAlchemy's text(), which would take ":name" for a parameter."""
    return f"{module.use('text')}({_quoted(re.sub(_PARAMETER, _ESCAPED, expression))})"


_PARAMETER, _ESCAPED = r"(?<![:\w\\]):(?=\w)", r"\\:"


def _quoted(value: Any) -> str:
    """The value as Python source, strings in double quotes where that needs no escaping."""
    source = repr(value)
    return f'"{source[1:-1]}"' if source[:1] == "'" and '"' not in source else source


def _names(names: Iterable[str]) -> str:
    return ", ".join(_quoted(name) for name in names)


def _class_name(table: str, taken: set[str]) -> str:
    words = [word for word in re.split(r"[^0-9A-Za-z]+", table) if word]
    name = "".join(word[:1].upper() + word[1:] for word in words) or "Table"
    return _free(f"T{name}" if name[0].isdigit() or name == "Base" else name, taken)


def _attribute(column: str, taken: set[str]) -> str:
    name = re.sub(r"\W", "_", column) or "column"
    name = f"c_{name}" if name[0].isdigit() or name.startswith("__") else name
    return _free(f"{name}_" if keyword.iskeyword(name) else name, taken)


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    taken.add(name)
    return name
