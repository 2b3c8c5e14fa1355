"""Operators and their classes, casts, conversions, languages, transforms, access methods, text search."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconcile.dialects.base import Draft
from reconcile.dialects.postgresql.rules.text import ident
from reconcile.dialects.sqltext import POSTGRESQL
from reconcile.state import Action, Definition, Key, Kind, Verb

KINDS = frozenset(Definition.kinds)
RENAMED = KINDS - {Kind.OPERATOR, Kind.CAST, Kind.TRANSFORM, Kind.ACCESS_METHOD}  # those with RENAME TO
MOVED = frozenset(kind for kind in KINDS if kind.value.startswith(("text search", "operator", "conversion")))
_OF_METHOD = frozenset({Kind.OPERATOR_CLASS, Kind.OPERATOR_FAMILY})
_ESTIMATES = frozenset({"restrict", "join"})
_WORDS = {Verb.CREATE: "create", Verb.DROP: "drop", Verb.ALTER: "change"}


def designation(key: Key) -> str:
    """As COMMENT ON, ALTER and DROP call it: ``OPERATOR public.=== (integer, integer)``."""
    word = key.kind.value.upper()
    if key.kind in (Kind.CAST, Kind.TRANSFORM):
        return f"{word} {key.name}"
    return f"{word} {_name(key)}{_rest(key)}"


def _name(key: Key) -> str:
    if key.kind is Kind.OPERATOR:
        assert key.schema is not None
        return f"{ident(key.schema)}.{key.name.partition('(')[0]}"
    return POSTGRESQL.qualified(key.schema, plain_name(key))


def plain_name(key: Key) -> str:
    """The name alone, without an access method."""
    return key.name.rpartition(" USING ")[0] if key.kind in _OF_METHOD else key.name


def _rest(key: Key) -> str:
    """What comes after the name: types, or the access method."""
    if key.kind is Kind.OPERATOR:
        return f" ({key.name.partition('(')[2]}"
    return f" USING {key.name.rpartition(' USING ')[2]}" if key.kind in _OF_METHOD else ""


def in_place(old: Definition, new: Definition) -> bool:
    """Whether the server can change the one into the other."""
    changed = {name for name, _ in {*old.options} ^ {*new.options}}
    match new.key.kind:
        case Kind.OPERATOR:
            return changed <= _ESTIMATES
        case Kind.TEXT_SEARCH_DICTIONARY:
            return "template" not in changed
        case Kind.TEXT_SEARCH_CONFIGURATION:
            return "parser" not in changed
        case kind:
            return kind in (Kind.LANGUAGE, Kind.OPERATOR_FAMILY)


def render(action: Action) -> Iterable[Draft]:
    """CREATE, ALTER or DROP."""
    yield Draft(summary=f"{_WORDS[action.verb]} {action.key}", sql=tuple(_statements(action)))


def _statements(action: Action) -> Iterator[str]:
    old, new, key = action.old, action.new, action.key
    if new is None:
        yield f"DROP {designation(key)}"
    elif old is None:
        assert isinstance(new, Definition)
        yield _create(new)
        if key.kind is Kind.OPERATOR_FAMILY:
            yield from _members(Definition(key=key), new)
        elif key.kind is Kind.TEXT_SEARCH_CONFIGURATION:
            yield from _mappings(Definition(key=key), new)
    else:
        assert isinstance(old, Definition) and isinstance(new, Definition)
        yield from _alter(old, new)


def _create(item: Definition) -> str:
    options = dict(item.options)
    match item.key.kind:
        case Kind.OPERATOR:
            left, _, right = item.key.name.partition("(")[2].removesuffix(")").rpartition(", ")
            arguments = {"leftarg": left, "rightarg": right} if left != "NONE" else {"rightarg": right}
            words = [f"{k} = {v}" for k, v in (arguments | options).items() if v != "true"]
            words += [k for k, v in options.items() if v == "true"]
            return f"CREATE OPERATOR {_name(item.key)} ({', '.join(words)})"
        case Kind.OPERATOR_CLASS:
            default = " DEFAULT" if "default" in options else ""
            members = [*([f"STORAGE {options['storage']}"] if "storage" in options else []), *item.members]
            head = f"CREATE OPERATOR CLASS {_name(item.key)}{default} FOR TYPE {options['type']}{_rest(item.key)}"
            # AS takes at least one: the type that is indexed is what is stored where nobody says otherwise.
            return f"{head} FAMILY {options['family']} AS {', '.join(members or ['STORAGE ' + options['type']])}"
        case Kind.CAST:
            how = f"WITH FUNCTION {options['function']}" if "function" in options else "WITHOUT FUNCTION"
            how = "WITH INOUT" if "inout" in options else how
            return f"CREATE CAST {item.key.name} {how}" + (f" AS {options['as'].upper()}" if "as" in options else "")
        case Kind.CONVERSION:
            default = "DEFAULT " if "default" in options else ""
            encodings = f"FOR '{options['for']}' TO '{options['to']}'"
            return f"CREATE {default}CONVERSION {_name(item.key)} {encodings} FROM {options['function']}"
        case Kind.LANGUAGE:
            return _language(item, "CREATE")
        case Kind.TRANSFORM:
            words = [
                f"{name.replace('_', ' ').upper()} WITH FUNCTION {value}" for name, value in sorted(options.items())
            ]
            return f"CREATE TRANSFORM {item.key.name} ({', '.join(words)})"
        case Kind.ACCESS_METHOD:
            return f"CREATE ACCESS METHOD {ident(item.key.name)} TYPE {options['type']} HANDLER {options['handler']}"
        case Kind.OPERATOR_FAMILY:
            return f"CREATE {designation(item.key)}"
        case Kind.TEXT_SEARCH_DICTIONARY:
            settings = f", {options['settings']}" if "settings" in options else ""
            return f"CREATE {designation(item.key)} (template = {options['template']}{settings})"
        case _:  # parsers, templates and configurations of text search
            return f"CREATE {designation(item.key)} ({', '.join(f'{k} = {v}' for k, v in item.options)})"


def _language(item: Definition, verb: str) -> str:
    trusted = "TRUSTED " if item.option("trusted") else ""
    words = [
        f" {word.upper()} {value}"
        for word in ("handler", "inline", "validator")
        if (value := item.option(word)) is not None
    ]
    return f"{verb} {trusted}LANGUAGE {ident(item.key.name)}{''.join(words)}"


def _alter(old: Definition, new: Definition) -> Iterator[str]:
    name = designation(new.key)
    match new.key.kind:
        case Kind.OPERATOR:
            changed = sorted(word for word in _ESTIMATES if old.option(word) != new.option(word))
            words = [f"{word} = {new.option(word) or 'NONE'}" for word in changed]
            yield f"ALTER {name} SET ({', '.join(words)})"
        case Kind.LANGUAGE:
            yield _language(new, "CREATE OR REPLACE")
        case Kind.OPERATOR_FAMILY:
            yield from _members(old, new)
        case Kind.TEXT_SEARCH_DICTIONARY:
            before, after = settings(old.option("settings") or ""), settings(new.option("settings") or "")
            words = [word for word in before if word not in after]  # a word alone: no longer set
            words += [f"{word} = {value}" for word, value in after.items() if before.get(word) != value]
            yield f"ALTER {name} ({', '.join(words)})"
        case _:
            yield from _mappings(old, new)


def settings(text: str) -> dict[str, str]:
    """A dictionary's settings, ``stopwords = 'english', "Odd" = 1``, by name, names and values as they are written."""
    found: dict[str, str] = {}
    word, value, after = "", "", False
    for token in [*POSTGRESQL.tokens(text), None]:
        if token is None or (token.kind == "other" and token.text == ","):
            if word.strip():
                found[word.strip()] = value.strip()
            word, value, after = "", "", False
        elif not after and token.text == "=":
            after = True
        elif after:
            value += token.text
        else:
            word += token.text
    return found


def _members(old: Definition, new: Definition) -> Iterator[str]:
    """Loose members of a family; what goes is named by its number and types."""
    name = designation(new.key)
    if gone := [_without_object(member) for member in old.members if member not in new.members]:
        yield f"ALTER {name} DROP {', '.join(gone)}"
    if come := [member for member in new.members if member not in old.members]:
        yield f"ALTER {name} ADD {', '.join(come)}"


def _without_object(member: str) -> str:
    """``OPERATOR 1 (integer, bigint)`` of ``OPERATOR 1 <(integer,bigint)``."""
    what, number, rest = member.split(" ", 2)
    rest = rest.partition(" FOR ORDER BY ")[0]
    types = rest[: rest.index(") ") + 1] if what == "FUNCTION" else rest[rest.index("(") :]
    return f"{what} {number} {types}"


def _mappings(old: Definition, new: Definition) -> Iterator[str]:
    """Which dictionaries a configuration asks for each kind of word."""
    name = designation(new.key)
    for member in old.members:
        if member not in new.members:
            yield f"ALTER {name} DROP MAPPING {member.partition(' WITH ')[0]}"
    for member in new.members:
        if member not in old.members:
            yield f"ALTER {name} ADD MAPPING {member}"
