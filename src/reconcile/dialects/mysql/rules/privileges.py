"""GRANT and REVOKE on tables, columns and routines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reconcile.dialects.base import Draft, Scene
from reconcile.dialects.sqltext import MYSQL
from reconcile.state import Action, Key, Kind, Object, Privilege

_WORDS = {
    Kind.FUNCTION: "FUNCTION ",
    Kind.PROCEDURE: "PROCEDURE ",
    Kind.PACKAGE: "PACKAGE ",
    Kind.PACKAGE_BODY: "PACKAGE BODY ",
}


def render_privilege(action: Action) -> Iterator[Draft]:
    """GRANT what is new, then REVOKE what is too much: in between nobody is without what he keeps."""
    old, new = _held(action.old), _held(action.new)
    item = action.new or action.old
    assert isinstance(item, Privilege)
    summary = f"{action.verb.value} {action.key}"
    both = tuple(sorted({*old.privileges, *new.privileges}))
    added, gone = set(both) - set(old.privileges), set(both) - set(new.privileges)
    opened, closed = bool(new.grantable and not old.grantable), bool(old.grantable and not new.grantable)
    if added or opened:
        more = closed or gone
        option = " WITH GRANT OPTION" if new.grantable else ""
        between = replace(item, privileges=both, grantable=both if old.grantable or new.grantable else ())
        yield Draft(
            summary=summary,
            sql=(
                f"GRANT {_listed(added or set(new.privileges), item.on)} ON {_on(item.on)} TO {grantee(item)}{option}",
            ),
            transactional=False,
            leaves=(between,) if more else (),
            covers=() if more else (action,),
        )
    if gone or closed:
        words = [*([_listed(gone, item.on)] if gone else []), *(["GRANT OPTION"] if closed else [])]
        yield Draft(
            summary=summary,
            sql=(f"REVOKE {', '.join(words)} ON {_on(item.on)} FROM {grantee(item)}",),
            transactional=False,
            covers=(action,),
        )


def moved_privileges(old: Key, new: Key, scene: Scene) -> Iterator[Draft]:
    """What a rename leaves behind under the old name ("RENAME TABLE": privileges are not migrated)."""
    for item in scene.base.of_kind(Kind.PRIVILEGE):
        if not isinstance(item, Privilege) or not item.key.within(old):
            continue
        there = replace(item, key=item.key.moved(old, new))
        to, words = grantee(item), set(item.privileges)
        given, taken = (" WITH GRANT OPTION", ", GRANT OPTION") if item.grantable else ("", "")
        for sql in (
            f"GRANT {_listed(words, there.on)} ON {_on(there.on)} TO {to}{given}",
            f"REVOKE {_listed(words, item.on)}{taken} ON {_on(item.on)} FROM {to}",
        ):
            yield Draft(summary=f"{item.key} goes along to {new.name}", sql=(sql,), transactional=False)


def grantee(item: Privilege) -> str:
    """Who gets it, quoted: `user`@`host`, or a role."""
    user, _, host = item.grantee.rpartition("@")
    return f"{MYSQL.ident(user)}@{MYSQL.ident(host)}" if user else MYSQL.ident(host)


def _held(item: Object | None) -> Privilege:
    return item if isinstance(item, Privilege) else Privilege(key=Key(Kind.PRIVILEGE, None, ""))


def _on(about: Key) -> str:
    return f"{_WORDS.get(about.kind, '')}{MYSQL.ident(about.root.name)}"


def _listed(privileges: set[str], about: Key) -> str:
    column = f" ({MYSQL.ident(about.name)})" if about.kind is Kind.COLUMN else ""
    return ", ".join(f"{privilege}{column}" for privilege in sorted(privileges))
