"""Functions, procedures, packages and events: made whole, replaced whole, and altered where a clause says it all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from reconcile.dialects.base import Draft, Scene
from reconcile.dialects.mysql.features import Features
from reconcile.dialects.mysql.rules.made_under import definer_checks, definer_clause, session_around
from reconcile.dialects.sqltext import MYSQL
from reconcile.state import Action, Comment, Event, How, Key, Kind, Object, Package, Routine, Verb, child_key

PROGRAMS = frozenset({Kind.FUNCTION, Kind.PROCEDURE, Kind.PACKAGE, Kind.PACKAGE_BODY, Kind.EVENT})
# What ALTER FUNCTION and ALTER PROCEDURE can change. They keep the definer, the privileges and the sql_mode.
_CHARACTERISTICS = frozenset({"data_access", "security"})

_PACKAGES = frozenset({Kind.PACKAGE, Kind.PACKAGE_BODY})

Program = Routine | Package | Event


def how_program(old: Object, new: Object, fields: frozenset[str], features: Features) -> How:
    """In place where one statement does it, so that nobody ever finds the program missing."""
    match old, new:
        case Routine(), Routine() if _alterable(old, new, fields):
            return How.ALTER
        # ALTER EVENT leaves what it does not name alone, the moment it runs next among it; but it cannot take
        # away a start or an end, and is read under the session's sql_mode.
        case Event(), Event() if not fields & {"schedule", "options"}:
            return How.ALTER
        case _:
            return How.ALTER if features.replaces_programs else How.REPLACE


def render_program(key: Key, actions: Sequence[Action], scene: Scene, features: Features) -> Iterator[Draft]:
    """The one statement for a program and its comment. ``actions`` are all made, or all dropped."""
    own = next((action for action in actions if action.key == key), None)
    if own is not None and own.verb is Verb.DROP:
        assert isinstance(own.old, Routine | Package | Event)
        # Packages can be dropped only by a session that speaks as Oracle does.
        before, after = session_around(own.old, features) if key.kind in _PACKAGES else ((), ())
        yield Draft(
            summary=f"drop {key}", sql=(f"DROP {_named(key)}",), transactional=False, before=before, after=after
        )
        return
    item, old = scene.target.get(key), scene.base.get(key)
    assert isinstance(item, Routine | Package | Event)
    verb = own.verb if own is not None else Verb.ALTER
    summary = f"{verb.value} {key}" if own is not None else f"{verb.value} comment on {key}"
    clauses = _clauses(old, item, own.fields if own is not None else frozenset(), actions, scene)
    if verb is Verb.ALTER and clauses is not None:
        definer = definer_clause(item) if isinstance(item, Event) else ""  # ALTER EVENT makes it one's own
        statement = f"ALTER {definer}{_named(key)} {' '.join(clauses)}"
        bare = not (own is not None and "body" in own.fields)
    else:
        replaces = verb is Verb.ALTER and features.replaces_programs
        statement = program_statement(item, scene, replace=replaces)
        bare = False
    before, after = ((), ()) if bare else session_around(item, features)
    checks = definer_checks(item)
    yield Draft(summary=summary, sql=(statement,), transactional=False, before=before, after=after, checks=checks)


def program_statement(item: Program, scene: Scene, *, replace: bool = False) -> str:
    """The whole statement, laid out as SHOW CREATE does."""
    text = "CREATE OR REPLACE" if replace else "CREATE"
    return f"{text} {definer_clause(item)}{_LAYOUTS[type(item)](item, _comment(item.key, scene))}"


def _routine(item: Routine, comment: str | None) -> str:
    options = dict(item.options)
    oracle = "ORACLE" in options.get("sql_mode", "")
    arguments = item.arguments if item.written is None else item.written
    text = f"{'AGGREGATE ' if 'aggregate' in options else ''}{_named(item.key)}({arguments})"
    if item.returns is not None:
        text += f" {'RETURN' if oracle else 'RETURNS'} {item.returns}"
    lines = [text]
    if "deterministic" in options:
        lines.append("    DETERMINISTIC")
    if "data_access" in options:
        lines.append(f"    {options['data_access'].upper()}")
    if "security" in options:
        lines.append(f"    SQL SECURITY {options['security'].upper()}")
    if comment is not None:
        lines.append(f"    COMMENT {MYSQL.literal(comment)}")
    return "\n".join([*lines, item.body])


def _package(item: Package, comment: str | None) -> str:
    words = [_named(item.key)]
    if "security" in dict(item.options):
        words.append(f"SQL SECURITY {dict(item.options)['security'].upper()}")
    if comment is not None:
        words.append(f"COMMENT {MYSQL.literal(comment)}")
    return " ".join([*words, item.definition])


def _event(item: Event, comment: str | None) -> str:
    words = [_named(item.key), f"ON SCHEDULE {item.schedule}", _completion(item), item.status.upper()]
    if comment is not None:
        words.append(f"COMMENT {MYSQL.literal(comment)}")
    return " ".join([*words, f"DO {item.body}"])


_LAYOUTS: dict[type[Object], Callable[..., str]] = {Routine: _routine, Package: _package, Event: _event}


def _clauses(
    old: Object | None, new: Program, fields: frozenset[str], actions: Sequence[Action], scene: Scene
) -> list[str] | None:
    """What ALTER has to say; None where it cannot say it."""
    words: list[str] = []
    match old, new:
        case Event(), Event() if not fields & {"schedule", "options"}:
            if "preserve" in fields:
                words.append(_completion(new))
            if "status" in fields:
                words.append(new.status.upper())
        case Routine(), Routine() if _alterable(old, new, fields):
            options = dict(new.options)
            if fields:
                words.append(options.get("data_access", "contains sql").upper())
                words.append(f"SQL SECURITY {options.get('security', 'definer').upper()}")
        case _:
            return None
    if any(action.key.kind is Kind.COMMENT for action in actions):
        words.append(f"COMMENT {MYSQL.literal(_comment(new.key, scene) or '')}")
    if isinstance(new, Event) and "body" in fields:
        words.append(f"DO {new.body}")
    return words


def _alterable(old: Routine, new: Routine, fields: frozenset[str]) -> bool:
    changed = {name for name, _ in set(old.options) ^ set(new.options)}
    return fields <= {"options"} and changed <= _CHARACTERISTICS


def _completion(item: Event) -> str:
    return f"ON COMPLETION {'' if item.preserve else 'NOT '}PRESERVE"


def _named(key: Key) -> str:
    return f"{key.kind.value.upper()} {MYSQL.ident(key.root.name)}"


def _comment(key: Key, scene: Scene) -> str | None:
    item = scene.target.get(child_key(Kind.COMMENT, key))
    return item.text if isinstance(item, Comment) else None
