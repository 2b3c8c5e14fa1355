"""Reading: what the families of one read share, namely the addresses (catalog oid → Key) and what was found."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from reconcile.dialects.postgresql.features import Features
from reconcile.dialects.postgresql.read import queries
from reconcile.dialects.session import Session
from reconcile.state import Key, Kind, Object, Opaque


class Catalog(IntEnum):
    """The oids of system catalogs that we look into: fixed in every PostgreSQL."""

    TYPE = 1247
    PROC = 1255
    CLASS = 1259
    ATTRDEF = 2604
    CONSTRAINT = 2606
    FOREIGN_SERVER = 1417
    USER_MAPPING = 1418
    FOREIGN_WRAPPER = 2328
    NAMESPACE = 2615
    PUBLICATION = 6104
    PUBLICATION_TABLE = 6106
    REWRITE = 2618
    EVENT_TRIGGER = 3466
    COLLATION = 3456
    TRIGGER = 2620
    EXTENSION = 3079
    POLICY = 3256
    STATISTICS = 3381
    SUBSCRIPTION = 6100


@dataclass(slots=True)
class TableEntry:
    """A plain table, with what its constraints and indexes must know of its columns, by attnum."""

    key: Key
    columns: dict[int, str] = field(default_factory=dict)
    keys: dict[int, Key] = field(default_factory=dict)
    types: dict[int, int] = field(default_factory=dict)
    collations: dict[int, int] = field(default_factory=dict)
    of_type: int = 0  # the type of a typed table


@dataclass(slots=True)
class Reading:
    """One read in progress. Families add to ``objects``, ``needs`` and ``addresses``, in a fixed order."""

    session: Session
    features: Features
    namespaces: dict[int, str]  # oid → name, of the schemas that are read
    objects: list[Object] = field(default_factory=list)
    needs: list[tuple[Key, Key]] = field(default_factory=list)
    addresses: dict[tuple[int, int], Key] = field(default_factory=dict)  # (catalog, oid) → who lives there
    tables: dict[int, TableEntry] = field(default_factory=dict)
    of_extensions: set[tuple[int, int]] = field(default_factory=set)
    schema_keys: dict[int, Key] = field(default_factory=dict)
    attributes: dict[Key, dict[int, str]] = field(default_factory=dict)  # of composite types, by attnum

    def rows(self, name: str) -> list[queries.Row]:
        """The rows of one of the .sql files."""
        return queries.run(self.session, self.features, name, tuple(sorted(self.namespaces)))

    def add(self, item: Object, *needs: Key) -> None:
        """An object, and keys that it needs."""
        self.objects.append(item)
        for need in needs:
            self.needs.append((item.key, need))

    def add_opaque(self, namespace: int | None, what: str, name: str) -> Key:
        """Something that we do not take apart. Returns its key; the same thing twice is one object."""
        schema = None if namespace is None else self.namespaces[namespace]
        key = Key(Kind.OPAQUE, schema, f"{what} {name}")
        self.add(Opaque(key=key, what=what))
        if namespace is not None and namespace in self.schema_keys:
            self.needs.append((key, self.schema_keys[namespace]))
        return key

    def locate(self, catalog: int, oid: int, part: int = 0) -> Key | None:
        """Who lives at this address: a column where ``part`` is the number of one that we know."""
        if part and catalog == Catalog.CLASS:
            entry = self.tables.get(oid)
            if entry is not None:
                return entry.keys.get(part, entry.key)
        return self.addresses.get((catalog, oid))
