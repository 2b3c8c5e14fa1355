"""RENAME: a table, view or sequence; a column; an index; and what has no statement for it."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.dialects.base import Draft, Scene
from reconcile.dialects.mysql.features import Features
from reconcile.dialects.mysql.rules.clauses import check_clause, foreign_key_clause
from reconcile.dialects.mysql.rules.locks import Algorithm, Asked, ask
from reconcile.dialects.mysql.rules.made_under import session_around
from reconcile.dialects.mysql.rules.names import existing_name
from reconcile.dialects.mysql.rules.programs import trigger_statement
from reconcile.dialects.sqltext import MYSQL
from reconcile.errors import Unplannable
from reconcile.state import Action, CheckConstraint, ForeignKey, Kind, Trigger

_RELATIONS = frozenset({Kind.TABLE, Kind.VIEW, Kind.SEQUENCE})


def render_rename(action: Action, scene: Scene, features: Features) -> Iterator[Draft]:
    """Statements that change a name and nothing else."""
    old, new = action.old, action.new
    assert old is not None and new is not None
    summary = f"rename {old.key} to {new.key.name}"
    before, after = MYSQL.ident(old.key.name), MYSQL.ident(new.key.name)
    table = MYSQL.ident(new.key.root.name)
    host = new.key.root.name
    match old, new:
        case _ if old.key.kind in _RELATIONS:
            yield _draft(summary, Asked(f"RENAME TABLE {before} TO {after}", Algorithm.METADATA, host))
        case _ if old.key.kind in (Kind.COLUMN, Kind.INDEX):
            word = "COLUMN" if old.key.kind is Kind.COLUMN else "KEY"
            algorithm = Algorithm.METADATA if features.renames_instantly else Algorithm.INPLACE
            yield _draft(summary, ask(f"ALTER TABLE {table} RENAME {word} {before} TO {after}", algorithm, host, scene))
        case ForeignKey(), ForeignKey():
            gone = MYSQL.ident(existing_name(old, scene))
            made = foreign_key_clause(new, scene)
            statement = f"ALTER TABLE {table} DROP FOREIGN KEY {gone}, ADD {made}"
            yield _draft(summary, ask(statement, Algorithm.COPY, host, scene))
        case CheckConstraint(), CheckConstraint():
            gone = MYSQL.ident(existing_name(old, scene))
            made = check_clause(new, scene)
            statement = f"ALTER TABLE {table} DROP {features.drop_check_word} {gone}, ADD {made}"
            yield _draft(summary, ask(statement, Algorithm.COPY, host, scene))
        case Trigger(), Trigger():
            yield Draft(summary=f"drop {old.key}", sql=(f"DROP TRIGGER {before}",), transactional=False)
            around, behind = session_around(new, features)
            yield Draft(
                summary=summary, sql=(trigger_statement(new),), transactional=False, before=around, after=behind
            )
        case _ if old.key.kind is Kind.EVENT:
            yield Draft(summary=summary, sql=(f"ALTER EVENT {before} RENAME TO {after}",), transactional=False)
        case _:
            raise Unplannable(f"{old.key} cannot be renamed", key=old.key, hint="leave the hint out: drop and create")


def _draft(summary: str, asked: Asked) -> Draft:
    return Draft(summary=summary, sql=(asked.sql,), transactional=False, lock=asked.lock, rewrites=asked.rewrites)
