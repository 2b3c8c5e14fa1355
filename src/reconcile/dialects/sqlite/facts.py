"""What SQLite tells the rules about hazards: its words and locks. A type there is a wish, but in STRICT tables."""

from __future__ import annotations

import re
from functools import lru_cache

from reconcile.hazards.facts import Blocks, Facts, TypeFacts

_TYPE = re.compile(r"\s*([A-Za-z ]*?)\s*(?:\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\))?\s*")
_FAMILIES = {"char": "char", "character": "char", "varchar": "varchar", "text": "text", "real": "float",
             "float": "float", "double": "float", "double precision": "float", "numeric": "decimal",
             "decimal": "decimal", "boolean": "bool", "bool": "bool", "date": "date", "datetime": "timestamp",
             "timestamp": "timestamp", "json": "json", "blob": "binary"}  # fmt: skip

# lang_keywords.html: those that no table or column can have without quotes.
_WORDS = """
add all alter and as autoincrement between case check collate commit constraint create default deferrable
delete distinct drop else escape except exists foreign from group having in index insert intersect into is
isnull join limit not notnull null on or order primary references returning select set table then to
transaction union unique update using values when where
"""
_RESERVED = frozenset(_WORDS.split())


@lru_cache(maxsize=4096)
def type_of(text: str) -> TypeFacts:
    """A declared type, in whatever case it was written. Integers are all alike: eight bytes."""
    match = _TYPE.fullmatch(text)
    if match is None:
        return TypeFacts(family=text.lower())
    name = match[1].lower()
    if "int" in name:  # datatype3.html, 3.1: this makes INTEGER affinity
        return TypeFacts(family="int")
    return TypeFacts(family=_FAMILIES.get(name, name))


def blocks(lock: str) -> Blocks:
    """RESERVED lets others read until the moment of COMMIT (lockingv3.html)."""
    return Blocks.WRITES if lock else Blocks.NOBODY


FACTS = Facts(
    type_of=type_of,
    blocks=blocks,
    reserved=_RESERVED,
    enforces_types=False,
    rounds=False,
    advice={
        "blocks-writes": "run it when nobody writes: SQLite has one writer at a time",
    },
)
