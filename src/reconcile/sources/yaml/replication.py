"""Foreign data and publications in YAML: what does not go field by field."""

from __future__ import annotations

from collections.abc import Callable

from reconcile.sources.yaml.form import Plain, text_of
from reconcile.state import Key, PublishedTable


def write_published(published: PublishedTable, name_of: Callable[[Key], str]) -> str | Plain:
    """``orders``, or a mapping where not all of the table is sent."""
    plain: Plain = {"table": name_of(published.table)}
    if published.columns:
        plain["columns"] = list(published.columns)
    if published.where is not None:
        plain["where"] = published.where
    return plain if len(plain) > 1 else name_of(published.table)


def read_published(value: str | Plain, key_of: Callable[[str], Key]) -> PublishedTable:
    """What ``write_published`` wrote."""
    plain = value if isinstance(value, dict) else {"table": value}
    where = plain.get("where")
    return PublishedTable(
        table=key_of(text_of(plain["table"])),
        columns=tuple(map(text_of, plain.get("columns") or ())),
        where=None if where is None else text_of(where),
    )
