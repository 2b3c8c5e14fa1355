"""Routines: CREATE OR REPLACE where the server allows it, else drop and create; never a look into bodies."""

from __future__ import annotations

from collections.abc import Iterable

from reconcile.dialects.base import Draft
from reconcile.dialects.postgresql.rules.text import ident, literal
from reconcile.dialects.sqltext import POSTGRESQL
from reconcile.state import Action, Aggregate, Key, Kind, Parameter, Routine, Verb

KINDS = frozenset({Kind.FUNCTION, Kind.PROCEDURE, Kind.AGGREGATE})

# A body may speak of what is made later (a table, another function): the catalog does not know, so the server must
# not look. pg_dump does the same.
_LOOSE = "SET check_function_bodies = off"
_STRICT = "RESET check_function_bodies"

# Settings whose value is a list of names, each quoted by itself (GUC_LIST_QUOTE in the server's sources).
_LISTS = frozenset(
    {
        "local_preload_libraries",
        "search_path",
        "session_preload_libraries",
        "shared_preload_libraries",
        "temp_tablespaces",
        "unix_socket_directories",
    }
)
_BARE = frozenset({"sspace", "msspace", "finalfunc_modify", "mfinalfunc_modify", "parallel"})
_FLAGS = frozenset({"finalfunc_extra", "mfinalfunc_extra", "hypothetical"})
_TEXTS = frozenset({"initcond", "minitcond"})


def signature(key: Key) -> tuple[str, str]:
    """The name and the types in parentheses of a routine's key; no types where a person left them out."""
    name = key.name
    if not name.endswith(")"):
        return name, ""
    quoted = False
    for index in range(len(name) - 1, -1, -1):
        if name[index] == '"':
            quoted = not quoted
        elif name[index] == "(" and not quoted:
            return name[:index], name[index:]
    return name, ""


def routine_name(key: Key) -> str:
    """The qualified name with its types, as DROP, ALTER and COMMENT take it."""
    name, types = signature(key)
    return POSTGRESQL.qualified(key.schema, name) + types


def render(action: Action) -> Iterable[Draft]:
    """CREATE [OR REPLACE], DROP."""
    word = action.key.kind.value.upper()
    if action.verb is Verb.DROP:
        yield Draft(summary=f"drop {action.key}", sql=(f"DROP {word} {routine_name(action.key)}",))
        return
    verb, summary = ("CREATE", "create") if action.verb is Verb.CREATE else ("CREATE OR REPLACE", "replace")
    if isinstance(action.new, Aggregate):
        yield Draft(summary=f"{summary} {action.key}", sql=(_aggregate(action.new, verb),))
        return
    assert isinstance(action.new, Routine)
    loose = not action.new.standard and action.new.language not in ("c", "internal")
    yield Draft(
        summary=f"{summary} {action.key}",
        sql=(definition(action.new, verb),),
        before=(_LOOSE,) if loose else (),
        after=(_STRICT,) if loose else (),
    )


def definition(item: Routine, verb: str = "CREATE") -> str:
    """CREATE FUNCTION or CREATE PROCEDURE, a clause a line."""
    options = dict(item.options)
    name = POSTGRESQL.qualified(item.key.schema, signature(item.key)[0])
    lines = [f"{verb} {item.key.kind.value.upper()} {name}({item.arguments})"]
    if item.returns is not None:
        lines.append(f"RETURNS {item.returns}")
    lines.append(f"LANGUAGE {ident(item.language)}")
    if "transform" in options:
        lines.append("TRANSFORM " + ", ".join(f"FOR TYPE {type_}" for type_ in options["transform"].split(", ")))
    words = ["WINDOW"] if "window" in options else []
    words += [options["volatility"].upper()] if "volatility" in options else []
    words += ["STRICT"] if "strict" in options else []
    words += ["SECURITY DEFINER"] if options.get("security") == "definer" else []
    words += ["LEAKPROOF"] if "leakproof" in options else []
    words += [f"PARALLEL {options['parallel'].upper()}"] if "parallel" in options else []
    words += [f"{word.upper()} {options[word]}" for word in ("cost", "rows", "support") if word in options]
    lines += [" ".join(words)] if words else []
    lines += [f"SET {setting_name(name)} TO {setting_value(name, value)}" for name, value in item.settings]
    if item.standard:
        lines.append(item.body)
    elif "library" in options:
        lines.append(f"AS {literal(options['library'])}, {literal(item.body)}")
    else:
        lines.append(f"AS {dollar_quoted(item.body)}")
    return "\n".join(lines)


def dollar_quoted(text: str) -> str:
    """The text between dollar signs, with a tag that does not occur in it."""
    tag, number = "$$", 0
    while tag in text or ((text + "$").endswith(tag[:-1] + "$") and text.endswith("$")):
        number += 1
        tag = f"$body{number if number > 1 else ''}$"
    return f"{tag}{text}{tag}"


def setting_name(name: str) -> str:
    """A parameter's name, which may have a prefix: ``app.user``."""
    return ".".join(ident(part) for part in name.split("."))


def setting_value(name: str, value: str) -> str:
    """What stands after TO."""
    if name.lower() not in _LISTS:
        return literal(value)
    items = [token for token in POSTGRESQL.tokens(value) if token.kind != "space" and token.text != ","]
    return ", ".join(literal(POSTGRESQL.unquote(token.text)) for token in items) or "''"


def _aggregate(item: Aggregate, verb: str) -> str:
    name = POSTGRESQL.qualified(item.key.schema, signature(item.key)[0])
    clauses = []
    options = dict(item.options)
    for word in ("sfunc", "stype", *sorted(options.keys() - {"sfunc", "stype"})):
        if word not in options:
            continue
        text = options[word]
        if word in _FLAGS:
            clauses.append(word.upper())
        elif word in _TEXTS:
            clauses.append(f"{word.upper()} = {literal(text)}")
        else:
            clauses.append(f"{word.upper()} = {text.upper() if word in _BARE else text}")
    return f"{verb} AGGREGATE {name}({item.arguments}) (\n    " + ",\n    ".join(clauses) + "\n)"


def replaceable(old: Routine | Aggregate, new: Routine | Aggregate) -> bool:
    """Whether CREATE OR REPLACE will do.

    The manual: neither the name nor the argument types can be changed, nor the return type (with OUT parameters,
    their names and types); names of input parameters can only be added, defaults only be added.
    """
    if isinstance(old, Aggregate) or isinstance(new, Aggregate):
        return False
    a, b = old.parameters, new.parameters
    if old.returns != new.returns or ("window", "true") in {*old.options} ^ {*new.options} or len(a) != len(b):
        return False
    return all(_fits(x, y) for x, y in zip(a, b, strict=True))


def _fits(old: Parameter, new: Parameter) -> bool:
    if (old.mode, old.type) != (new.mode, new.type):
        return False
    if old.mode in ("out", "table", "inout"):
        return old.name == new.name and (new.optional or not old.optional)
    return (old.name is None or old.name == new.name) and (new.optional or not old.optional)
