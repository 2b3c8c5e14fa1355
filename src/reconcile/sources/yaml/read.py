"""From a YAML document that its schema has passed to objects, each with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from reconcile.errors import Place, SourceError
from reconcile.sources.base import Target
from reconcile.sources.yaml.bounds import sequence_bounds
from reconcile.sources.yaml.document import Document, Path
from reconcile.sources.yaml.form import (
    Plain,
    path_of,
    read_fields,
    read_part,
    read_privileges,
    read_security,
    text_of,
    unnamed,
)
from reconcile.sources.yaml.programs import (
    DEFINITIONS,
    read_definition,
    read_event,
    read_package,
    read_partitioning,
    read_routine,
    read_virtual_table,
)
from reconcile.sources.yaml.replication import read_published
from reconcile.sources.yaml.roles import read_role
from reconcile.sources.yaml.types import server_type, split_null
from reconcile.state import (
    Aggregate,
    CheckConstraint,
    Collation,
    Column,
    Comment,
    Composite,
    Default,
    DefaultPrivilege,
    Domain,
    Enum,
    EventTrigger,
    Exclusion,
    Extension,
    ForeignKey,
    ForeignServer,
    ForeignWrapper,
    Index,
    Key,
    Kind,
    MaterializedView,
    Owner,
    PartitionOf,
    Policy,
    PrimaryKey,
    Privilege,
    Publication,
    Range,
    RowSecurity,
    Rule,
    Schema,
    Sequence,
    SequenceOwner,
    State,
    Statistics,
    Subscription,
    Table,
    Trigger,
    Unique,
    UserMapping,
    View,
    child_key,
    default_privilege_key,
    not_null_key,
    table_key,
)
from reconcile.state.hints import RenameHint, ValueHint
from reconcile.state.key import GLOBAL
from reconcile.state.objects import Object


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a document says. ``dangling``: foreign keys whose target is known not to be there."""

    state: State
    renames: tuple[RenameHint, ...]
    places: Mapping[Key, Place]
    types: Mapping[Key, Place]  # of columns: where the type stands
    targets: Mapping[Key, Place]  # of foreign keys: where the table they refer to stands
    dangling: frozenset[Key]
    unpreserved: tuple[Key, ...] = ()
    backfills: tuple[ValueHint, ...] = ()
    conversions: tuple[ValueHint, ...] = ()


def read_objects(document: Document, target: Target) -> Written:
    """The objects of a document. Raises SourceError with the place."""
    reader = _Reader(document, target)
    reader.everything()
    try:
        state = State.build(reader.objects, dialect=target.dialect.name, server="")
    except ValueError as error:
        raise SourceError(str(error), place=Place(document.shown)) from None
    return Written(
        state=state,
        renames=tuple(reader.renames),
        places=reader.places,
        types=reader.types,
        targets=reader.targets,
        dangling=frozenset(reader.dangling),
        unpreserved=tuple(reader.unpreserved),
        backfills=tuple(reader.backfills),
        conversions=tuple(reader.conversions),
    )


@dataclass(slots=True)
class _Reader:
    """Walks a document once. Not a value: it collects."""

    document: Document
    target: Target
    objects: list[Object] = field(default_factory=list)
    renames: list[RenameHint] = field(default_factory=list)
    places: dict[Key, Place] = field(default_factory=dict)
    types: dict[Key, Place] = field(default_factory=dict)
    targets: dict[Key, Place] = field(default_factory=dict)
    dangling: set[Key] = field(default_factory=set)
    unpreserved: list[Key] = field(default_factory=list)
    backfills: list[ValueHint] = field(default_factory=list)
    conversions: list[ValueHint] = field(default_factory=list)

    def everything(self) -> None:
        data: Plain = self.document.data or {}
        self._right_dialect(data)
        sections: tuple[tuple[str, Callable[[Path, str, Any], None]], ...] = (
            ("roles", self._role),
            ("schemas", self._schema),
            ("extensions", self._extension),
            ("collations", self._collation),
            ("enums", self._enum),
            ("domains", self._domain),
            ("composite_types", self._composite),
            ("range_types", self._range),
            ("foreign_data_wrappers", self._wrapper),
            ("servers", self._server),
            ("sequences", self._sequence),
            ("tables", self._table),
            ("virtual_tables", self._virtual_table),
            ("views", self._view),
            ("functions", self._function),
            ("procedures", self._procedure),
            ("aggregates", self._aggregate),
            ("event_triggers", self._event_trigger),
            ("events", self._event),
            ("packages", self._package),
            ("publications", self._publication),
            ("subscriptions", self._subscription),
            ("materialized_views", self._materialized_view),
            ("statistics", self._statistics),
        )
        for word, read in sections:
            for path, name, value in self._named((word,), data.get(word)):
                assert name is not None, "only constraints may lack a name, says the schema"
                read(path, name, value)

        for word, kind in DEFINITIONS.items():
            for path, name, value in self._named((word,), data.get(word)):
                assert name is not None, "only constraints may lack a name, says the schema"
                key = self._key(kind, path, name)
                key = Key(kind, None, key.name) if kind in GLOBAL else key
                self._add(path, read_definition(value, key), value)
        for number, said in enumerate(data.get("default_privileges") or ()):
            self._default_privileges(("default_privileges", number), said)

    def _right_dialect(self, data: Plain) -> None:
        named = data.get("dialect")
        if named is not None and named != self.target.dialect.name:
            raise SourceError(
                f"this describes a {named} database, but the live one is {self.target.dialect.name}",
                place=self.document.place(("dialect",)),
            )

    # -- top-level objects

    def _schema(self, path: Path, name: str, value: Any) -> None:
        if not self.target.dialect.namespaces:
            raise self._error(path, f"{self.target.dialect.name} has no schemas within a database")
        key = Key(Kind.SCHEMA, None, name)
        self._add(path, Schema(key=key), value)

    def _enum(self, path: Path, name: str, value: Any) -> None:
        key = self._key(Kind.ENUM, path, name)
        labels = value["labels"] if isinstance(value, dict) else value
        self._add(path, Enum(key=key, labels=tuple(map(text_of, labels or ()))), value)
        renamed = value.get("renamed_labels") if isinstance(value, dict) else None
        for label, old in (renamed or {}).items():
            origin = str(self.document.place((*path, "renamed_labels", label)))
            self.renames.append(RenameHint(new=key, old_name=text_of(old), label=label, origin=origin))

    def _sequence(self, path: Path, name: str, value: Any) -> None:
        key = self._key(Kind.SEQUENCE, path, name)
        value = value or {}
        self._add(path, Sequence(key=key, **sequence_bounds(read_fields(Sequence, value))), value)
        if value.get("owned_by") is not None:
            owner = self._path((*path, "owned_by"), value["owned_by"])
            if len(owner) < 2:
                raise self._error((*path, "owned_by"), "expected table.column")
            table = self._key_of(Kind.TABLE, (*path, "owned_by"), owner[:-1])
            column = child_key(Kind.COLUMN, table, owner[-1])
            self._add((*path, "owned_by"), SequenceOwner(key=child_key(Kind.SEQUENCE_OWNER, key), column=column), None)

    def _view(self, path: Path, name: str, value: Any) -> None:
        key = self._key(Kind.VIEW, path, name)
        plain = value if isinstance(value, dict) else {"definition": value}
        plain = {**plain, "definition": text_of(plain["definition"]).strip().rstrip(";").rstrip()}
        self._add(path, View(key=key, **read_fields(View, plain)), value)
        self._column_extras(path, key, plain)
        self._triggers(path, key, plain)

    def _extension(self, path: Path, name: str, value: Any) -> None:
        key = Key(Kind.EXTENSION, None, name)
        self._add(path, Extension(key=key, **read_fields(Extension, value or {})), value)

    def _collation(self, path: Path, name: str, value: Plain) -> None:
        key = self._key(Kind.COLLATION, path, name)
        self._add(path, Collation(key=key, **read_fields(Collation, value)), value)

    def _domain(self, path: Path, name: str, value: Any) -> None:
        key = self._key(Kind.DOMAIN, path, name)
        plain: Plain = dict(value) if isinstance(value, dict) else {"type": value}
        said, not_null = split_null(text_of(plain["type"]))
        plain["type"] = said
        if not_null:
            plain["nullable"] = False
        self._add(path, Domain(key=key, **read_fields(Domain, plain)), value)
        for inner, called, check in self._named((*path, "checks"), plain.get("checks")):
            self._check(inner, key, called, check)

    def _composite(self, path: Path, name: str, value: Plain) -> None:
        key = self._key(Kind.COMPOSITE, path, name)
        self._add(path, Composite(key=key, **read_fields(Composite, value)), value)
        for attribute, text in (value.get("attribute_comments") or {}).items():
            self._comment((*path, "attribute_comments", attribute), child_key(Kind.COLUMN, key, attribute), text)

    def _range(self, path: Path, name: str, value: Plain) -> None:
        key = self._key(Kind.RANGE, path, name)
        self._add(path, Range(key=key, **read_fields(Range, value)), value)

    def _aggregate(self, path: Path, name: str, value: Plain) -> None:
        key = self._key(Kind.AGGREGATE, path, name)
        self._add(path, Aggregate(key=key, **read_fields(Aggregate, value)), value)

    def _event_trigger(self, path: Path, name: str, value: Plain) -> None:
        function = self._key(Kind.FUNCTION, (*path, "function"), text_of(value["function"]))
        called = Key(Kind.FUNCTION, function.schema, f"{function.name}()")
        key = Key(Kind.EVENT_TRIGGER, None, name)
        self._add(path, EventTrigger(key=key, function=called, **read_fields(EventTrigger, value)), value)

    def _function(self, path: Path, name: str, value: Plain) -> None:
        self._add(path, read_routine(value, self._key(Kind.FUNCTION, path, name)), value)

    def _procedure(self, path: Path, name: str, value: Plain) -> None:
        self._add(path, read_routine(value, self._key(Kind.PROCEDURE, path, name)), value)

    def _virtual_table(self, path: Path, name: str, value: Any) -> None:
        self._add(path, read_virtual_table(value, self._key(Kind.VIRTUAL_TABLE, path, name)), value)

    def _event(self, path: Path, name: str, value: Plain) -> None:
        self._add(path, read_event(value, self._key(Kind.EVENT, path, name)), value)

    def _package(self, path: Path, name: str, value: Any) -> None:
        key = self._key(Kind.PACKAGE, path, name)
        self._add(path, read_package(value, key), value)
        if isinstance(value, dict) and value.get("body") is not None:
            body = value["body"]
            self._add((*path, "body"), read_package(body, child_key(Kind.PACKAGE_BODY, key)), body)

    def _materialized_view(self, path: Path, name: str, value: Any) -> None:
        key = self._key(Kind.MATERIALIZED_VIEW, path, name)
        plain = value if isinstance(value, dict) else {"definition": value}
        plain = {**plain, "definition": text_of(plain["definition"]).strip().rstrip(";").rstrip()}
        self._add(path, MaterializedView(key=key, **read_fields(MaterializedView, plain)), value)
        self._column_extras(path, key, plain)
        self._indexes(path, key, plain)

    def _column_extras(self, path: Path, key: Key, plain: Plain) -> None:
        """Comments and privileges of the columns of a view, which are no objects."""
        for column, text in (plain.get("column_comments") or {}).items():
            self._comment((*path, "column_comments", column), child_key(Kind.COLUMN, key, column), text)
        for column, said in (plain.get("column_privileges") or {}).items():
            self._privileges((*path, "column_privileges", column), child_key(Kind.COLUMN, key, column), said)

    def _statistics(self, path: Path, name: str, value: Plain) -> None:
        names = self._path((*path, "table"), text_of(value["table"]))
        target = self._key_of(Kind.MATERIALIZED_VIEW, (*path, "table"), names)
        if target not in self.places:
            target = self._key_of(Kind.TABLE, (*path, "table"), names)
        made = self._fields(Statistics, path, value)
        self._add(path, Statistics(key=self._key(Kind.STATISTICS, path, name), target=target, **made), value)

    def _default_privileges(self, path: Path, value: Plain) -> None:
        schema = None if value.get("schema") is None else text_of(value["schema"])
        role, objects = text_of(value["role"]), value["objects"]
        for grantee, said in value["privileges"].items():
            key = default_privilege_key(schema, role, objects, grantee)
            item = DefaultPrivilege(key=key, role=role, objects=objects, grantee=grantee, **read_privileges(said))
            self._add((*path, "privileges", grantee), item, None)

    def _privileges(self, path: Path, key: Key, value: Plain) -> None:
        for grantee, said in value.items():
            item = Privilege(key=child_key(Kind.PRIVILEGE, key, grantee), **read_privileges(said))
            self._add((*path, grantee), item, None)

    def _security(self, path: Path, table: Key, value: Plain) -> None:
        if value.get("row_security"):
            key = child_key(Kind.ROW_SECURITY, table)
            security = RowSecurity(key=key, **read_security(value["row_security"]))
            self._add((*path, "row_security"), security, None)
        for inner, name, said in self._named((*path, "policies"), value.get("policies")):
            assert name is not None
            policy = Policy(key=child_key(Kind.POLICY, table, name), **read_fields(Policy, said or {}))
            self._add(inner, replace(policy, roles=tuple(sorted(policy.roles))), said)

    def _table(self, path: Path, name: str, value: Any) -> None:
        key = self._key(Kind.TABLE, path, name)
        value = value or {}
        if value.get("preserve") is False:
            self.unpreserved.append(key)
        above = self._above(path, value)
        self._add(path, Table(key=key, **above, **read_fields(Table, value)), value)
        if value.get("partition_of") is not None:
            place = (*path, "partition_of")
            of = self._key_of(Kind.TABLE, place, self._path(place, value["partition_of"]))
            bound = text_of(value.get("bound") or "DEFAULT")
            self._add(place, PartitionOf(key=child_key(Kind.PARTITION, key), of=of, bound=bound), None)
        if value.get("partitioning") is not None:
            self._add((*path, "partitioning"), read_partitioning(value["partitioning"], key), None)
        in_key: list[str] = []
        for position, (inner, column, said) in enumerate(self._named((*path, "columns"), value.get("columns")), 1):
            assert column is not None
            if self._column(inner, child_key(Kind.COLUMN, key, column), said, position):
                in_key.append(column)
        self._primary_key(path, key, value.get("primary_key"), in_key)
        for word, read in (
            ("unique", self._unique),
            ("checks", self._check),
            ("foreign_keys", self._foreign_key),
            ("exclusions", self._exclusion),
        ):
            for inner, called, said in self._named((*path, word), value.get(word)):
                read(inner, key, called, said)
        self._indexes(path, key, value)
        self._triggers(path, key, value)
        self._security(path, key, value)

    def _indexes(self, path: Path, key: Key, value: Plain) -> None:
        for inner, called, said in self._named((*path, "indexes"), value.get("indexes")):
            assert called is not None
            plain = said if isinstance(said, dict) else {"columns": said}
            index = Index(key=child_key(Kind.INDEX, key, called), **self._fields(Index, inner, plain))
            self._add(inner, index, said)

    def _above(self, path: Path, value: Plain) -> dict[str, Any]:
        """The tables it inherits from, and the type it is of."""
        found: dict[str, Any] = {}
        if value.get("inherits"):
            place = (*path, "inherits")
            found["inherits"] = tuple(
                self._key_of(Kind.TABLE, place, self._path(place, text_of(name))) for name in value["inherits"]
            )
        if value.get("of_type") is not None:
            found["of_type"] = self._key(Kind.COMPOSITE, (*path, "of_type"), value["of_type"])
        return found

    # -- foreign data, publications

    def _wrapper(self, path: Path, name: str, value: Any) -> None:
        key = Key(Kind.FOREIGN_WRAPPER, None, name)
        self._add(path, ForeignWrapper(key=key, **read_fields(ForeignWrapper, value or {})), value)

    def _server(self, path: Path, name: str, value: Any) -> None:
        key = Key(Kind.FOREIGN_SERVER, None, name)
        self._add(path, ForeignServer(key=key, **read_fields(ForeignServer, value)), value)
        for inner, user, said in self._named((*path, "user_mappings"), value.get("user_mappings")):
            assert user is not None
            mapping = UserMapping(key=child_key(Kind.USER_MAPPING, key, user), **read_fields(UserMapping, said or {}))
            self._add(inner, mapping, None)

    def _publication(self, path: Path, name: str, value: Any) -> None:
        value = value or {}
        key = Key(Kind.PUBLICATION, None, name)
        place = (*path, "tables")
        tables = tuple(
            read_published(item, lambda text: self._key_of(Kind.TABLE, place, self._path(place, text)))
            for item in value.get("tables") or ()
        )
        item = Publication(
            key=key, tables=tuple(sorted(tables, key=lambda t: t.table)), **read_fields(Publication, value)
        )
        self._add(path, item, value)

    def _role(self, path: Path, name: str, value: Any) -> None:
        role, parts = read_role(name, value or {})
        self._add(path, role, value)
        for part, inside in parts:
            self._add((*path, *inside), part, None)

    def _subscription(self, path: Path, name: str, value: Any) -> None:
        fields = read_fields(Subscription, value)
        fields["publications"] = tuple(sorted(fields["publications"]))
        self._add(path, Subscription(key=Key(Kind.SUBSCRIPTION, None, name), **fields), value)

    def _triggers(self, path: Path, key: Key, value: Plain) -> None:
        for inner, name, said in self._named((*path, "triggers"), value.get("triggers")):
            assert name is not None
            plain = said if isinstance(said, dict) else {"definition": said}
            plain = {**plain, "definition": text_of(plain["definition"]).strip()}
            self._add(inner, Trigger(key=child_key(Kind.TRIGGER, key, name), **read_fields(Trigger, plain)), said)
        for inner, name, said in self._named((*path, "rules"), value.get("rules")):
            assert name is not None
            plain = said if isinstance(said, dict) else {"definition": said}
            plain = {**plain, "definition": text_of(plain["definition"]).strip().rstrip(";").rstrip()}
            self._add(inner, Rule(key=child_key(Kind.RULE, key, name), **read_fields(Rule, plain)), said)

    # -- parts of tables

    def _column(self, path: Path, key: Key, value: Any, position: int) -> bool:
        """Whether the column says of itself that it is the primary key."""
        plain: Plain = dict(value) if isinstance(value, dict) else {"type": value}
        type_path = (*path, "type") if isinstance(value, dict) else path
        said, not_null = split_null(text_of(plain["type"] or ""))
        if not_null:
            plain["nullable"] = False
        plain["type"] = server_type(said, self.target.sqlalchemy, self.document.place(type_path))
        self._add(path, Column(key=key, position=position, **read_fields(Column, plain)), value)
        self.types[key] = self.document.place(type_path)
        if plain.get("default") is not None:
            default = Default(key=child_key(Kind.DEFAULT, key), expression=text_of(plain["default"]))
            self._add((*path, "default"), default, None)
        if plain.get("not_null_comment") is not None:
            self._comment((*path, "not_null_comment"), not_null_key(key), plain["not_null_comment"])
        for word, hints in (("backfill", self.backfills), ("convert", self.conversions)):
            if plain.get(word) is not None:
                origin = str(self.document.place((*path, word)))
                hints.append(ValueHint(column=key, expression=text_of(plain[word]), origin=origin))
        return plain.get("primary_key") is True

    def _primary_key(self, path: Path, table: Key, value: Any, columns: list[str]) -> None:
        if value is not None and columns:
            raise self._error((*path, "primary_key"), f"column {columns[0]} already says that it is the primary key")
        if value is None:
            if not columns:
                return
            value = columns
        inner = (*path, "primary_key")
        plain = value if isinstance(value, dict) else {"columns": value}
        made = self._fields(PrimaryKey, inner, plain)
        key, named = self._constraint_key(Kind.PRIMARY_KEY, table, plain.get("name"), plain)
        self._add(inner, PrimaryKey(key=key, named=named, **made), value)

    def _unique(self, path: Path, table: Key, name: str | None, value: Any) -> None:
        plain = value if isinstance(value, dict) else {"columns": value}
        made = self._fields(Unique, path, plain)
        key, named = self._constraint_key(Kind.UNIQUE, table, name, plain)
        self._add(path, Unique(key=key, named=named, **made), value)

    def _check(self, path: Path, table: Key, name: str | None, value: Any) -> None:
        plain = value if isinstance(value, dict) else {"expression": value}
        made = self._fields(CheckConstraint, path, plain)
        name = name if name is not None else plain.get("name")
        key = child_key(Kind.CHECK, table, name if name is not None else unnamed(made["expression"]))
        self._add(path, CheckConstraint(key=key, named=name is not None, **made), value)

    def _exclusion(self, path: Path, table: Key, name: str | None, value: Plain) -> None:
        parts = tuple(
            self._part((*path, "parts", number), {w: v for w, v in part.items() if w != "with"})
            for number, part in enumerate(value["parts"])
        )
        operators = tuple(text_of(part["with"]) for part in value["parts"])
        made = self._fields(Exclusion, path, value)
        name = name if name is not None else value.get("name")
        written = unnamed(tuple(str(part.column or part.expression) for part in parts))
        key = child_key(Kind.EXCLUSION, table, name if name is not None else written)
        self._add(path, Exclusion(key=key, named=name is not None, parts=parts, operators=operators, **made), value)

    def _foreign_key(self, path: Path, table: Key, name: str | None, value: Plain) -> None:
        made = self._fields(ForeignKey, path, value)
        place = (*path, "references")
        reference = value["references"]
        if isinstance(reference, dict):
            target = self._key_of(Kind.TABLE, place, self._path((*place, "table"), text_of(reference["table"])))
            columns = tuple(map(text_of, reference.get("columns") or ()))
        else:
            head, bracket, tail = text_of(reference).partition("(")
            target = self._key_of(Kind.TABLE, place, self._path(place, head.strip()))
            columns = tuple(c.strip() for c in tail.rstrip().removesuffix(")").split(",")) if bracket else ()
        name = name if name is not None else value.get("name")
        content = f"{unnamed(made['columns'])} -> {target.dotted}{unnamed(columns)}"
        key = child_key(Kind.FOREIGN_KEY, table, name if name is not None else content)
        item = ForeignKey(key=key, named=name is not None, target=target, target_columns=columns, **made)
        self._add(path, item, value)
        self.targets[key] = self.document.place(place)
        if value.get("dangling"):
            self.dangling.add(key)

    # -- small things

    def _named(self, path: Path, value: Any) -> Iterator[tuple[Path, str | None, Any]]:
        """(path, name, value) of a mapping's entries, or of a list's items; a list item may have a ``name``."""
        if isinstance(value, dict):
            for name, item in value.items():
                yield (*path, name), name, item
        elif path == ("schemas",):
            for number, name in enumerate(value or ()):
                yield (*path, number), text_of(name), None
        else:
            for number, item in enumerate(value or ()):
                yield (*path, number), item.get("name") if isinstance(item, dict) else None, item

    def _constraint_key(self, kind: Kind, table: Key, name: str | None, plain: Plain) -> tuple[Key, bool]:
        name = name if name is not None else plain.get("name")
        if name is not None:
            return child_key(kind, table, text_of(name)), True
        parts = [read_part(part) for part in plain["columns"]]
        return child_key(kind, table, unnamed(tuple(str(part.column or part.expression) for part in parts))), False

    def _fields(self, cls: type, path: Path, plain: Plain) -> dict[str, Any]:
        if isinstance(plain.get("columns"), list) and cls is not ForeignKey:
            for number, part in enumerate(plain["columns"]):
                self._part((*path, "columns", number), part)
        return read_fields(cls, plain)

    def _part(self, path: Path, value: Any) -> Any:
        try:
            return read_part(value)
        except ValueError as error:
            raise self._error(path, str(error)) from None

    def _add(self, path: Path, item: Object, value: Any) -> None:
        """An object with the comment and the old name that may be said beside it."""
        if item.key in self.places:
            raise SourceError(f"there is another {item.key}", place=self.document.key_place(path))
        self.objects.append(item)
        self.places[item.key] = self.document.key_place(path)
        if isinstance(value, dict):
            if value.get("comment") is not None:
                self._comment((*path, "comment"), item.key, value["comment"])
            if value.get("privileges"):
                self._privileges((*path, "privileges"), item.key, value["privileges"])
            if value.get("owner") is not None:
                owner = Owner(key=child_key(Kind.OWNER, item.key), role=text_of(value["owner"]))
                self._add((*path, "owner"), owner, None)
            if value.get("renamed_from") is not None:
                origin = str(self.document.place((*path, "renamed_from")))
                old = path_of(text_of(value["renamed_from"]))[-1] if item.key.parent is None else value["renamed_from"]
                self.renames.append(RenameHint(new=item.key, old_name=text_of(old), origin=origin))

    def _comment(self, path: Path, key: Key, text: Any) -> None:
        if getattr(self.objects[-1], "named", True) is False:
            raise self._error(path, "a constraint with a comment needs a name", hint="add name: …")
        self._add(path, Comment(key=child_key(Kind.COMMENT, key), text=text_of(text)), None)

    def _key(self, kind: Kind, path: Path, name: str) -> Key:
        return self._key_of(kind, path, self._path(path, name))

    def _path(self, path: Path, text: str) -> tuple[str, ...]:
        try:
            return path_of(text_of(text))
        except ValueError as error:
            raise self._error(path, str(error)) from None

    def _key_of(self, kind: Kind, path: Path, names: tuple[str, ...]) -> Key:
        dialect = self.target.dialect
        if len(names) > (2 if dialect.namespaces else 1):
            raise self._error(
                path,
                f"{'.'.join(names)} has too many parts",
                hint="a name that holds a dot stands in double quotes: '\"a.b\"'",
            )
        schema = names[0] if len(names) == 2 else dialect.default_schema if dialect.namespaces else None
        return table_key(schema, names[-1]) if kind is Kind.TABLE else Key(kind, schema, names[-1])

    def _error(self, path: Path, message: str, *, hint: str = "") -> SourceError:
        return SourceError(message, place=self.document.key_place(path), hint=hint)
