"""From a State to a YAML document that, read and made real again, is the same State."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

import yaml

from reconcile.dialects.base import Dialect
from reconcile.sources.yaml.bounds import without_bounds
from reconcile.sources.yaml.form import (
    FORM,
    Plain,
    path_text,
    write_fields,
    write_part,
    write_privileges,
    write_security,
)
from reconcile.sources.yaml.programs import DEFINITIONS, write_partitioning
from reconcile.sources.yaml.replication import write_published
from reconcile.sources.yaml.roles import write_role
from reconcile.state import (
    CheckConstraint,
    Column,
    Comment,
    Constraint,
    Default,
    DefaultPrivilege,
    Enum,
    EventTrigger,
    Exclusion,
    ForeignKey,
    Index,
    Key,
    Kind,
    MaterializedView,
    Owner,
    Partitioning,
    PartitionOf,
    PrimaryKey,
    Privilege,
    Publication,
    RowSecurity,
    Rule,
    SequenceOwner,
    State,
    Statistics,
    Table,
    Trigger,
    Unique,
    View,
    child_key,
    not_null_key,
)
from reconcile.state import Sequence as SequenceObject
from reconcile.state.objects import Object

_O = TypeVar("_O", bound=Object)

MODELINE = "# yaml-language-server: $schema=https://raw.githubusercontent.com/schema-reconcile/schema-reconcile/main/schemas/desired.schema.json"
_SPREAD = frozenset(  # a line each
    {"columns", "unique", "checks", "foreign_keys", "exclusions", "indexes", "triggers", "policies"}
)
_WIDE = 100  # a mapping or list that fits into a line of so many characters stands in one

# word of a table's section → class, in the order of writing
_SECTIONS: tuple[tuple[str, Kind], ...] = (
    ("unique", Kind.UNIQUE),
    ("checks", Kind.CHECK),
    ("foreign_keys", Kind.FOREIGN_KEY),
    ("exclusions", Kind.EXCLUSION),
    ("indexes", Kind.INDEX),
    ("triggers", Kind.TRIGGER),
    ("rules", Kind.RULE),
    ("policies", Kind.POLICY),
)


def to_yaml(state: State, dialect: Dialect) -> str:
    """The document: deterministic, in block style. What is not managed is listed in comments at its end."""
    plain = to_document(state, dialect)
    text = yaml.dump(_styled(plain), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1 << 20)
    lines = [MODELINE, text.rstrip("\n")]
    if state.unmanaged:
        lines += ["", "# Also there, but not managed:", *(f"#   {item.what}: {item.key}" for item in state.unmanaged)]
    return "\n".join(lines) + "\n"


def to_document(state: State, dialect: Dialect) -> Plain:
    """The same as plain data."""
    return _Writer(state, dialect).document()


def entry_text(value: Plain, depth: int) -> str:
    """Entries of a mapping so deep in a document, as ``to_yaml`` writes them."""
    styled = {name: _styled(item, depth + 1, name) for name, item in value.items()}
    text: str = yaml.dump(styled, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1 << 20)
    return text


def flow_text(value: Any) -> str:
    """The value in one line."""
    text: str = yaml.dump(
        _ListInLine([_in_line(value)]), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1 << 20
    )
    return text.strip().removeprefix("[").removesuffix("]")


def _in_line(value: Any) -> Any:
    if isinstance(value, dict):
        return _InLine({name: _in_line(item) for name, item in value.items()})
    return _ListInLine([_in_line(item) for item in value]) if isinstance(value, list) else value


class _Writer:
    """Turns objects into plain data. Holds the state and what a name may leave out."""

    def __init__(self, state: State, dialect: Dialect) -> None:
        self.state = state
        self.dialect = dialect
        self.spelled = {item.key: name for item in state if (name := _spelled(item, item.key)) != item.key.name}

    def document(self) -> Plain:
        plain: Plain = {"dialect": self.dialect.name}
        schemas = {item.key.name: self._mapping(item, {}) for item in self.state.of_kind(Kind.SCHEMA)}
        default = self.dialect.default_schema
        schemas = {name: said for name, said in schemas.items() if said or name != default}
        sections = {
            "roles": {
                item.key.name: self._mapping(item, write_role(item.key, self.state)) or None
                for item in self.state.of_kind(Kind.ROLE)
            },
            "schemas": schemas if any(schemas.values()) else list(schemas),
            "extensions": self._plain_section(Kind.EXTENSION),
            "collations": self._plain_section(Kind.COLLATION),
            "enums": {self._name(item.key): self._enum(item) for item in self.state.of_kind(Kind.ENUM)},
            "domains": {self._name(item.key): self._domain(item) for item in self.state.of_kind(Kind.DOMAIN)},
            "composite_types": {
                self._name(item.key): self._composite(item) for item in self.state.of_kind(Kind.COMPOSITE)
            },
            "range_types": self._plain_section(Kind.RANGE),
            "foreign_data_wrappers": {
                item.key.name: self._mapping(item, write_fields(item)) or None
                for item in self.state.of_kind(Kind.FOREIGN_WRAPPER)
            },
            "servers": {item.key.name: self._server(item) for item in self.state.of_kind(Kind.FOREIGN_SERVER)},
            "sequences": {self._name(item.key): self._sequence(item) for item in self.state.of_kind(Kind.SEQUENCE)},
            "tables": {self._name(item.key): self._table(item) for item in self.state.of_kind(Kind.TABLE)},
            "virtual_tables": {
                name: said if len(said) > 1 else said["definition"]
                for name, said in self._plain_section(Kind.VIRTUAL_TABLE).items()
            },
            "views": {self._name(item.key): self._view(item) for item in self.state.of_kind(Kind.VIEW)},
            "functions": self._plain_section(Kind.FUNCTION),
            "procedures": self._plain_section(Kind.PROCEDURE),
            "aggregates": self._plain_section(Kind.AGGREGATE),
            **{word: self._plain_section(kind) for word, kind in DEFINITIONS.items()},
            "event_triggers": {
                item.key.name: self._event_trigger(item) for item in self.state.of_kind(Kind.EVENT_TRIGGER)
            },
            "events": self._plain_section(Kind.EVENT),
            "packages": {item.key.name: self._package(item) for item in self.state.of_kind(Kind.PACKAGE)},
            "publications": {item.key.name: self._publication(item) for item in self.state.of_kind(Kind.PUBLICATION)},
            "subscriptions": {
                item.key.name: self._mapping(item, write_fields(item)) for item in self.state.of_kind(Kind.SUBSCRIPTION)
            },
            "materialized_views": {
                self._name(item.key): self._materialized_view(item)
                for item in self.state.of_kind(Kind.MATERIALIZED_VIEW)
            },
            "statistics": {
                self._name(item.key): self._statistics(item) for item in self.state.of_kind(Kind.STATISTICS)
            },
            "default_privileges": self._default_privileges(),
        }
        return plain | {word: value for word, value in sections.items() if value}

    def _name(self, key: Key) -> str:
        name = self.spelled.get(key, key.name)
        if key.schema is None or key.schema == self.dialect.default_schema:
            return path_text((name,))
        return path_text((key.schema, name))

    def _mapping(self, item: Object, plain: Plain) -> Plain:
        comment = self.state.get(child_key(Kind.COMMENT, item.key))
        plain = plain | {"comment": comment.text} if isinstance(comment, Comment) else plain
        owner = self.state.get(child_key(Kind.OWNER, item.key))
        plain = plain | {"owner": owner.role} if isinstance(owner, Owner) else plain
        privileges = self._privileges(item.key)
        return plain | {"privileges": privileges} if privileges else plain

    def _privileges(self, key: Key) -> Plain:
        found = self.state.children(key, Kind.PRIVILEGE)
        return {item.grantee: write_privileges(item) for item in found if isinstance(item, Privilege)}

    def _default_privileges(self) -> list[Plain]:
        found: dict[tuple[str | None, str, str], Plain] = {}
        for item in self.state.of_kind(Kind.DEFAULT_PRIVILEGE):
            assert isinstance(item, DefaultPrivilege)
            where: Plain = {} if item.key.schema is None else {"schema": item.key.schema}
            entry = found.setdefault(
                (item.key.schema, item.role, item.objects),
                {"role": item.role, **where, "objects": item.objects, "privileges": {}},
            )
            entry["privileges"][item.grantee] = write_privileges(item)
        return list(found.values())

    def _enum(self, item: Object) -> Any:
        assert isinstance(item, Enum)
        plain = self._mapping(item, {"labels": list(item.labels)})
        return plain if len(plain) > 1 else plain["labels"]

    def _sequence(self, item: Object) -> Plain | None:
        assert isinstance(item, SequenceObject)
        full = {word: getattr(item, name) for word, (name, _) in FORM[SequenceObject].items()}
        plain = without_bounds(write_fields(item), full)
        plain = {word: plain[word] for word in FORM[SequenceObject] if word in plain}
        owner = self.state.get(child_key(Kind.SEQUENCE_OWNER, item.key))
        if isinstance(owner, SequenceOwner) and owner.column.parent is not None:
            plain["owned_by"] = f"{self._name(owner.column.parent)}.{path_text((owner.column.name,))}"
        return self._mapping(item, plain) or None

    def _plain_section(self, kind: Kind) -> Plain:
        return {self._name(item.key): self._mapping(item, write_fields(item)) for item in self.state.of_kind(kind)}

    def _domain(self, item: Object) -> Any:
        plain = self._mapping(item, write_fields(item)) | self._section("checks", item, Kind.CHECK)
        return plain if len(plain) > 1 else plain["type"]

    def _composite(self, item: Object) -> Plain:
        plain = self._mapping(item, {"attributes": {}} | write_fields(item))
        comments = {
            other.key.parent.name: other.text
            for other in self.state.of_kind(Kind.COMMENT)
            if isinstance(other, Comment) and other.key.parent is not None and other.key.parent.parent == item.key
        }
        return plain | ({"attribute_comments": comments} if comments else {})

    def _event_trigger(self, item: Object) -> Plain:
        assert isinstance(item, EventTrigger)
        function = item.function
        called = self._name(Key(function.kind, function.schema, function.name.removesuffix("()")))
        return self._mapping(item, write_fields(item) | {"function": called})

    def _package(self, item: Object) -> Any:
        plain = self._mapping(item, write_fields(item))
        body = self.state.get(child_key(Kind.PACKAGE_BODY, item.key))
        if body is not None:
            said = self._mapping(body, write_fields(body))
            plain["body"] = said if len(said) > 1 else said["definition"]
        return plain if len(plain) > 1 else plain["definition"]

    def _view(self, item: Object) -> Any:
        assert isinstance(item, View)
        plain = self._mapping(item, write_fields(item))
        plain |= self._column_extras(item)
        plain |= self._section("triggers", item, Kind.TRIGGER)
        plain |= self._section("rules", item, Kind.RULE)
        return plain if len(plain) > 1 else plain["definition"]

    def _column_extras(self, item: Object) -> Plain:
        """Comments and privileges of the columns of a view, which are no objects."""
        assert isinstance(item, View | MaterializedView)
        comments: Plain = {}
        privileges: Plain = {}
        for name in item.columns:
            column = child_key(Kind.COLUMN, item.key, name)
            comment = self.state.get(child_key(Kind.COMMENT, column))
            if isinstance(comment, Comment):
                comments[name] = comment.text
            if granted := self._privileges(column):
                privileges[name] = granted
        plain: Plain = {"column_comments": comments} if comments else {}
        return plain | ({"column_privileges": privileges} if privileges else {})

    def _materialized_view(self, item: Object) -> Any:
        assert isinstance(item, MaterializedView)
        plain = self._mapping(item, write_fields(item)) | self._column_extras(item)
        plain |= self._section("indexes", item, Kind.INDEX)
        return plain if len(plain) > 1 else plain["definition"]

    def _statistics(self, item: Object) -> Plain:
        assert isinstance(item, Statistics)
        return self._mapping(item, {"table": self._name(item.target)} | write_fields(item))

    def _server(self, item: Object) -> Plain:
        mappings = {other.key.name: write_fields(other) for other in self.state.children(item.key, Kind.USER_MAPPING)}
        plain = write_fields(item) | ({"user_mappings": mappings} if mappings else {})
        return self._mapping(item, plain)

    def _publication(self, item: Object) -> Plain | None:
        assert isinstance(item, Publication)
        tables = [write_published(table, self._name) for table in item.tables]
        return self._mapping(item, ({"tables": tables} if tables else {}) | write_fields(item)) or None

    def _above(self, item: Table) -> Plain:
        """What the table is a part of."""
        plain: Plain = {}
        partition = self.state.get(child_key(Kind.PARTITION, item.key))
        if isinstance(partition, PartitionOf):
            plain |= {"partition_of": self._name(partition.of), "bound": partition.bound}
        if item.inherits:
            plain["inherits"] = [self._name(key) for key in item.inherits]
        if item.of_type is not None:
            plain["of_type"] = self._name(item.of_type)
        return plain

    def _said_here(self, item: _O) -> _O:
        """In a partition all is written out, so that its parts have their own names; they are merged when it is
        attached. What another table gets from above is marked."""
        partition = item.key.parent is not None and child_key(Kind.PARTITION, item.key.parent) in self.state
        return replace(item, local=True) if partition and isinstance(item, Column | CheckConstraint) else item

    def _table(self, item: Object) -> Plain:
        assert isinstance(item, Table)
        columns = sorted(
            (c for c in self.state.children(item.key, Kind.COLUMN) if isinstance(c, Column)), key=lambda c: c.position
        )
        plain: Plain = self._above(item) | {
            "columns": {self.spelled.get(c.key, c.key.name): self._column(c) for c in columns}
        }
        partitioning = self.state.get(child_key(Kind.PARTITIONING, item.key))
        if isinstance(partitioning, Partitioning):
            plain["partitioning"] = write_partitioning(partitioning)
        for key in self.state.children(item.key, Kind.PRIMARY_KEY):
            plain["primary_key"] = self._part_of_table(key, named_inside=True)
        for word, kind in _SECTIONS:
            plain |= self._section(word, item, kind)
        for security in self.state.children(item.key, Kind.ROW_SECURITY):
            assert isinstance(security, RowSecurity)
            plain["row_security"] = write_security(security)
        return plain | self._mapping(item, write_fields(item))

    def _section(self, word: str, item: Object, kind: Kind) -> Plain:
        parts = self.state.children(item.key, kind)
        if not parts:
            return {}
        if any(isinstance(part, Constraint) and not part.named for part in parts):
            return {word: [self._part_of_table(part, named_inside=True) for part in parts]}
        return {word: {part.key.name: self._part_of_table(part) for part in parts}}

    def _column(self, column: Column) -> Any:
        plain = write_fields(self._said_here(column))
        default = self.state.get(child_key(Kind.DEFAULT, column.key))
        if isinstance(default, Default):
            plain["default"] = default.expression
        plain = self._mapping(column, plain)
        comment = self.state.get(child_key(Kind.COMMENT, not_null_key(column.key)))
        plain |= {"not_null_comment": comment.text} if isinstance(comment, Comment) else {}
        if plain.keys() == {"type", "nullable"} and column.type:  # SQLite does without a type
            return f"{column.type} not null"
        return plain["type"] if len(plain) == 1 else plain

    def _part_of_table(self, item: Object, *, named_inside: bool = False) -> Any:
        item = self._said_here(self._respelled(item))
        plain: Plain = {}
        if named_inside and isinstance(item, Constraint) and item.named:
            plain["name"] = item.key.name
        if isinstance(item, ForeignKey):
            plain |= self._foreign_key(item)
        elif isinstance(item, Exclusion):
            plain |= self._exclusion(item)
        else:
            plain |= write_fields(item)
        plain = self._mapping(item, plain)
        if isinstance(item, PrimaryKey | Unique | Index) and plain.keys() == {"columns"}:
            return plain["columns"]
        if isinstance(item, CheckConstraint) and plain.keys() == {"expression"}:
            return plain["expression"]
        return plain["definition"] if isinstance(item, Trigger | Rule) and len(plain) == 1 else plain

    def _respelled(self, item: Object) -> Object:
        """With the columns it names spelled as the columns are."""
        table = item.key.parent
        if not self.spelled or table is None:
            return item

        def column(name: str, of: Key = table) -> str:
            return self.spelled.get(child_key(Kind.COLUMN, of, name), name)

        if isinstance(item, ForeignKey):
            there = tuple(column(name, item.target) for name in item.target_columns)
            return replace(item, columns=tuple(map(column, item.columns)), target_columns=there)
        if isinstance(item, PrimaryKey | Unique | Index):
            parts = tuple(p if p.column is None else replace(p, column=column(p.column)) for p in item.parts)
            return replace(item, parts=parts)
        return item

    def _foreign_key(self, item: ForeignKey) -> Plain:
        fields = write_fields(item)
        table = self._name(item.target)
        short = f"{table}({', '.join(item.target_columns)})" if item.target_columns else table
        plain_names = all(name and not set(name) & set(",() \t\n\"'") for name in (table, *item.target_columns))
        references: Any = short if plain_names else {"table": table, "columns": list(item.target_columns)}
        plain = {"columns": fields.pop("columns"), "references": references}
        if self.dialect.unsaid_action is not None:  # what goes without saying depends on the server that reads it
            plain |= {"on_delete": item.on_delete, "on_update": item.on_update}
        if item.target not in self.state:
            plain["dangling"] = True
        return plain | fields

    def _exclusion(self, item: Exclusion) -> Plain:
        parts = []
        for part, operator in zip(item.parts, item.operators, strict=True):
            said = write_part(part)
            if not isinstance(said, dict):
                said = {"column": part.column} if part.column is not None else {"expression": part.expression}
                said |= {"order": "desc"} if part.descending else {}
                said |= {"nulls": part.nulls} if part.nulls else {}
                said |= {"length": part.length} if part.length is not None else {}
            parts.append(said | {"with": operator})
        fields = write_fields(item)
        return {"method": fields.pop("method"), "parts": parts} | fields


def _spelled(item: Object | None, key: Key) -> str:
    """The name as a person wrote it, where keys are folded (SQLite) and that is known."""
    written = item.written if item is not None else None
    return written if written is not None and written.casefold() == key.name.casefold() else key.name


# -- style


class _Dumper(yaml.SafeDumper):
    """Safe, with lists indented, and knowing the three styles below."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        del indentless
        super().increase_indent(flow, False)

    def choose_scalar_style(self) -> Any:
        style = super().choose_scalar_style()
        value = getattr(self.event, "value", "")
        quotable = "'" in value and '"' not in value and "\\" not in value
        if (style == "'" and quotable) or any(character in value for character in "\x85\u2028\u2029"):
            return '"'  # SQL's own quotes need not be doubled; Unicode's line ends must be escaped
        return style

    def ignore_aliases(self, data: Any) -> bool:
        del data
        return True


class _InLine(dict[str, Any]):
    """A mapping that stands in one line."""


class _ListInLine(list[Any]):
    """A list that stands in one line."""


class _Lines(str):
    """Text of several lines, as a block."""


_Dumper.add_representer(
    _InLine, lambda dumper, data: dumper.represent_mapping("tag:yaml.org,2002:map", data, flow_style=True)
)
_Dumper.add_representer(
    _ListInLine, lambda dumper, data: dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=True)
)
_Dumper.add_representer(
    _Lines, lambda dumper, data: dumper.represent_scalar("tag:yaml.org,2002:str", str(data), style="|")
)
_Dumper.add_representer(
    dict, lambda dumper, data: dumper.represent_mapping("tag:yaml.org,2002:map", data, flow_style=False)
)
_Dumper.add_representer(
    list, lambda dumper, data: dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=False)
)
_Dumper.add_representer(type(None), lambda dumper, _: dumper.represent_scalar("tag:yaml.org,2002:null", ""))


def _styled(value: Any, depth: int = 0, word: str = "") -> Any:
    """The same data, its small leaves marked to stand in one line and its long texts as blocks."""
    if isinstance(value, str):
        return _Lines(value) if _fits_block(value) else value
    if isinstance(value, dict):
        if depth > 1 and word not in _SPREAD and _small(value):
            return _InLine(value)
        return {name: _styled(item, depth + 1, name) for name, item in value.items()}
    if isinstance(value, list):
        return _ListInLine(value) if _small(value) else [_styled(item, depth + 1) for item in value]
    return value


def _small(value: Any) -> bool:
    """Whether it is a leaf, short and in one line."""
    text = str(value)
    return bool(value) and len(text) <= _WIDE and "\\n" not in text and "{" not in text[1:]


def _fits_block(text: str) -> bool:
    """Whether a literal block keeps the text exactly (YAML 1.2, 8.1.2: no trailing blanks, only printables)."""
    lines = text.split("\n")
    return (
        len(lines) > 1
        and all(line == line.rstrip() and "\t" not in line for line in lines)
        and not text.startswith((" ", "\n"))
        and all(character.isprintable() or character == "\n" for character in text)
    )
