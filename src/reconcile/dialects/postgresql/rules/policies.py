"""Row-level security and policies."""

from __future__ import annotations

from collections.abc import Iterable

from reconcile.dialects.base import Draft
from reconcile.dialects.postgresql.expressions import for_reading
from reconcile.dialects.postgresql.rules.text import enclosed, ident, name_of
from reconcile.state import EVERYBODY, Action, Hazard, Level, Policy, RowSecurity, Verb


def is_alterable(new: Policy, fields: frozenset[str]) -> bool:
    """ALTER POLICY sets roles and expressions; it cannot take an expression away, nor change the rest."""
    return fields <= {"roles", "using", "check"} and all(getattr(new, field) is not None for field in fields)


def roles(names: Iterable[str]) -> str:
    """A list of roles; PUBLIC is a word, not a name."""
    return ", ".join("PUBLIC" if name == EVERYBODY else ident(name) for name in names)


def render(action: Action) -> Iterable[Draft]:
    """CREATE, ALTER or DROP POLICY."""
    table = action.key.parent
    assert table is not None
    head = f"POLICY {ident(action.key.name)} ON {name_of(table)}"
    lock = f"ACCESS EXCLUSIVE on {name_of(table)}"
    if action.verb is Verb.DROP:
        yield Draft(summary=f"drop {action.key}", sql=(f"DROP {head}",), lock=lock)
        return
    new = action.new
    assert isinstance(new, Policy)
    if action.verb is Verb.CREATE:
        words = [f"CREATE {head}"]
        words += [] if new.permissive else ["AS RESTRICTIVE"]
        words += [] if new.command == "ALL" else [f"FOR {new.command}"]
        words += [] if new.roles == (EVERYBODY,) else [f"TO {roles(new.roles)}"]
        yield Draft(summary=f"create {new.key}", sql=(" ".join([*words, *_expressions(new)]),), lock=lock)
        return
    words = [f"ALTER {head}"]
    words += [f"TO {roles(new.roles)}"] if "roles" in action.fields else []
    words += _expressions(new, action.fields)
    yield Draft(summary=f"alter {new.key}", sql=(" ".join(words),), lock=lock)


def _expressions(item: Policy, fields: Iterable[str] = ("using", "check")) -> list[str]:
    words = []
    if item.using is not None and "using" in fields:
        words.append(f"USING {enclosed(for_reading(item.using))}")
    if item.check is not None and "check" in fields:
        words.append(f"WITH CHECK {enclosed(for_reading(item.check))}")
    return words


def render_security(action: Action) -> Iterable[Draft]:
    """ENABLE, DISABLE, FORCE and NO FORCE ROW LEVEL SECURITY."""
    table = action.key.parent
    assert table is not None
    nothing = RowSecurity(key=action.key, enabled=False)
    old, new = action.old or nothing, action.new or nothing
    assert isinstance(old, RowSecurity) and isinstance(new, RowSecurity)
    words = []
    if old.enabled != new.enabled:
        words.append("ENABLE" if new.enabled else "DISABLE")
    if old.forced != new.forced:
        words.append("FORCE" if new.forced else "NO FORCE")
    exposed = Hazard(
        code="row-security-off",
        level=Level.WARNING,
        key=action.key,
        message=f"whoever may read {table} will see all its rows",
        advice="make sure that its policies are no longer needed",
    )
    yield Draft(
        summary=f"{' and '.join(word.lower() for word in words)} row level security of {table}",
        sql=(f"ALTER TABLE {name_of(table)} " + ", ".join(f"{word} ROW LEVEL SECURITY" for word in words),),
        lock=f"ACCESS EXCLUSIVE on {name_of(table)}",
        hazards=(exposed,) if old.enabled and not new.enabled else (),
    )
