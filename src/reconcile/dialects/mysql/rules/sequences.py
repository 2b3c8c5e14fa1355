"""Sequences (MariaDB). To the server one is a table of one row: ALTER TABLE says what ALTER SEQUENCE does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reconcile.dialects.base import Draft
from reconcile.dialects.sqltext import MYSQL
from reconcile.state import Action, Comment, Kind, Sequence, Verb


def render_sequence(action: Action) -> Iterator[Draft]:
    """CREATE, ALTER or DROP SEQUENCE; its engine and its comment."""
    name = MYSQL.ident(action.key.root.name)
    old, new = action.old, action.new
    if action.key.kind is Kind.COMMENT:
        text = new.text if isinstance(new, Comment) else ""
        yield _draft(action, f"ALTER TABLE {name} COMMENT={MYSQL.literal(text)}")
    elif action.verb is Verb.DROP:
        yield _draft(action, f"DROP SEQUENCE {name}")
    elif not isinstance(old, Sequence):
        assert isinstance(new, Sequence)
        yield _draft(action, f"CREATE SEQUENCE {name} {_settings(new)} {_engine(new)}")
    else:
        assert isinstance(new, Sequence)
        moved = replace(old, options=new.options)
        if moved != old:
            draft = _draft(action, f"ALTER TABLE {name} {_engine(new)}")
            yield draft if moved == new else replace(draft, covers=(), leaves=(moved,))
        if moved != new:
            yield _draft(action, f"ALTER SEQUENCE {name} {_settings(new)}")


def _settings(sequence: Sequence) -> str:
    return " ".join(
        (
            f"START WITH {sequence.start}",
            f"MINVALUE {sequence.minimum}",
            f"MAXVALUE {sequence.maximum}",
            f"INCREMENT BY {sequence.increment}",
            f"CACHE {sequence.cache}" if sequence.cache else "NOCACHE",
            "CYCLE" if sequence.cycle else "NOCYCLE",
        )
    )


def _engine(sequence: Sequence) -> str:
    return f"ENGINE={dict(sequence.options).get('engine', 'InnoDB')}"


def _draft(action: Action, sql: str) -> Draft:
    there = action.verb is not Verb.CREATE or action.key.kind is Kind.COMMENT
    return Draft(
        summary=f"{action.verb.value} {action.key}",
        sql=(sql,),
        transactional=False,
        lock=f"MDL_EXCLUSIVE on {action.key.root.name}" if there else None,
    )
