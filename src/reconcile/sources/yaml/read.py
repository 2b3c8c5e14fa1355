"""From a YAML document that its schema has passed to objects, each with its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from reconcile.errors import Place, SourceError
from reconcile.sources.base import Target
from reconcile.sources.yaml.bounds import sequence_bounds
from reconcile.sources.yaml.collect import Collector
from reconcile.sources.yaml.document import Document, Path
from reconcile.sources.yaml.form import (
    Plain,
    read_fields,
    read_privileges,
    text_of,
)
from reconcile.sources.yaml.programs import (
    DEFINITIONS,
    read_definition,
    read_event,
    read_package,
    read_routine,
    read_virtual_table,
)
from reconcile.sources.yaml.replication import read_published
from reconcile.sources.yaml.roles import read_role
from reconcile.sources.yaml.tables import TableReader
from reconcile.sources.yaml.types import split_null
from reconcile.state import (
    Aggregate,
    Collation,
    Composite,
    DefaultPrivilege,
    Domain,
    Enum,
    EventTrigger,
    Extension,
    ForeignServer,
    ForeignWrapper,
    Key,
    Kind,
    MaterializedView,
    Publication,
    Range,
    Schema,
    Sequence,
    SequenceOwner,
    State,
    Statistics,
    Subscription,
    UserMapping,
    View,
    child_key,
    default_privilege_key,
)
from reconcile.state.hints import RenameHint, ValueHint
from reconcile.state.key import GLOBAL


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
    found = Collector(document, target)
    _Reader(found, TableReader(found)).everything()
    try:
        state = State.build(found.objects, dialect=target.dialect.name, server="")
    except ValueError as error:
        raise SourceError(str(error), place=Place(document.shown)) from None
    return Written(
        state=state,
        renames=tuple(found.renames),
        places=found.places,
        types=found.types,
        targets=found.targets,
        dangling=frozenset(found.dangling),
        unpreserved=tuple(found.unpreserved),
        backfills=tuple(found.backfills),
        conversions=tuple(found.conversions),
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    """Walks a document once: each section to what reads it."""

    to: Collector
    tables: TableReader

    def everything(self) -> None:
        data: Plain = self.to.document.data or {}
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
            ("tables", self.tables.table),
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
            for path, name, value in self.to.entries((word,), data.get(word)):
                assert name is not None, "only constraints may lack a name, says the schema"
                read(path, name, value)

        for word, kind in DEFINITIONS.items():
            for path, name, value in self.to.entries((word,), data.get(word)):
                assert name is not None, "only constraints may lack a name, says the schema"
                key = self.to.key(kind, path, name)
                key = Key(kind, None, key.name) if kind in GLOBAL else key
                self.to.add(path, read_definition(value, key), value)
        for number, said in enumerate(data.get("default_privileges") or ()):
            self._default_privileges(("default_privileges", number), said)

    def _right_dialect(self, data: Plain) -> None:
        named = data.get("dialect")
        if named is not None and named != self.to.target.dialect.name:
            raise SourceError(
                f"this describes a {named} database, but the live one is {self.to.target.dialect.name}",
                place=self.to.document.place(("dialect",)),
            )

    def _schema(self, path: Path, name: str, value: Any) -> None:
        if not self.to.target.dialect.namespaces:
            raise self.to.error(path, f"{self.to.target.dialect.name} has no schemas within a database")
        key = Key(Kind.SCHEMA, None, name)
        self.to.add(path, Schema(key=key), value)

    def _enum(self, path: Path, name: str, value: Any) -> None:
        key = self.to.key(Kind.ENUM, path, name)
        labels = value["labels"] if isinstance(value, dict) else value
        self.to.add(path, Enum(key=key, labels=tuple(map(text_of, labels or ()))), value)
        renamed = value.get("renamed_labels") if isinstance(value, dict) else None
        for label, old in (renamed or {}).items():
            origin = str(self.to.document.place((*path, "renamed_labels", label)))
            self.to.renames.append(RenameHint(new=key, old_name=text_of(old), label=label, origin=origin))

    def _sequence(self, path: Path, name: str, value: Any) -> None:
        key = self.to.key(Kind.SEQUENCE, path, name)
        value = value or {}
        self.to.add(path, Sequence(key=key, **sequence_bounds(read_fields(Sequence, value))), value)
        if value.get("owned_by") is not None:
            owner = self.to.names((*path, "owned_by"), value["owned_by"])
            if len(owner) < 2:
                raise self.to.error((*path, "owned_by"), "expected table.column")
            table = self.to.key_of(Kind.TABLE, (*path, "owned_by"), owner[:-1])
            column = child_key(Kind.COLUMN, table, owner[-1])
            self.to.add(
                (*path, "owned_by"), SequenceOwner(key=child_key(Kind.SEQUENCE_OWNER, key), column=column), None
            )

    def _view(self, path: Path, name: str, value: Any) -> None:
        key = self.to.key(Kind.VIEW, path, name)
        plain = value if isinstance(value, dict) else {"definition": value}
        plain = {**plain, "definition": text_of(plain["definition"]).strip().rstrip(";").rstrip()}
        self.to.add(path, View(key=key, **read_fields(View, plain)), value)
        self._column_extras(path, key, plain)
        self.tables.triggers(path, key, plain)

    def _extension(self, path: Path, name: str, value: Any) -> None:
        key = Key(Kind.EXTENSION, None, name)
        self.to.add(path, Extension(key=key, **read_fields(Extension, value or {})), value)

    def _collation(self, path: Path, name: str, value: Plain) -> None:
        key = self.to.key(Kind.COLLATION, path, name)
        self.to.add(path, Collation(key=key, **read_fields(Collation, value)), value)

    def _domain(self, path: Path, name: str, value: Any) -> None:
        key = self.to.key(Kind.DOMAIN, path, name)
        plain: Plain = dict(value) if isinstance(value, dict) else {"type": value}
        said, not_null = split_null(text_of(plain["type"]))
        plain["type"] = said
        if not_null:
            plain["nullable"] = False
        self.to.add(path, Domain(key=key, **read_fields(Domain, plain)), value)
        for inner, called, check in self.to.entries((*path, "checks"), plain.get("checks")):
            self.tables.check(inner, key, called, check)

    def _composite(self, path: Path, name: str, value: Plain) -> None:
        key = self.to.key(Kind.COMPOSITE, path, name)
        self.to.add(path, Composite(key=key, **read_fields(Composite, value)), value)
        for attribute, text in (value.get("attribute_comments") or {}).items():
            self.to.comment((*path, "attribute_comments", attribute), child_key(Kind.COLUMN, key, attribute), text)

    def _range(self, path: Path, name: str, value: Plain) -> None:
        key = self.to.key(Kind.RANGE, path, name)
        self.to.add(path, Range(key=key, **read_fields(Range, value)), value)

    def _aggregate(self, path: Path, name: str, value: Plain) -> None:
        key = self.to.key(Kind.AGGREGATE, path, name)
        self.to.add(path, Aggregate(key=key, **read_fields(Aggregate, value)), value)

    def _event_trigger(self, path: Path, name: str, value: Plain) -> None:
        function = self.to.key(Kind.FUNCTION, (*path, "function"), text_of(value["function"]))
        called = Key(Kind.FUNCTION, function.schema, f"{function.name}()")
        key = Key(Kind.EVENT_TRIGGER, None, name)
        self.to.add(path, EventTrigger(key=key, function=called, **read_fields(EventTrigger, value)), value)

    def _function(self, path: Path, name: str, value: Plain) -> None:
        self.to.add(path, read_routine(value, self.to.key(Kind.FUNCTION, path, name)), value)

    def _procedure(self, path: Path, name: str, value: Plain) -> None:
        self.to.add(path, read_routine(value, self.to.key(Kind.PROCEDURE, path, name)), value)

    def _virtual_table(self, path: Path, name: str, value: Any) -> None:
        self.to.add(path, read_virtual_table(value, self.to.key(Kind.VIRTUAL_TABLE, path, name)), value)

    def _event(self, path: Path, name: str, value: Plain) -> None:
        self.to.add(path, read_event(value, self.to.key(Kind.EVENT, path, name)), value)

    def _package(self, path: Path, name: str, value: Any) -> None:
        key = self.to.key(Kind.PACKAGE, path, name)
        self.to.add(path, read_package(value, key), value)
        if isinstance(value, dict) and value.get("body") is not None:
            body = value["body"]
            self.to.add((*path, "body"), read_package(body, child_key(Kind.PACKAGE_BODY, key)), body)

    def _materialized_view(self, path: Path, name: str, value: Any) -> None:
        key = self.to.key(Kind.MATERIALIZED_VIEW, path, name)
        plain = value if isinstance(value, dict) else {"definition": value}
        plain = {**plain, "definition": text_of(plain["definition"]).strip().rstrip(";").rstrip()}
        self.to.add(path, MaterializedView(key=key, **read_fields(MaterializedView, plain)), value)
        self._column_extras(path, key, plain)
        self.tables.indexes(path, key, plain)

    def _column_extras(self, path: Path, key: Key, plain: Plain) -> None:
        """Comments and privileges of the columns of a view, which are no objects."""
        for column, text in (plain.get("column_comments") or {}).items():
            self.to.comment((*path, "column_comments", column), child_key(Kind.COLUMN, key, column), text)
        for column, said in (plain.get("column_privileges") or {}).items():
            self.to.privileges((*path, "column_privileges", column), child_key(Kind.COLUMN, key, column), said)

    def _statistics(self, path: Path, name: str, value: Plain) -> None:
        names = self.to.names((*path, "table"), text_of(value["table"]))
        target = self.to.key_of(Kind.MATERIALIZED_VIEW, (*path, "table"), names)
        if target not in self.to.places:
            target = self.to.key_of(Kind.TABLE, (*path, "table"), names)
        made = self.to.fields(Statistics, path, value)
        self.to.add(path, Statistics(key=self.to.key(Kind.STATISTICS, path, name), target=target, **made), value)

    def _default_privileges(self, path: Path, value: Plain) -> None:
        schema = None if value.get("schema") is None else text_of(value["schema"])
        role, objects = text_of(value["role"]), value["objects"]
        for grantee, said in value["privileges"].items():
            key = default_privilege_key(schema, role, objects, grantee)
            item = DefaultPrivilege(key=key, role=role, objects=objects, grantee=grantee, **read_privileges(said))
            self.to.add((*path, "privileges", grantee), item, None)

    def _wrapper(self, path: Path, name: str, value: Any) -> None:
        key = Key(Kind.FOREIGN_WRAPPER, None, name)
        self.to.add(path, ForeignWrapper(key=key, **read_fields(ForeignWrapper, value or {})), value)

    def _server(self, path: Path, name: str, value: Any) -> None:
        key = Key(Kind.FOREIGN_SERVER, None, name)
        self.to.add(path, ForeignServer(key=key, **read_fields(ForeignServer, value)), value)
        for inner, user, said in self.to.entries((*path, "user_mappings"), value.get("user_mappings")):
            assert user is not None
            mapping = UserMapping(key=child_key(Kind.USER_MAPPING, key, user), **read_fields(UserMapping, said or {}))
            self.to.add(inner, mapping, None)

    def _publication(self, path: Path, name: str, value: Any) -> None:
        value = value or {}
        key = Key(Kind.PUBLICATION, None, name)
        place = (*path, "tables")
        tables = tuple(
            read_published(item, lambda text: self.to.key_of(Kind.TABLE, place, self.to.names(place, text)))
            for item in value.get("tables") or ()
        )
        item = Publication(
            key=key, tables=tuple(sorted(tables, key=lambda t: t.table)), **read_fields(Publication, value)
        )
        self.to.add(path, item, value)

    def _role(self, path: Path, name: str, value: Any) -> None:
        role, parts = read_role(name, value or {})
        self.to.add(path, role, value)
        for part, inside in parts:
            self.to.add((*path, *inside), part, None)

    def _subscription(self, path: Path, name: str, value: Any) -> None:
        fields = read_fields(Subscription, value)
        fields["publications"] = tuple(sorted(fields["publications"]))
        self.to.add(path, Subscription(key=Key(Kind.SUBSCRIPTION, None, name), **fields), value)
