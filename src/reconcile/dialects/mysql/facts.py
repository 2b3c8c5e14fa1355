"""What MySQL and MariaDB tell the rules about hazards: their types, words and locks."""

from __future__ import annotations

import re
from functools import lru_cache

from reconcile.hazards.facts import Blocks, Facts, TypeFacts

_TYPE = re.compile(r"(?P<base>[a-z]+(?: precision)?)(?:\((?P<inside>.*?)\))?(?P<rest>[^)]*)", re.DOTALL)
_LABEL = re.compile(r"'((?:[^']|'')*)'")
_BITS = {"tinyint": 8, "smallint": 16, "mediumint": 24, "int": 32, "bigint": 64}
_TEXTS = {"tinytext": 255, "text": 65_535, "mediumtext": 2**24 - 1, "longtext": None}
# DATETIME is a moment without a zone, TIMESTAMP one in UTC: what others call without and with time zone.
_FAMILIES = {"char": "char", "varchar": "varchar", "decimal": "decimal", "float": "float", "double": "float",
             "datetime": "timestamp", "timestamp": "timestamptz", "date": "date", "time": "time", "json": "json",
             "enum": "enum", "set": "set", "binary": "binary", "varbinary": "varbinary"}  # fmt: skip

# Metadata locks (Metadata Locking; metadata_locks, metadata_lock_info): reads take MDL_SHARED_READ, writes _WRITE.
_BLOCKS = {
    "MDL_SHARED_UPGRADABLE": Blocks.NOBODY,
    "MDL_SHARED_NO_WRITE": Blocks.WRITES,
    "MDL_SHARED_NO_READ_WRITE": Blocks.READS,
    "MDL_EXCLUSIVE": Blocks.READS,
}

# Reserved Words of MariaDB 10.11 and MySQL 8.0, those a schema is likely to meet.
_WORDS = """
accessible add all alter analyze and as asc asensitive before between bigint binary blob both by call cascade
case change char character check collate column condition constraint continue convert create cross cube
cume_dist current_date current_time current_timestamp current_user cursor database databases dec decimal
declare default delayed delete dense_rank desc describe deterministic distinct div double drop dual each else
elseif empty enclosed escaped except exists exit explain false fetch first_value float for force foreign from
fulltext function generated get grant group grouping groups having if ignore in index inner inout insensitive
insert int integer intersect interval into is iterate join json_table key keys kill lag last_value lateral
lead leading leave left like limit linear lines load localtime localtimestamp lock long longblob longtext loop
match maxvalue mediumint mod modifies natural not nth_value ntile null numeric of offset on optimize option or
order out outer over partition percent_rank precision primary procedure purge range rank read reads real
recursive references regexp release rename repeat replace require resignal restrict return revoke right rlike
row row_number rows schema schemas select sensitive separator set show signal smallint spatial specific sql
ssl starting stored system table terminated then tinyint to trailing trigger true undo union unique unlock
unsigned update usage use using values varbinary varchar varying virtual when where while window with write
xor zerofill
"""
_RESERVED = frozenset(_WORDS.split())


@lru_cache(maxsize=4096)
def type_of(text: str) -> TypeFacts:
    """A type as information_schema prints it: int(11) unsigned, enum('a','b')."""
    match = _TYPE.match(text)
    if match is None:
        return TypeFacts(family=text)
    base, inside, rest = match["base"], match["inside"] or "", match["rest"]
    numbers = [int(part) for part in inside.split(",") if part.strip().isdigit()]
    if text == "tinyint(1)":
        return TypeFacts(family="bool")
    if base in _BITS:
        top = 2 ** _BITS[base]
        unsigned = "unsigned" in rest
        return TypeFacts(family="int", least=0 if unsigned else -top // 2, most=top - 1 if unsigned else top // 2 - 1)
    if base in _TEXTS:
        return TypeFacts(family="text", length=_TEXTS[base])
    family = _FAMILIES.get(base, base)
    if family in ("enum", "set"):
        return TypeFacts(family=family, labels=tuple(label.replace("''", "'") for label in _LABEL.findall(text)))
    if family in ("char", "varchar", "binary", "varbinary"):
        return TypeFacts(family=family, length=numbers[0] if numbers else None)
    if family == "float":
        return TypeFacts(family=family, precision=24 if base == "float" else 53)
    if family == "decimal":
        return TypeFacts(family=family, precision=(numbers or [10])[0], scale=numbers[1] if len(numbers) > 1 else 0)
    return TypeFacts(family=family, precision=(numbers or [0])[0])


def blocks(lock: str) -> Blocks:
    """Whom "MODE on table (how)" shuts out."""
    return _BLOCKS.get(lock.partition(" on ")[0], Blocks.NOBODY)


FACTS = Facts(
    type_of=type_of,
    blocks=blocks,
    reserved=_RESERVED,
    name_limit=64,
    indexes_foreign_keys=True,
    advice={
        "blocks-writes": "run it when nobody writes, or with a tool that copies the table aside (gh-ost, "
        "pt-online-schema-change)",
    },
)
