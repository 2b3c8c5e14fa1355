"""Comments on what is modelled; those on opaque objects are part of them."""

from __future__ import annotations

from reconcile.dialects.postgresql.defaults import PUBLIC_COMMENT
from reconcile.dialects.postgresql.read.context import Catalog, Reading
from reconcile.state import Comment, Key, Kind, MaterializedView, View, child_key, not_null_key


def read_comments(reading: Reading) -> None:
    """A Comment for each description whose object is modelled."""
    views = {item.key: item for item in reading.objects if isinstance(item, View | MaterializedView)}
    for catalog, oid, part, text in reading.rows("comments"):
        owner = reading.locate(catalog, oid, part)
        if owner is None or owner.kind is Kind.OPAQUE or owner.kind is Kind.EXTENSION:
            continue
        if owner.kind is Kind.SCHEMA and owner.name == "public" and text == PUBLIC_COMMENT:
            continue
        about = owner
        if part and owner.kind in (Kind.VIEW, Kind.MATERIALIZED_VIEW):
            about = child_key(Kind.COLUMN, owner, views[owner].columns[part - 1])
        elif part and owner.kind is Kind.COMPOSITE:
            about = child_key(Kind.COLUMN, owner, reading.attributes[owner][part])
        elif catalog == Catalog.CONSTRAINT and owner.kind is Kind.COLUMN:
            about = not_null_key(owner)
        elif catalog == Catalog.CLASS and owner.kind in (Kind.PRIMARY_KEY, Kind.UNIQUE, Kind.EXCLUSION):
            # The index behind a constraint can have a comment of its own.
            assert owner.parent is not None
            about = Key(Kind.INDEX, owner.schema, owner.name, owner.parent)
        reading.add(Comment(key=child_key(Kind.COMMENT, about), text=text), owner)
    for oid, text in reading.rows("extension_comments"):
        owner = reading.locate(Catalog.EXTENSION, oid)
        if owner is not None:
            reading.add(Comment(key=child_key(Kind.COMMENT, owner), text=text), owner)
