"""Type changes: which need USING, which write the table anew, which may fail on rows."""

from __future__ import annotations

import re
from dataclasses import dataclass

from reconcile.dialects.postgresql.rules.text import literal

_TYPE = re.compile(
    r"^(?P<name>[^(\[]+?)\s*(?:\((?P<args>[^)]*)\))?(?P<rest>\s+with(?:out)? time zone)?(?P<array>(?:\[\])*)$"
)

_INTEGERS = {"smallint": 15, "integer": 31, "bigint": 63}
_NUMBERS = frozenset({*_INTEGERS, "numeric", "real", "double precision"})
_STRINGS = frozenset({"text", "character varying", "character", "name", '"char"'})
_LENGTHS = frozenset({"character varying", "character"})
_BITS = frozenset({"bit", "bit varying"})

# pg_cast, castcontext 'a' or 'i', beyond numbers and strings (PostgreSQL 15).
_ASSIGNABLE = frozenset(
    {
        ("date", "timestamp without time zone"),
        ("date", "timestamp with time zone"),
        ("timestamp without time zone", "date"),
        ("timestamp without time zone", "time without time zone"),
        ("timestamp without time zone", "timestamp with time zone"),
        ("timestamp with time zone", "date"),
        ("timestamp with time zone", "time without time zone"),
        ("timestamp with time zone", "time with time zone"),
        ("timestamp with time zone", "timestamp without time zone"),
        ("time without time zone", "time with time zone"),
        ("time without time zone", "interval"),
        ("time with time zone", "time without time zone"),
        ("interval", "time without time zone"),
        ("json", "jsonb"),
        ("jsonb", "json"),
        ("cidr", "inet"),
        ("inet", "cidr"),
        ("bit", "bit varying"),
        ("bit varying", "bit"),
        ("money", "numeric"),
        ("numeric", "money"),
        ("integer", "money"),
        ("bigint", "money"),
        ("macaddr", "macaddr8"),
        ("macaddr8", "macaddr"),
    }
)
# Binary-coercible: the stored bytes are the same (pg_cast, castmethod 'b').
_SAME_BYTES = frozenset({("character varying", "text"), ("text", "character varying"), ("cidr", "inet")})

# What PostgreSQL 15 cannot be asked (pg_input_is_valid is of 16), said as a pattern of acceptable text.
_PATTERNS = {
    "smallint": r"^\s*[-+]?\d+\s*$",
    "integer": r"^\s*[-+]?\d+\s*$",
    "bigint": r"^\s*[-+]?\d+\s*$",
    "numeric": r"^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$",
    "uuid": r"^\s*\{?[0-9a-fA-F]{4}(-?[0-9a-fA-F]{4}){7}\}?\s*$",
    "boolean": r"(?i)^\s*(t|tr|tru|true|f|fa|fal|fals|false|y|ye|yes|n|no|on|of|off|1|0)\s*$",
}


@dataclass(frozen=True, slots=True)
class TypeName:
    """A type as format_type prints it, taken apart."""

    base: str
    arguments: tuple[int, ...]
    array: bool


def parse(text: str) -> TypeName:
    """``timestamp(3) without time zone[]`` → base, (3,), array."""
    match = _TYPE.match(text)
    if match is None:
        return TypeName(text, (), text.endswith("[]"))
    arguments = tuple(int(a) for a in (match["args"] or "").split(",") if a.strip().lstrip("-").isdigit())
    return TypeName(match["name"] + (match["rest"] or ""), arguments, bool(match["array"]))


def converts_by_itself(old: str, new: str) -> bool:
    """Whether ALTER TYPE needs no USING.

    Where it does not, it must not have one: an explicit cast to varchar(n) cuts text off without a word,
    the assignment that ALTER TYPE does by itself raises an error.
    """
    a, b = parse(old), parse(new)
    if a.array != b.array:
        return False
    return (
        a.base == b.base
        or (a.base in _NUMBERS and b.base in _NUMBERS)
        or b.base in _STRINGS
        or (a.base, b.base) in _ASSIGNABLE
    )


def rewrites(old: str, new: str) -> bool:
    """Whether every row is written anew."""
    a, b = parse(old), parse(new)
    if a.array or b.array:
        return old != new
    if (a.base, b.base) in _SAME_BYTES:
        return bool(b.arguments)
    if a.base != b.base:
        return True
    if a.base == "numeric" and a.arguments and b.arguments:
        scale_a, scale_b = (x.arguments[1] if len(x.arguments) > 1 else 0 for x in (a, b))
        return scale_a != scale_b or b.arguments[0] < a.arguments[0]
    if a.base == "character":
        return True
    return bool(b.arguments) and (not a.arguments or b.arguments[0] < a.arguments[0])


def comparable(old: str, new: str) -> bool:
    """Whether a foreign key between columns of these two types can stand while one of them changes."""
    a, b = parse(old), parse(new)
    if a.array or b.array:
        return False
    return (
        a.base == b.base
        or (a.base in _INTEGERS and b.base in _INTEGERS)
        or (a.base in ("text", "character varying") and b.base in ("text", "character varying"))
    )


def misfits(name: str, old: str, new: str, *, can_ask_server: bool) -> str | None:
    """A condition on ``name`` (SQL) that holds for values which the new type cannot hold, or that ends in an error for
    them; None: all fit, or nobody can say."""
    a, b = parse(old), parse(new)
    if a.array and b.array:
        each = misfits("item", old.removesuffix("[]"), new.removesuffix("[]"), can_ask_server=can_ask_server)
        return each and f"EXISTS (SELECT FROM unnest({name}) AS items(item) WHERE {each})"
    if a.array:
        return None
    if a.base in _STRINGS and (b.array or b.base not in _STRINGS):
        return _misread(name, new, b, can_ask_server=can_ask_server)
    if b.array:
        return None
    if b.base in _LENGTHS and (b.arguments or b.base == "character"):
        length = b.arguments[0] if b.arguments else 1
        if a.base in _LENGTHS and a.arguments and a.arguments[0] <= length:
            return None
        # Trailing spaces beyond the length are cut off without an error (SQL standard).
        return f"char_length(rtrim({name}::text, ' ')) > {length}" if a.base in _STRINGS else None
    if b.base in _BITS and a.base in _BITS and (b.arguments or b.base == "bit"):
        length = b.arguments[0] if b.arguments else 1
        if old == new or (b.base == "bit varying" and a.arguments and a.arguments[0] <= length):
            return None
        return f"length({name}) {'<>' if b.base == 'bit' else '>'} {length}"
    if a.base in _NUMBERS:
        return _out_of_range(name, a, b)
    return None


def _misread(name: str, new: str, b: TypeName, *, can_ask_server: bool) -> str | None:
    """A string that cannot be read as a value of the type."""
    if can_ask_server:
        return f"NOT pg_catalog.pg_input_is_valid({name}::text, {literal(new)})"
    if b.base in _PATTERNS and not b.array:
        return f"{name}::text !~ {literal(_PATTERNS[b.base])}"
    return f"{name} IS NOT NULL AND {name}::text::{new} IS NULL"  # what cannot be read is an error of the query


def _out_of_range(name: str, a: TypeName, b: TypeName) -> str | None:
    """A number that is too large."""
    if b.base in _INTEGERS:
        if a.base in _INTEGERS and _INTEGERS[a.base] <= _INTEGERS[b.base]:
            return None
        bound = 2 ** _INTEGERS[b.base]
        value = name if a.base in _INTEGERS else f"round({name})"
        return f"{value} NOT BETWEEN {-bound} AND {bound - 1}"
    if b.base == "numeric" and b.arguments:
        scale = b.arguments[1] if len(b.arguments) > 1 else 0
        digits = b.arguments[0] - scale
        if a.base == "numeric" and a.arguments:
            scale_a = a.arguments[1] if len(a.arguments) > 1 else 0
            if a.arguments[0] - scale_a <= digits and scale_a <= scale:
                return None
        value = f"round({name}::numeric, {scale})"
        return f"{value} <> 'NaN' AND abs({value}) >= 1e{digits}"
    if b.base == "real" and a.base in ("double precision", "numeric"):
        # FLT_MAX; infinity stays what it is.
        return f"abs({name}) > 3.40282347e38 AND abs({name}) <> 'Infinity'"
    return None


# pg_cast, castcontext 'e', between types that people change into one another.
_EXPLICIT = frozenset(
    {
        ("integer", "boolean"),
        ("boolean", "integer"),
        ("integer", "bit"),
        ("bigint", "bit"),
        ("bit", "integer"),
        ("bit", "bigint"),
    }
)
# pg_type.typstorage of types that are not kept "extended" or, being of fixed length, "plain".
_MAIN = frozenset({"numeric", "inet", "cidr"})
_PLAIN = frozenset(
    {*_INTEGERS, "real", "double precision", "boolean", "uuid", "date", "money", "oid", "name", '"char"', "interval",
     "timestamp without time zone", "timestamp with time zone", "time without time zone", "time with time zone",
     "macaddr", "macaddr8", "point", "box", "line", "lseg", "circle", "tsquery"}
)  # fmt: skip


def has_explicit(old: str, new: str) -> bool:
    """Whether ``value::new`` is possible: from a string it always is."""
    a, b = parse(old), parse(new)
    if a.array:
        return False
    return a.base in _STRINGS or (not b.array and (a.base, b.base) in _EXPLICIT)


def is_type_name(name: str) -> bool:
    """Whether what stands before a parenthesis is a type with a length, not a function."""
    return name in ("varying", "character", "numeric", "varchar", "char", "bit", "interval", "timestamp", "time")


def usual_storage(type_: str) -> str:
    """How values of the type are stored where nobody said otherwise."""
    name = parse(type_)
    if name.array:
        return "extended"
    return "main" if name.base in _MAIN else "plain" if name.base in _PLAIN else "extended"
