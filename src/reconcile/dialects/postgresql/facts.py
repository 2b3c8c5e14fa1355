"""What PostgreSQL tells the rules about hazards: its types, words and locks."""

from __future__ import annotations

from functools import lru_cache

from reconcile.dialects.postgresql.rules import casts
from reconcile.dialects.postgresql.words import RESERVED
from reconcile.hazards.facts import Blocks, Facts, TypeFacts

_FAMILIES = {
    "smallint": "int", "integer": "int", "bigint": "int", "numeric": "decimal", "real": "float",
    "double precision": "float", "character": "char", "character varying": "varchar", "text": "text",
    "timestamp without time zone": "timestamp", "timestamp with time zone": "timestamptz",
    "time without time zone": "time", "time with time zone": "timetz", "boolean": "bool", "bytea": "binary",
}  # fmt: skip
_BITS = {"smallint": 15, "integer": 31, "bigint": 63}

# What each table-level lock shuts out (Explicit Locking, 13.3): plain SELECT takes ACCESS SHARE, writes ROW EXCLUSIVE.
_BLOCKS = {
    "ACCESS SHARE": Blocks.NOBODY,
    "ROW SHARE": Blocks.NOBODY,
    "ROW EXCLUSIVE": Blocks.NOBODY,
    "SHARE UPDATE EXCLUSIVE": Blocks.NOBODY,
    "SHARE": Blocks.WRITES,
    "SHARE ROW EXCLUSIVE": Blocks.WRITES,
    "EXCLUSIVE": Blocks.WRITES,
    "ACCESS EXCLUSIVE": Blocks.READS,
}


@lru_cache(maxsize=4096)
def type_of(text: str) -> TypeFacts:
    """A type as format_type prints it."""
    parsed = casts.parse(text)
    if parsed.array:
        return TypeFacts(family="array")
    family = _FAMILIES.get(parsed.base, parsed.base)
    given = parsed.arguments
    if family == "int":
        top = 2 ** _BITS[parsed.base]
        return TypeFacts(family=family, least=-top, most=top - 1)
    if family == "float":
        return TypeFacts(family=family, precision=24 if parsed.base == "real" else 53)
    if family in ("char", "varchar"):
        return TypeFacts(family=family, length=given[0] if given else None)
    if family == "decimal" and given:
        return TypeFacts(family=family, precision=given[0], scale=given[1] if len(given) > 1 else 0)
    return TypeFacts(family=family, precision=given[0] if given else None)


def blocks(lock: str) -> Blocks:
    """Whom "MODE on table and MODE on table" shuts out: the worst of them."""
    modes = (part.partition(" on ")[0] for part in lock.split(" and "))
    return max((_BLOCKS.get(mode, Blocks.NOBODY) for mode in modes), default=Blocks.NOBODY)


FACTS = Facts(
    type_of=type_of,
    blocks=blocks,
    reserved=RESERVED,
    folds_case=True,
    name_limit=63,
    advice={
        "blocks-writes": "let it be done online (--online always): CREATE INDEX CONCURRENTLY; constraints NOT VALID, "
        "then VALIDATE",
        "blocks-reads": "let it be done online (--online always): prove it first by a CHECK that is NOT VALID, then "
        "VALIDATE; unique and primary keys USING an index built concurrently",
    },
)
