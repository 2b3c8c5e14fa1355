"""Indexes, and the parts of constraints that are made of one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from reconcile.dialects.postgresql.expressions import canonical
from reconcile.dialects.postgresql.read.context import Catalog, Reading
from reconcile.dialects.postgresql.read.inheritance import Lineage
from reconcile.dialects.postgresql.read.tables import IndexColumns, storage_options
from reconcile.dialects.sqltext import POSTGRESQL
from reconcile.state import Index, IndexPart, Key, Kind, Options, child_key

_DESCENDING, _NULLS_FIRST = 1, 2  # bits of indoption


@dataclass(frozen=True, slots=True)
class Body:
    """What an index and a constraint made of one have in common."""

    method: str
    parts: tuple[IndexPart, ...]
    include: tuple[str, ...]
    where: str | None
    nulls_not_distinct: bool
    options: Options


@dataclass(frozen=True, slots=True)
class Opclasses:
    """Operator classes by oid, and which is the default of a type for a method."""

    by_oid: dict[int, tuple[str, int, bool, str]]  # method, input type, default?, qualified name
    defaults: dict[tuple[str, int], int]

    def unusual(self, oid: int, type_oid: int | None) -> str | None:
        """The name, unless it is what the server takes by itself for a column of this type."""
        method, _, default, name = self.by_oid[oid]
        exact = None if type_oid is None else self.defaults.get((method, type_oid))
        usual = default if exact is None else exact == oid
        return None if usual else name


def read_opclasses(reading: Reading) -> Opclasses:
    """All operator classes: a few hundred."""
    by_oid = {oid: (method, type_, default, name) for oid, method, type_, default, name in reading.rows("opclasses")}
    defaults = {(method, type_): oid for oid, (method, type_, default, _) in by_oid.items() if default}
    return Opclasses(by_oid, defaults)


def read_indexes(
    reading: Reading, opclasses: Opclasses, collations: dict[int, str], columns: IndexColumns, lineage: Lineage
) -> dict[int, Body]:
    """Indexes of tables become objects; the bodies of those behind constraints are returned by constraint."""
    bodies: dict[int, Body] = {}
    above: dict[Key, int] = {}  # index → the oid of the one that it is a part of
    for (
        oid, relation, name, method, unique, nulls_not_distinct, valid, clustered, replica, keys, numbers, classes,
        collated, flags, where, reloptions, space, definition, texts, constraint,
    ) in reading.rows("indexes"):  # fmt: skip
        entry = reading.tables.get(relation)
        if entry is None:
            owner = reading.locate(Catalog.CLASS, relation)
            if owner is not None:
                reading.addresses[Catalog.CLASS, oid] = owner
            continue
        where = None if where is None else canonical(where)
        attnums = [int(number) for number in numbers.split()]
        options = storage_options(reloptions)
        if space:
            options.append(("tablespace", space))
        if clustered:
            options.append(("clustered", "true"))
        if replica:
            options.append(("replica_identity", "true"))
        parts: list[IndexPart] = []
        explicit = _collated(definition, texts) if texts else ()
        for number, (attnum, opclass, collation, flag) in enumerate(
            zip(attnums[:keys], classes.split(), collated.split(), flags.split(), strict=True), 1
        ):
            descending = bool(int(flag) & _DESCENDING)
            nulls_first = bool(int(flag) & _NULLS_FIRST)
            statistics, parameters = columns.get((oid, number), (None, ()))
            if statistics is not None:
                options.append((f"statistics.{number}", str(statistics)))
            differs = (int(collation) != entry.collations.get(attnum, 0) if attnum else explicit[number - 1]) and int(
                collation
            )
            parts.append(
                IndexPart(
                    column=entry.columns[attnum] if attnum else None,
                    expression=None if attnum else texts[number - 1],
                    descending=descending,
                    nulls=None if descending == nulls_first else "first" if nulls_first else "last",
                    collation=collations[int(collation)] if differs else None,
                    opclass=_opclass(opclasses, int(opclass), entry.types.get(attnum), parameters),
                )
            )
        include = tuple(entry.columns[attnum] for attnum in attnums[keys:])
        if constraint is not None:
            bodies[constraint] = Body(method, tuple(parts), include, where, nulls_not_distinct, tuple(sorted(options)))
            continue
        key = child_key(Kind.INDEX, entry.key, name)
        if oid in lineage.parents:
            above[key] = lineage.parents[oid][0]
        reading.addresses[Catalog.CLASS, oid] = key
        reading.objects.append(
            Index(
                key=key,
                parts=tuple(parts),
                unique=unique,
                method=None if method == "btree" else method,
                include=include,
                where=where,
                nulls_not_distinct=nulls_not_distinct,
                options=tuple(sorted(options)),
                valid=valid,
            )
        )
        reading.needs.append((key, entry.key))
    if above:
        for place, item in enumerate(reading.objects):
            if isinstance(item, Index) and item.key in above:
                reading.objects[place] = replace(item, inherited_from=reading.locate(Catalog.CLASS, above[item.key]))
    return bodies


def _opclass(opclasses: Opclasses, oid: int, type_oid: int | None, parameters: tuple[str, ...]) -> str | None:
    name = opclasses.unusual(oid, type_oid)
    if not parameters:
        return name
    written = ", ".join(f"{option}={POSTGRESQL.literal(value)}" for option, value in storage_options(list(parameters)))
    return f"{name or opclasses.by_oid[oid][3]} ({written})"


def _collated(definition: str, texts: list[str]) -> tuple[bool, ...]:
    """Which parts of a printed index definition are followed by COLLATE.

    The catalog does not tell an expression's own collation from one that was asked for; the text does.
    """
    found: list[bool] = []
    position = definition.index(" USING ")
    for text in texts:
        position = definition.index(text, position) + len(text)
        found.append(definition.startswith(" COLLATE ", position))
    return tuple(found)
