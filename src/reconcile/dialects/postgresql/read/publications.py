"""Publications: what logical replication sends, of which tables and schemas."""

from __future__ import annotations

from dataclasses import dataclass, field

from reconcile.dialects.postgresql.read.context import Catalog, Reading
from reconcile.state import Key, Kind, Options, Publication, PublishedTable

_EVERYTHING = ("insert", "update", "delete", "truncate")
_GENERATED = {"s": "stored"}


@dataclass(slots=True)
class _Found:
    all_tables: bool
    options: Options
    tables: list[PublishedTable] = field(default_factory=list)
    schemas: set[str] = field(default_factory=set)


def read_publications(reading: Reading) -> None:
    """One object for each publication, with all it publishes."""
    found: dict[Key, _Found] = {}
    for (
        oid, name, all_tables, insert, update, delete, truncate, via_root, generated,
        member, relation, where, numbers, schema,
    ) in reading.rows("publications"):  # fmt: skip
        if (Catalog.PUBLICATION, oid) in reading.of_extensions:
            continue
        key = Key(Kind.PUBLICATION, None, name)
        reading.addresses[Catalog.PUBLICATION, oid] = key
        sent = (insert, update, delete, truncate)
        publication = found.setdefault(key, _Found(all_tables, _options(sent, via_root, generated)))
        entry = reading.tables.get(relation)
        if entry is not None:
            reading.addresses[Catalog.PUBLICATION_TABLE, member] = key
            # The server keeps them as a set, by their place in the table, which is no difference.
            columns = tuple(sorted(entry.columns[int(number)] for number in (numbers or "").split()))
            publication.tables.append(PublishedTable(table=entry.key, columns=columns, where=where))
            reading.needs.append((key, entry.key))
        elif schema is not None:
            publication.schemas.add(schema)
            reading.needs.append((key, Key(Kind.SCHEMA, None, schema)))
    for key, publication in found.items():
        reading.objects.append(
            Publication(
                key=key,
                all_tables=publication.all_tables,
                tables=tuple(sorted(publication.tables, key=lambda table: table.table)),
                schemas=tuple(sorted(publication.schemas)),
                options=publication.options,
            )
        )


def _options(sent: tuple[bool, ...], via_root: bool, generated: str) -> Options:
    options: list[tuple[str, str]] = []
    if not all(sent):
        options.append(("publish", ", ".join(word for word, is_sent in zip(_EVERYTHING, sent, strict=True) if is_sent)))
    if via_root:
        options.append(("publish_via_partition_root", "true"))
    if generated in _GENERATED:
        options.append(("publish_generated_columns", _GENERATED[generated]))
    return tuple(sorted(options))
