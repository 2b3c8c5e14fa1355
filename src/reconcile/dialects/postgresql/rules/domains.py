"""Domains and their checks, changed in place; another base type means a new domain under its columns."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reconcile.dialects.base import Draft, Scene, Unit
from reconcile.dialects.postgresql.expressions import for_reading
from reconcile.dialects.postgresql.rules import text
from reconcile.dialects.postgresql.rules.checks import calls_what_is_there
from reconcile.dialects.postgresql.rules.text import enclosed, ident, name_of
from reconcile.dialects.sqltext import POSTGRESQL
from reconcile.state import Action, Check, CheckConstraint, Column, Domain, Key, Kind, Verb

# A call of a function that is not the server's own: the name of such a one prints with its schema.
_CALL = re.compile(r'(?:\w|")\.(?:\w+|"(?:[^"]|"")*")\(')


def is_check(key: Key) -> bool:
    """Whether the key is of a domain's check."""
    return key.kind is Kind.CHECK and key.parent is not None and key.parent.kind is Kind.DOMAIN


def concerns(unit: Unit) -> bool:
    """Whether the unit is about a domain that is made or dropped, or about domains' checks alone."""
    whole = any(a.key.kind is Kind.DOMAIN and a.verb in (Verb.CREATE, Verb.DROP) for a in unit.actions)
    checks = [a for a in unit.actions if a.key.kind is not Kind.COMMENT]  # theirs go along
    return whole or (bool(checks) and all(is_check(a.key) and a.verb is not Verb.RENAME for a in checks))


def render(unit: Unit, scene: Scene) -> Iterable[Draft]:
    """CREATE DOMAIN with its checks, DROP DOMAIN, or ALTER DOMAIN for each check."""
    whole = next((a for a in unit.actions if a.key.kind is Kind.DOMAIN), None)
    if whole is not None:
        if whole.verb is Verb.DROP:
            yield Draft(summary=f"drop {whole.key}", sql=(f"DROP DOMAIN {name_of(whole.key)}",))
            return
        assert isinstance(whole.new, Domain)
        checks = [a.new for a in unit.actions if isinstance(a.new, CheckConstraint)]
        yield Draft(summary=f"create {whole.key}", sql=tuple(create(whole.new, checks)))
        return
    for action in unit.actions:
        if is_check(action.key):
            yield _check(action, scene)


def create(item: Domain, checks: Iterable[CheckConstraint]) -> Iterable[str]:
    """CREATE DOMAIN; checks that are not valid, or that call a function (which may take the domain), come after it."""
    words = [f"CREATE DOMAIN {name_of(item.key)} AS {item.type}"]
    if item.collation is not None:
        words.append(f"COLLATE {item.collation}")
    if item.default is not None:
        words.append(f"DEFAULT {for_reading(item.default)}")
    if not item.nullable:
        words.append((f"CONSTRAINT {ident(item.not_null_name)} " if item.not_null_name else "") + "NOT NULL")
    late = []
    for check in checks:
        if check.validated and not _CALL.search(check.expression):
            words.append(text.constraint(check))
        else:
            late.append(f"ALTER DOMAIN {name_of(item.key)} ADD {text.constraint(check)}")
    return [" ".join(words), *late]


def alter(old: Domain, new: Domain, scene: Scene) -> Draft:
    """Default and NOT NULL."""
    head = f"ALTER DOMAIN {name_of(new.key)}"
    statements: list[str] = []
    checks: list[Check] = []
    if old.default != new.default:
        statements.append(
            f"{head} " + ("DROP DEFAULT" if new.default is None else f"SET DEFAULT {for_reading(new.default)}")
        )
    if (old.nullable, old.not_null_name) != (new.nullable, new.not_null_name):
        if not old.nullable:
            statements.append(f"{head} DROP NOT NULL")
        if not new.nullable:
            named = f"ADD CONSTRAINT {ident(new.not_null_name)} NOT NULL" if new.not_null_name else "SET NOT NULL"
            statements.append(f"{head} {named}")
        if old.nullable:
            checks = [
                _violators(column, f"{ident(column.key.name)} IS NULL", new.key) for column in _columns(new.key, scene)
            ]
    return Draft(summary=f"alter {new.key}", sql=tuple(statements), checks=tuple(checks))


def _check(action: Action, scene: Scene) -> Draft:
    domain = action.key.parent
    assert domain is not None
    head, name = f"ALTER DOMAIN {name_of(domain)}", ident(action.key.name)
    if action.verb is Verb.DROP:
        return Draft(summary=f"drop {action.key}", sql=(f"{head} DROP CONSTRAINT {name}",), covers=(action,))
    new = action.new
    assert isinstance(new, CheckConstraint)
    statement = f"{head} ADD {text.constraint(new)}"
    if action.verb is Verb.ALTER:
        statement = f"{head} VALIDATE CONSTRAINT {name}"
    checks = []
    if new.validated and calls_what_is_there(new.key, scene):
        for column in _columns(domain, scene):
            condition = f"NOT {enclosed(_about(new.expression, _as_base(column, domain, scene)))}"
            checks.append(_violators(column, condition, new.key))
    word = "validate" if action.verb is Verb.ALTER else "add"
    return Draft(summary=f"{word} {new.key}", sql=(statement,), checks=tuple(checks), covers=(action,))


def _columns(domain: Key, scene: Scene) -> list[Column]:
    """Columns that have the domain itself for a type, before and after."""
    return [
        item
        for key in sorted(scene.base.dependents(domain))
        if isinstance(item := scene.base[key], Column)
        and item.generated is None
        and [POSTGRESQL.unquote(token.text) for token in POSTGRESQL.words(item.type)]
        == [domain.schema, ".", domain.name]
        and scene.target.get(key) == item
    ]


def _as_base(column: Column, domain: Key, scene: Scene) -> str:
    """The column as a value of the domain's base type, for which the check's operators were found."""
    item = scene.target.get(domain)
    return f"({ident(column.key.name)}::{item.type})" if isinstance(item, Domain) else ident(column.key.name)


def _about(expression: str, column: str) -> str:
    """The check's expression with the column in the place of VALUE."""
    return "".join(
        column if token.kind == "word" and token.text == "VALUE" else token.text
        for token in POSTGRESQL.tokens(expression)
    )


def _violators(column: Column, condition: str, broken: Key) -> Check:
    assert column.key.parent is not None
    quoted = ident(column.key.name)
    return Check(
        key=column.key,
        query=f"SELECT {quoted} FROM {name_of(column.key.parent)} WHERE {condition}",
        message=f"{column.key} has values that {broken} does not allow",
        advice="change those values first",
    )
