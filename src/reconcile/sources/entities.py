"""What other libraries attach to models: entities of ``sqlalchemy-declarative-extensions`` and ``alembic_utils``.

Neither is imported here: whoever has such entities has the library loaded. Their SQL is the libraries' own.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from sqlalchemy import MetaData
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.schema import CreateSchema

from reconcile.errors import Place
from reconcile.scratch.realise import Declared, Stated
from reconcile.sources.metadata_ddl import compiled
from reconcile.state import Kind

_EXTENSIONS = "sqlalchemy_declarative_extensions"
_UTILS = "alembic_utils.replaceable_entity"
_SCHEMA_ALREADY_THERE = frozenset({"public"})

# The collections of declarative-extensions, and the kinds of object that they are about.
_KINDS: dict[str, frozenset[Kind]] = {
    "schemas": frozenset({Kind.SCHEMA}),
    "functions": frozenset({Kind.FUNCTION}),
    "procedures": frozenset({Kind.PROCEDURE}),
    "views": frozenset({Kind.VIEW, Kind.MATERIALIZED_VIEW}),
    "triggers": frozenset({Kind.TRIGGER}),
    "grants": frozenset({Kind.PRIVILEGE, Kind.DEFAULT_PRIVILEGE}),
}
_NOT_SCHEMA = {
    "rows": "rows are data, not schema",
    "databases": "a database is made before there is a schema",
    "roles": "roles belong to the server; describe them in YAML, with 'manage: [roles]'",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entities:
    """What is declared beside tables. ``first`` must be there before the tables, ``last`` comes when all is there."""

    schemas: frozenset[str] = frozenset()
    first: tuple[Declared, ...] = ()
    last: tuple[Declared, ...] = ()
    # Kinds whose other objects are left alone, and patterns of objects that are, as the collections say.
    lenient: frozenset[Kind] = frozenset()
    ignore: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def entities_of(metadata: MetaData, dialect: Dialect, origin: str, *, namespaces: bool) -> Entities:
    """What is attached to the MetaData, and what is registered with alembic_utils (it has one register for all)."""
    writer = _Writer(dialect=dialect, origin=origin, namespaces=namespaces)
    if _EXTENSIONS in sys.modules:
        writer.attached(metadata)
    writer.registered(_register())
    return writer.entities


def entities_among(found: Any, dialect: Dialect, origin: str, *, namespaces: bool) -> Entities:
    """Those of a list of alembic_utils entities."""
    writer = _Writer(dialect=dialect, origin=origin, namespaces=namespaces)
    writer.registered(found)
    for name in sorted(writer.schemas):  # which models may make as well
        create = CreateSchema(name, if_not_exists=True)
        writer.say(writer.first, f"schema {name}", [create])
    return writer.entities


def has_entities(metadata: MetaData) -> bool:
    """Whether there is more than tables to declare."""
    attached = _EXTENSIONS in sys.modules and any(metadata.info.get(name) for name in (*_KINDS, *_NOT_SCHEMA))
    return bool(attached or _register())


def is_entities(found: Any) -> bool:
    """Whether it is a list (or the like) of alembic_utils entities."""
    base = getattr(sys.modules.get(_UTILS), "ReplaceableEntity", None)
    if base is None or not isinstance(found, list | tuple | set | frozenset):
        return False
    return bool(found) and all(isinstance(item, base) for item in found)


def declares_itself(listener: Any) -> bool:
    """Whether a listener of DDL events does for ``create_all()`` what is declared here: it would query a database."""
    return str(getattr(listener, "__module__", "")).partition(".")[0] == _EXTENSIONS


def _register() -> Sequence[Any]:
    registry = getattr(sys.modules.get(_UTILS), "registry", None)
    return () if registry is None else tuple(registry.entities())


@dataclass(slots=True)
class _Writer:
    """Collects the statements. Not a value."""

    dialect: Dialect
    origin: str
    namespaces: bool  # whether the database has schemas
    schemas: set[str] = field(default_factory=set)
    first: list[Declared] = field(default_factory=list)
    last: list[Declared] = field(default_factory=list)
    lenient: set[Kind] = field(default_factory=set)
    ignore: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def entities(self) -> Entities:
        return Entities(
            schemas=frozenset(self.schemas) - _SCHEMA_ALREADY_THERE,
            first=tuple(self.first),
            last=tuple(self.last),
            lenient=frozenset(self.lenient),
            ignore=tuple(self.ignore),
            notes=tuple(self.notes),
        )

    # -- alembic_utils

    def registered(self, entities: Iterable[Any]) -> None:
        some = list(entities)
        if some and not self.namespaces:
            self.notes.append(f"{self.origin}: entities of alembic_utils live in schemas, and are left out here")
            return
        for entity in some:
            self.schemas.add(str(entity.schema))
            self.say(self.last, str(entity.identity), [entity.to_sql_statement_create()])

    # -- sqlalchemy-declarative-extensions

    def attached(self, metadata: MetaData) -> None:
        kinds: Any = sys.modules[_EXTENSIONS]
        said = {name: metadata.info.get(name) for name in (*_KINDS, *_NOT_SCHEMA)}
        for name, reason in _NOT_SCHEMA.items():
            if said[name] is not None and any(True for _ in said[name] or ()):
                self.notes.append(f"{self.origin}: {name} of declarative-extensions are left out: {reason}")
        for name, collection in said.items():
            if collection and name in _KINDS:
                self._leniency(name, collection)
        self.schemas |= {str(schema.name) for schema in said["schemas"] or ()}
        place = SimpleNamespace(dialect=self.dialect)  # all that the libraries' dispatch by dialect looks at
        for function in said["functions"] or ():
            cls = kinds.dialects.get_function_cls(place)
            self._named(function, cls.from_unknown_function(function).normalize().to_sql_create())
        for procedure in said["procedures"] or ():
            cls = kinds.dialects.get_procedure_cls(place)
            self._named(procedure, cls.from_unknown_procedure(procedure).normalize().to_sql_create())
        if said["views"]:
            self._views(kinds, kinds.Views.extract(metadata), place)
        for trigger in said["triggers"] or ():
            made = trigger.to_sql_create()
            self.say(self.last, f"trigger {trigger.name} on {trigger.on}", [made] if isinstance(made, str) else made)
        if said["grants"]:
            self._grants(said["grants"])

    def _views(self, kinds: Any, views: Any, place: Any) -> None:
        cls = kinds.dialects.get_view_cls(place)
        index = kinds.ViewIndex.from_unknown
        for said in views:
            view = cls.coerce_from_unknown(said)
            indexes = [index(one, view, self.dialect, views.naming_convention) for one in view.constraints or ()]
            view.constraints = indexes or None
            if view.materialized:
                view.materialized = kinds.dialects.postgresql.MaterializedOptions.from_value(view.materialized)
            self._named(view, view.to_sql_create(self.dialect))

    def _grants(self, grants: Any) -> None:
        """Default privileges first: they are for what is made after them. They imply the same for what is there."""
        for number, grant in enumerate(grants, 1):
            by_default = getattr(grant, "default_grant", None)
            if by_default is None:
                self.say(self.last, f"grant {number}", [grant.to_sql()])
                continue
            self.say(self.first, f"default grant {number}", [grant.to_sql()], movable=False)
            if grants.default_grants_imply_grants and by_default.grant_type.value != "TYPE":
                quote = self.dialect.identifier_preparer.quote
                privileges = ", ".join(getattr(p, "value", p) for p in grant.grant.grants)
                places = ", ".join(quote(name) for name in by_default.in_schemas)
                verb, to = ("REVOKE", "FROM") if grant.grant.revoke_ else ("GRANT", "TO")
                kind = f"{by_default.grant_type.value}S"
                sql = f"{verb} {privileges} ON ALL {kind} IN SCHEMA {places} {to} {quote(grant.grant.target_role)}"
                option = " WITH GRANT OPTION" if grant.grant.grant_option and verb == "GRANT" else ""
                self.say(self.last, f"grant {number}", [sql + option], movable=False)

    def _leniency(self, name: str, collection: Any) -> None:
        if getattr(collection, "ignore_unspecified", False):
            self.lenient |= _KINDS[name]
        for pattern in (*getattr(collection, "ignore", ()), *getattr(collection, "ignore_views", ())):
            full = pattern if "." in pattern or "*" in pattern else f"*.{pattern}"
            ends = ("", "(*")  # a function's name may carry the types of its arguments
            self.ignore += [f"{kind.value} {full}{end}" for kind in sorted(_KINDS[name]) for end in ends]

    # -- both

    def _named(self, item: Any, statements: Iterable[Any]) -> None:
        self.say(self.last, f"{type(item).__name__.lower()} {item.qualified_name}", statements)

    def say(self, where: list[Declared], name: str, statements: Iterable[Any], *, movable: bool = True) -> None:
        place = Place(self.origin)
        where.append(
            Declared(
                name=name,
                statements=tuple(Stated(sql=self._sql(sql), place=place) for sql in statements),
                origin=self.origin,
                movable=movable,
                once=True,
            )
        )

    def _sql(self, sql: Any) -> str:
        if isinstance(sql, str):
            return sql.strip()
        return compiled(sql, self.dialect)
