"""Types: enums, domains, composite types, ranges, collations; base types are opaque."""

from __future__ import annotations

from reconcile.dialects.postgresql.expressions import canonical
from reconcile.dialects.postgresql.read.context import Catalog, Reading
from reconcile.state import (
    Attribute,
    CheckConstraint,
    Collation,
    Composite,
    Domain,
    Enum,
    Key,
    Kind,
    Range,
    child_key,
)

_PROVIDERS = {"c": "libc", "i": "icu", "b": "builtin", "d": "default"}


def read_collations(reading: Reading) -> dict[int, str]:
    """The user's collations become objects; the names of all are returned, by oid."""
    names: dict[int, str] = {}
    for oid, printed, namespace, name, provider, deterministic, collate, ctype, locale, rules in reading.rows(
        "collations"
    ):
        names[oid] = printed
        address = (Catalog.COLLATION, oid)
        if namespace not in reading.namespaces or address in reading.of_extensions:
            continue
        key = Key(Kind.COLLATION, reading.namespaces[namespace], name)
        reading.addresses[address] = key
        found = {"locale": locale, "rules": rules}
        if provider == "c":
            found |= {"locale": collate} if collate == ctype else {"lc_collate": collate, "lc_ctype": ctype}
        options = tuple(sorted((word, text) for word, text in found.items() if text is not None))
        reading.add(Collation(key=key, provider=_PROVIDERS[provider], deterministic=deterministic, options=options))
        _in_schema(reading, key, namespace)
    return names


def read_composites(reading: Reading, collations: dict[int, str]) -> None:
    """Composite types that no table stands behind. They live in pg_class as well as in pg_type."""
    found: dict[Key, tuple[int, list[Attribute]]] = {}
    for oid, namespace, name, number, attribute, type_, collation in reading.rows("composites"):
        address = (Catalog.CLASS, oid)
        if address in reading.of_extensions:
            continue
        key = reading.addresses[address] = Key(Kind.COMPOSITE, reading.namespaces[namespace], name)
        attributes = found.setdefault(key, (namespace, []))[1]
        if attribute is not None:
            reading.attributes.setdefault(key, {})[number] = attribute
            written = collations[collation] if collation else None
            attributes.append(Attribute(name=attribute, type=type_, collation=written))
    for key, (namespace, attributes) in found.items():
        reading.add(Composite(key=key, attributes=tuple(attributes)))
        _in_schema(reading, key, namespace)


def read_domains(reading: Reading, collations: dict[int, str]) -> None:
    """Domains and their checks, which are objects of their own."""
    keys: dict[int, Key] = {}
    for oid, namespace, name, type_, not_null, default, collation, not_null_name in reading.rows("domains"):
        if (Catalog.TYPE, oid) in reading.of_extensions:
            continue
        key = keys[oid] = Key(Kind.DOMAIN, reading.namespaces[namespace], name)
        reading.addresses[Catalog.TYPE, oid] = key
        reading.add(
            Domain(
                key=key,
                type=type_,
                nullable=not not_null,
                default=None if default is None else canonical(default),
                collation=collations[collation] if collation else None,
                not_null_name=not_null_name,
            )
        )
        _in_schema(reading, key, namespace)
    for oid, domain, name, expression, validated in reading.rows("domain_checks"):
        if domain in keys:
            key = child_key(Kind.CHECK, keys[domain], name)
            reading.addresses[Catalog.CONSTRAINT, oid] = key
            check = CheckConstraint(key=key, expression=canonical(expression), validated=validated)
            reading.add(check, keys[domain])


def read_ranges(reading: Reading, collations: dict[int, str], opclasses: dict[int, str]) -> None:
    """Range types; each brings its multirange along."""
    for (
        oid, namespace, name, subtype, opclass, collation, canonical_function, difference, multirange, other,
    ) in reading.rows("ranges"):  # fmt: skip
        if (Catalog.TYPE, oid) in reading.of_extensions:
            continue
        key = Key(Kind.RANGE, reading.namespaces[namespace], name)
        reading.addresses[Catalog.TYPE, oid] = key
        usual = other == namespace and multirange == _multirange(name)
        reading.add(
            Range(
                key=key,
                subtype=subtype,
                operator_class=opclasses.get(opclass) if opclass else None,
                collation=collations[collation] if collation else None,
                canonical=canonical_function,
                difference=difference,
                multirange=None if usual else multirange,
            )
        )
        _in_schema(reading, key, namespace)


def _multirange(name: str) -> str:
    """What the server calls the multirange of a range type (makeMultirangeTypeName)."""
    before, found, after = name.partition("range")
    if found:
        return f"{before}multirange{after}"
    return f"{name}_multirange"


def read_types(reading: Reading) -> None:
    """Enums, and the address of every type: a row type is its table's, an array type its element's."""
    arrays: list[tuple[int, int]] = []
    multiranges: list[tuple[int, int]] = []
    for oid, namespace, name, variety, relation, relkind, element, labels, rng in reading.rows("types"):
        address = (Catalog.TYPE, oid)
        if address in reading.of_extensions or address in reading.addresses:
            continue
        if element:
            arrays.append((oid, element))
        elif rng:
            multiranges.append((oid, rng))
        elif variety == "e":
            key = Key(Kind.ENUM, reading.namespaces[namespace], name)
            reading.addresses[address] = key
            reading.add(Enum(key=key, labels=tuple(labels or ())))
            _in_schema(reading, key, namespace)
        elif variety == "c":
            found = reading.locate(Catalog.CLASS, relation)
            if found is not None and relkind != "S":
                reading.addresses[address] = found
        else:
            reading.addresses[address] = reading.add_opaque(namespace, "base type", name)
    for oid, other in (*multiranges, *arrays):
        owner = reading.locate(Catalog.TYPE, other)
        if owner is not None:
            reading.addresses[Catalog.TYPE, oid] = owner


def _in_schema(reading: Reading, key: Key, namespace: int) -> None:
    schema = reading.schema_keys.get(namespace)
    if schema is not None:
        reading.needs.append((key, schema))
